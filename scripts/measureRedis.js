// What limits that processes share over Redis cost: `node scripts/measureRedis.js`, after `npm run build`. It starts a
// `redis-server` of the path for itself, without a file to append to. Everything shares this machine's processors.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { callLimit, resourceLimit } from 'reprise'
import { redisStore, sharedLimits } from 'reprise/redis'

// --- what is measured

const places = (capacity) => [resourceLimit({ key: 'places', capacity })]
const calls = (capacity) => [callLimit({ capacity, per: '1s', algorithm: 'gcra' })]
const sets = {
  'a resource with room for all': places(1000),
  'a resource of 4 places': places(4),
  'a call limit with room for all': calls(1e9),
  'a call limit of 1,000 in a second': calls(1000)
}

const open = async (port, name) => {
  const client = new Redis({ port, host: '127.0.0.1' })
  const store = redisStore(client, { prefix: 'measure', timeout: '10s', whenAway: 'closed' })()
  const limits = sharedLimits(store, name, sets[name])()
  await limits.use()(async () => 1)()
  return {
    limits,
    close: async () => {
      await store.close()
      client.disconnect()
    }
  }
}

/** Microseconds for one call after the other; the smallest of many rounds, since noise only adds. */
const inTurn = async (port, name, calls = 500, rounds = 20) => {
  const { limits, close } = await open(port, name)
  let least = Infinity
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    for (let call = 0; call < calls; call++) {
      const permit = await limits.acquire()()
      permit.right.release()
    }
    least = Math.min(least, ((performance.now() - began) / calls) * 1000)
  }
  await close()
  return least
}

/** How often this process is granted something in a time, with so many calls at once. */
const atOnce = async (port, name, callers, ms) => {
  const { limits, close } = await open(port, name)
  process.send('ready')
  await once(process, 'message')
  const until = performance.now() + ms
  let granted = 0
  const caller = async () => {
    while (performance.now() < until) {
      const permit = await limits.acquire()()
      granted += 1
      permit.right.release()
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  process.send({ granted })
  await close()
  process.disconnect()
}

// --- processes

const together = async (port, name, processes, callers, ms) => {
  const children = Array.from({ length: processes }, () =>
    fork(fileURLToPath(import.meta.url), [JSON.stringify({ port, name, callers, ms })])
  )
  await Promise.all(children.map((child) => once(child, 'message')))
  const ended = children.map((child) => once(child, 'message'))
  const began = performance.now()
  for (const child of children) child.send('go')
  const granted = (await Promise.all(ended)).map(([message]) => message.granted)
  const seconds = (performance.now() - began) / 1000
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')))
  return {
    perSecond: granted.reduce((sum, each) => sum + each, 0) / seconds,
    least: Math.min(...granted) / seconds
  }
}

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

const main = async () => {
  const port = await freePort()
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore'
  })
  const client = new Redis({ port, host: '127.0.0.1' })
  client.on('error', () => undefined)
  await client.ping()
  const began = performance.now()
  for (let i = 0; i < 2000; i++) await client.ping()
  console.log(`a PING: ${(((performance.now() - began) / 2000) * 1000).toFixed(0)} µs`)
  console.log('acquire and release, one after the other')
  for (const name of Object.keys(sets).slice(0, 3))
    console.log(`  ${name.padEnd(36)} ${(await inTurn(port, name)).toFixed(0)} µs`)
  console.log('grants in a second, of all processes (the least of one)')
  for (const name of Object.keys(sets))
    for (const [processes, callers] of [
      [1, 1],
      [1, 100],
      [4, 1],
      [4, 25],
      [16, 1],
      [16, 25]
    ]) {
      const { perSecond, least } = await together(port, name, processes, callers, 3000)
      console.log(
        `  ${name.padEnd(36)} ${processes} x ${callers}: ${perSecond.toFixed(0)} (${least.toFixed(0)})`
      )
    }
  client.disconnect()
  redis.kill('SIGKILL')
}

const told = process.argv[2]
if (told === undefined) await main()
else {
  const { port, name, callers, ms } = JSON.parse(told)
  await atOnce(port, name, callers, ms)
}
