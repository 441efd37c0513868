/**
 * Limits against a real server in this process, which counts. Everything that is asserted holds however slow the machine
 * is: time has lower bounds only, and what is awaited is an event.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  backgroundClock,
  callLimit,
  fixed,
  limitRetries,
  limitSet,
  onRetry,
  resourceLimit,
  withAttempt,
  withEnv,
  withLimits,
  withRetry,
  withSignal,
  worker
} from 'reprise'
import { sendJson } from '../../examples/support/http.js'

// --- the server

/** A status, sent after some milliseconds; or the connection is cut; or there is no answer before `release`. */
type Reply = { readonly status: number; readonly after: number } | 'cut' | 'held'

interface Server {
  readonly url: string
  readonly seen: {
    /** When each request came. */
    readonly arrivals: ReadonlyArray<number>
    /** The most requests that it had at once, and the most that their weights came to. */
    readonly atOnce: number
    readonly heaviest: number
    /** Clients that hung up before there was an answer. */
    readonly hungUp: number
  }
  /** Resolves as soon as something that it has seen is so. */
  readonly until: (isSo: (seen: Server['seen']) => boolean) => Promise<void>
  /** Answers all requests that are held, and lets no further one be. */
  readonly release: () => void
  readonly close: () => Promise<void>
}

/** Starts a server that answers its n-th request as `replyTo` says. Paths are weights: `/1`, `/3`. */
const startServer = async (replyTo: (nth: number) => Reply): Promise<Server> => {
  const arrivals: number[] = []
  const seen = { arrivals, atOnce: 0, heaviest: 0, hungUp: 0 }
  const open = new Map<ServerResponse, number>()
  const held = new Set<() => void>()
  const watching = new Set<() => void>()
  const look = () => watching.forEach((each) => each())
  let isReleased = false

  // What is answered is over before the answer is sent, on which the client may begin with its next request at once.
  const answer = (response: ServerResponse, status: number): void => {
    open.delete(response)
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }
  const serve = (response: ServerResponse, reply: Reply): void => {
    if (reply === 'cut') {
      open.delete(response)
      response.destroy()
    } else if (reply !== 'held') setTimeout(() => answer(response, reply.status), reply.after)
    else if (isReleased) answer(response, 200)
    else held.add(() => answer(response, 200))
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, ({ url = '' }, response) => {
    arrivals.push(performance.now())
    open.set(response, Number(url.slice(1)))
    seen.atOnce = Math.max(seen.atOnce, open.size)
    seen.heaviest = Math.max(
      seen.heaviest,
      [...open.values()].reduce((sum, weight) => sum + weight, 0)
    )
    response.on('close', () => {
      if (!open.delete(response)) return
      seen.hungUp += 1
      look()
    })
    serve(response, replyTo(arrivals.length))
    look()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    until: (isSo) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (isSo(seen)) resolve(void watching.delete(check))
        }
        watching.add(check)
        check()
      }),
    release: () => {
      isReleased = true
      held.forEach((each) => each())
      held.clear()
    },
    close: async () => {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    }
  }
}

const running: Server[] = []

const serverOf = async (replyTo: (nth: number) => Reply): Promise<Server> => {
  const server = await startServer(replyTo)
  running.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()))
})

const ok: Reply = { status: 200, after: 5 }
const failed: Reply = { status: 503, after: 0 }

// --- the client

/** Sends requests of a weight. */
const sendTo = ({ url }: Server) =>
  withAttempt(
    ({ signal }) =>
      (weight: number) =>
        sendJson({ url: `${url}/${weight}`, signal })
  )

const places = <const N extends number>(capacity: N) => resourceLimit({ key: 'places', capacity })

// Both come to an end even if a test does not: the one gives up, the other keeps no process alive.
const again = (wait: number) => withRetry(pipe(fixed(wait), limitRetries(50)))
const inBackground = withEnv({ clock: backgroundClock })

