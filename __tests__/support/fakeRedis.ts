/**
 * A Redis in memory, on a clock of the tests: the script that swaps, keys that expire, messages; and all that can go wrong with
 * it. What the script does is written here a second time; the real one is tested against a real Redis.
 */
import type { Clock } from 'reprise'
import type { NodeRedisClient } from '../../src/redis/RedisClient.js'

export interface FakeRedis {
  /** A client, of a process; commands and replies take as long as said, in milliseconds. */
  readonly client: (latency?: () => number) => NodeRedisClient
  /** What lies under a key. */
  readonly text: (key: string) => string | undefined
  readonly put: (key: string, text: string) => void
  readonly clear: () => void
  /** What its clock shows. */
  readonly now: () => number
  /** Sets its clock, by so many milliseconds. */
  readonly set: (by: number) => void
  /** Takes commands, but does not answer; `resume` runs what has come since. */
  readonly hang: () => void
  /** Refuses all, until `resume`; what was on its way is answered with an error. */
  readonly die: () => void
  readonly resume: () => void
  /** Of how many of the next commands the reply is lost. */
  readonly loseReplies: (count: number) => void
  /** Are messages told? */
  readonly mute: (isMute: boolean) => void
  /** How many commands it ran, and how many swapped something in. */
  readonly counts: () => { readonly commands: number; readonly swaps: number }
  /** How many second connections are open. */
  readonly subscribers: () => number
}

interface Stored {
  readonly text: string
  readonly until: number
}

export const fakeRedis = (clock: Clock, epoch = 1_700_000_000_000): FakeRedis => {
  const stored = new Map<string, Stored>()
  /** Who may swap next, in microseconds of the clock. */
  const turns = new Map<string, { readonly by: string; readonly until: number }>()
  const subscribers = new Set<(channel: string, message: string) => void>()
  let state: 'up' | 'hung' | 'dead' = 'up'
  const held: Array<() => void> = []
  let [lost, commands, swaps, skew, mute] = [0, 0, 0, 0, false]

  const now = (): number => epoch + skew + clock.now()
  const get = (key: string): string | undefined => {
    const found = stored.get(key)
    if (found !== undefined && found.until <= now()) stored.delete(key)
    return stored.get(key)?.text
  }

  const run = (key: string, args: ReadonlyArray<string>): unknown => {
    commands += 1
    const [expected = '', next = '', keep = '', from = '', to = '', channel = '', by = '', patience = ''] =
      args
    const micros = Math.round(now() * 1000)
    const time = [String(Math.floor(micros / 1e6)), String(micros % 1e6)]
    const text = get(key)
    const isSame = expected === '' ? text === undefined : text?.startsWith(expected) === true
    let mine = ''
    if (next !== '') {
      const first = turns.get(key)
      const isFree = first === undefined || first.by === by || micros >= first.until
      if (isSame && isFree && micros >= Number(from) && micros <= Number(to)) {
        swaps += 1
        turns.delete(key)
        stored.set(key, { text: next, until: keep === '' ? Infinity : now() + Number(keep) })
        if (channel !== '' && !mute)
          for (const heard of [...subscribers]) clock.after(0, () => heard(channel, next))
        return ['done', ...time]
      }
      if (text !== undefined && isFree) {
        turns.set(key, { by, until: micros + Number(patience) })
        mine = 'next'
      }
    }
    if (next === '' && by !== '' && turns.get(key)?.by === by) turns.delete(key)
    if (isSame) return ['same', ...time, mine]
    return text === undefined ? ['other', ...time, mine] : ['other', ...time, mine, text]
  }

  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve))
  const command = async (
    latency: () => number,
    key: string,
    args: ReadonlyArray<string>
  ): Promise<unknown> => {
    await wait(latency())
    if (state === 'hung') await new Promise<void>((resolve) => held.push(resolve))
    if (state === 'dead') throw new Error('connect ECONNREFUSED')
    const reply = run(key, args)
    const isLost = lost > 0
    if (isLost) lost -= 1
    await wait(latency())
    if (isLost) throw new Error('read ECONNRESET')
    return reply
  }

  return {
    client: (latency = () => 0) => ({
      evalSha: (_hash, { keys, arguments: args }) => command(latency, keys[0]!, args),
      eval: (_script, { keys, arguments: args }) => command(latency, keys[0]!, args),
      duplicate: () => {
        const listeners = new Map<string, (message: string) => void>()
        const heard = (channel: string, message: string): void => listeners.get(channel)?.(message)
        return {
          on: () => undefined,
          connect: async () => void subscribers.add(heard),
          subscribe: async (channel: string, listener: (message: string) => void) =>
            void listeners.set(channel, listener),
          destroy: () => void subscribers.delete(heard)
        }
      }
    }),
    text: get,
    put: (key, text) => void stored.set(key, { text, until: Infinity }),
    clear: () => stored.clear(),
    now,
    set: (by) => void (skew += by),
    hang: () => void (state = 'hung'),
    die: () => {
      state = 'dead'
      held.splice(0).forEach((go) => go())
    },
    resume: () => {
      state = 'up'
      held.splice(0).forEach((go) => go())
    },
    loseReplies: (count) => void (lost = count),
    mute: (isMute) => void (mute = isMute),
    counts: () => ({ commands, swaps }),
    subscribers: () => subscribers.size
  }
}
