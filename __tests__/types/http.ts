/** What requests infer, and what they refuse. */
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Aborted,
  callLimit,
  circuitBreaker,
  type CircuitOpen,
  type Condition,
  delayFrom,
  fixed,
  type InvalidResult,
  type LimitExceeded,
  limitRetries,
  limitSet,
  retryOn,
  type RetryError,
  type RetryPolicy,
  retryUntil,
  type TimedOut,
  withCircuitBreaker,
  withDecoder,
  withLimits,
  withRetry,
  withSignal,
  withTimeout,
  worker
} from 'reprise'
import {
  type FetchError,
  type FetchFailed,
  fetchOnce,
  fetchWith,
  type HttpError,
  isFetchFailed,
  isHttpError,
  retryAfter,
  transientHttp,
  transientPostgres,
  withFetchRetry
} from 'reprise/http'
import {
  fetch as undiciFetch,
  type RequestInfo,
  type RequestInit as UndiciInit,
  type Response as UndiciResponse
} from 'undici'
import { type Equal, expectType } from './Equal.js'

const policy = pipe(
  fixed(100),
  limitRetries(3),
  retryOn(transientHttp),
  delayFrom(retryAfter, { max: '60s' })
)
// Nothing in it depends on the errors of a function.
expectType<Equal<typeof policy, RetryPolicy>>(true)

type PlatformFetch<E, A> = (
  input: Parameters<typeof fetch>[0],
  init?: Parameters<typeof fetch>[1]
) => TE.TaskEither<E, A>

// --- fetchWith

const get = fetchWith(policy)
expectType<Equal<typeof get, PlatformFetch<RetryError<FetchError, Response>, Response>>>(true)
get('https://example.org')
get(new URL('https://example.org'), { method: 'PUT', body: 'text' })
get(new Request('https://example.org'))
// @ts-expect-error: an address is no number
get(5)
// @ts-expect-error: no such setting of a request
get('https://example.org', { methd: 'PUT' })

const getText = fetchWith(policy, { read: (response) => response.text() })
expectType<Equal<typeof getText, PlatformFetch<RetryError<FetchError, string>, string>>>(true)

const getStatus = fetchWith(policy, { read: ({ status }) => status, accept: ({ status }) => status !== 418 })
expectType<Equal<typeof getStatus, PlatformFetch<RetryError<FetchError, number>, number>>>(true)

const json = pipe(
  get('https://example.org'),
  TE.flatMap((response) => TE.tryCatch(() => response.json(), String))
)
expectType<Equal<typeof json, TE.TaskEither<RetryError<FetchError, Response> | string, unknown>>>(true)

pipe(
  get('https://example.org'),
  TE.mapLeft((error) => {
    expectType<Equal<typeof error, RetryError<FetchError, Response>>>(true)
    const [failure] = error.failures
    if (failure?._tag !== 'Failed') return
    if (failure.error._tag === 'HttpError') expectType<Equal<typeof failure.error, HttpError>>(true)
    else expectType<Equal<typeof failure.error, FetchFailed>>(true)
  })
)

fetchWith(policy, { idempotent: true, idempotencyKey: true })
fetchWith(policy, { idempotent: ({ method, url }) => method === 'POST' && url.endsWith('/search') })
fetchWith(policy, { idempotencyKey: 'PayPal-Request-Id' })
fetchWith(policy, { idempotencyKey: ({ headers }) => headers.get('x-order') ?? undefined })
// @ts-expect-error: the method decides, if nothing is said
fetchWith(policy, { idempotent: false })
// @ts-expect-error: no such option
fetchWith(policy, { retries: 3 })

// --- policies that judge

