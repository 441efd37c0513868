import { virtualClock } from 'reprise/testing'
import { callLimit, resourceLimit } from 'reprise'
import { redisStore } from '../../../src/redis/RedisStore.js'
import { sharedLimits } from '../../../src/redis/sharedLimits.js'
import { fakeRedis } from '../../support/fakeRedis.js'
const sets = {
  room: [resourceLimit({ key: 'places', capacity: 1000 })],
  four: [resourceLimit({ key: 'places', capacity: 4 })],
  calls: [callLimit({ capacity: 1e9, per: '1s', algorithm: 'gcra' })],
  thousand: [callLimit({ capacity: 1000, per: '1s', algorithm: 'gcra' })]
} as const
for (const [name, limits] of Object.entries(sets)) for (const [p, c] of [[1, 1], [4, 1], [4, 25], [16, 1], [16, 25]] as const)
test(`${name} ${p} ${c}`, async () => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const stores = Array.from({ length: p }, () => redisStore(redis.client(() => 0.05 + Math.random() * 0.1), { clock })())
  const all = stores.map((store) => sharedLimits(store, 'x', limits)())
  const counts = all.map(() => 0)
  const busy = async (who: number) => {
    while (clock.now() < 3000) {
      const r = await all[who]!.acquire()()
      counts[who]! += 1
      if (r._tag === 'Right') r.right.release()
    }
  }
  for (let who = 0; who < p; who++) for (let i = 0; i < c; i++) void busy(who)
  await clock.advance(3000)
  const sum = counts.reduce((a, b) => a + b, 0)
  process.stdout.write(`${name} ${p}x${c}: ${sum / 3}/s, counts ${counts.join()}, ${(redis.counts().commands / sum).toFixed(2)} commands a grant, ${(redis.counts().swaps / sum).toFixed(2)} swaps\n`)
}, 100000)
