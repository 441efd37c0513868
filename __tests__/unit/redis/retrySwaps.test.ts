import { virtualClock } from 'reprise/testing'
import { redisAway } from '../../../src/redis/RedisAway.js'
import { retrySwaps, swapLost } from '../../../src/redis/retrySwaps.js'

const lost = (isNext: boolean) => ({ _tag: 'Left', left: swapLost(isNext) }) as const

const start = (random: number) => {
  const clock = virtualClock()
  return { clock, link: { clock, random: () => random } }
}

/** When it swaps, if it is next after these tries, and wins after as many. */
const timesOf = async (random: number, isNext: ReadonlyArray<boolean>): Promise<ReadonlyArray<number>> => {
  const { clock, link } = start(random)
  const at: number[] = []
  const result = retrySwaps(link, async (batch: string) => {
    at.push(clock.now())
    const next = isNext[at.length - 1]
    return next === undefined ? ({ _tag: 'Right', right: batch } as const) : lost(next)
  })('batch')
  await clock.advance(2000)
  expect(await result).toEqual({ _tag: 'Right', right: 'batch' })
  return at
}

test('lost, and next -> at once', async () => {
  expect(await timesOf(0.75, [true, true, true])).toEqual([0, 0, 0, 0])
})

test('lost, and not next -> after a draw from 1, 2, 4, 8 and 16 ms', async () => {
  expect(await timesOf(0.75, [false, false, false, false, false])).toEqual([0, 0, 1, 4, 10, 22])
})

test('lost for long -> never more than 20 ms between', async () => {
  const at = await timesOf(0.999_999, Array<boolean>(30).fill(false))
  expect(at).toHaveLength(31)
  expect(Math.max(...at.slice(1).map((each, i) => each - at[i]!))).toBe(19)
})

test('Redis away -> at once, by identity', async () => {
  const { link } = start(0)
  const away = redisAway('timedOut', 'late')
  const result = await retrySwaps(link, async () => ({ _tag: 'Left', left: away }))(undefined)
  expect(result._tag === 'Left' && result.left).toBe(away)
})

test('rules that throw -> away, with what they threw', async () => {
  const { link } = start(0)
  const error = new Error('a bug')
  const result = await retrySwaps(link, async () => Promise.reject(error))(undefined)
  expect(result).toEqual({
    _tag: 'Left',
    left: { _tag: 'RedisAway', reason: 'failed', message: 'the rules of the state threw', cause: error }
  })
})
