import { virtualClock } from 'reprise/testing'
import { newRedisTime } from '../../../src/redis/RedisTime.js'

/** Redis's clock stands at this where that of the process stands at 0. */
const epoch = 5000

/** A reply: asked for at a moment, stamped and there so much later. */
const start = async () => {
  const clock = virtualClock()
  const time = newRedisTime(clock)
  let skew = 0
  const reply = async (there: number, back: number): Promise<void> => {
    const asked = clock.now()
    await clock.advance(there)
    const stamp = epoch + clock.now() + skew
    await clock.advance(back)
    time.learn(stamp, asked)
  }
  return {
    clock,
    time,
    reply,
    set: (by: number) => void (skew += by),
    behind: () => epoch + clock.now() + skew - time.now()
  }
}

describe('newRedisTime', () => {
  test('before the first reply -> the wall clock of the machine', async () => {
    const { time } = await start()
    expect(Math.abs(time.now() - Date.now())).toBeLessThan(60_000)
  })
  test('a reply -> behind Redis by the way back', async () => {
    const { reply, behind } = await start()
    await reply(3, 2)
    expect(behind()).toBe(2)
  })
  test('a quicker reply -> a better estimate, which a slower one does not spoil', async () => {
    const { reply, behind } = await start()
    await reply(3, 20)
    await reply(1, 1)
    await reply(30, 40)
    expect(behind()).toBe(1)
  })
  test('the clock of Redis set back -> behind it again with the next reply', async () => {
    const { reply, behind, set } = await start()
    await reply(1, 1)
    set(-3_600_000)
    expect(behind()).toBe(1 - 3_600_000)
    await reply(5, 4)
    expect(behind()).toBe(4)
  })
  test('the clock of Redis set forward -> the same', async () => {
    const { reply, behind, set } = await start()
    await reply(1, 1)
    set(3_600_000)
    await reply(5, 4)
    expect(behind()).toBe(4)
  })
  test('a clock that drifts -> ahead of it by no more than a command was on its way', async () => {
    const { reply, behind, set } = await start()
    await reply(2, 2)
    for (let i = 0; i < 100; i++) {
      set(-1)
      await reply(2, 2)
      expect(behind()).toBeGreaterThanOrEqual(-2)
    }
  })
})
