/** Sets of limits under any interleaving of what can happen: nothing is lost, doubled or forgotten. */
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import {
  callLimit,
  fixed,
  limitRetries,
  type LimitRequest,
  limitSet,
  type Permit,
  rateLimit,
  type RateLimit,
  type ResourceLimit,
  resourceLimit,
  withEnv,
  withLimits,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { deferred, type Deferred, start } from '../support/task.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 1000) * 10

type Limits = RateLimit<'rate'> | ResourceLimit<'a' | 'b'>
type Event =
  | { readonly _tag: 'acquire' | 'try'; readonly request: LimitRequest<Limits>; readonly patience: number }
  | { readonly _tag: 'call'; readonly request: LimitRequest<Limits>; readonly retries: number }
  | { readonly _tag: 'release' | 'cancel' | 'throw' | 'answer'; readonly which: number }
  | { readonly _tag: 'advance'; readonly ms: number }

const requests = fc.record({ rate: fc.nat(4), a: fc.nat(4), b: fc.nat(2) })
const which = fc.nat(6)
const events: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    _tag: fc.constantFrom('acquire', 'acquire', 'try'),
    request: requests,
    patience: fc.constantFrom(Infinity, Infinity, 5, 0)
  }),
  fc.record({ _tag: fc.constant('call'), request: requests, retries: fc.nat(2) }),
  fc.record({ _tag: fc.constantFrom('release', 'release', 'cancel', 'throw', 'answer'), which }),
  fc.record({ _tag: fc.constant('advance'), ms: fc.constantFrom(0, 1, 5, 30) })
)

const algorithm = fc.constantFrom('tokenBucket', 'leakyBucket', 'slidingWindow', 'fixedWindow', 'gcra')
const options = fc.record({ maxWait: fc.constantFrom(0, 4, 50), maxQueue: fc.nat(3) }, { requiredKeys: [] })

