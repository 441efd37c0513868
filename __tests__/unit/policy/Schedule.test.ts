import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as library from 'reprise'
import {
  andThen,
  custom,
  type CustomDelay,
  decorrelated,
  delays,
  either,
  exponential,
  fibonacci,
  fixed,
  immediate,
  initialState,
  linear,
  never,
  type RetryPolicy,
  type ScheduleStatus,
  simulate,
  step,
  waits,
  withJitter
} from 'reprise'
import { badDurations, message, refuses, said, thrown } from '../../support/bad.js'
import { root } from '../../support/built.js'

const longest = 9_007_199_254_740_991

/** The decision of a policy after one failure, in short. */
const decision = (policy: RetryPolicy) => {
  const [first] = simulate(policy, 1)
  if (first?._tag === 'Retry') return [first.from, first.to]
  return first?._tag === 'GiveUp'
    ? first.reason === 'PolicyFault'
      ? said(first.fault)
      : first.reason
    : undefined
}

describe('the line of waits in the comment of every constructor', () => {
  const source = readFileSync(join(root, 'src/policy/Schedule.ts'), 'utf8')
  const constructors = [
    ...source.matchAll(/\/\*\*(?<comment>(?:(?!\*\/)[^])*)\*\/\nexport const (?<name>\w+)/g)
  ]
  const rows = constructors.map(({ groups }) => {
    const line = /^ \* Waits: `(?<code>.+)` -> (?<list>none|\d+(?:, \d+)*)/m.exec(
      groups?.['comment'] ?? ''
    )?.groups
    return [groups?.['name'] ?? '', line?.['code'] ?? 'no line', line?.['list'] ?? 'none'] as const
  })

  it('constructors that have one -> all', () => {
    expect(rows.map(([name]) => name)).toEqual([
      'exponential',
      'linear',
      'fixed',
      'fibonacci',
      'decorrelated',
      'delays',
      'immediate',
      'never',
      'custom'
    ])
  })

  it.each(rows)('%s: %s -> %s', (name, code, list) => {
    // The code stands in the sources.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const build = new Function(...Object.keys(library), `return ${code}`) as (
      ...all: unknown[]
    ) => RetryPolicy
    expect(code.startsWith(name)).toBe(true)
    expect(waits(build(...Object.values(library)), 5)).toEqual(
      list === 'none' ? [] : list.split(', ').map(Number)
    )
  })
})

describe('the constructors', () => {
  const f = (): number => 1

  it.each<[string, RetryPolicy, RetryPolicy['schedule']]>([
    ["exponential('1s')", exponential('1s'), { _tag: 'exponential', base: 1000, factor: 2 }],
    ['exponential(1, 3)', exponential(1, 3), { _tag: 'exponential', base: 1, factor: 3 }],
    ["linear('1s')", linear('1s'), { _tag: 'linear', base: 1000, step: 1000 }],
    ['linear(1, 3)', linear(1, 3), { _tag: 'linear', base: 1, step: 3 }],
    ["fixed('1s')", fixed('1s'), { _tag: 'fixed', delay: 1000 }],
    ["fibonacci('1s')", fibonacci('1s'), { _tag: 'fibonacci', base: 1000 }],
    ["decorrelated('1s')", decorrelated('1s'), { _tag: 'decorrelated', base: 1000 }],
    ["delays(['1s', 5])", delays(['1s', 5]), { _tag: 'delays', delays: [1000, 5] }],
    ["custom('f', f)", custom('f', f), { _tag: 'custom', name: 'f', f }]
  ])('%s -> data, times in milliseconds', (_, policy, schedule) => {
    expect(policy).toEqual({ schedule })
  })

  it.each<[string, () => unknown]>([
    ['RangeError: exponential: factor must be a finite number >= 0, got -1', () => exponential(1, -1)],
    ['RangeError: delays: list must be a list of durations, got 5', () => delays(5 as never)],
    ['RangeError: custom: f must be a function, got 5', () => custom('f', 5 as never)]
  ])('%s', (text, make) => {
    expect(message(make)).toBe(text)
  })
})

