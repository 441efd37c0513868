/**
 * The way to Redis. Each command has its time; after one that failed, nothing is sent but a trial now and then, until one
 * succeeds: whoever asks in between is refused at once.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { longest } from '../policy/Duration.js'
import { nextTurn } from '../runtime/Clock.js'
import type { Clock } from '../runtime/Clock.js'
import type { Random } from '../runtime/Random.js'
import { lookingAgain } from './lookingAgain.js'
import { closed, type RedisAway, redisAway } from './RedisAway.js'
import type { Connection, Subscriber } from './RedisClient.js'
import { argumentsOf, readReply, type Swap, type Swapped } from './SwapScript.js'

// --- model

export interface RedisLink {
  readonly clock: Clock
  /** A clock whose waits do not keep the process alive. */
  readonly background: Clock
  readonly random: Random
  /** How long a command may take, in milliseconds. */
  readonly timeout: number
  readonly swap: (swap: Swap) => Promise<Either<RedisAway, Swapped>>
  /** Hears of what is told of a key, if Redis says so; and whether it listens by now. */
  readonly follow: (key: string, heard: (text: string) => void, listening: () => void) => void
  readonly away: () => RedisAway | undefined
  /** Is called when Redis is lost, or found again. */
  readonly watch: (listener: () => void) => () => void
  readonly close: () => void
}

export interface LinkSettings {
  readonly clock: Clock
  readonly background: Clock
  readonly random: Random
  readonly timeout: number
  /** A key for trials that is nobody else's. */
  readonly trialKey: string
}

// --- constructors

export const newRedisLink = (connection: Connection, settings: LinkSettings): RedisLink => {
  const { clock, background, random, timeout, trialKey } = settings
  const listeners = new Set<() => void>()
  // Commands that are not waited for any more when it is closed.
  const onTheirWay = new Set<() => void>()
  const stops = new Set<() => void>()
  // All that changes.
  let away: RedisAway | undefined
  let subscriber: Subscriber | undefined

  const become = (now: RedisAway | undefined): void => {
    away = now
    for (const listener of [...listeners]) listener()
  }
  const lose = (why: RedisAway): void => {
    if (away !== undefined) return
    become(why)
    const stop = lookingAgain(
      { background, random },
      () => command(trial),
      () => {
        stops.delete(stop)
        become(undefined)
      }
    )
    stops.add(stop)
  }

  // It writes: a replica that can only be read is no use.
  const trial: Swap = {
    key: trialKey,
    expected: '',
    next: { text: 'trial', keep: 1, from: 0, to: longest / 1000, told: false, by: 'trial', patience: 0 }
  }

  const command = async (swap: Swap): Promise<Either<RedisAway, Swapped>> => {
    try {
      const reply = await inTime(connection.run(swap.key, argumentsOf(swap)))
      if (reply === late) return left(redisAway('timedOut', `Redis did not answer within ${timeout} ms`))
      const read = readReply(reply)
      return read === undefined
        ? left(redisAway('failed', 'Redis answered with what its script does not say', reply))
        : { _tag: 'Right', right: read }
    } catch (error) {
      return left(redisAway('failed', 'Redis or its client answered with an error', error))
    }
  }
  const inTime = <A>(answer: Promise<A>): Promise<A | typeof late> =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => {
        resolve(late)
      }
      // If it was this process that was busy, the answer is there, and has yet to be read.
      const cancel = clock.after(timeout, () => void nextTurn().then(giveUp))
      const drop = (): void => {
        cancel()
        giveUp()
      }
      onTheirWay.add(drop)
      answer.then(resolve, reject).finally(() => {
        cancel()
        onTheirWay.delete(drop)
      })
    })

  return {
    clock,
    background,
    random,
    timeout,
    swap: async (swap) => {
      if (away !== undefined) return left(away)
      const answer = await command(swap)
      if (answer._tag === 'Left') lose(answer.left)
      return answer
    },
    follow: (key, heard, listening) => {
      if (away?.reason === 'closed') return
      // Messages are hints: whoever hears none looks now and then.
      const subscribe = async (): Promise<Either<never, unknown>> => {
        subscriber ??= connection.open()
        return { _tag: 'Right', right: await subscriber.subscribe(key, heard) }
      }
      stops.add(lookingAgain({ background, random }, subscribe, listening))
    },
    away: () => away,
    watch: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    close: () => {
      if (away?.reason === 'closed') return
      for (const stop of [...stops, ...onTheirWay]) stop()
      subscriber?.close()
      subscriber = undefined
      become(closed)
    }
  }
}

const late = Symbol('late')

const left = (away: RedisAway): Either<RedisAway, never> => ({ _tag: 'Left', left: away })
