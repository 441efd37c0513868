/**
 * A Redis for tests: that of `REDIS_URL`, or one of our own from the path, on a free port, with its data in a temporary
 * directory. Only a process that was started here is ever ended.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RedisForTests {
  readonly connection: { readonly host: string; readonly port: number; readonly [option: string]: unknown }
  /** Kills the server with SIGKILL and starts it on what it has written; `undefined` for one that is not our own. */
  readonly restart: (() => Promise<void>) | undefined
  /** How it goes away, and comes back; `undefined` for one that is not our own. */
  readonly outage: Outage | undefined
  readonly stop: () => Promise<void>
}

export interface Outage {
  /** It takes commands, and does not answer. */
  readonly hang: () => void
  /** It is killed with SIGKILL. */
  readonly kill: () => Promise<void>
  /** It goes on, or is started on what it has written. */
  readonly resume: () => Promise<void>
}

/** What is said where there is no Redis: what is skipped, and how to get one. */
export const noRedis =
  'skipped: no Redis for the tests of reprise/bullmq and reprise/redis. Set REDIS_URL, or install it: apt-get install redis-server'

/** Whether there is a Redis to test with. */
export const hasRedis = (): boolean =>
  (process.env['REDIS_URL'] ?? '') !== '' || spawnSync('redis-server', ['--version']).status === 0

/** Defines tests where there is a Redis; else one that is skipped, and says why. */
export const whereRedis = (tests: () => void): void => {
  if (hasRedis()) tests()
  else {
    process.stderr.write(`${noRedis}\n`)
    test.skip(noRedis, () => {})
  }
}

/** Starts a Redis, or gives that of `REDIS_URL`. */
export const startRedis = async (): Promise<RedisForTests> => {
  const given = process.env['REDIS_URL'] ?? ''
  return given === '' ? startOwn() : ofUrl(new URL(given))
}

const ofUrl = ({ hostname, password, pathname, port, protocol, username }: URL): RedisForTests => ({
  connection: {
    host: hostname,
    port: Number(port || 6379),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 && { db: Number(pathname.slice(1)) }),
    ...(protocol === 'rediss:' && { tls: {} })
  },
  restart: undefined,
  outage: undefined,
  stop: async () => undefined
})

const startOwn = async (): Promise<RedisForTests> => {
  const directory = mkdtempSync(join(tmpdir(), 'reprise-redis-'))
  const port = await freePort()
  let server = await launch(port, directory)
  return {
    connection: { host: '127.0.0.1', port },
    restart: async () => {
      await end(server)
      server = await launch(port, directory)
    },
    outage: {
      hang: () => {
        server.kill('SIGSTOP')
      },
      kill: () => end(server),
      resume: async () => {
        if (hasEnded(server)) server = await launch(port, directory)
        else server.kill('SIGCONT')
      }
    },
    stop: async () => {
      await end(server)
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

// Each write is on disk before it is answered: what a test has seen happen must be there after a crash.
const launch = async (port: number, directory: string): Promise<ChildProcess> => {
  const options = [
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--hz',
    '100',
    '--save',
    '',
    '--loglevel',
    'warning'
  ]
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, ...options],
    { stdio: 'ignore' }
  )
  for (let tries = 0; tries < 200; tries++) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`)
    if (await answers(port)) return server
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  await end(server)
  throw new Error('redis-server did not answer')
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')))
    socket.once('error', () => finish(false))
  })

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const end = async (server: ChildProcess): Promise<void> => {
  if (hasEnded(server)) return
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}
