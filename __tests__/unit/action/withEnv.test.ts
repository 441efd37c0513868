import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  limitRetries,
  type RetryEvent,
  withEnv,
  withJitter,
  withObserver,
  withRetry,
  withTimeout
} from 'reprise'
import { instantClock, scripted, virtualClock } from 'reprise/testing'
import { message, said } from '../../support/bad.js'
import { start } from '../../support/task.js'

const jittered = pipe(fixed(1000), withJitter('full'), limitRetries(1))

/** The waits under an environment. */
const waitsIn = async (environment: Parameters<typeof withEnv>[0]): Promise<ReadonlyArray<number>> => {
  const events: RetryEvent[] = []
  const task = pipe(
    scripted('L'),
    withRetry(jittered),
    withObserver((event) => events.push(event)),
    withEnv(environment),
    withEnv({ clock: instantClock(), random: () => 0.75 })
  )
  await task()
  return events.flatMap((event) => (event._tag === 'RetryScheduled' ? [event.delay] : []))
}

describe('withEnv', () => {
  it.each<[string, Parameters<typeof withEnv>[0], number]>([
    ['nothing', {}, 750],
    ['a clock alone: the random outside stays', { clock: instantClock() }, 750],
    ['a random alone: the clock outside stays', { random: () => 0.25 }, 250],
    ['both', { clock: instantClock(), random: () => 0.5 }, 500],
    ['a random of 0', { random: () => 0 }, 0]
  ])('%s -> a wait of the inner one, or else the outer', async (_, environment, wait) => {
    expect(await waitsIn(environment)).toEqual([wait])
  })

  it('two clocks -> the inner one waits', async () => {
    const [inner, outer] = [virtualClock(), virtualClock()]
    const task = pipe(
      scripted('LR'),
      withRetry(fixed(100)),
      withEnv({ clock: inner }),
      withEnv({ clock: outer })
    )
    start(task, inner)
    await inner.advance(0)
    expect([inner.pending(), outer.pending()]).toEqual([1, 0])
    await inner.runAll()
  })

  it('between a timeout and a retry -> each has the clock of its own', async () => {
    const [inner, outer] = [virtualClock(), virtualClock()]
    const task = pipe(
      scripted('L'),
      withRetry(fixed(100)),
      withEnv({ clock: inner }),
      withTimeout(50),
      withEnv({ clock: outer })
    )
    const ends = start(task, outer)
    await outer.advance(49)
    expect([inner.pending(), outer.pending(), ends.length]).toEqual([1, 1, 0])
    await outer.advance(1)
    expect([inner.pending(), outer.pending(), ends.length]).toEqual([0, 0, 1])
  })

  it.each<[string, () => number, string]>([
    ['NaN', () => NaN, 'RangeError: random must be …, got NaN'],
    ['1', () => 1, 'RangeError: random must be …, got 1'],
    ['-0.1', () => -0.1, 'RangeError: random must be …, got -0.1'],
    ['Infinity', () => Infinity, 'RangeError: random must be …, got Infinity'],
    ['undefined', () => undefined as never, 'TypeError: random must be …, got undefined'],
    [
      'a throw',
      () => {
        throw new Error('no dice')
      },
      'Error: no dice'
    ]
  ])('a random that gives %s -> Left of a PolicyFault, with the failure', async (_, random, fault) => {
    const result = await pipe(
      scripted('L'),
      withRetry(jittered),
      withEnv({ clock: instantClock(), random })
    )()
    expect(result).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'PolicyFault', attempts: 1, failures: [{ _tag: 'Failed', error: 1, delay: undefined }] }
    })
    const error = result._tag === 'Left' && result.left._tag === 'PolicyFault' && result.left.fault
    expect(said(error)).toBe(fault)
  })

  it('a call that succeeds at once -> the random is not asked', async () => {
    let asked = 0
    const random = () => (asked += 1) / 10
    await pipe(scripted('R'), withRetry(jittered), withEnv({ random }))()
    expect(asked).toBe(0)
  })

  it('three failures -> one draw each', async () => {
    let asked = 0
    const random = () => (asked += 1) / 10
    const policy = pipe(fixed(1000), withJitter('full'), limitRetries(2))
    await pipe(scripted('L'), withRetry(policy), withEnv({ clock: instantClock(), random }))()
    expect(asked).toBe(3)
  })

  it('a function of arguments -> the same shape, name and length', async () => {
    const load = async (id: number): Promise<string> => `user ${id}`
    const got = pipe(load, withEnv({ clock: instantClock() }))
    expect([got.length, got.name]).toEqual([1, 'load'])
    expect(await got(7)()).toEqual({ _tag: 'Right', right: 'user 7' })
  })

  it('an action that is no function -> RangeError', () => {
    expect(message(() => withEnv({})('load' as never))).toBe(
      'RangeError: withEnv: action must be a function, got "load"'
    )
  })

  it('bad environments -> errors that say what has to be', () => {
    const half = { now: () => 0 }
    const other = { after: () => () => undefined }
    const bad: ReadonlyArray<unknown> = [
      undefined,
      null,
      { clock: 5 },
      { clock: {} },
      { clock: half },
      { clock: other },
      { random: 0.5 }
    ]
    expect(bad.map((input) => message(() => withEnv(input as never)))).toEqual([
      'TypeError: withEnv: environment must be an object, got undefined',
      'TypeError: withEnv: environment must be an object, got null',
      'RangeError: withEnv: clock must be a clock, got 5',
      'TypeError: withEnv: clock must be a clock, got [object Object]',
      'TypeError: withEnv: clock must be a clock, got [object Object]',
      'TypeError: withEnv: clock must be a clock, got [object Object]',
      'RangeError: withEnv: random must be a function, got 0.5'
    ])
  })
})
