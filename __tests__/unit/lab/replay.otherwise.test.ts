import { pipe } from 'fp-ts/lib/function.js'
import {
  delayFrom,
  delays,
  fixed,
  limitRetries,
  retryOn,
  type RetryPolicy,
  retryUntil,
  withHedge,
  withRetry,
  withSignal
} from 'reprise'
import { replay } from 'reprise/lab'
import { instantClock, scripted } from 'reprise/testing'
import { message } from '../../support/bad.js'
import { failing, left, record, right } from '../../support/replays.js'

describe('replay with another policy', () => {
  const seven = pipe(fixed(7), limitRetries(2))

  it.each<[string, RetryPolicy, number, object, object]>([
    ['another wait', fixed(8), 1, { _tag: 'Retry', delay: 7 }, { _tag: 'Retry', delay: 8 }],
    [
      'gives up before',
      pipe(fixed(7), limitRetries(1)),
      2,
      { _tag: 'Retry', delay: 7 },
      { _tag: 'GiveUp', reason: 'Exhausted', hint: undefined }
    ],
    [
      'goes on for longer, for ever',
      fixed(7),
      3,
      { _tag: 'GiveUp', reason: 'Exhausted', hint: undefined },
      { _tag: 'Retry', delay: 7 }
    ],
    [
      'refuses the error',
      pipe(seven, retryOn('Other')),
      1,
      { _tag: 'Retry', delay: 7 },
      { _tag: 'GiveUp', reason: 'NotRetryable' }
    ],
    [
      'refuses the last error, of which the run had just enough',
      retryOn((_, { attempt }) => attempt < 3)(seven),
      3,
      { _tag: 'GiveUp', reason: 'Exhausted', hint: undefined },
      { _tag: 'GiveUp', reason: 'NotRetryable' }
    ],
    [
      'has a condition that throws',
      retryOn(() => {
        throw new Error('condition')
      })(seven),
      1,
      { _tag: 'Retry', delay: 7 },
      { _tag: 'GiveUp', reason: 'PolicyFault' }
    ]
  ])('%s -> Diverged', async (_, policy, attempt, recorded, replayed) => {
    expect(await left(policy, await failing(seven))).toStrictEqual({
      _tag: 'Diverged',
      attempt,
      recorded,
      replayed
    })
  })

  it('accepts what was rejected, rejects what was accepted -> Diverged', async () => {
    const strict = pipe(
      seven,
      retryUntil((n: number) => n > 1)
    ) as RetryPolicy
    const retry = { _tag: 'Retry', delay: 7 }
    expect(await left(seven, await failing(strict, 'R'))).toMatchObject({
      attempt: 1,
      recorded: retry,
      replayed: { _tag: 'Accept' }
    })
    expect(await left(strict, await failing(seven, 'R'))).toMatchObject({
      attempt: 1,
      recorded: { _tag: 'Accept' },
      replayed: retry
    })
  })

  it('stops at another hint -> Diverged', async () => {
    const stopsAt = (hint: number) => delayFrom(() => hint, { max: 50 })(seven)
    expect(await left(stopsAt(91), await failing(stopsAt(90)))).toMatchObject({
      attempt: 1,
      recorded: { reason: 'Exhausted', hint: 90 },
      replayed: { reason: 'Exhausted', hint: 91 }
    })
  })

  it('stops at a hint, where the run came to its end -> Diverged', async () => {
    const hinted = delayFrom(() => 91, { max: 50 })(seven)
    expect(await left(hinted, await failing(limitRetries(0)(seven)))).toMatchObject({
      attempt: 1,
      recorded: { reason: 'Exhausted', hint: undefined },
      replayed: { reason: 'Exhausted', hint: 91 }
    })
  })

  it('gives up, or waits, where the run was aborted before it was told of a wait -> Diverged, or Right', async () => {
    const controller = new AbortController()
    const aborting = retryOn(() => {
      controller.abort('while judging')
      return true
    })(seven)
    const { token } = await record(pipe(scripted('L'), withRetry(aborting)), instantClock(), (task) =>
      pipe(task, withSignal(controller.signal))
    )
    expect(await left(limitRetries(0)(seven), token)).toMatchObject({
      attempt: 1,
      recorded: { _tag: 'Retry', delay: undefined },
      replayed: { _tag: 'GiveUp', reason: 'Exhausted' }
    })
    expect((await right(fixed(8), token)).result).toMatchObject({
      left: { _tag: 'Aborted', attempts: 1, reason: 'while judging' }
    })
  })

  it('another that decides alike -> Right', async () => {
    expect((await right(delays([7, 7]), await failing(seven))).waits).toEqual([7, 7])
  })
})

describe('replay of what cannot be', () => {
  it('a text that is no token -> InvalidToken', async () => {
    expect(await left(fixed(1), 'no token')).toEqual({
      _tag: 'InvalidToken',
      path: '',
      expected: "a token, which begins with 'reprise1.'",
      value: 'no token'
    })
  })

  it('a token of a hedged retry -> NotReplayable', async () => {
    const { token } = await record(pipe(scripted('L'), withRetry(delays([])), withHedge({ delay: 0 })))
    expect(await left(fixed(1), token)).toEqual({ _tag: 'NotReplayable', reason: 'severalRetries' })
  })

  it('revive throws -> ReviveFailed', async () => {
    const revive = () => {
      throw 'no'
    }
    expect(await left(fixed(1), await failing(delays([])), { revive })).toEqual({
      _tag: 'ReviveFailed',
      error: 'no'
    })
  })

  it.each<[string, () => unknown, string]>([
    [
      'no policy',
      () => replay({} as never, 'x'),
      'TypeError: replay: policy must be made by constructors, got [object Object]'
    ],
    [
      'no options',
      () => replay(fixed(1), 'x', null as never),
      'TypeError: replay: options must be an object, got null'
    ],
    [
      'a misspelt option',
      () => replay(fixed(1), 'x', { reviver: 1 } as never),
      "TypeError: replay: there is no option 'reviver'; there are revive"
    ],
    [
      'revive that is no function',
      () => replay(fixed(1), 'x', { revive: 1 as never }),
      'RangeError: replay: revive must be a function, got 1'
    ]
  ])('%s -> throws', (_, make, error) => {
    expect(message(make)).toBe(error)
  })
})
