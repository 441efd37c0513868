import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  abortOn,
  andThen,
  type AnyPolicy,
  arrow,
  both,
  either,
  fixed,
  isRetryError,
  limitRetries,
  retryOn,
  retryUntil,
  type RetryPolicy,
  when,
  withEnv,
  withTimeout
} from 'reprise'
import { fetchOnce, transientHttp, withFetchRetry } from 'reprise/http'
import { virtualClock } from 'reprise/testing'
import { thrown } from '../../support/bad.js'
import { start } from '../../support/task.js'

const url = 'https://example.org/users/7'
const policy = pipe(fixed(0), limitRetries(2))

/** A stub of fetch that always answers with this status, or fails; with the keys that it was sent. */
const answering = (status: number | Error) => {
  const keys: Array<string | null> = []
  const fetch = async (_url: string | Request, init: RequestInit = {}): Promise<Response> => {
    keys.push(new Headers(init.headers).get('idempotency-key'))
    if (typeof status !== 'number') throw status
    return new Response('text', { status })
  }
  return { once: fetchOnce({ fetch }), keys }
}

const ending = (result: E.Either<unknown, unknown>): readonly [string, number] =>
  E.isLeft(result) && isRetryError(result.left)
    ? [result.left._tag, result.left.attempts]
    : [result._tag, NaN]

describe('withFetchRetry: what is retried', () => {
  const failing: ReadonlyArray<[what: string, status: number | Error, transient: boolean]> = [
    ['503', 503, true],
    ['429', 429, true],
    ['404', 404, false],
    ['501', 501, false],
    ['a network error', new TypeError('Failed to fetch'), true],
    ['a bad URL', new TypeError('Invalid URL'), false]
  ]

  it.each(failing)('no condition, %s -> retried: what is transient', async (_what, status, transient) => {
    expect(ending(await withFetchRetry(policy)(answering(status).once)(url)())).toEqual(
      transient ? ['Exhausted', 3] : ['NotRetryable', 1]
    )
  })

  // Whoever names errors, names them all.
  it.each<[what: string, policy: RetryPolicy, ending: [string, number]]>([
    ['retryOn anything', retryOn(() => true)(policy), ['Exhausted', 3]],
    ['retryOn HttpError', retryOn('HttpError')(policy), ['Exhausted', 3]],
    ['retryOn in a part of either', either(retryOn('HttpError')(policy))(fixed(9)), ['Exhausted', 3]],
    [
      'either of two that name others',
      either(retryOn('HttpError')(policy))(retryOn('Other')(fixed(9))),
      ['Exhausted', 3]
    ],
    [
      'andThen of two that name others',
      andThen(retryOn('HttpError')(policy))(limitRetries(0)(retryOn(['Other', 'HttpError'])(fixed(9)))),
      ['Exhausted', 3]
    ],
    ['when', when('HttpError', policy)(fixed(9)), ['Exhausted', 3]],
    ['both of two that name none', both(policy)(fixed(0)), ['NotRetryable', 1]],
    ['abortOn another', abortOn('Other')(policy), ['NotRetryable', 1]],
    ['retryOn transientHttp', retryOn(transientHttp)(policy), ['NotRetryable', 1]]
  ])('%s, 404 -> as it says', async (_what, policy, expected) => {
    const capped = limitRetries(2)(policy)
    expect(ending(await withFetchRetry(capped)(answering(404).once)(url)())).toEqual(expected)
  })

  it('no condition, errors of others: a timeout -> retried, as withRetry does', async () => {
    const clock = virtualClock()
    const fetch = (_url: string): Promise<Response> => new Promise(() => {})
    const get = pipe(fetchOnce({ fetch }), withTimeout(100), withFetchRetry(policy), withEnv({ clock }))
    const ends = start(get(url), clock)
    await clock.runAll()
    expect(ends.map(({ at, result }) => [at, ...ending(result)])).toEqual([[300, 'Exhausted', 3]])
  })

  it('no condition, what an inner retry gave up -> not retried, as withRetry does', async () => {
    const { once, keys } = answering(503)
    const get = pipe(once, withFetchRetry(policy), withFetchRetry(policy))
    expect(ending(await get(url)())).toEqual(['NotRetryable', 1])
    expect(keys).toHaveLength(3)
  })
})

