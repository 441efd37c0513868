import type { Either } from 'fp-ts/lib/Either.js'
import { virtualClock } from 'reprise/testing'
import { lookingAgain } from '../../../src/redis/lookingAgain.js'

test('-> looks at once and then again, and stops when it has found something', async () => {
  const clock = virtualClock()
  const looked: number[] = []
  const found: number[] = []
  const look = async (): Promise<Either<string, number>> => {
    looked.push(clock.now())
    return looked.length < 3 ? { _tag: 'Left', left: 'nothing' } : { _tag: 'Right', right: looked.length }
  }
  lookingAgain({ background: clock, random: () => 0 }, look, (value) => found.push(value))
  await clock.advance(10_000)
  // Half of 100 and of 200 ms.
  expect(looked).toEqual([0, 50, 150])
  expect(found).toEqual([3])
  expect(clock.pending()).toBe(0)
})

test('stopped -> looks no more, and no timer is left', async () => {
  const clock = virtualClock()
  let looks = 0
  const stop = lookingAgain(
    { background: clock, random: () => 0.5 },
    async () => {
      looks += 1
      return { _tag: 'Left', left: 'nothing' }
    },
    () => {
      throw new Error('found')
    }
  )
  await clock.advance(150)
  stop()
  await clock.advance(10_000)
  expect(looks).toBe(2)
  expect(clock.pending()).toBe(0)
})

test('stopped when it has just found something, however late -> it is not told afterwards', async () => {
  const told: string[] = []
  for (let late = 0; late < 30; late++) {
    let isStopped = false
    const stop = lookingAgain(
      { background: virtualClock(), random: () => 0 },
      async (): Promise<Either<never, number>> => ({ _tag: 'Right', right: late }),
      () => told.push(isStopped ? 'after' : 'before')
    )
    for (let i = 0; i < late; i++) await Promise.resolve()
    stop()
    isStopped = true
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(told).not.toContain('after')
  expect(told).toContain('before')
})
