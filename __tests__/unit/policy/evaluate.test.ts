import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  capDelay,
  custom,
  delayFrom,
  either,
  exponential,
  fixed,
  floorDelay,
  limitElapsed,
  limitRetries,
  retryOn,
  type RetryPolicy,
  when,
  withJitter
} from 'reprise'
import {
  compile,
  endsLate,
  type Frame,
  freshScope,
  isVerdict,
  refused,
  stopped
} from '../../../src/policy/evaluate.js'
import { exactly } from '../../../src/policy/Window.js'

const frame = (parts: Partial<Frame> = {}): Frame => ({
  cause: { _tag: 'Failed', error: { _tag: 'A' } },
  context: { attempt: 1, elapsed: 0, name: '', args: [], previousDelay: undefined },
  random: 0,
  memory: [],
  ...parts
})

const at = (elapsed: number, random: number): Frame =>
  frame({ random, context: { attempt: 1, elapsed, name: '', args: [], previousDelay: undefined } })

/** Compiles a policy, and counts the slots it takes. */
const compiled = (policy: RetryPolicy) => {
  let slots = 0
  const evaluate = compile(policy, () => slots++)
  return { evaluate, slots }
}

describe('isVerdict', () => {
  it.each([
    ['stopped', stopped, true],
    ['refused', refused, true],
    ['a window', exactly(5), false]
  ])('%s -> its kind', (_, answer, expected) => {
    expect(isVerdict(answer)).toBe(expected)
  })
})

describe('compile', () => {
  it('settings in any order -> jitter, hint, floor, cap, limits', () => {
    const hint = delayFrom(() => 300, { max: '1m' })
    // 100 ± 50 is [50, 150]; the hint makes that [300, 400]; the cap scales what is above 300.
    const expected = { from: 300, to: 350, latest: 5000, floor: 300, hint: 300 }
    for (const policy of [
      pipe(fixed(100), withJitter(0.5), hint, floorDelay(200), capDelay(350), limitElapsed(5000)),
      pipe(fixed(100), limitElapsed(5000), capDelay(350), floorDelay(200), hint, withJitter(0.5))
    ]) {
      expect(compiled(policy).evaluate(frame(), freshScope)).toEqual(expected)
    }
  })

  it.each<[string, RetryPolicy, number]>([
    ['a formula', exponential(100), 0],
    ['settings', pipe(fixed(1), limitRetries(3), capDelay(5)), 0],
    ['custom', custom('one', () => 1), 1],
    ['andThen', pipe(fixed(1), andThen(fixed(2))), 1],
    ['when', pipe(fixed(1), when('A', fixed(2))), 2],
    [
      'all of them',
      pipe(
        custom('one', () => 1),
        andThen(fixed(2)),
        either(custom('two', () => 2)),
        when('A', fixed(3))
      ),
      5
    ]
  ])('%s -> as many slots as have to remember', (_, policy, slots) => {
    expect(compiled(policy).slots).toBe(slots)
  })

  it('a condition that refuses -> refused, and the schedule is not asked', () => {
    const f = jest.fn(() => 1)
    const policy = pipe(custom('asked', f), retryOn('B'))
    expect(compiled(policy).evaluate(frame(), freshScope)).toEqual(refused)
    expect(f).not.toHaveBeenCalled()
  })

  it('a condition that accepts -> the frame is judged', () => {
    const judged = frame()
    compiled(pipe(fixed(1), retryOn('A'))).evaluate(judged, freshScope)
    expect(judged.judged).toBe(true)
  })

  it('a condition, and a rejected result -> not asked', () => {
    const rejected = frame({ cause: { _tag: 'Rejected', value: 1, reasons: [] } })
    expect(compiled(pipe(fixed(1), retryOn('B'))).evaluate(rejected, freshScope)).toEqual(exactly(1))
    expect(rejected.judged).toBeFalsy()
  })

  it('a branch of either that refuses -> steps all the same', () => {
    const f = jest.fn(() => 'stop' as const)
    const policy = pipe(custom('asked', f), retryOn('B'), either(pipe(fixed(1), retryOn('A'))))
    expect(compiled(policy).evaluate(frame(), freshScope)).toEqual(exactly(1))
    expect(f).toHaveBeenCalledTimes(1)
  })

  it('a side of both that refuses -> the call ends, so its schedule is not asked', () => {
    const f = jest.fn(() => 1)
    const policy = pipe(custom('asked', f), retryOn('B'), both(pipe(fixed(1), retryOn('A'))))
    expect(compiled(policy).evaluate(frame(), freshScope)).toEqual(refused)
    expect(f).not.toHaveBeenCalled()
  })

  it('a branch of either that refuses, and throws -> the other decides', () => {
    const f = (): never => {
      throw new Error('not for me')
    }
    const policy = pipe(custom('throws', f), retryOn('B'), either(pipe(fixed(1), retryOn('A'))))
    expect(compiled(policy).evaluate(frame(), freshScope)).toEqual(exactly(1))
  })

  it('a schedule that has stopped -> its settings are not asked', () => {
    const hint = jest.fn(() => 1)
    const policy = pipe(
      custom('over', () => 'stop'),
      delayFrom(hint, { max: 5 })
    )
    expect(compiled(policy).evaluate(frame(), freshScope)).toEqual(stopped)
    expect(hint).not.toHaveBeenCalled()
  })
})

describe('endsLate', () => {
  it.each([
    [100, 50, 149, true],
    [100, 50, 150, false],
    [100, 50.9, 150, false],
    [100, 51, 150, true],
    [0.5, 100, 100, true],
    [0, 0, 0, false]
  ])('a wait from %d for %d, at the latest until %d -> %p', (elapsed, wait, latest, late) => {
    expect(endsLate({ ...exactly(wait), latest }, at(elapsed, 0))).toBe(late)
  })

  it('the draw decides, not the window', () => {
    const window = { ...exactly(0), to: 100, latest: 50 }
    expect([endsLate(window, at(0, 0.4)), endsLate(window, at(0, 0.6))]).toEqual([false, true])
  })
})
