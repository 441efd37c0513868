import { seededRandom, virtualClock } from 'reprise/testing'
import { resourceLimit } from 'reprise'
import { newStore } from '../../../src/redis/RedisStore.js'
import { toConnection } from '../../../src/redis/RedisClient.js'
import { sharedLimits } from '../../../src/redis/sharedLimits.js'
import { fakeRedis } from '../../support/fakeRedis.js'
test.each(Array.from({ length: 12 }, (_, i) => i))('seed %d', async (seed) => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const random = seededRandom(seed)
  const log: Record<number, string[]> = {}
  const stores = Array.from({ length: 16 }, (_, who) => {
    const client = redis.client(() => 0.05 + random() * 0.1)
    const inner = toConnection('c', client)
    const lines: string[] = (log[who] = [])
    return newStore({ ...inner, run: async (key, args) => {
      const at = clock.now()
      const reply = await inner.run(key, args) as string[]
      lines.push(`${at.toFixed(2)}-${clock.now().toFixed(2)} ${args[1] === '' ? 'look' : 'swap'} ${reply[0]} ${reply[3]}`)
      return reply
    } }, { clock, background: clock, random, prefix: 'p', whenAway: 'closed', timeout: 1000, lease: 30000, tell: undefined })
  })
  const all = stores.map((store) => sharedLimits(store, 'x', [resourceLimit({ key: 'places', capacity: 4 })])())
  const counts = all.map(() => 0)
  const busy = async (who: number) => {
    while (clock.now() < 500) {
      const r = await all[who]!.acquire()()
      counts[who]! += 1
      if (r._tag === 'Right') r.right.release()
    }
  }
  for (let who = 0; who < 16; who++) void busy(who)
  await clock.advance(500)
  const zero = counts.findIndex((c) => c < 5)
  process.stdout.write(`${counts.join()} ${zero < 0 ? '' : '\n' + log[zero]!.slice(0, 40).join('\n')}\n`)
}, 100000)