describe('exponential', () => {
  it.each<[string, RetryPolicy, number[]]>([
    ["'1s', 3 -> 1000, 3000, 9000", exponential('1s', 3), [1000, 3000, 9000]],
    ['100, 1.5 -> 100, 150, 225', exponential(100, 1.5), [100, 150, 225]],
    ['0.5 -> 0, 1, 2: rounded down at the draw', exponential(0.5), [0, 1, 2]],
    ['1000, 0.5 -> 1000, 500, 250', exponential(1000, 0.5), [1000, 500, 250]],
    ['100, 1 -> 100, 100, 100', exponential(100, 1), [100, 100, 100]],
    ['100, 0 -> 100, 0, 0', exponential(100, 0), [100, 0, 0]],
    ['0, 1e300 -> 0, 0, 0', exponential(0, 1e300), [0, 0, 0]],
    ['1, 1e300 -> 1, then saturated', exponential(1, 1e300), [1, longest, longest]],
    ['2^53 - 1 -> saturated', exponential(longest), [longest, longest, longest]]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 3)).toEqual(expected)
  })

  it('1 -> doubles beyond what 32 bits can hold', () => {
    expect(waits(exponential(1), 34).slice(29)).toEqual([
      536_870_912, 1_073_741_824, 2_147_483_648, 4_294_967_296, 8_589_934_592
    ])
  })

  refuses('exponential: base', badDurations, (base) => exponential(base))

  it.each<[unknown, string]>([
    [NaN, 'RangeError: exponential: factor must be …, got NaN'],
    [-1, 'RangeError: exponential: factor must be …, got -1'],
    [Infinity, 'RangeError: exponential: factor must be …, got Infinity'],
    ['2', 'RangeError: exponential: factor must be …, got "2"'],
    [null, 'TypeError: exponential: factor must be …, got null']
  ])('100, %p -> %s', (factor, text) => {
    expect(thrown(() => exponential(100, factor as number))).toBe(text)
  })
})

describe('linear', () => {
  it.each<[string, RetryPolicy, number[]]>([
    ["'1s', 500 -> 1000, 1500, 2000", linear('1s', 500), [1000, 1500, 2000]],
    ['100, 0 -> 100, 100, 100', linear(100, 0), [100, 100, 100]],
    ['0, 100 -> 0, 100, 200', linear(0, 100), [0, 100, 200]],
    ['2^53 - 1 -> saturated', linear(longest), [longest, longest, longest]]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 3)).toEqual(expected)
  })

  refuses('linear: base', badDurations, (base) => linear(base))
  refuses('linear: step', badDurations, (by) => linear(100, by))
})

describe('fixed', () => {
  it.each<[string, RetryPolicy, number[]]>([
    ["'1.5s' -> 1500, 1500", fixed('1.5s'), [1500, 1500]],
    ['0.9 -> 0, 0', fixed(0.9), [0, 0]],
    ['2^53 - 1 -> itself', fixed(longest), [longest, longest]]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 2)).toEqual(expected)
  })

  refuses('fixed: delay', badDurations, (delay) => fixed(delay))
})

describe('fibonacci', () => {
  it('10 -> 10, 10, 20, 30, 50, 80, 130, 210', () => {
    expect(waits(fibonacci(10), 8)).toEqual([10, 10, 20, 30, 50, 80, 130, 210])
  })

  it('0 -> 0, however late', () => {
    const state = { ...initialState, retry: 4999 }
    const { decision: late } = step(fibonacci(0))(state, {
      outcome: { _tag: 'Threw', error: 1 },
      elapsed: 0,
      random: 0
    })
    expect(late).toMatchObject({ _tag: 'Retry', from: 0, to: 0 })
  })

  it.each([
    [77, 5_527_939_700_884_757],
    [78, 8_944_394_323_791_464],
    [79, longest],
    [5000, longest]
  ])('1, retry %d -> %d', (retry, wait) => {
    const state = { ...initialState, retry: retry - 1 }
    const input = { outcome: { _tag: 'Threw', error: 1 }, elapsed: 0, random: 0.5 } as const
    expect(step(fibonacci(1))(state, input).decision).toMatchObject({ _tag: 'Retry', delay: wait })
  })

  refuses('fibonacci: base', badDurations, (base) => fibonacci(base))
})

