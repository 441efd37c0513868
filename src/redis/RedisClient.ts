/** The clients that can be used, as far as they are used: nothing of them is imported. */
import { invalid } from '../policy/argument.js'
import { read } from '../policy/Failure.js'
import { script, scriptHash } from './SwapScript.js'

// --- model

/**
 * What is used of a client of `ioredis`, or of its clusters.
 *
 * @category model
 * @since 0.3.0
 */
export interface IoredisClient {
  /** Runs a script that Redis knows. */
  readonly evalsha: (hash: string, keys: number, ...rest: string[]) => Promise<unknown>
  /** Runs a script. */
  readonly eval: (script: string, keys: number, ...rest: string[]) => Promise<unknown>
  /** Makes a connection of its own, to subscribe on. */
  readonly duplicate: () => {
    readonly on: {
      (event: 'message', listener: (channel: string, message: string) => void): unknown
      (event: 'error', listener: () => void): unknown
    }
    readonly subscribe: (channel: string) => Promise<unknown>
    readonly disconnect: () => void
  }
}

/**
 * What is used of a client of `redis` (node-redis), or of its clusters.
 *
 * @category model
 * @since 0.3.0
 */
export interface NodeRedisClient {
  /** Runs a script that Redis knows. */
  readonly evalSha: (hash: string, options: ScriptOptions) => Promise<unknown>
  /** Runs a script. */
  readonly eval: (script: string, options: ScriptOptions) => Promise<unknown>
  /** Makes a connection of its own, to subscribe on. */
  readonly duplicate: () => {
    readonly on: (event: 'error', listener: () => void) => unknown
    readonly connect: () => Promise<unknown>
    readonly subscribe: (channel: string, listener: (message: string) => void) => Promise<unknown>
    readonly destroy: () => void
  }
}

/** @inline */
interface ScriptOptions {
  readonly keys: string[]
  readonly arguments: string[]
}

/**
 * A client of `ioredis` or of `redis`, alone or of a cluster. It stays yours to connect and to close.
 *
 * @category model
 * @since 0.3.0
 */
export type RedisClient = IoredisClient | NodeRedisClient

/** A client as it is worked with. */
export interface Connection {
  /** Runs the script; rejects as the client does. */
  readonly run: (key: string, args: ReadonlyArray<string>) => Promise<unknown>
  /** Opens a second connection, for messages. */
  readonly open: () => Subscriber
}

export interface Subscriber {
  /** Resolves when all messages are heard from then on. */
  readonly subscribe: (channel: string, heard: (message: string) => void) => Promise<unknown>
  readonly close: () => void
}

// --- conversions

/** Gives a client as it is worked with; throws a `TypeError` for anything else. */
export const toConnection = (argument: string, client: RedisClient): Connection => {
  if (typeof read(client, 'duplicate') !== 'function' || typeof read(client, 'eval') !== 'function')
    return invalid(argument, 'a client of ioredis or redis', client)
  if (typeof read(client, 'evalSha') === 'function') return ofNodeRedis(client as NodeRedisClient)
  if (typeof read(client, 'evalsha') === 'function') return ofIoredis(client as IoredisClient)
  return invalid(argument, 'a client of ioredis or redis', client)
}

const ofIoredis = (client: IoredisClient): Connection => ({
  run: (key, args) =>
    loaded(
      () => client.evalsha(scriptHash, 1, key, ...args),
      () => client.eval(script, 1, key, ...args)
    ),
  open: () => {
    const second = client.duplicate()
    const listeners = new Map<string, (message: string) => void>()
    // Whether it is connected is of no importance: messages are hints.
    second.on('error', ignore)
    second.on('message', (channel, message) => listeners.get(channel)?.(message))
    return {
      subscribe: (channel, heard) => {
        listeners.set(channel, heard)
        return second.subscribe(channel)
      },
      close: () => {
        second.disconnect()
      }
    }
  }
})

const ofNodeRedis = (client: NodeRedisClient): Connection => ({
  run: (key, args) => {
    const options = { keys: [key], arguments: [...args] }
    return loaded(
      () => client.evalSha(scriptHash, options),
      () => client.eval(script, options)
    )
  },
  open: () => {
    const second = client.duplicate()
    second.on('error', ignore)
    const connected = second.connect()
    return {
      subscribe: async (channel, heard) => {
        await connected
        await second.subscribe(channel, heard)
      },
      close: () => {
        // It throws if it is closed already.
        connected
          .then(() => {
            second.destroy()
          })
          .catch(ignore)
      }
    }
  }
})

const ignore = (): void => undefined

/** Runs a script by its hash; by its text where Redis does not know it, such as after a restart. */
const loaded = async (byHash: () => Promise<unknown>, byText: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await byHash()
  } catch (error) {
    if (!String(read(error, 'message')).startsWith('NOSCRIPT')) throw error
    return byText()
  }
}