describe('withFetchRetry: what is sent once', () => {
  const post = { method: 'POST' }

  it.each<[what: string, policy: RetryPolicy]>([
    ['no condition', policy],
    ['retryOn', retryOn(() => true)(policy)],
    ['when', when(() => true, policy)(policy)],
    ['either', either(policy)(retryOn(transientHttp)(policy))],
    [
      'a condition that throws',
      retryOn((): boolean => {
        throw new Error('a fault')
      })(policy)
    ]
  ])('POST + 503, %s -> NotRetryable, one attempt', async (_what, policy) => {
    const { once, keys } = answering(503)
    expect(ending(await withFetchRetry(policy)(once)(url, post)())).toEqual(['NotRetryable', 1])
    expect(keys).toEqual([null])
  })

  it('POST, the result refused -> Exhausted, one attempt', async () => {
    const { once, keys } = answering(200)
    const until = retryUntil(() => false)(policy)
    expect(ending(await withFetchRetry(until)(once)(url, post)())).toEqual(['Exhausted', 1])
    expect(keys).toHaveLength(1)
  })

  it('POST + 200 -> the result', async () => {
    expect((await withFetchRetry(policy)(answering(200).once)(url, post)())._tag).toBe('Right')
  })

  it('POST that is marked, 404 -> not retried either', async () => {
    const send = withFetchRetry(policy, { idempotent: true })(answering(404).once)
    expect(ending(await send(url, post)())).toEqual(['NotRetryable', 1])
  })

  it('a key -> one for each run, the same in its attempts', async () => {
    const { once, keys } = answering(503)
    const send = withFetchRetry(policy, { idempotencyKey: true })(once)(url, post)
    expect([ending(await send()), ending(await send())]).toEqual([
      ['Exhausted', 3],
      ['Exhausted', 3]
    ])
    const [first, , , second] = keys
    expect(keys).toEqual([first, first, first, second, second, second])
    expect([typeof first, first === second]).toEqual(['string', false])
  })

  it.each<[what: string, options: Parameters<typeof withFetchRetry>[1], init: object, message: string]>([
    [
      'a function for keys that throws',
      {
        idempotencyKey: () => {
          throw new Error('no key')
        }
      },
      post,
      'Error: no key'
    ],
    [
      'a predicate that throws',
      {
        idempotent: () => {
          throw new Error('no idea')
        }
      },
      {},
      'Error: no idea'
    ],
    ['a key that is none', { idempotencyKey: () => 'a\nb' }, post, 'TypeError'],
    ['headers that are none', { idempotencyKey: true }, { ...post, headers: { 'a b': 'c' } }, 'TypeError']
  ])('%s -> NotRetryable with the fault, nothing sent', async (_what, options, init, message) => {
    const { once, keys } = answering(200)
    const result = await withFetchRetry(policy, options)(once)(url, init)()
    expect(result).toMatchObject(E.left({ _tag: 'NotRetryable', failures: [{ _tag: 'Threw' }] }))
    const failure = E.isLeft(result) ? result.left.failures[0] : undefined
    expect(failure?._tag === 'Threw' && String(failure.error)).toContain(message)
    expect(keys).toEqual([])
  })
})

describe('withFetchRetry: the signal of the caller', () => {
  const reason = new Error('enough')

  it('aborts in a wait -> Aborted then, with the failures', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const get = pipe(answering(503).once, withFetchRetry(fixed(1000)), withEnv({ clock }))
    const ends = start(get(url, { signal: controller.signal }), clock)
    await clock.advance(2500)
    controller.abort(reason)
    await clock.advance(0)
    expect(ends).toMatchObject([{ at: 2500, result: { left: { _tag: 'Aborted', attempts: 3, reason } } }])
    expect(clock.pending()).toBe(0)
  })

  it('has aborted before -> Aborted, nothing sent', async () => {
    const { once, keys } = answering(200)
    const result = await withFetchRetry(policy)(once)(url, { signal: AbortSignal.abort(reason) })()
    expect(result).toMatchObject(E.left({ _tag: 'Aborted', attempts: 0, reason, failures: [] }))
    expect(keys).toEqual([])
  })
})

describe('withFetchRetry: what it wraps', () => {
  it('any function that is called like fetch', async () => {
    const seen: unknown[] = []
    const own = (input: string, init?: { readonly method?: string }) => {
      seen.push([input, init])
      return TE.left('no')
    }
    expect(ending(await pipe(own, withFetchRetry(policy))(url)())).toEqual(['Exhausted', 3])
    expect(ending(await pipe(own, withFetchRetry(policy))(url, { method: 'POST' })())).toEqual([
      'NotRetryable',
      1
    ])
    expect(seen).toEqual([...Array.from({ length: 3 }, () => [url, undefined]), [url, { method: 'POST' }]])
  })

  it('keeps name and length', () => {
    const named = withFetchRetry(policy)(arrow(async function send(_input: string, _init?: object) {}))
    expect([named.name, named.length]).toEqual(['send', 2])
  })

  it.each([
    [
      () => withFetchRetry({} as AnyPolicy as RetryPolicy),
      'TypeError: withFetchRetry: policy must be …, got [object Object]'
    ],
    [() => withFetchRetry(policy)(5 as never), 'RangeError: withFetchRetry: action must be …, got 5'],
    [
      () => withFetchRetry(policy, { idempotent: 1 } as never),
      'RangeError: withFetchRetry: idempotent must be …, got 1'
    ]
  ])('bad input %# -> %s', (make, message) => {
    expect(thrown(make)).toBe(message)
  })
})
