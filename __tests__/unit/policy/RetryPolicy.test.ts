import * as t from 'io-ts'
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  allOf,
  andThen,
  anyCause,
  both,
  capDelay,
  custom,
  decorrelated,
  delayFrom,
  delays,
  either,
  exponential,
  fibonacci,
  fixed,
  floorDelay,
  immediate,
  initialState,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  not,
  recordFailures,
  retryOn,
  retryUntil,
  type RetryPolicy,
  step,
  waits,
  when,
  withJitter
} from 'reprise'
import { type Frame, freshScope, newWindow } from '../../../src/policy/evaluate.js'
import { exactly } from '../../../src/policy/Window.js'
import {
  compileSchedule,
  fromSchedule,
  mapParts,
  meaningOf,
  meaningsOf,
  omit,
  parts,
  toPolicy,
  update
} from '../../../src/policy/RetryPolicy.js'
import { message, thrown } from '../../support/bad.js'

/** The path of something that is not frozen; `undefined` if all is. What is not plain data is the user's own. */
const soft = (value: unknown, path = ''): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  if (!isPlain) return undefined
  if (!Object.isFrozen(value)) return path === '' ? 'itself' : path
  return Object.entries(value).flatMap(([key, inner]) => soft(inner, `${path}.${key}`) ?? [])[0]
}

const base = exponential(100)

const everything: ReadonlyArray<readonly [string, RetryPolicy]> = [
  ['exponential', exponential(100)],
  ['linear', linear(100)],
  ['fixed', fixed(100)],
  ['fibonacci', fibonacci(100)],
  ['decorrelated', decorrelated(100)],
  ['delays', delays([1, 2, 3])],
  ['immediate', immediate],
  ['never', never],
  ['custom', custom('one', () => 1)],
  ['withJitter', pipe(base, withJitter(0.5), withJitter('full'))],
  ['withJitter of parts', pipe(base, both(fixed(1)), andThen(fixed(2)), withJitter('equal'))],
  ['capDelay', pipe(base, capDelay(5))],
  ['floorDelay', pipe(base, floorDelay(5))],
  [
    'mapDelay',
    pipe(
      base,
      mapDelay('same', (ms) => ms)
    )
  ],
  [
    'delayFrom',
    pipe(
      base,
      delayFrom(() => 1, { max: 5 }),
      delayFrom(() => 2, { max: 5 })
    )
  ],
  ['limitRetries', pipe(base, limitRetries(3))],
  ['limitDelay', pipe(base, limitDelay(5))],
  ['limitTotalDelay', pipe(base, limitTotalDelay(5))],
  ['limitElapsed', pipe(base, limitElapsed(5))],
  ['andThen', pipe(base, andThen(fixed(1)))],
  ['both', pipe(base, both(fixed(1)))],
  ['either', pipe(base, either(fixed(1)))],
  ['either of conditions', pipe(base, retryOn('A'), either(fixed(1)), either(pipe(fixed(2), retryOn('B'))))],
  ['when', pipe(base, when(['A', 'B'], fixed(1)))],
  ['retryOn', pipe(base, retryOn(['A', not('B'), allOf(['C', anyCause('D')])]))],
  ['retryOn of classes and predicates', pipe(base, retryOn([TypeError, (error: unknown) => error === 1]))],
  ['retryOn over when', pipe(base, when('A', fixed(1)), retryOn('B'))],
  ['retryOn over parts', pipe(base, retryOn('A'), both(pipe(fixed(1), retryOn('B'))), retryOn('C'))],
  ['abortOn', pipe(base, abortOn('A'), abortOn(['B']))],
  ['abortOn of parts', pipe(base, abortOn('A'), both(pipe(fixed(1), abortOn('B'))))],
  [
    'retryUntil',
    pipe(base, retryUntil([(n: unknown) => n === 1, t.number]) as (self: RetryPolicy) => RetryPolicy)
  ],
  ['recordFailures', pipe(base, recordFailures(3))]
]

describe('policies', () => {
  it.each(everything)('%s -> frozen, through and through', (_, policy) => {
    expect(soft(policy)).toBeUndefined()
  })

  it.each(everything)('%s -> compiled and run, it is what it was', (_, policy) => {
    const before = JSON.stringify(policy)
    step(policy)(initialState, { outcome: { _tag: 'Failed', error: 'x' }, elapsed: 0, random: 0.5 })
    waits(policy, 5)
    expect(JSON.stringify(policy)).toBe(before)
  })

  it('a condition, frozen in the policy -> also as a value', () => {
    expect([soft(not('A')), soft(allOf(['A', ['B'] as never])), soft(anyCause('A'))]).toEqual([
      undefined,
      undefined,
      undefined
    ])
  })

  it('a combinator -> leaves its argument alone', () => {
    const before = exponential(100)
    for (const change of [withJitter(0.5), capDelay(5), limitRetries(1), retryOn('A'), andThen(fixed(1))]) {
      change(before)
    }
    expect(before).toEqual(exponential(100))
  })
})

describe('fromSchedule', () => {
  it('a schedule and what it does -> a frozen policy of just that', () => {
    const policy = fromSchedule({ _tag: 'fixed', delay: 5 }, () => [(window) => exactly(window, 7)])
    expect(policy).toEqual({ schedule: { _tag: 'fixed', delay: 5 } })
    expect(Object.keys(policy.schedule)).toEqual(['_tag', 'delay'])
    expect(waits(policy, 2)).toEqual([7, 7])
  })
})

describe('update', () => {
  it('some settings -> a new policy with these, and what it meant before', () => {
    const before = pipe(fixed(100), limitRetries(2))
    const after = update(before, { recordFailures: 3 })
    expect(after).toEqual({ ...before, recordFailures: 3 })
    expect(waits(after, 5)).toEqual([100, 100])
    expect(before.recordFailures).toBeUndefined()
  })
})

