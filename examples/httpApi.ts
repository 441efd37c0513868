/**
 * A client of an HTTP API as a worker: real requests to a flaky server on this machine. The company's defaults come from
 * `configure`; a few options per method say where this API is different.
 *
 *   1. a user, after three failures        a dropped connection, a 503, a 429: tried again, by the company's defaults
 *   2. a search that takes too long        `attemptTimeout` hangs up, and the next attempt has it
 *   3. an order that fails                 never sent twice: it may have been taken, although the answer is a 503
 *   4. a page that there is not            400: `NotRetryable`, after one attempt
 *   5. a report that gets ready            `retryUntil` asks until it is
 *   6. a report that never does            `timeout` ends the whole call
 *   7. a user who has had enough           one call, adapted: `withSignal` ends it at once
 *
 * Run it:  node scripts/example.js examples/httpApi.ts     It takes about eight seconds, and ends with code 1 if something
 * does not go as promised.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { configure, onRetry, withAttempt, withDecoder, withSignal } from 'reprise'
import { type Fact, play, printCall, printPolicies, showTour } from './support/calls.js'
import { type Counts, type FlakyServer, type Script, startServer } from './support/flakyServer.js'
import { sendJson } from './support/http.js'

// --- the company's defaults: for every client of every API

const companyWorker = configure({
  numRetries: 3,
  retryWait: '200ms',
  retryJitter: 'equal',
  maxWait: '5s',
  // By the tags of our errors, so it holds for functions of any type. Of our own mistakes (4xx), there is no retry.
  retryOn: ['NoAnswer', 'TooManyRequests', 'ServerError', 'TimedOut'],
  attemptTimeout: '2s',
  timeout: '10s',
  observer: printCall
})

// --- one API: what it answers, and the requests

const User = t.type({ id: t.number, name: t.string }, 'User')
const Order = t.type({ id: t.number, item: t.string }, 'Order')
const Orders = t.type({ orders: t.array(Order), next: t.union([t.number, t.null]) }, 'Orders')
const Report = t.type({ status: t.keyof({ pending: null, ready: null }), rows: t.number }, 'Report')

const isReady = (report: t.TypeOf<typeof Report>): boolean => report.status === 'ready'

const functionsOf = (url: string) => ({
  getUser: pipe(
    withAttempt(
      ({ signal }) =>
        (id: number) =>
          sendJson({ url: `${url}/users/${id}`, signal })
    ),
    withDecoder(User)
  ),
  searchOrders: pipe(
    withAttempt(({ signal }) => (item: string, page: number) => {
      const query = new URLSearchParams({ item, page: String(page) })
      return sendJson({ url: `${url}/orders?${query.toString()}`, signal })
    }),
    withDecoder(Orders)
  ),
  createOrder: pipe(
    withAttempt(
      ({ signal }) =>
        (item: string) =>
          sendJson({ url: `${url}/orders`, body: { item }, signal })
    ),
    withDecoder(Order)
  ),
  awaitReport: pipe(
    withAttempt(
      ({ signal }) =>
        (id: number) =>
          sendJson({ url: `${url}/reports/${id}`, signal })
    ),
    withDecoder(Report)
  )
})

const shopWorker = (url: string) =>
  companyWorker(functionsOf(url), {
    // `undefined` leaves all others to the company's defaults.
    numRetries: { '*': undefined, createOrder: 0, awaitReport: 100 },
    retryAlgorithm: { '*': undefined, awaitReport: 'fixed' },
    retryUntil: { '*': undefined, awaitReport: isReady },
    attemptTimeout: { '*': undefined, createOrder: '5s', awaitReport: '10s' },
    timeout: { '*': undefined, awaitReport: '3s' }
  })

// --- the server, which misbehaves by this script

const json = (body: unknown) => ({ status: 200, body })
const busy = { status: 503, body: { error: 'busy' } }
const tooMany = { status: 429, body: { error: 'slow down' } }
const pending = json({ status: 'pending', rows: 0 })

const script: Script = {
  '/users/7': ['no answer', busy, tooMany, json({ id: 7, name: 'Ada' })],
  '/users/8': [busy],
  '/orders?item=tea&page=1': [
    { ...json({ orders: [], next: null }), after: 30_000 },
    json({ orders: [{ id: 1, item: 'tea' }], next: null })
  ],
  '/orders?item=tea&page=-1': [{ status: 400, body: { error: 'no such page' } }],
  '/orders': [busy],
  '/reports/1': [pending, pending, json({ status: 'ready', rows: 42 })],
  '/reports/2': [pending, { ...pending, after: 30_000 }]
}

// --- playing it

interface Scene {
  readonly title: string
  readonly call: TE.TaskEither<{ readonly _tag: string }, unknown>
  /** How the call ends. */
  readonly promised: string
  /** What the server has counted for the path by then. */
  readonly counted: Counts & { readonly path: string }
}

type Shop = ReturnType<typeof shopWorker>

/** The user cancels as soon as a first attempt has failed. */
const getUserCancelled = (shop: Shop, id: number) => {
  const cancel = new AbortController()
  return pipe(
    shop.getUser(id),
    onRetry(() => cancel.abort('the user pressed Cancel')),
    withSignal(cancel.signal)
  )
}

const scenesOf = (shop: Shop): ReadonlyArray<Scene> => [
  {
    title: '1. a user, after three failures',
    call: shop.getUser(7),
    promised: 'Succeeded, 4 attempts',
    counted: { path: '/users/7', requests: 4, hungUp: 0 }
  },
  {
    title: '2. a search that takes too long',
    call: shop.searchOrders('tea', 1),
    promised: 'Succeeded, 2 attempts',
    counted: { path: '/orders?item=tea&page=1', requests: 2, hungUp: 1 }
  },
  {
    title: '3. an order that fails',
    call: shop.createOrder('tea'),
    promised: 'Exhausted, 1 attempt',
    counted: { path: '/orders', requests: 1, hungUp: 0 }
  },
  {
    title: '4. a page that there is not',
    call: shop.searchOrders('tea', -1),
    promised: 'NotRetryable, 1 attempt',
    counted: { path: '/orders?item=tea&page=-1', requests: 1, hungUp: 0 }
  },
  {
    title: '5. a report that gets ready',
    call: shop.awaitReport(1),
    promised: 'Succeeded, 3 attempts',
    counted: { path: '/reports/1', requests: 3, hungUp: 0 }
  },
  {
    title: '6. a report that never does',
    call: shop.awaitReport(2),
    promised: 'TimedOut, 2 attempts',
    counted: { path: '/reports/2', requests: 2, hungUp: 1 }
  },
  {
    title: '7. a user who has had enough',
    call: getUserCancelled(shop, 8),
    promised: 'Aborted, 1 attempt',
    counted: { path: '/users/8', requests: 1, hungUp: 0 }
  }
]

const tour = (server: FlakyServer): T.Task<ReadonlyArray<Fact>> => {
  const shop = shopWorker(server.url)
  const scenes = scenesOf(shop)
  printPolicies(shop, ['getUser', 'searchOrders', 'createOrder', 'awaitReport'])
  return pipe(
    scenes,
    T.traverseSeqArray(({ title, call }) => play(title, call)),
    T.map((played) =>
      scenes.flatMap(({ title, promised, counted: { path, ...counts } }, i) => [
        { what: title, promised, happened: played[i]?.ending },
        { what: `   the server, ${path}`, promised: counts, happened: server.countsOf(path) }
      ])
    )
  )
}

process.exitCode = (await showTour(startServer(script), tour)()) ? 0 : 1
