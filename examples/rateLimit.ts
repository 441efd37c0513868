/**
 * One rate limit for all calls to a real server on this machine. The server is strict: 20 requests in any 500 ms, or the
 * answer is a 429; and each tenth request fails with a 503. It counts what it receives.
 *
 *   with limits     60 calls at once, by two functions that share the limits: all are done, and nothing is refused
 *   without         the same calls, with the same retries: most of what they send is refused, and most give up
 *
 * Run it:  node scripts/example.js examples/rateLimit.ts     It takes about four seconds, and ends with code 1 if something
 * does not go as promised, or the client and the server count differently.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  callLimit,
  exponential,
  limitRetries,
  limitSet,
  resourceLimit,
  retryOn,
  type RetryEvent,
  withAttempt,
  withJitter,
  withLimits,
  withObserver,
  withRetry,
  withTimeout
} from 'reprise'
import { type Fact, printFacts } from './support/calls.js'
import { sendJson } from './support/http.js'

// --- the client: what one would copy

const policy = pipe(
  exponential('100ms'),
  withJitter(0.5),
  limitRetries(3),
  retryOn(['TooManyRequests', 'ServerError', 'NoAnswer', 'TimedOut'])
)

// The client counts a request when it starts, the server when it arrives. Those under way when a window of the server
// begins arrive on top of those that start in it: 5 + 15, so never more than its 20, however slow the network is.
const limits = limitSet([
  callLimit({ capacity: 15, per: '500ms', algorithm: 'slidingWindow' }),
  resourceLimit({ key: 'connections', capacity: 5 })
])()

const requestsOf = (url: string) => ({
  read: withAttempt(
    ({ signal }) =>
      (id: number) =>
        sendJson({ url: `${url}/items/${id}`, signal })
  ),
  search: withAttempt(
    ({ signal }) =>
      (text: string) =>
        sendJson({ url: `${url}/items?${new URLSearchParams({ text }).toString()}`, signal })
  )
})

/** Each attempt waits for the limits, and counts. A call that waits for its retry holds nothing. */
const limitedClient = (url: string) => {
  const { read, search } = requestsOf(url)
  return {
    read: pipe(read, withTimeout('10s'), withLimits(limits), withRetry(policy)),
    search: pipe(search, withTimeout('10s'), withLimits(limits), withRetry(policy))
  }
}

/** The same, without limits. */
const unlimitedClient = (url: string) => {
  const { read, search } = requestsOf(url)
  return {
    read: pipe(read, withTimeout('10s'), withRetry(policy)),
    search: pipe(search, withTimeout('10s'), withRetry(policy))
  }
}

// --- the calls

interface Client {
  readonly read: (id: number) => TE.TaskEither<unknown, unknown>
  readonly search: (text: string) => TE.TaskEither<unknown, unknown>
}

/** What came of the calls, as the client tells it. */
interface Told {
  readonly attempts: number
  readonly failed: number
  readonly retries: number
  readonly done: number
  readonly seconds: number
}

/** Makes 60 calls at once. */
const callAll =
  ({ read, search }: Client): T.Task<Told> =>
  async () => {
    const events: RetryEvent[] = []
    const count = (tag: RetryEvent['_tag']): number => events.filter(({ _tag }) => _tag === tag).length
    const watch = withObserver((event) => events.push(event))
    const calls = Array.from({ length: 60 }, (_, i) => watch(i % 2 === 0 ? read(i) : search(`item ${i}`)))

    const began = performance.now()
    const results = await T.sequenceArray(calls)()
    return {
      attempts: count('AttemptStarted'),
      failed: count('AttemptFailed'),
      retries: count('RetryScheduled'),
      done: results.filter(E.isRight).length,
      seconds: (performance.now() - began) / 1000
    }
  }

// --- the server

/** What it received: in all, in its fullest 500 ms, and at once; and how many of those it refused, or failed. */
interface Counted {
  readonly received: number
  readonly fullest: number
  readonly atOnce: number
  readonly refused: number
  readonly failed: number
}

