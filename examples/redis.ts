/**
 * Limits that processes share over Redis: a server that allows no more than 5 calls at once, and 20 in a second, is called by
 * four processes, one of which is killed.
 *
 *   1. four processes call it 60 times: it never sees more than it allows
 *   2. a process is killed with SIGKILL while it holds all places: they come back when its lease of two seconds is over
 *   3. Redis is killed: calls go on with the limits of this process alone, as the store was told; and when Redis is back,
 *      all count again
 *
 * Run it:  node scripts/example.js examples/redis.ts     It uses the Redis of REDIS_URL (without the third part), or starts one
 * from the path, takes about ten seconds, and ends with code 1 if something does not go as promised. Without a Redis it says
 * so, and ends.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipe } from 'fp-ts/lib/function.js'
import { Redis } from 'ioredis'
import { callLimit, resourceLimit, withLimits } from 'reprise'
import { redisStore, sharedLimits } from 'reprise/redis'
import { hasRedis, noRedis, startRedis } from '../__tests__/support/redis.js'

// --- what all processes are made with

interface Told {
  readonly connection: { readonly host: string; readonly port: number }
  readonly name: string
  readonly url: string
  readonly act: 'call' | 'hold'
}

const open = ({ connection, name }: Pick<Told, 'connection' | 'name'>) => {
  const client = new Redis(connection)
  client.on('error', () => undefined) // It connects again by itself.
  const store = redisStore(client, {
    prefix: 'example',
    lease: '2s',
    observer: (event) => console.log(`  process ${process.pid}: ${event._tag}`)
  })()
  const limits = sharedLimits(store, name, [
    resourceLimit({ key: 'places', capacity: 5 }),
    callLimit({ capacity: 20, per: '1s' })
  ])()
  const close = async (): Promise<void> => {
    await store.close()
    client.disconnect()
  }
  return { limits, store, close }
}

// --- those who call

const act = async (told: Told): Promise<void> => {
  const { limits, close } = open(told)
  if (told.act === 'hold') {
    await limits.acquire({ places: 5 })()
    process.stdout.write(`  process ${process.pid}: holds all places\n`)
    await new Promise(() => setInterval(() => undefined, 1000))
  }
  const call = pipe(async () => (await fetch(told.url)).text(), withLimits(limits))
  const results = await Promise.all(Array.from({ length: 15 }, () => call()))
  process.stdout.write(
    `  process ${process.pid}: ${results.filter(({ _tag }) => _tag === 'Right').length} calls\n`
  )
  await close()
}

/** Starts a process; resolves when it has said something that contains `text`. */
const start = async (told: Told, text: string): Promise<ChildProcess> => {
  const args = ['scripts/example.js', 'examples/redis.ts', JSON.stringify(told)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      process.stdout.write(data)
      if (data.toString().includes(text)) resolve()
    })
  })
  return child
}

// --- what they call, and what becomes of it

const main = async (): Promise<void> => {
  let [now, most, calls] = [0, 0, 0]
  const server = createServer((_, response) => {
    calls += 1
    most = Math.max(most, (now += 1))
    setTimeout(() => {
      now -= 1
      response.end('done')
    }, 50)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const redis = await startRedis()
  const told = { connection: redis.connection, name: `calls-${process.pid}`, url }
  const { limits, store, close } = open(told)

  console.log('1. four processes call')
  const began = performance.now()
  await Promise.all([1, 2, 3, 4].map(() => start({ ...told, act: 'call' }, 'calls')))
  const seconds = (performance.now() - began) / 1000
  console.log(`  ${calls} calls in ${seconds.toFixed(1)} s, ${most} at once`)

  console.log('2. one is killed')
  const holder = await start({ ...told, act: 'hold' }, 'holds')
  console.log('  available:', (await limits.available()).places)
  holder.kill('SIGKILL')
  const after = await limits.acquire({ places: 5 })()
  if (after._tag === 'Right') {
    console.log(`  got all of them after ${(after.right.waited / 1000).toFixed(1)} s`)
    after.right.release()
  }

  let isBack = true
  if (redis.outage !== undefined) {
    console.log('3. Redis is killed')
    await redis.outage.kill()
    const local = await limits.acquire()()
    console.log(`  ${local._tag === 'Right' ? 'granted' : local.left.reason}, ${store.status()}`)
    if (local._tag === 'Right') local.right.release()
    await redis.outage.resume()
    while (store.status() === 'away') await new Promise((resolve) => setTimeout(resolve, 50))
    const shared = await limits.acquire()()
    console.log(`  ${shared._tag === 'Right' ? 'granted' : shared.left.reason}, ${store.status()}`)
    if (shared._tag === 'Right') shared.right.release()
    isBack = local._tag === 'Right' && shared._tag === 'Right'
  }
  await close()
  server.closeAllConnections()
  server.close()
  await redis.stop()

  const asPromised = calls === 60 && most <= 5 && seconds >= 2 && after._tag === 'Right' && isBack
  console.log(asPromised ? 'All as promised.' : 'Not as promised.')
  process.exitCode = asPromised ? 0 : 1
}

const told = process.argv[2]
if (told !== undefined) await act(JSON.parse(told) as Told)
else if (hasRedis()) await main()
else console.log(noRedis)
