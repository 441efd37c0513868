/**
 * Processes that share a state over a Redis in memory, each with its own way to it: how long what it sends is under way, and
 * whether it arrives, is up to a test.
 */
import type { Clock } from 'reprise'
import { type Connection, toConnection } from '../../src/redis/RedisClient.js'
import { newRedisLink, type RedisLink } from '../../src/redis/RedisLink.js'
import { newSharedCell, type SharedCell } from '../../src/redis/SharedCell.js'
import type { SharedRules } from '../../src/redis/SharedRules.js'
import type { FakeRedis } from './fakeRedis.js'

/**
 * How it is with the way of a process to Redis: it is there; commands are refused; they are lost on their way; or they arrive,
 * and the answers are lost.
 */
export type Way = 'up' | 'refuses' | 'hangs' | 'deaf'

/** A process, as far as Redis knows it. */
export interface Process {
  readonly link: RedisLink
  readonly open: <S, I>(rules: SharedRules<S, I>, pace?: number) => SharedCell<S, I>
  /** Changes its way to Redis. */
  readonly become: (way: Way) => void
}

/** The key of the state. */
const key = 'test:cell'

/** How long a process waits for an answer. */
export const timeout = 1000

/**
 * Starts a process: how long its commands are under way, in each direction, whether messages come through, and what its waits
 * are drawn from.
 */
export const startProcess = (
  redis: FakeRedis,
  clock: Clock,
  delay: () => number = () => 0,
  messages: () => boolean = () => true,
  random: () => number = () => 0.5
): Process => {
  const real = toConnection('client', redis.client())
  let way: Way = 'up'
  /** Goes on after a delay, if that is allowed on this way; never otherwise. */
  const later = (allowed: ReadonlyArray<Way>): Promise<void> =>
    new Promise((resolve) => {
      clock.after(delay(), () => {
        if (allowed.includes(way)) resolve()
      })
    })
  const connection: Connection = {
    run: async (name, args) => {
      await later(['up', 'deaf', 'refuses'])
      if (way === 'refuses') throw new Error('ECONNREFUSED')
      const answer = await real.run(name, args)
      await later(['up'])
      return answer
    },
    open: () => {
      const subscriber = real.open()
      return {
        ...subscriber,
        subscribe: (channel, heard) =>
          subscriber.subscribe(channel, (text) => {
            if (messages()) void later(['up']).then(() => heard(text))
          })
      }
    }
  }
  const link = newRedisLink(connection, { clock, background: clock, random, timeout, trialKey: 'test:trial' })
  return {
    link,
    open: (rules, pace) => newSharedCell(link, key, rules, pace),
    become: (next) => {
      way = next
    }
  }
}