it('10,000 interleavings of acquire, call, release, cancel, throw and time -> every permit back, every waiter answered', async () => {
  const seen = { granted: 0, refused: 0, aborted: 0, called: 0, queued: 0 }
  await fc.assert(
    fc.asyncProperty(algorithm, options, fc.array(events, { maxLength: 12 }), async (rule, limited, all) => {
      const clock = virtualClock()
      const set = limitSet(
        [
          rateLimit({ key: 'rate', capacity: 4, per: 20, algorithm: rule }),
          resourceLimit({ key: 'a', capacity: 3 }),
          resourceLimit({ key: 'b', capacity: 2 })
        ],
        { ...limited, clock }
      )()
      const permits: Array<Permit<Limits>> = []
      const controllers: AbortController[] = []
      const running: Array<Deferred<number>> = []
      const order: number[] = []
      let [asked, answered, held, most, calls] = [0, 0, 0, 0, 0]

      for (const event of all) {
        switch (event._tag) {
          case 'try': {
            const taken = set.tryAcquire(event.request)()
            if (taken._tag === 'Right') permits.push(taken.right)
            break
          }
          case 'acquire': {
            const controller = new AbortController()
            controllers.push(controller)
            const number = asked++
            const { patience } = event
            const acquire = pipe(set.acquire(event.request), withSignal(controller.signal))
            const task = patience === Infinity ? acquire : pipe(acquire, withTimeout(patience))
            void pipe(task, withEnv({ clock }))().then((result) => {
              answered += 1
              if (result._tag === 'Right') {
                permits.push(result.right)
                // Of those that come back through equally many wrappers.
                if (patience === Infinity) order.push(number)
                seen.granted += 1
              } else if (result.left._tag === 'LimitExceeded') seen.refused += 1
              else seen.aborted += 1
            })
            break
          }
          case 'call': {
            const controller = new AbortController()
            controllers.push(controller)
            asked += 1
            const body = async (request: LimitRequest<Limits>): Promise<number> => {
              calls += 1
              held += request.a ?? 0
              most = Math.max(most, held)
              const own = deferred<number>()
              running.push(own)
              try {
                return await own.promise
              } finally {
                held -= request.a ?? 0
              }
            }
            const task = pipe(
              body,
              withLimits(
                set,
                (request: LimitRequest<Limits>) => request,
                (used: number) => ({ rate: used })
              ),
              withRetry(pipe(fixed(7), limitRetries(event.retries))),
              withSignal(controller.signal),
              withEnv({ clock })
            )
            void task(event.request)().then(() => (answered += 1))
            break
          }
          case 'release':
            permits.splice(event.which % Math.max(1, permits.length), 1)[0]?.release()
            break
          case 'cancel': {
            controllers.splice(event.which % Math.max(1, controllers.length), 1)[0]?.abort()
            // What a call held is free at once, though its body takes no notice: bodies say nothing of it any more.
            held = -Infinity
            break
          }
          case 'throw':
          case 'answer': {
            const [own] = running.splice(event.which % Math.max(1, running.length), 1)
            if (event._tag === 'throw') own?.reject(new Error('thrown'))
            else own?.resolve(event.which % 3)
            break
          }
          case 'advance':
            await clock.advance(event.ms)
        }
        seen.queued = Math.max(seen.queued, set.waiting())
        const { a, b } = set.available()
        if (a < 0 || a > 3 || b < 0 || b > 2) throw new Error(`${a} of a, ${b} of b are free`)
      }
      // Everything comes to an end, and each end lets others begin.
      for (let round = 0; round < 60 && answered < asked; round++) {
        for (const permit of permits.splice(0)) permit.release()
        for (const own of running.splice(0)) own.resolve(0)
        await clock.advance(20)
      }
      for (const permit of permits.splice(0)) permit.release()
      await clock.advance(1000)
      seen.called += calls
      const { rate, a, b } = set.available()
      const found = {
        unanswered: asked - answered,
        waiting: set.waiting(),
        timers: clock.pending(),
        rate,
        a,
        b
      }
      const inOrder = order.every((number, i) => i === 0 || number > order[i - 1]!)
      const end = JSON.stringify({ ...found, most: Math.max(most, 3), inOrder })
      if (end !== '{"unanswered":0,"waiting":0,"timers":0,"rate":4,"a":3,"b":2,"most":3,"inOrder":true}')
        throw new Error(end)
    }),
    { seed, numRuns }
  )
  // It has seen all of it.
  expect(seen.queued).toBeGreaterThanOrEqual(3)
  for (const count of [seen.granted, seen.refused, seen.aborted, seen.called])
    expect(count).toBeGreaterThan(numRuns / 50)
}, 60_000)

it('a request of 10 among a stream of ones -> served within the time that ten of them take', async () => {
  const clock = virtualClock()
  const set = limitSet([rateLimit({ key: 'rate', capacity: 10, per: 100 })], { clock })()
  const small = (): unknown => start(set.acquire({ rate: 1 }), clock)
  for (let i = 0; i < 12; i++) small()
  const large = start(set.acquire({ rate: 10 }), clock)
  for (let i = 0; i < 40; i++) {
    small()
    await clock.advance(5)
  }
  // Ten at once, two more at 10 and 20, and then ten: at 120.
  expect(large.map(({ at }) => at)).toEqual([120])
})

it('capacity 1, one call in a long wait of its retry -> a hundred others finish meanwhile', async () => {
  const clock = virtualClock()
  const set = limitSet([
    resourceLimit({ key: 'place', capacity: 1 }),
    callLimit({ capacity: 1000, per: 1 })
  ])()
  const run = (script: string) =>
    pipe(scripted(script), withLimits(set), withRetry(pipe(fixed('1h'), limitRetries(1))), withEnv({ clock }))
  const slow = start(run('TR'), clock)
  await clock.advance(1)
  const others = Array.from({ length: 100 }, () => start(run('R'), clock))
  await clock.advance(1)
  expect(others.flat()).toHaveLength(100)
  expect(slow).toHaveLength(0)
  await clock.advance(3_600_000)
  expect(slow).toHaveLength(1)
})
