/**
 * `fetch` with retries: real requests to a flaky server on this machine. The policy says when and how often; what may be sent
 * again is a matter of the request.
 *
 *   1. a user, after three failures     a dropped connection, a 503, a 429 that says when: `retryAfter` waits for it
 *   2. an answer that takes too long    `withTimeout` inside of the retry hangs up, and the next attempt has it
 *   3. an order that fails              a POST: it may have been taken, although the answer is a 503; sent once
 *   4. an order under a key             one idempotency key for all of its attempts, by which the server tells a repetition
 *   5. a user that there is not         404: `NotRetryable`, with what the server said
 *   6. a server that is closed          its `Retry-After` is a day: over at once
 *   7. a user who has had enough        the `signal` of the request ends the wait, too
 *
 * Run it:  node scripts/example.js examples/fetch.ts     It takes about five seconds, and ends with code 1 if something does
 * not go as promised.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  delayFrom,
  exponential,
  isRetryError,
  lastError,
  limitRetries,
  onRetry,
  type Observer,
  PolicyShow,
  retryOn,
  withDecoder,
  withJitter,
  withObserver,
  withTimeout
} from 'reprise'
import {
  fetchOnce,
  type FetchRetryOptions,
  isHttpError,
  retryAfter,
  transientHttp,
  withFetchRetry
} from 'reprise/http'
import { type Fact, play, showTour } from './support/calls.js'
import { type FlakyServer, type Script, startServer } from './support/flakyServer.js'
import { printEvent } from './support/report.js'

// --- the client

const policy = pipe(
  exponential('100ms'),
  withJitter('equal'),
  limitRetries(4),
  retryOn([transientHttp, 'TimedOut']),
  delayFrom(retryAfter, { max: '10s' })
)

const User = t.type({ id: t.number, name: t.string }, 'User')
const Order = t.type({ id: t.number, item: t.string }, 'Order')

/** The platform's `fetch`, watched: which keys are sent? */
const watchedFetch =
  (keys: Array<string | null>) =>
  (input: string, init?: RequestInit): Promise<Response> => {
    keys.push(new Headers(init?.headers).get('idempotency-key'))
    return fetch(input, init)
  }

/** Requests for JSON of a type. The order of the steps is their meaning. */
const clientOf = <A>(
  type: t.Decoder<unknown, A>,
  keys: Array<string | null>,
  options: FetchRetryOptions = {}
) =>
  pipe(
    fetchOnce({ fetch: watchedFetch(keys), read: (response) => response.json() }),
    withDecoder(type),
    withTimeout('2s'), // each attempt, its body included
    withFetchRetry(policy, options),
    withTimeout('20s') // the whole call
  )

const toJson = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body)
})

// --- the server, which misbehaves by this script

const busy = { status: 503, body: { error: 'busy' } }
const json = (body: unknown) => ({ status: 200, body })
const ada = json({ id: 7, name: 'Ada' })

const script: Script = {
  '/users/7': ['no answer', busy, { status: 429, body: {}, headers: { 'retry-after': '1' } }, ada],
  '/users/8': [{ ...ada, after: 30_000 }, ada],
  '/users/10': [{ status: 404, body: { error: 'no such user' } }],
  '/users/11': [{ status: 503, body: {}, headers: { 'retry-after': '86400' } }],
  '/users/12': [busy],
  '/orders': [busy],
  '/orders?again': [busy, 'no answer', json({ id: 1, item: 'tea' })]
}

// --- playing it

interface Scene {
  readonly title: string
  readonly call: TE.TaskEither<{ readonly _tag: string }, unknown>
  /** How the call ends. */
  readonly promised: string
  readonly path: string
  /** How many requests the server has counted by then, and how many of them the client gave up. */
  readonly requests: number
  readonly hungUp: number
}

/** Prints the events of a call, without the port of this run. */
const printRequest: Observer = (event) => {
  const [url, init] = event.args as [string, RequestInit?]
  const { pathname, search } = new URL(url)
  printEvent(`${init?.method ?? 'GET'} ${pathname}${search}`)(event)
}

const scenesOf = (url: string, keys: Array<string | null>): ReadonlyArray<Scene> => {
  const getUser = clientOf(User, [])
  const createOrder = clientOf(Order, [])
  const createOrderOnce = clientOf(Order, keys, { idempotencyKey: true })
  const cancel = new AbortController()
  const get = (title: string, id: number, promised: string, requests: number, hungUp = 0): Scene => ({
    title,
    call: pipe(getUser(`${url}/users/${id}`), withObserver(printRequest)),
    promised,
    path: `/users/${id}`,
    requests,
    hungUp
  })
  return [
    get('1. a user, after three failures', 7, 'Succeeded, 4 attempts', 4),
    get('2. an answer that takes too long', 8, 'Succeeded, 2 attempts', 2, 1),
    {
      ...get('3. an order that fails', 0, 'NotRetryable, 1 attempt', 1),
      call: pipe(createOrder(`${url}/orders`, toJson({ item: 'tea' })), withObserver(printRequest)),
      path: '/orders'
    },
    {
      ...get('4. an order under a key', 0, 'Succeeded, 3 attempts', 3),
      call: pipe(createOrderOnce(`${url}/orders?again`, toJson({ item: 'tea' })), withObserver(printRequest)),
      path: '/orders?again'
    },
    get('5. a user that there is not', 10, 'NotRetryable, 1 attempt', 1),
    get('6. a server that is closed', 11, 'Exhausted, 1 attempt', 1),
    {
      ...get('7. a user who has had enough', 12, 'Aborted, 1 attempt', 1),
      call: pipe(
        getUser(`${url}/users/12`, { signal: cancel.signal }),
        onRetry(() => cancel.abort('the user pressed Cancel')),
        withObserver(printRequest)
      )
    }
  ]
}

/** What the server said, if that is why a call failed. */
const bodyOf = (error: unknown): string | undefined => {
  const last = isRetryError(error) ? lastError(error) : undefined
  return last?._tag === 'Some' && isHttpError(last.value) ? last.value.body : undefined
}

const tour = (server: FlakyServer): T.Task<ReadonlyArray<Fact>> => {
  const keys: Array<string | null> = []
  const scenes = scenesOf(server.url, keys)
  console.log(`The policy: ${PolicyShow.show(policy)}`)
  return pipe(
    scenes,
    T.traverseSeqArray(({ title, call }) => play(title, call)),
    T.map((played) => [
      ...scenes.flatMap(({ title, promised, path, requests, hungUp }, i) => [
        { what: title, promised, happened: played[i]?.ending },
        { what: `   the server, ${path}`, promised: { requests, hungUp }, happened: server.countsOf(path) }
      ]),
      { what: '1. it waited as it was told', promised: true, happened: (played[0]?.delays[2] ?? 0) >= 1000 },
      { what: '4. keys: sent, different', promised: [3, 1], happened: [keys.length, new Set(keys).size] },
      {
        what: '5. what the server said',
        promised: '{"error":"no such user"}',
        happened: pipe(played[4]?.result ?? E.left(undefined), E.match(bodyOf, String))
      }
    ])
  )
}

process.exitCode = (await showTour(startServer(script), tour)()) ? 0 : 1