describe('decorrelated', () => {
  /** The windows for these draws. */
  const windows = (policy: RetryPolicy, draws: ReadonlyArray<number>) => {
    const next = step(policy)
    return draws.reduce<{ state: typeof initialState; seen: ReadonlyArray<unknown> }>(
      ({ state, seen }, random) => {
        const { decision: made, state: after } = next(state, {
          outcome: { _tag: 'Threw', error: 1 },
          elapsed: 0,
          random
        })
        return { state: after, seen: [...seen, made._tag === 'Retry' && [made.from, made.to, made.delay]] }
      },
      { state: initialState, seen: [] }
    ).seen
  }

  it('100 -> from 100 to three times the wait before', () => {
    expect(windows(decorrelated(100), [0.5, 0, 0.999])).toEqual([
      [100, 300, 200],
      [100, 600, 100],
      [100, 300, 299]
    ])
  })

  it('0.4 -> goes by the wait before it was rounded', () => {
    expect(windows(decorrelated(0.4), [0.5, 0.5])).toEqual([
      [0.4, 1.2000000000000002, 0],
      [0.4, 2.4000000000000004, 1]
    ])
  })

  it('100 with full jitter -> goes by the wait that came out', () => {
    expect(windows(pipe(decorrelated(100), withJitter('full')), [0.5, 0, 0.5])).toEqual([
      [0, 300, 150],
      [0, 450, 0],
      [0, 100, 50]
    ])
  })

  it('0 -> 0 for ever', () => {
    expect(windows(decorrelated(0), [0.5, 0.9])).toEqual([
      [0, 0, 0],
      [0, 0, 0]
    ])
  })

  it('2^53 - 1 -> saturated by scaling', () => {
    expect(windows(decorrelated(longest), [0])).toEqual([[longest / 3, longest, 3_002_399_751_580_330]])
  })

  refuses('decorrelated: base', badDurations, (base) => decorrelated(base))
})

describe('delays', () => {
  it.each<[string, RetryPolicy, number[]]>([
    ["10, '1s', 0 -> these, then stop", delays([10, '1s', 0]), [10, 1000, 0]],
    ['nothing -> stop', delays([]), []]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 5)).toEqual(expected)
  })

  it('a list that is changed later -> the waits stay', () => {
    const list = [10, 20]
    const policy = delays(list)
    list.push(30)
    expect(waits(policy, 5)).toEqual([10, 20])
  })

  refuses('delays: item 1', badDurations, (item) => delays([10, item]))

  it.each<[unknown, string]>([
    [undefined, 'TypeError: delays: list must be …, got undefined'],
    [5, 'RangeError: delays: list must be …, got 5'],
    ['5s', 'RangeError: delays: list must be …, got "5s"']
  ])('%p -> %s', (list, text) => {
    expect(thrown(() => delays(list as never))).toBe(text)
  })
})

describe('immediate', () => {
  it('is fixed(0)', () => {
    expect(immediate).toEqual(fixed(0))
  })
})

describe('never', () => {
  it('is delays([])', () => {
    expect(never).toEqual(delays([]))
  })
})

