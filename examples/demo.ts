/**
 * A tour of reprise in five scenes: a client made with `worker`, with options for each method, makes real `fetch` calls to
 * a flaky HTTP server on this machine. Each attempt is printed as it happens, and at the end what the client did beside
 * what the server counted.
 *
 *   1. transient 503s, then an answer     exponential waits with jitter; only what is worth it is retried
 *   2. 200, but not what was asked for    `retryUntil` with an io-ts codec: a result can be a failure, too
 *   3. 400                                fails fast: one attempt, `NotRetryable`
 *   4. a user who has had enough          `withSignal` ends a long wait at once, as `Aborted`
 *   5. an answer that takes too long      `attemptTimeout`, which hangs up on the server
 *
 * Run it:  npm run demo     It takes about five seconds, and ends with code 1 if a scene does not go as promised.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  onRetry,
  policyOf,
  PolicyShow,
  type RetryEvent,
  type TimedOut,
  withAttempt,
  withObserver,
  withSignal,
  worker
} from 'reprise'
import { type FlakyServer, type Script, startServer } from './support/flakyServer.js'
import { printEvent, printSummary, printTitle, type Promised, type Row, toRow } from './support/report.js'

// --- one request: errors are plain tagged data, and the attempt's signal goes to fetch

type HttpError =
  | { readonly _tag: 'BadStatus'; readonly status: number; readonly message: string }
  | { readonly _tag: 'NoAnswer'; readonly cause: unknown; readonly message: string }

const noAnswer = (cause: unknown): HttpError => ({
  _tag: 'NoAnswer',
  cause,
  message: `no answer: ${String(cause)}`
})

const badStatus = (response: Response, body: string): HttpError => ({
  _tag: 'BadStatus',
  status: response.status,
  message: `${response.status} ${response.statusText} ${body}`
})

const parse = (body: string): TE.TaskEither<HttpError, unknown> =>
  TE.tryCatch(async (): Promise<unknown> => JSON.parse(body), noAnswer)

/** Reads the body in any case: one that is left unread keeps its connection busy. */
const readBody = (response: Response): TE.TaskEither<HttpError, unknown> =>
  pipe(
    TE.tryCatch(() => response.text(), noAnswer),
    TE.chain((body) => (response.ok ? parse(body) : TE.left(badStatus(response, body))))
  )

const getJson = withAttempt(
  ({ signal }) =>
    (url: string): TE.TaskEither<HttpError, unknown> =>
      pipe(
        TE.tryCatch(() => fetch(url, { signal }), noAnswer),
        TE.chain(readBody)
      )
)

// --- the client: plain functions, and what each method does about failures

const isTransient = (error: HttpError | TimedOut): boolean =>
  error._tag !== 'BadStatus' || error.status === 429 || error.status >= 500

const FinishedJob = t.type({ status: t.literal('done'), total: t.number }, 'FinishedJob')

const makeClient = (url: string) =>
  worker(
    {
      findOrders: (query: string) => getJson(`${url}/orders${query}`),
      getJob: (id: number) => getJson(`${url}/jobs/${id}`),
      getStatus: () => getJson(`${url}/down`),
      getReport: () => getJson(`${url}/report`)
    },
    {
      numRetries: { '*': 4, getJob: 5, getStatus: 10, getReport: 2 },
      retryAlgorithm: { '*': 'fixed', findOrders: 'exponential' },
      retryWait: { '*': '250ms', getJob: '300ms', getStatus: '30s', getReport: '200ms' },
      retryJitter: { '*': 0, findOrders: 0.5, getReport: 'equal' },
      retryOn: isTransient,
      retryUntil: { '*': undefined, getJob: FinishedJob },
      attemptTimeout: { '*': undefined, getReport: '1s' },
      timeout: '8s' // the whole call, waits included: no scene goes on for longer, whatever happens
    }
  )

type Client = ReturnType<typeof makeClient>

// --- the scenes: what is called, and what is promised of it

interface Scene {
  readonly title: string
  readonly path: string
  readonly method: keyof Client
  /** Asked for when the scene begins. */
  readonly call: (client: Client) => TE.TaskEither<{ readonly _tag: string }, unknown>
  readonly promised: Promised
}

/** A user who looks at a wait for so long, and then presses Cancel. */
const cancelIn = (ms: number) => {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    whenWaiting: () => {
      setTimeout(() => controller.abort('the user pressed Cancel'), ms)
    }
  }
}

const scenes: ReadonlyArray<Scene> = [
  {
    title: '1. transient 503s, then an answer',
    path: '/orders',
    method: 'findOrders',
    call: (client) => client.findOrders(''),
    promised: { outcome: 'Succeeded', attempts: 4, hungUp: 0 }
  },
  {
    title: '2. 200, but not what was asked for',
    path: '/jobs/7',
    method: 'getJob',
    call: (client) => client.getJob(7),
    promised: { outcome: 'Succeeded', attempts: 3, hungUp: 0 }
  },
  {
    title: '3. 400: not worth another try',
    path: '/orders?page=minus-one',
    method: 'findOrders',
    call: (client) => client.findOrders('?page=minus-one'),
    promised: { outcome: 'NotRetryable', attempts: 1, hungUp: 0 }
  },
  {
    title: '4. a user who cancels during a long wait',
    path: '/down',
    method: 'getStatus',
    call: (client) => {
      const { signal, whenWaiting } = cancelIn(1000)
      return pipe(client.getStatus, onRetry(whenWaiting), withSignal(signal))
    },
    promised: { outcome: 'Aborted', attempts: 1, hungUp: 0 }
  },
  {
    title: '5. an answer that takes too long',
    path: '/report',
    method: 'getReport',
    call: (client) => client.getReport,
    promised: { outcome: 'Succeeded', attempts: 2, hungUp: 1 }
  }
]

const busy = { status: 503, body: { error: 'busy' } }

const script: Script = {
  '/orders': [busy, busy, busy, { status: 200, body: { orders: [17, 18] } }],
  '/jobs/7': [
    { status: 200, body: { status: 'pending', total: null } },
    { status: 200, body: { status: 'done', total: '42.5' } },
    { status: 200, body: { status: 'done', total: 42.5 } }
  ],
  '/orders?page=minus-one': [{ status: 400, body: { error: 'page must be a number' } }],
  '/down': [busy],
  '/report': [
    { status: 200, body: { pages: 3 }, after: 10_000 },
    { status: 200, body: { pages: 3 } }
  ]
}

// --- playing them, one after another

const play =
  (server: FlakyServer) =>
  ({ title, path, method, call, promised }: Scene): T.Task<Row> =>
  () => {
    const client = makeClient(server.url)
    printTitle(title, PolicyShow.show(policyOf(client, method)))
    const events: RetryEvent[] = []
    const observed = pipe(
      call(client),
      withObserver((event) => events.push(event)),
      withObserver(printEvent(`GET ${path}`))
    )
    return pipe(
      observed,
      TE.match(
        ({ _tag }) => _tag,
        () => 'Succeeded'
      ),
      T.map((outcome) => toRow(title, outcome, events, server.countsOf(path), promised))
    )()
  }

const main = pipe(
  TE.bracket(
    startServer(script),
    (server) => TE.fromTask(pipe(scenes, T.traverseSeqArray(play(server)))),
    (server) => server.close
  ),
  TE.match((error) => {
    console.error(error)
    return false
  }, printSummary)
)

process.exitCode = (await main()) ? 0 : 1