interface StrictServer {
  readonly url: string
  readonly counted: () => Counted
  readonly close: TE.TaskEither<Error, void>
}

const startStrictServer: TE.TaskEither<Error, StrictServer> = TE.tryCatch(async () => {
  const arrivals: number[] = []
  let [fullest, open, atOnce, refused, failed] = [0, 0, 0, 0, 0]

  const statusOf = (now: number): number => {
    arrivals.push(now)
    const inWindow = arrivals.filter((at) => now - at < 500).length
    fullest = Math.max(fullest, inWindow)
    if (inWindow > 20) {
      refused += 1
      return 429
    }
    if (arrivals.length % 10 > 0) return 200
    failed += 1
    return 503
  }
  const answer = (response: ServerResponse, status: number): void => {
    // Before the answer, on which the client may begin with its next request at once.
    open -= 1
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
    open += 1
    atOnce = Math.max(atOnce, open)
    const status = statusOf(performance.now())
    setTimeout(() => answer(response, status), status === 200 ? 20 : 0)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    counted: () => ({ received: arrivals.length, fullest, atOnce, refused, failed }),
    close: TE.tryCatch(async () => {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    }, E.toError)
  }
}, E.toError)

// --- playing it

interface Played {
  readonly client: Told
  readonly server: Counted
}

/** Lets a client loose on a server of its own. */
const play = (clientOf: (url: string) => Client): TE.TaskEither<Error, Played> =>
  TE.bracket(
    startStrictServer,
    (server) =>
      pipe(
        TE.fromTask(callAll(clientOf(server.url))),
        TE.map((client) => ({ client, server: server.counted() }))
      ),
    (server) => server.close
  )

const rows: ReadonlyArray<readonly [string, (played: Played) => number | string]> = [
  ['requests received', ({ server }) => server.received],
  ['  in the fullest 500 ms', ({ server }) => server.fullest],
  ['  at once, at most', ({ server }) => server.atOnce],
  ['  refused: 429', ({ server }) => server.refused],
  ['  failed: 503', ({ server }) => server.failed],
  ['retries', ({ client }) => client.retries],
  ['calls done, of 60', ({ client }) => client.done],
  ['seconds', ({ client }) => client.seconds.toFixed(1)]
]

const printTable = (limited: Played, unlimited: Played): void => {
  const line = (...[what, a, b]: readonly [string, number | string, number | string]): void =>
    console.log(`  ${what.padEnd(24)}${String(a).padStart(12)}${String(b).padStart(12)}`)
  console.log('\n60 calls at once to a server that takes 20 requests in any 500 ms')
  line('', 'with limits', 'without')
  for (const [what, of] of rows) line(what, of(limited), of(unlimited))
}

/** The client and the server have to agree on what was sent, and on what failed. */
const agreement = (title: string, { client, server }: Played): ReadonlyArray<Fact> => [
  { what: `${title}: requests, as the client counted`, promised: client.attempts, happened: server.received },
  { what: '   failures', promised: client.failed, happened: server.refused + server.failed }
]

const factsOf = (limited: Played, unlimited: Played): ReadonlyArray<Fact> => [
  ...agreement('with limits', limited),
  { what: '   refused', promised: 0, happened: limited.server.refused },
  { what: '   in any 500 ms, 20 at most', promised: true, happened: limited.server.fullest <= 20 },
  { what: '   at once, 5 at most', promised: true, happened: limited.server.atOnce <= 5 },
  { what: '   calls done', promised: 60, happened: limited.client.done },
  { what: '   connections free afterwards', promised: 5, happened: limits.available().connections },
  ...agreement('without', unlimited)
]

const main = pipe(
  TE.Do,
  TE.bind('limited', () => play(limitedClient)),
  TE.bind('unlimited', () => play(unlimitedClient)),
  TE.match(
    (error) => {
      console.error(error)
      return false
    },
    ({ limited, unlimited }) => {
      printTable(limited, unlimited)
      return printFacts(factsOf(limited, unlimited))
    }
  )
)

process.exitCode = (await main()) ? 0 : 1