fetchWith(retryOn((error: FetchError) => error._tag === 'FetchFailed')(policy))
fetchWith(retryOn((error: FetchError | TimedOut) => error._tag === 'FetchFailed')(policy))
fetchWith(retryUntil((response: Response) => response.status === 200)(policy))
fetchWith(retryUntil((text: string) => text !== '')(policy), { read: (response) => response.text() })
// @ts-expect-error: it fails with FetchFailed, too
fetchWith(retryOn((error: HttpError) => error.status === 503)(policy))
const unfit = fetchWith(retryUntil((text: string) => text !== '')(policy))
// @ts-expect-error: the result is a Response
unfit('https://example.org')
const misread = fetchWith(retryUntil((response: Response) => response.ok)(policy), {
  read: (response) => response.text()
})
// @ts-expect-error: the result is a text
misread('https://example.org')

// --- another fetch

const ofUndici = fetchWith(policy, { fetch: undiciFetch })
expectType<
  Equal<
    typeof ofUndici,
    (
      input: RequestInfo,
      init?: UndiciInit
    ) => TE.TaskEither<RetryError<FetchError, UndiciResponse>, UndiciResponse>
  >
>(true)
const readOfUndici = fetchOnce({ fetch: undiciFetch, read: (response) => response.arrayBuffer() })
expectType<
  Equal<
    typeof readOfUndici,
    (input: RequestInfo, init?: UndiciInit) => TE.TaskEither<FetchError, ArrayBuffer>
  >
>(true)
const ofStub = fetchOnce({ fetch: async (path: `/${string}`) => ({ status: 200, path }) })
ofStub('/users/7')
ofStub('/users/7', { method: 'PUT' })
fetchOnce({ fetch: async () => new Response('stub') })('https://example.org', { method: 'PUT' })
// @ts-expect-error: the stub takes paths
ofStub('users/7')
// @ts-expect-error: gives no answer
fetchOnce({ fetch: async (_path: string) => 5 })
// @ts-expect-error: is no fetch
fetchOnce({ fetch: 5 })

// --- the parts

const once = fetchOnce()
expectType<Equal<typeof once, PlatformFetch<FetchError, Response>>>(true)

const User = t.type({ name: t.string })
const getUser = pipe(
  fetchOnce({ read: (response) => response.json() }),
  withDecoder(User),
  withTimeout('2s'),
  withLimits(limitSet([callLimit({ capacity: 10, per: '1s' })])()),
  withCircuitBreaker(circuitBreaker({ consecutiveFailures: 5 })()),
  withFetchRetry(policy, { idempotencyKey: true }),
  withTimeout('30s')
)
expectType<
  Equal<
    typeof getUser,
    PlatformFetch<
      | RetryError<
          FetchError | InvalidResult<t.Errors> | TimedOut | LimitExceeded | CircuitOpen,
          t.TypeOf<typeof User>
        >
      | TimedOut,
      t.TypeOf<typeof User>
    >
  >
>(true)

const plain = flow(once, withRetry(policy))
expectType<Equal<typeof plain, PlatformFetch<RetryError<FetchError, Response>, Response>>>(true)

const call = pipe(get('https://example.org'), withSignal(new AbortController().signal))
expectType<
  Equal<typeof call, TE.TaskEither<RetryError<FetchError, Response> | Aborted<unknown, unknown>, Response>>
>(true)

const ofFetchAlone = withFetchRetry(retryOn((error: FetchError) => error._tag === 'HttpError')(policy))
// @ts-expect-error: the condition cannot judge a timeout
pipe(once, withTimeout('2s'), ofFetchAlone)

const users = worker(
  { getUser: (id: number) => getText(`https://example.org/users/${id}`) },
  { timeout: '5s' }
)
const user = users.getUser(7)
type UserOf = typeof user extends TE.TaskEither<unknown, infer A> ? A : never
expectType<Equal<UserOf, string>>(true)

// --- conditions and guards

expectType<Equal<typeof transientHttp, Condition>>(true)
retryOn([transientHttp, transientPostgres, 'TimedOut'])(policy)
const narrow = (error: unknown): number | string | undefined =>
  isHttpError(error) ? error.status : isFetchFailed(error) ? error.code : undefined
expectType<Equal<ReturnType<typeof narrow>, number | string | undefined>>(true)
