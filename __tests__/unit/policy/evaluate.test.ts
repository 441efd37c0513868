import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
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
  newWindow,
  refused,
  remember,
  stopped,
  type Verdict,
  type Waiting
} from '../../../src/policy/evaluate.js'
import type { Window } from '../../../src/policy/Window.js'

const at = (elapsed: number, random: number): Frame => {
  const context = { attempt: 1, elapsed, name: '', args: [], previousDelay: undefined }
  return { context, random, memory: [] }
}

const frame = (): Frame => at(0, 0)

const window = (): Waiting => newWindow({ _tag: 'Failed', error: { _tag: 'A' } })

/** Compiles a policy, and counts the slots it takes. */
const compiled = (policy: RetryPolicy) => {
  let slots = 0
  const evaluate = compile(policy, () => slots++)
  return { evaluate, slots }
}

/** What a policy answers to a first failure: its verdict, or the window that it comes to. */
const answer = (policy: RetryPolicy, of: Frame = frame(), self = window()): Verdict | Window => {
  const verdict = compiled(policy).evaluate(self, freshScope, of)
  const { from, to, latest, floor = 0, hint = 0 } = self
  return verdict ?? { from, to, latest, floor, hint }
}

const exactly = (wait: number): Window => ({ from: wait, to: wait, latest: Infinity, floor: 0, hint: 0 })

describe('the constants', () => {
  it('a fresh scope -> no retry yet, nothing slept, nothing drawn', () => {
    expect(freshScope).toEqual({ retry: 0, slept: 0, drawn: null })
  })

  it('stopped -> Exhausted, with no hint', () => {
    expect(stopped).toEqual({ _tag: 'Exhausted', hint: undefined })
  })
})

describe('newWindow', () => {
  it('a failure -> a retry, in a window still to be set', () => {
    expect(window()).toMatchObject({
      _tag: 'Retry',
      cause: { _tag: 'Failed', error: { _tag: 'A' } },
      delay: 0,
      latest: Infinity
    })
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
      expect(answer(policy)).toEqual(expected)
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
    expect(answer(policy)).toEqual(refused)
    expect(f).not.toHaveBeenCalled()
  })

  it('abortOn for the error -> refused, and the schedule is not asked', () => {
    const f = jest.fn(() => 1)
    expect(answer(pipe(custom('asked', f), abortOn('A')))).toEqual(refused)
    expect(f).not.toHaveBeenCalled()
  })

  it('a condition that accepts -> the frame is judged', () => {
    const judged = frame()
    compiled(pipe(fixed(1), retryOn('A'))).evaluate(window(), freshScope, judged)
    expect(judged.judged).toBe(true)
  })

  it('a condition, and a rejected result -> not asked', () => {
    const unjudged = frame()
    const rejected = newWindow({ _tag: 'Rejected', value: 1, reasons: [] })
    expect(answer(pipe(fixed(1), retryOn('B')), unjudged, rejected)).toEqual(exactly(1))
    expect(unjudged.judged).toBeFalsy()
  })

  it('a branch of either that refuses -> steps all the same', () => {
    const f = jest.fn(() => 'stop' as const)
    const policy = pipe(custom('asked', f), retryOn('B'), either(pipe(fixed(1), retryOn('A'))))
    expect(answer(policy)).toEqual(exactly(1))
    expect(f).toHaveBeenCalledTimes(1)
  })

  it('a side of both that refuses -> the call ends, so its schedule is not asked', () => {
    const f = jest.fn(() => 1)
    const policy = pipe(custom('asked', f), retryOn('B'), both(pipe(fixed(1), retryOn('A'))))
    expect(answer(policy)).toEqual(refused)
    expect(f).not.toHaveBeenCalled()
  })

  it('a branch of either that refuses, and throws -> the other decides', () => {
    const f = (): never => {
      throw new Error('not for me')
    }
    const policy = pipe(custom('throws', f), retryOn('B'), either(pipe(fixed(1), retryOn('A'))))
    expect(answer(policy)).toEqual(exactly(1))
  })

  it.each<[string, RetryPolicy, ReturnType<typeof answer>]>([
    // What one part leaves in the window is not there for the next.
    [
      'both, the first with bounds and a hint',
      pipe(
        fixed(100),
        floorDelay(300),
        delayFrom(() => 200, { max: 500 }),
        limitElapsed(700),
        both(fixed(400))
      ),
      { from: 400, to: 400, latest: 700, floor: 300, hint: 200 }
    ],
    [
      'both, the last with bounds and a hint',
      pipe(
        fixed(400),
        both(
          pipe(
            fixed(100),
            floorDelay(300),
            delayFrom(() => 200, { max: 500 }),
            limitElapsed(700)
          )
        )
      ),
      { from: 400, to: 400, latest: 700, floor: 300, hint: 200 }
    ],
    [
      'either, the first with bounds and a hint',
      pipe(
        fixed(100),
        floorDelay(300),
        delayFrom(() => 200, { max: 500 }),
        limitElapsed(700),
        either(fixed(400))
      ),
      { from: 300, to: 300, latest: Infinity, floor: 0, hint: 0 }
    ],
    [
      'either, where the last stops after it has been bounded',
      pipe(fixed(400), either(pipe(fixed(100), floorDelay(300), limitElapsed(700), limitRetries(0)))),
      exactly(400)
    ],
    [
      'either, where the last stops, and the first has bounds',
      pipe(fixed(100), floorDelay(300), limitElapsed(700), either(pipe(fixed(50), limitRetries(0)))),
      { from: 300, to: 300, latest: 700, floor: 300, hint: 0 }
    ],
    [
      'andThen, after a stage that was bounded',
      pipe(fixed(100), floorDelay(300), limitElapsed(200), andThen(fixed(400))),
      exactly(400)
    ],
    [
      'andThen, after a stage that refuses in part, and is over',
      pipe(
        fixed(100),
        limitElapsed(50),
        both(pipe(fixed(10), retryOn('B'))),
        andThen(pipe(fixed(400), retryOn('A')))
      ),
      exactly(400)
    ]
  ])('%s -> each part has a window of its own', (_, policy, expected) => {
    expect(answer(policy)).toEqual(expected)
  })

  it('a schedule that has stopped -> its settings are not asked', () => {
    const hint = jest.fn(() => 1)
    const policy = pipe(
      custom('over', () => 'stop'),
      delayFrom(hint, { max: 5 })
    )
    expect(answer(policy)).toEqual(stopped)
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
    expect(endsLate({ from: wait, to: wait, latest }, at(elapsed, 0))).toBe(late)
  })

  it('the draw decides, not the window', () => {
    const half = { from: 0, to: 100, latest: 50 }
    expect([0.4, 0.6].map((random) => endsLate(half, at(0, random)))).toEqual([false, true])
  })
})

describe('remember', () => {
  it.each<[string, ReadonlyArray<unknown>, number, ReadonlyArray<unknown>]>([
    ['a slot in the middle -> the others stay', ['a', 'b', 'c'], 1, ['a', 'new', 'c']],
    ['the first of many -> none is lost', ['a', 'b', 'c'], 0, ['new', 'b', 'c']],
    ['the next slot -> added', ['a'], 1, ['a', 'new']],
    ['a slot further on -> null before it', [], 2, [null, null, 'new']]
  ])('%s', (_, memory, slot, expected) => {
    expect(remember(memory, slot, 'new')).toEqual(expected)
  })

  it('the memory given -> is not changed', () => {
    const memory = Object.freeze(['a'])
    remember(memory, 0, 'new')
    expect(memory).toEqual(['a'])
  })
})