describe('omit', () => {
  const policy = pipe(fixed(100), limitRetries(2), capDelay(50))

  it('a setting that no combinator has set -> gone', () => {
    expect(omit({ schedule: fixed(100).schedule, limitRetries: 2 }, ['limitRetries'])).toEqual(fixed(100))
  })

  it('a setting that is there -> a policy without', () => {
    expect(omit(policy, ['limitRetries'])).toEqual(pipe(fixed(100), capDelay(50)))
    expect(waits(omit(policy, ['limitRetries']), 3)).toEqual([50, 50, 50])
  })

  it('a setting that is there, and one that is not -> a policy without', () => {
    expect(omit(policy, ['retryOn', 'limitRetries'])).toEqual(pipe(fixed(100), capDelay(50)))
  })

  it('none that is there -> an equal policy', () => {
    expect(omit(policy, ['limitDelay', 'retryOn'])).toEqual(policy)
  })
})

describe('parts', () => {
  it.each<[string, RetryPolicy, ReadonlyArray<RetryPolicy>]>([
    ['a formula -> none', fixed(1), []],
    ['both -> left, right', pipe(fixed(1), both(fixed(2))), [fixed(1), fixed(2)]],
    ['either -> left, right', pipe(fixed(1), either(fixed(2))), [fixed(1), fixed(2)]],
    ['andThen -> first, next', pipe(fixed(1), andThen(fixed(2))), [fixed(1), fixed(2)]],
    ['when -> the chosen one, the main one', pipe(fixed(1), when('A', fixed(2))), [fixed(2), fixed(1)]],
    [
      'mapDelay -> the one it maps',
      pipe(
        fixed(1),
        mapDelay('same', (ms) => ms)
      ),
      [fixed(1)]
    ]
  ])('%s', (_, policy, expected) => {
    expect(parts(policy.schedule)).toEqual(expected)
  })
})

describe('mapParts', () => {
  it('a formula -> as it is', () => {
    const { schedule } = fixed(1)
    expect(mapParts(schedule, () => never)).toBe(schedule)
  })

  it('a combination -> every part changed, given its index; it means what it meant', () => {
    const { schedule } = pipe(fixed(100), both(fixed(200)))
    const mapped = mapParts(schedule, (_, i) => fixed(i + 1))
    expect(mapped).toEqual({ _tag: 'both', policies: [fixed(1), fixed(2)] })
    expect(waits(update(fixed(0), { schedule: mapped }), 1)).toEqual([2])
    expect(soft(mapped)).toBeUndefined()
  })
})

const frame: Frame = {
  context: { attempt: 1, elapsed: 0, name: '', args: [], previousDelay: undefined },
  random: 0,
  memory: []
}

describe('meaningOf', () => {
  it('a setting -> what it does, given its value; none -> undefined', () => {
    const policy = pipe(fixed(1), capDelay(50))
    const window = { ...newWindow({ _tag: 'Failed', error: 'x' }), from: 60, to: 100 }
    expect(meaningOf(policy, 'capDelay')?.(window, freshScope, frame)).toBeUndefined()
    expect([window.from, window.to]).toEqual([30, 50])
    expect(meaningOf(policy, 'floorDelay')).toBeUndefined()
  })
})

describe('meaningsOf', () => {
  it('a policy with settings -> what each does; without -> nothing', () => {
    expect(Object.keys(meaningsOf(pipe(fixed(1), capDelay(50))) ?? {})).toEqual(['capDelay'])
    expect(Object.keys(meaningsOf(fixed(1)) ?? {})).toEqual([])
  })
})

describe('compileSchedule', () => {
  it('a schedule of the constructors -> its evaluator', () => {
    const window = newWindow({ _tag: 'Failed', error: 'x' })
    const [evaluate, ...others] = compileSchedule(fixed(5).schedule, [], () => 0)
    expect(evaluate?.(window, freshScope, frame)).toBeUndefined()
    expect([window.from, window.to, others.length]).toEqual([5, 5, 0])
  })

  it('jitter -> applied to what it gives', () => {
    const jitter = () => undefined
    expect(compileSchedule(fixed(5).schedule, [jitter], () => 0)[1]).toBe(jitter)
  })
})

describe('update', () => {
  it('a policy copied by a spread -> TypeError, for what it does is not copied', () => {
    expect(message(() => limitRetries(1)({ ...capDelay('1s')(fixed(5)) }))).toBe(
      'TypeError: policy must be made by constructors, got [object Object]'
    )
  })
})

describe('toPolicy', () => {
  it('a policy -> itself', () => {
    expect(toPolicy('f: policy', never)).toBe(never)
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: f: policy must be …, got undefined'],
    [null, 'TypeError: f: policy must be …, got null'],
    [5, 'RangeError: f: policy must be …, got 5'],
    [{}, 'TypeError: f: policy must be …, got [object Object]'],
    // Data alone does not say what it means.
    [JSON.parse(JSON.stringify(fixed(5))), 'TypeError: f: policy must be …, got [object Object]'],
    // A setting changed by hand would say one thing and do another.
    [{ ...fixed(5), limitRetries: 0 }, 'TypeError: f: policy must be …, got [object Object]'],
    [{ ...limitRetries(1)(fixed(5)) }, 'TypeError: f: policy must be …, got [object Object]']
  ])('%p -> %s', (value, text) => {
    expect(thrown(() => toPolicy('f: policy', value as RetryPolicy))).toBe(text)
  })

  it('a number -> the message says where policies come from', () => {
    expect(message(() => toPolicy('f: policy', 5 as never))).toBe(
      'RangeError: f: policy must be made by constructors, got 5'
    )
  })
})
