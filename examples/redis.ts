/**
 * Four processes that share a limit of 20 calls a second over Redis, and one breaker. Here they are four stores with a client
 * each, which know nothing of each other; a service counts what it receives.
 *
 * Run it:  node scripts/example.js examples/redis.ts     It uses the Redis of REDIS_URL, or starts one from the path, takes
 * about three seconds, and ends with code 1 if something does not go as promised. Without a Redis it says so, and ends.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { Redis } from 'ioredis'
import { callLimit, fixed, limitRetries, retryOn, withCircuitBreaker, withLimits, withRetry } from 'reprise'
import { redisStore, sharedBreaker, sharedLimits } from 'reprise/redis'
import { hasRedis, noRedis, startRedis } from '../__tests__/support/redis.js'
import { printFacts } from './support/calls.js'

const main = async (): Promise<boolean> => {
  const redis = await startRedis()
  let received = 0
  const service = async (id: number): Promise<number> => {
    received += 1
    return id
  }
  let isDown = false
  let asked = 0
  const payments = async (): Promise<string> => {
    asked += 1
    if (isDown) throw new Error('down')
    return 'paid'
  }

  // As each process does for itself.
  const join = () => {
    const client = new Redis({ ...redis.connection })
    const store = redisStore(client, { prefix: `example-${process.pid}`, whenAway: 'closed' })()
    const limits = sharedLimits(store, 'service', [
      callLimit({ capacity: 20, per: '1s', algorithm: 'slidingWindow' })
    ])()
    const breaker = sharedBreaker(store, 'payments', { consecutiveFailures: 3, openTime: '1h' })()
    return {
      call: pipe(service, withLimits(limits), withRetry(limitRetries(2)(fixed(10)))),
      pay: pipe(
        payments,
        withRetry(pipe(fixed(1), limitRetries(1), retryOn([]))),
        withCircuitBreaker(breaker)
      ),
      leave: async () => {
        await store.close()
        client.disconnect()
      }
    }
  }
  const members = [join(), join(), join(), join()]

  const began = performance.now()
  const calls = members.flatMap(({ call }, i) => Array.from({ length: 15 }, (_, id) => call(100 * i + id)()))
  const done = (await Promise.all(calls)).filter(({ _tag }) => _tag === 'Right').length
  const took = performance.now() - began

  // Three failures in one process, and the others do not ask any more.
  for (const { pay } of members) await pay()
  isDown = true
  for (let i = 0; i < 3; i++) await members[0]?.pay()
  const before = asked
  const others = await Promise.all(members.slice(1).map(async ({ pay }) => (await untilRefused(pay))._tag))

  await Promise.all(members.map(({ leave }) => leave()))
  await redis.stop()
  return printFacts([
    { what: 'calls that were done', promised: 60, happened: done },
    { what: 'calls that the service received', promised: 60, happened: received },
    // Twenty at once, twenty a second later, and twenty after two.
    { what: 'they took two seconds', promised: true, happened: took >= 1_990 },
    { what: 'others that are refused', promised: 3, happened: others.filter((tag) => tag === 'Left').length },
    { what: 'few calls of a service that is down', promised: true, happened: asked - before <= 30 }
  ])
}

/** Calls until it is refused: news of the others takes a moment. */
const untilRefused = async <E, A>(
  call: () => Promise<{ _tag: 'Left'; left: E } | { _tag: 'Right'; right: A }>
) => {
  let answer = await call()
  for (let tries = 0; tries < 10 && !isRefusal(answer); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    answer = await call()
  }
  return answer
}

const isRefusal = (answer: object): boolean =>
  'left' in answer && (answer.left as { _tag?: unknown })._tag === 'CircuitOpen'

if (!hasRedis()) console.log(noRedis)
else process.exitCode = (await main()) ? 0 : 1