/** Runs so many calls at once; gives how many came to a result. */
const countDone = async (
  calls: number,
  call: (n: number) => TaskEither<unknown, unknown>
): Promise<number> => {
  const results = await Promise.all(Array.from({ length: calls }, (_, n) => call(n)()))
  return results.filter(E.isRight).length
}

// --- what the server sees

// Each fifth is a 503, and each seventh from the third on is cut: of 35, 11 fail. So after 70 requests 48 are done, and the
// 12 that are missing take 16 more, of which the 3rd, 5th, 10th and 15th fail.
const flaky = (nth: number): Reply => (nth % 7 === 3 ? 'cut' : nth % 5 === 0 ? failed : ok)

test('60 calls of two functions, 4 places, 26 failures -> 86 requests, never more than 4 at once, all are done', async () => {
  const server = await serverOf(flaky)
  const limits = limitSet([places(4)])()
  const send = sendTo(server)
  let retries = 0
  const count = onRetry(() => (retries += 1))
  const read = pipe(send, withLimits(limits), again(3), count)
  const search = pipe(send, withLimits(limits), again(7), count)

  expect(await countDone(60, (n) => (n % 2 === 0 ? read(1) : search(1)))).toBe(60)
  expect([server.seen.arrivals.length, retries]).toEqual([86, 26])
  expect(server.seen.atOnce).toBeLessThanOrEqual(4)
  expect([limits.available(), limits.waiting()]).toEqual([{ places: 4 }, 0])
})

test('the same by a worker whose methods share the limits -> the same', async () => {
  const server = await serverOf(flaky)
  const limits = limitSet([places(4)])()
  const send = sendTo(server)
  const api = worker(
    { read: send, search: send },
    { numRetries: 50, retryAlgorithm: 'fixed', retryWait: 5, limits }
  )
  expect(await countDone(60, (n) => (n % 2 === 0 ? api.read(1) : api.search(1)))).toBe(60)
  expect(server.seen.arrivals).toHaveLength(86)
  expect(server.seen.atOnce).toBeLessThanOrEqual(4)
  expect([limits.available(), limits.waiting()]).toEqual([{ places: 4 }, 0])
})

test('calls that take 1, 2 or 3 of 4 places -> requests of never more than 4 at once', async () => {
  const server = await serverOf(flaky)
  const limits = limitSet([places(4)])()
  const send = pipe(
    sendTo(server),
    withLimits(limits, (weight: number) => ({ places: weight })),
    again(3)
  )
  expect(await countDone(60, (n) => send(1 + (n % 3)))).toBe(60)
  expect(server.seen.arrivals).toHaveLength(86)
  expect(server.seen.heaviest).toBeLessThanOrEqual(4)
  expect([limits.available(), limits.waiting()]).toEqual([{ places: 4 }, 0])
})

// What arrives in a window of the server has started in it, or was under way when it began: 10 and 3 at most.
test('10 calls in any 200 ms, 3 places -> never more than 13 requests in any 200 ms, 53 take a second', async () => {
  const server = await serverOf((nth) => (nth % 6 === 0 ? failed : ok))
  const limits = limitSet([
    callLimit({ capacity: 10, per: '200ms', algorithm: 'slidingWindow' }),
    places(3)
  ])()
  const send = pipe(sendTo(server), withLimits(limits), again(3))

  const began = performance.now()
  expect(await countDone(45, () => send(1))).toBe(45)
  // 45 and the 8 that fail. The 51st cannot start before five times 200 ms are over.
  expect(performance.now() - began).toBeGreaterThanOrEqual(1000)
  const { arrivals, atOnce } = server.seen
  expect(arrivals).toHaveLength(53)
  const windows = arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 200).length)
  expect(Math.max(...windows)).toBeLessThanOrEqual(13)
  expect(atOnce).toBeLessThanOrEqual(3)
  expect(limits.waiting()).toBe(0)
})

