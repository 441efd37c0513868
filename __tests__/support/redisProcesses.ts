/** Processes of plain Node that share something over a Redis, and do what a test tells them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { bundleScript } from './bundle.js'
import type { RedisForTests } from './redis.js'

/** A process that shares. */
export interface Member {
  /** Lets it do something; gives what came of it, which may never be if it is killed. */
  readonly ask: <A = unknown>(act: string, ...args: ReadonlyArray<unknown>) => Promise<A>
  /** What it has told by itself. */
  readonly told: ReadonlyArray<unknown>
  /** Kills it with SIGKILL. */
  readonly kill: () => Promise<void>
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>
}

export interface Members {
  readonly start: (config: Readonly<Record<string, unknown>>) => Promise<Member>
  /** Kills all that were started, and takes the bundle away. */
  readonly remove: () => Promise<void>
}

/**
 * Makes a program of a script that exports `acts(config, client, tell)`: what it can be asked to do, by name. The client is
 * one of `ioredis` or of `redis`, as the `client` of the config says.
 */
export const makeMembers = async (
  name: string,
  connection: RedisForTests['connection'],
  script: string
): Promise<Members> => {
  const bundle = await bundleScript(name, `${script}\n${loop}`, 'redis')
  const children: ChildProcess[] = []
  return {
    start: async (config) => {
      const child = spawn(process.execPath, [bundle, JSON.stringify({ ...config, connection })], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc']
      })
      children.push(child)
      return toMember(child)
    },
    remove: async () => {
      await Promise.all(children.map(kill))
      rmSync(bundle, { force: true })
    }
  }
}

/** What a child says: what came of what it was asked, or news. */
interface Said {
  readonly id?: number
  readonly result?: unknown
  readonly news?: unknown
}

const toMember = async (child: ChildProcess): Promise<Member> => {
  const told: unknown[] = []
  const waiting = new Map<number, (result: never) => void>()
  let asked = 0
  const ready = once(child, 'message')
  child.on('message', ({ id, news, result }: Said) => {
    if (id === undefined) told.push(news)
    // Whoever asked knows what it is.
    else waiting.get(id)?.(result as never)
  })
  const ended = once(child, 'exit')
  await Promise.race([ready, ended])
  return {
    ask: (act, ...args) =>
      new Promise((resolve) => {
        asked += 1
        waiting.set(asked, resolve)
        child.send({ id: asked, act, args })
      }),
    told,
    kill: () => kill(child),
    ended
  }
}

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const loop = `
import { Redis } from 'ioredis'
import { createClient } from 'redis'

const config = JSON.parse(process.argv[2])
const { host, port, username, password, db, tls } = config.connection
const clients = {
  ioredis: async () => new Redis(config.connection),
  redis: async () => {
    const client = createClient({ socket: { host, port, tls: tls !== undefined }, username, password, database: db })
    client.on('error', () => {})
    return client.connect()
  }
}
const client = await clients[config.client ?? 'ioredis']()
client.on('error', () => {})
const doing = acts(config, client, (news) => process.send({ news }))
process.on('message', async ({ id, act, args }) => {
  process.send({ id, result: (await doing[act](...args)) ?? null })
})
process.send({ id: 0 })
`

/** Looks again and again until something is so. */
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}
