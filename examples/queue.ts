/**
 * A worker behind a queue: calls are jobs in Redis, and whoever serves them may be killed at any moment.
 *
 *   1. a receipt is printed at the third attempt; the printing process is killed with SIGKILL while the job waits
 *   2. another process goes on where it stopped: with the next attempt, and not before its time
 *   3. the same order, sent again under the same id: the receipt is there, nothing is printed twice
 *   4. an order that is refused: no retry, the reason comes back to the caller
 *
 * Run it:  node scripts/example.js examples/queue.ts     It uses the Redis of REDIS_URL, or starts one from the path, takes
 * about five seconds, and ends with code 1 if something does not go as promised. Without a Redis it says so, and ends.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { pipe } from 'fp-ts/lib/function.js'
import { abortOn, fixed, lastError, limitRetries, withAttempt } from 'reprise'
import { queueWorker, type QueueSettings, withJob } from 'reprise/bullmq'
import { hasRedis, noRedis, startRedis } from '../__tests__/support/redis.js'

// --- the functions and their options: the same for those who call and those who serve

const openOrders = (settings: QueueSettings) =>
  queueWorker(
    {
      printReceipt: withAttempt(({ attempt }) => async (order: number): Promise<string> => {
        process.stdout.write(`  process ${process.pid}: order ${order}, attempt ${attempt}\n`)
        if (order < 0) throw Object.assign(new Error('there is no such order'), { code: 'ENOORDER' })
        if (attempt < 3) throw new Error('the printer is busy')
        return `receipt of order ${order}, at attempt ${attempt}`
      })
    },
    { policy: pipe(fixed('1s'), limitRetries(5), abortOn('ENOORDER')) },
    settings
  )

// --- those who serve

const serve = (settings: QueueSettings): void => {
  openOrders(settings).serve({ lockDuration: '2s', stalledInterval: '1s' })
  process.stdout.write(`  process ${process.pid}: serving\n`)
}

/** Starts a serving process; resolves when it has said something that contains `text`. */
const startServer = async (settings: QueueSettings, text: string): Promise<ChildProcess> => {
  const args = ['scripts/example.js', 'examples/queue.ts', JSON.stringify(settings)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      process.stdout.write(data)
      if (data.toString().includes(text)) resolve()
    })
  })
  return child
}

const kill = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

// --- those who call

const main = async (): Promise<void> => {
  const redis = await startRedis()
  const settings: QueueSettings = { connection: redis.connection, queue: `orders-${process.pid}` }
  const orders = openOrders(settings)
  const receipt = pipe(orders.client.printReceipt, withJob({ jobId: 'order-seven' }))

  console.log('1. a receipt is asked for')
  const pending = receipt(7)()
  const first = await startServer(settings, 'attempt 1')
  await new Promise((resolve) => setTimeout(resolve, 300))
  await kill(first)
  console.log(`  process ${first.pid}: killed`)

  console.log('2. another process goes on')
  const second = await startServer(settings, 'serving')
  const printed = await pending
  console.log(printed)

  console.log('3. the same order again')
  const again = await receipt(7)()
  console.log(again)

  console.log('4. an order that is refused')
  const refused = await orders.client.printReceipt(-1)()
  if (refused._tag === 'Left') console.log(refused.left._tag, lastError(refused.left))

  await kill(second)
  await orders.close()
  await redis.stop()

  const asPromised =
    isDeepStrictEqual(printed, { _tag: 'Right', right: 'receipt of order 7, at attempt 3' }) &&
    isDeepStrictEqual(again, printed) &&
    refused._tag === 'Left' &&
    refused.left._tag === 'NotRetryable' &&
    refused.left.attempts === 1
  console.log(asPromised ? 'All as promised.' : 'Not as promised.')
  process.exitCode = asPromised ? 0 : 1
}

const told = process.argv[2]
if (told !== undefined) serve(JSON.parse(told) as QueueSettings)
else if (hasRedis()) await main()
else console.log(noRedis)