// --- calls that do not get through

test('2 places, a queue of 5, 20 calls at once -> 13 are refused and never sent, 7 are done', async () => {
  const server = await serverOf(() => 'held')
  const limits = limitSet([places(2)], { maxQueue: 5 })()
  const send = pipe(sendTo(server), withLimits(limits))
  const ends: unknown[] = []
  const calls = Array.from({ length: 20 }, () =>
    send(1)().then((result) => {
      ends.push(E.isLeft(result) ? result.left : 'done')
    })
  )
  await server.until(({ arrivals }) => arrivals.length === 2)
  expect(ends).toHaveLength(13)
  for (const end of ends) expect(end).toMatchObject({ _tag: 'LimitExceeded', reason: 'queueFull' })
  expect([server.seen.arrivals.length, limits.waiting()]).toEqual([2, 5])

  server.release()
  await Promise.all(calls)
  expect(ends.slice(13)).toEqual(Array(7).fill('done'))
  expect(server.seen.arrivals).toHaveLength(7)
  expect(server.seen.atOnce).toBeLessThanOrEqual(2)
  expect([limits.available(), limits.waiting()]).toEqual([{ places: 2 }, 0])
})

test('1 place that is taken, patience of 50 ms -> LimitExceeded after 50 ms, never sent', async () => {
  const server = await serverOf(() => 'held')
  const limits = limitSet([places(1)], { maxWait: '50ms' })()
  const send = pipe(sendTo(server), withLimits(limits))
  const first = send(1)()
  await server.until(({ arrivals }) => arrivals.length === 1)

  const second = await send(1)()
  expect(second).toMatchObject({ left: { _tag: 'LimitExceeded', key: 'places', reason: 'waitedTooLong' } })
  if (E.isLeft(second) && second.left._tag === 'LimitExceeded')
    expect(second.left.waited).toBeGreaterThanOrEqual(50)
  server.release()
  expect(await first).toEqual(E.right({}))
  expect(server.seen.arrivals).toHaveLength(1)
  expect(limits.available()).toEqual({ places: 1 })
})

test('30 calls, 4 places, aborted -> the 4 requests are hung up, all calls end, the places are free for others', async () => {
  const server = await serverOf(() => 'held')
  const limits = limitSet([places(4)])()
  const controller = new AbortController()
  const robust = pipe(sendTo(server), withLimits(limits), withRetry(fixed('1h')), inBackground)
  const calls = Array.from({ length: 30 }, () => pipe(robust(1), withSignal(controller.signal))())
  await server.until(({ arrivals }) => arrivals.length === 4)
  controller.abort('enough')

  const results = await Promise.all(calls)
  for (const result of results) expect(result).toMatchObject({ left: { _tag: 'Aborted', reason: 'enough' } })
  expect([limits.available(), limits.waiting()]).toEqual([{ places: 4 }, 0])
  await server.until(({ hungUp }) => hungUp === 4)

  server.release()
  expect(await countDone(10, () => robust(1))).toBe(10)
  expect(server.seen.arrivals).toHaveLength(14)
  expect(limits.available()).toEqual({ places: 4 })
})

test('1 place, one call waits an hour for its retry -> ten others are done meanwhile', async () => {
  const server = await serverOf((nth) => (nth === 1 ? failed : ok))
  const limits = limitSet([places(1)])()
  const controller = new AbortController()
  const robust = pipe(sendTo(server), withLimits(limits), withRetry(fixed('1h')), inBackground)
  const first = pipe(robust(1), withSignal(controller.signal))()

  expect(await countDone(10, () => robust(1))).toBe(10)
  expect(server.seen.arrivals).toHaveLength(11)
  expect(limits.available()).toEqual({ places: 1 })
  controller.abort()
  expect(await first).toMatchObject({ left: { _tag: 'Aborted', attempts: 1 } })
})
