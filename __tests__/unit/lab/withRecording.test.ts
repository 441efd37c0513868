import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  abortOn,
  delayFrom,
  delays,
  exponential,
  fixed,
  immediate,
  limitRetries,
  retryOn,
  type RetryPolicy,
  retryUntil,
  withEnv,
  withHedge,
  withJitter,
  withObserver,
  withRetry,
  withTimeout
} from 'reprise'
import { withRecording } from 'reprise/lab'
import { instantClock, scripted, seededRandom, virtualClock } from 'reprise/testing'
import { message } from '../../support/bad.js'

/** What is in a token, read by other means. */
const contentOf = (token: string | undefined): unknown => {
  const [version, body = ''] = (token ?? '').split('.')
  expect(version).toBe('reprise1')
  expect(body).toMatch(/^[A-Za-z0-9_-]+$/)
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
}

const tape = () => {
  const tokens: string[] = []
  return {
    onToken: (token: string) => tokens.push(token),
    content: () => {
      expect(tokens).toHaveLength(1)
      return contentOf(tokens[0])
    }
  }
}

const seed = () => 42

describe('withRecording', () => {
  it('fails, throws, succeeds; 5, 7 and 0 ms -> seed, name, arguments, times, outcomes and waits', async () => {
    const { content, onToken } = tape()
    const clock = virtualClock()
    const outcomes = scripted('LTR', {
      clock,
      duration: [5, 7, 0],
      left: () => 'busy',
      thrown: () => Object.assign(new TypeError('no'), { code: 'E1' })
    })
    const readRow = async (_id: number, _q: { readonly x?: string }) => outcomes()
    const run = pipe(
      readRow,
      withRetry(delays([1000, 30])),
      withRecording(onToken, { seed }),
      withEnv({ clock })
    )
    const pending = run(7, { x: 'é' })()
    await clock.runAll()
    expect(await pending).toEqual(E.right(3))
    expect(content()).toEqual({
      seed: 42,
      name: 'readRow',
      args: [7, { x: 'é' }],
      attempts: [
        [0, 0, 5, 'Failed', 'busy', 1000],
        [
          1005,
          1005,
          1012,
          'Threw',
          { $: 'error', hidden: { name: 'TypeError', message: 'no' }, of: { code: 'E1' } },
          30
        ],
        [1042, 1042, 1042, 'Answered', 3]
      ],
      end: { _tag: 'Succeeded' }
    })
  })

  it('jitter -> drawn from the seed: 42', async () => {
    const events: number[] = []
    const draw = seededRandom(42)
    const task = pipe(
      scripted('L'),
      withRetry(pipe(exponential(1000), withJitter('full'), limitRetries(3))),
      withRecording(() => undefined, { seed }),
      withObserver((event) => event._tag === 'RetryScheduled' && events.push(event.delay)),
      withEnv({ clock: instantClock(), random: seededRandom(1) })
    )
    await task()
    expect(events).toEqual([1000, 2000, 4000].map((to) => Math.floor(draw() * to)))
  })

  it('no seed -> one for each call, from the randomness outside: 0.5 and 0.25 of 2^32', async () => {
    const draws = [0.5, 0.25]
    const tokens: string[] = []
    const task = pipe(
      scripted('R'),
      withRetry(immediate),
      withRecording((token) => tokens.push(token)),
      withEnv({ random: () => draws.shift()! })
    )
    await task()
    await task()
    expect(tokens.map(contentOf)).toMatchObject([{ seed: 2_147_483_648 }, { seed: 1_073_741_824 }])
  })

  it('a function of arguments -> the same shape, name and length; the result is as without', async () => {
    const add = async (a: number, b: number) => E.right(a + b)
    const got = pipe(
      add,
      withRecording(() => undefined)
    )
    expect([got.length, got.name]).toEqual([2, 'add'])
    expect(await got(1, 2)()).toEqual(E.right(3))
  })

  it.each<[string, RetryPolicy, unknown]>([
    ['the schedule stopped', delays([]), { _tag: 'Exhausted' }],
    ['at a hint', delayFrom(() => 90, { max: 50 })(fixed(1)), { _tag: 'Exhausted', hint: 90 }],
    [
      'at an endless hint',
      delayFrom(() => Infinity, { max: 50 })(fixed(1)),
      { _tag: 'Exhausted', hint: { $: 'number', of: 'Infinity' } }
    ],
    ['not retryable', abortOn(() => true)(fixed(1)), { _tag: 'NotRetryable' }],
    [
      'a condition throws',
      retryOn(() => {
        throw new Error('condition')
      })(fixed(1)),
      { _tag: 'PolicyFault' }
    ]
  ])('%s -> as it is', async (_, policy, end) => {
    const { content, onToken } = tape()
    await pipe(scripted('L'), withRetry(policy), withRecording(onToken), withEnv({ clock: instantClock() }))()
    expect(content()).toMatchObject({ attempts: [[0, 0, 0, 'Failed', 1]], end })
    expect(Object.keys((content() as { end: object }).end)).toEqual(Object.keys(end as object))
  })

  it('the result is handed over as well, before the call itself is over', async () => {
    const seen: unknown[] = []
    const record = withRecording((_, result) => seen.push(result))
    await pipe(scripted('R'), withRetry(immediate), record)().then(() => seen.push('over'))
    await pipe(scripted('T'), record)()
    expect(seen).toEqual([E.right(1), 'over', E.left(1)])
  })

  it('a rejected result -> what was answered', async () => {
    const { content, onToken } = tape()
    const policy = pipe(
      immediate,
      limitRetries(1),
      retryUntil((n: number) => n > 1)
    )
    const task = pipe(
      scripted('R'),
      withRetry(policy),
      withRecording(onToken, { seed }),
      withEnv({ clock: instantClock() })
    )
    expect(await task()).toEqual(E.right(2))
    expect(content()).toMatchObject({
      attempts: [
        [0, 0, 0, 'Answered', 1, 0],
        [0, 0, 0, 'Answered', 2]
      ]
    })
  })

  it('throws, rejects in onToken -> dropped', async () => {
    for (const onToken of [
      () => {
        throw new Error('onToken')
      },
      () => Promise.reject(new Error('onToken'))
    ]) {
      const task = pipe(scripted('LR'), withRetry(immediate), withRecording(onToken))
      expect(await task()).toEqual(E.right(2))
    }
  })

  it('arguments changed by the function -> as they came in', async () => {
    const { content, onToken } = tape()
    const push = async (list: number[]) => list.push(9)
    await pipe(push, withRetry(immediate), withRecording(onToken))([1])()
    expect(content()).toMatchObject({ args: [[1]] })
  })

  it('replace -> for arguments, errors and results, by key; it throws -> left out', async () => {
    const { content, onToken } = tape()
    const login = async (_: { readonly user: string; readonly password: string }) =>
      Promise.reject(Object.assign(new Error('wrong'), { password: 'x', token: 't' }))
    const run = pipe(
      login,
      withRetry(delays([])),
      withRecording(onToken, {
        seed,
        replace: (key, value) => {
          if (key === 'token') throw new Error('replace')
          return key === 'password' ? '***' : value
        }
      })
    )
    await run({ user: 'ann', password: 'y' })()
    expect(content()).toMatchObject({
      args: [{ user: 'ann', password: '***' }],
      attempts: [
        [
          expect.any(Number),
          expect.any(Number),
          expect.any(Number),
          'Threw',
          { of: { password: '***', token: '[left out]' } }
        ]
      ]
    })
  })

  it('a call of its own for each: two at the same time -> two tokens, each with its own attempts', async () => {
    const clock = virtualClock()
    const tokens: string[] = []
    const wait = async (ms: number) => {
      await new Promise<void>((resolve) => clock.after(ms, resolve))
      return E.right(ms)
    }
    const run = pipe(
      wait,
      withRetry(immediate),
      withRecording((token) => tokens.push(token), { seed }),
      withEnv({ clock })
    )
    const both = [run(20)(), run(10)()]
    await clock.runAll()
    await Promise.all(both)
    expect(tokens.map(contentOf)).toEqual(
      [10, 20].map((ms) => ({
        seed: 42,
        name: 'wait',
        args: [ms],
        attempts: [[0, 0, ms, 'Answered', ms]],
        end: { _tag: 'Succeeded' }
      }))
    )
  })

  it('timed out in a wait, in an attempt, before anything -> where it was cut', async () => {
    const play = async (duration: number, at: number): Promise<unknown> => {
      const { content, onToken } = tape()
      const clock = virtualClock()
      const task = pipe(
        scripted('L', { clock, duration }),
        withRetry(fixed(100)),
        withRecording(onToken, { seed }),
        withTimeout(at),
        withEnv({ clock })
      )
      void task()
      await clock.runAll()
      return content()
    }
    const reason = {
      $: 'error',
      hidden: { name: 'TimeoutError', message: expect.stringMatching(/^timed out after \d+ ms$/), code: 23 }
    }
    expect(await play(10, 50)).toMatchObject({
      attempts: [[0, 0, 10, 'Failed', 1, 100]],
      end: { _tag: 'Aborted', elapsed: 50, reason }
    })
    expect(await play(10, 115)).toMatchObject({
      attempts: [[0, 0, 10, 'Failed', 1, 100]],
      end: { _tag: 'Aborted', elapsed: 115, reason, due: 110, called: true }
    })
    expect(await play(10, 0)).toMatchObject({
      attempts: [],
      end: { _tag: 'Aborted', elapsed: 0, reason, due: 0, called: true }
    })
  })

  it('a retry inside of the attempts -> what it told, and the draws that it left out', async () => {
    const { content, onToken } = tape()
    const task = pipe(
      scripted('LLLR'),
      withRetry(delays([1])),
      withRetry(pipe(fixed(10), limitRetries(5))),
      withRecording(onToken, { seed }),
      withEnv({ clock: instantClock() })
    )
    await task()
    const told = { name: 'task', attempt: 1, elapsed: 0, previousDelay: { $: 'undefined' } }
    const { attempts, others } = content() as { attempts: unknown[][]; others: unknown[][] }
    // The inner one drew twice before the outer drew: its draw is the third. `NotRetryable`: given up already.
    expect(attempts).toEqual([[0, 0, 1, 'Failed', expect.objectContaining({ _tag: 'Exhausted' }), null, 2]])
    expect(others.map(([after, event]) => [after, (event as { _tag: string })._tag])).toEqual([
      [1, 'AttemptStarted'],
      [1, 'AttemptFailed'],
      [1, 'RetryScheduled'],
      [1, 'AttemptStarted'],
      [1, 'AttemptFailed'],
      [1, 'GaveUp']
    ])
    expect(others[0]).toEqual([1, { _tag: 'AttemptStarted', ...told }])
  })

  it.each<[string, string, (onToken: (token: string) => unknown) => () => Promise<unknown>]>([
    ['no retry inside', 'noRetry', (onToken) => pipe(scripted('R'), withRecording(onToken))],
    [
      'inside of the retry',
      'noRetry',
      (onToken) => pipe(scripted('R'), withRecording(onToken), withRetry(immediate))
    ],
    [
      'a hedge between',
      'severalRetries',
      (onToken) => pipe(scripted('LR'), withRetry(immediate), withHedge({ delay: 0 }), withRecording(onToken))
    ],
    [
      'a hedge between, that starts in a wait',
      'severalRetries',
      (onToken) =>
        pipe(scripted('LR'), withRetry(delays([10])), withHedge({ delay: 3 }), withRecording(onToken))
    ],
    [
      'withEnv between',
      'otherRandom',
      (onToken) =>
        pipe(scripted('LR'), withRetry(immediate), withEnv({ random: () => 0 }), withRecording(onToken))
    ],
    [
      'more than a million letters',
      'tooLarge',
      (onToken) =>
        pipe(
          scripted('L', { left: () => 'x'.repeat(15_000) }),
          withRetry(pipe(immediate, limitRetries(80))),
          withRecording(onToken)
        )
    ]
  ])('%s -> a token that says %s', async (_, reason, make) => {
    const { content, onToken } = tape()
    await make(onToken)()
    expect(content()).toEqual({ unreplayable: reason })
  })

  it('a hedge between that was not needed -> as if it were not there', async () => {
    const { content, onToken } = tape()
    await pipe(scripted('R'), withRetry(immediate), withHedge({ delay: 1000 }), withRecording(onToken))()
    expect(content()).toMatchObject({ end: { _tag: 'Succeeded' } })
  })

  it('a seed that is no whole number -> Left of a RangeError; the function is not called', async () => {
    const fn = scripted('R')
    const task = pipe(
      fn,
      withRetry(immediate),
      withRecording(() => undefined, { seed: () => 0.5 })
    )
    expect(await task()).toEqual(
      E.left(new RangeError('withRecording: seed must be a whole number, got 0.5'))
    )
    expect(fn.calls()).toBe(0)
  })

  it.each<[string, () => unknown, string]>([
    [
      'no onToken',
      () => withRecording(undefined as never),
      'TypeError: withRecording: onToken must be a function of a token, got undefined'
    ],
    [
      'a seed, not an IO of it',
      () => withRecording(() => 1, { seed: 3 as never }),
      'RangeError: withRecording: seed must be a function, got 3'
    ],
    [
      'replace null',
      () => withRecording(() => 1, { replace: null as never }),
      'TypeError: withRecording: replace must be a function, got null'
    ],
    [
      'a misspelt option',
      () => withRecording(() => 1, { sead: seed } as never),
      "TypeError: withRecording: there is no option 'sead'; there are seed, replace"
    ],
    [
      'no options',
      () => withRecording(() => 1, null as never),
      'TypeError: withRecording: options must be an object, got null'
    ],
    [
      'an action that is no function',
      () => withRecording(() => 1)(42 as never),
      'RangeError: withRecording: action must be a function, got 42'
    ]
  ])('%s -> throws', (_, make, error) => {
    expect(message(make)).toBe(error)
  })

  it('options that are undefined -> as if not set', async () => {
    const task = pipe(
      TE.right(1),
      withRetry(immediate),
      withRecording(() => undefined, { seed: undefined, replace: undefined })
    )
    expect(await task()).toEqual(E.right(1))
  })
})