describe('custom', () => {
  const fault = (kind: string, got: string) => `${kind}: the answer of custom 'f' must be …, got ${got}`

  it.each<[CustomDelay, unknown]>([
    [100, [100, 100]],
    [0.5, [0.5, 0.5]],
    ['2s', [2000, 2000]],
    ['stop', 'Exhausted'],
    [Infinity, 'Exhausted'],
    [{ from: 10, to: 20 }, [10, 20]],
    [{ from: '1s', to: '1.5s' }, [1000, 1500]],
    [{ from: 5, to: 5 }, [5, 5]],
    [2 ** 60, [longest, longest]],
    [Number.MAX_VALUE, [longest, longest]],
    [{ from: 2 ** 53, to: 2 ** 54 }, [longest / 2, longest]],
    [NaN, fault('RangeError', 'NaN')],
    [-1, fault('RangeError', '-1')],
    ['soon' as never, fault('RangeError', '"soon"')],
    [{ from: 20, to: 10 }, fault('TypeError', '20,10')]
  ])('%p -> %p', (answer, expected) => {
    expect(decision(custom('f', () => answer))).toEqual(expected)
  })

  it.each<[unknown, string]>([
    [{ from: NaN, to: 10 }, `RangeError: the answer of custom 'f', from must be …, got NaN`],
    [{ from: 1, to: Infinity }, `RangeError: the answer of custom 'f', to must be …, got Infinity`],
    [undefined, `TypeError: the answer of custom 'f' must be …, got undefined`],
    [true, `TypeError: the answer of custom 'f' must be …, got true`]
  ])('%p -> %s', (answer, text) => {
    expect(decision(custom('f', () => answer as never))).toBe(text)
  })

  it('a window turned round -> the fault says what it should be', () => {
    expect(
      simulate(
        custom('f', () => ({ from: 20, to: 10 })),
        1
      )
    ).toMatchObject([
      { fault: new TypeError("the answer of custom 'f' must be a window with from <= to, got 20,10") }
    ])
  })

  it('what throws -> PolicyFault with just that', () => {
    const reason = new Error('broken')
    const broken = custom('f', () => {
      throw reason
    })
    expect(simulate(broken, 1)).toMatchObject([{ _tag: 'GiveUp', reason: 'PolicyFault', fault: reason }])
  })

  it('the status -> retry, elapsed, slept, previousDelay and random of each step', () => {
    const seen: ScheduleStatus[] = []
    const policy = custom('spy', (status) => {
      seen.push(status)
      return { from: 10, to: 21 }
    })
    const decide = step(policy)
    const outcome = { _tag: 'Failed', error: 'x' } as const
    const { state } = decide(initialState, { outcome, elapsed: 7, random: 0.5 })
    decide(state, { outcome, elapsed: 40, random: 0.25 })
    expect(seen).toEqual([
      { retry: 0, elapsed: 7, slept: 0, previousDelay: undefined, random: 0.5 },
      { retry: 1, elapsed: 40, slept: 15, previousDelay: 15.5, random: 0.25 }
    ])
  })

  it('the status after andThen -> its own count, the whole elapsed time', () => {
    const seen: Array<readonly [number, number, number]> = []
    const policy = pipe(
      delays([100, 100]),
      andThen(
        custom('spy', ({ retry, slept, elapsed }) => {
          seen.push([retry, slept, elapsed])
          return 5
        })
      )
    )
    waits(policy, 4)
    expect(seen).toEqual([
      [0, 0, 200],
      [1, 5, 205]
    ])
  })

  it('stopped once -> stays stopped, though either goes on', () => {
    const comesBack = custom('comesBack', ({ retry }) => (retry === 1 ? 'stop' : 10))
    expect(waits(pipe(comesBack, either(fixed(50))), 4)).toEqual([10, 50, 50, 50])
  })

  it('two of them -> each stops for itself', () => {
    const once = custom('once', ({ retry }) => (retry < 1 ? 10 : 'stop'))
    const twice = custom('twice', ({ retry }) => (retry < 2 ? 20 : 'stop'))
    expect(waits(pipe(once, either(twice)), 4)).toEqual([10, 20])
  })

  it.each<[unknown, unknown, string]>([
    ['', () => 1, 'RangeError: custom: name must be …, got ""'],
    [undefined, () => 1, 'TypeError: custom: name must be …, got undefined'],
    ['f', 5, 'RangeError: custom: f must be …, got 5'],
    ['f', undefined, 'TypeError: custom: f must be …, got undefined']
  ])('%p, %p -> %s', (name, f, text) => {
    expect(thrown(() => custom(name as string, f as () => number))).toBe(text)
  })
})
