import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  capDelay,
  type Context,
  custom,
  decorrelated,
  delayFrom,
  delays,
  type Duration,
  either,
  exponential,
  fixed,
  floorDelay,
  limitRetries,
  linear,
  mapDelay,
  type RetryPolicy,
  simulate,
  type SimulatedOutcome,
  waits,
  when,
  withJitter
} from 'reprise'
import { badDurations, message, refuses, thrown } from '../../support/bad.js'

const longest = 9_007_199_254_740_991

/** The windows for these failures; else the reason to give up, with the hint if there is one. */
const windows = <E>(
  policy: RetryPolicy<E>,
  outcomes: number | ReadonlyArray<SimulatedOutcome<E, unknown>> = 1
): ReadonlyArray<unknown> =>
  simulate(policy, outcomes).map((decision) => {
    if (decision._tag === 'Retry') return [decision.from, decision.to]
    if (decision._tag === 'Accept') return decision._tag
    return decision.reason === 'Exhausted' ? [decision.reason, decision.hint] : decision.reason
  })

describe('withJitter', () => {
  it.each<[string, RetryPolicy, unknown]>([
    ['0.5 of 1000 -> 500, 1500', pipe(fixed(1000), withJitter(0.5)), [500, 1500]],
    ['1 of 1000 -> 0, 2000', pipe(fixed(1000), withJitter(1)), [0, 2000]],
    ['0 of 1000 -> 1000, 1000', pipe(fixed(1000), withJitter(0)), [1000, 1000]],
    ["'full' of 1000 -> 0, 1000", pipe(fixed(1000), withJitter('full')), [0, 1000]],
    ["'equal' of 1000 -> 500, 1000", pipe(fixed(1000), withJitter('equal')), [500, 1000]],
    ["'full' of 0 -> 0, 0", pipe(fixed(0), withJitter('full')), [0, 0]],
    ["'equal' of 100 to 300 -> 150, 300", pipe(decorrelated(100), withJitter('equal')), [150, 300]],
    ['0.5 of 100 to 300 -> 50, 450', pipe(decorrelated(100), withJitter(0.5)), [50, 450]],
    [
      "0.5, then 'equal' -> one after the other",
      pipe(fixed(1000), withJitter(0.5), withJitter('equal')),
      [750, 1500]
    ],
    [
      "'equal', then 0.5 -> one after the other",
      pipe(fixed(1000), withJitter('equal'), withJitter(0.5)),
      [250, 1500]
    ],
    ['0.5 of the longest -> scaled', pipe(fixed(longest), withJitter(0.5)), [longest / 3, longest]],
    ['below a cap in the pipe -> above it', pipe(fixed(1000), capDelay(600), withJitter('full')), [0, 600]],
    [
      'below a floor in the pipe -> above it',
      pipe(fixed(1000), floorDelay(600), withJitter('full')),
      [600, 1000]
    ],
    [
      'below mapDelay -> of what that gave',
      pipe(
        fixed(100),
        mapDelay('x10', (ms) => ms * 10),
        withJitter('full')
      ),
      [0, 1000]
    ],
    [
      'above mapDelay -> before it',
      pipe(
        fixed(100),
        withJitter('full'),
        mapDelay('more', (ms) => ms + 7)
      ),
      [7, 107]
    ]
  ])('%s', (_, policy, expected) => {
    expect(windows(policy)).toEqual([expected])
  })

  it('of a combination -> of its parts, so that their bounds hold', () => {
    const capped = pipe(fixed(1000), capDelay(100))
    expect(windows(pipe(capped, both(fixed(10)), withJitter('full')))).toEqual([[0, 100]])
    expect(windows(pipe(capped, either(fixed(500)), withJitter('full')))).toEqual([[0, 100]])
    expect(windows(pipe(delays([100]), andThen(fixed(50)), withJitter('full')), 2)).toEqual([
      [0, 100],
      [0, 50]
    ])
    const chosen = pipe(fixed(100), when('A', fixed(50)), withJitter('full'))
    expect(windows(chosen, [{ _tag: 'Failed', error: 'x' }])).toEqual([[0, 100]])
    expect(windows(chosen, [{ _tag: 'Failed', error: { _tag: 'A' } }])).toEqual([[0, 50]])
  })

  it.each<[unknown, string]>([
    [NaN, 'RangeError: withJitter: jitter must be …, got NaN'],
    [-0.1, 'RangeError: withJitter: jitter must be …, got -0.1'],
    [1.1, 'RangeError: withJitter: jitter must be …, got 1.1'],
    ['half', 'RangeError: withJitter: jitter must be …, got "half"'],
    ['0.5', 'RangeError: withJitter: jitter must be …, got "0.5"'],
    [undefined, 'TypeError: withJitter: jitter must be …, got undefined'],
    [null, 'TypeError: withJitter: jitter must be …, got null']
  ])('%p -> %s', (jitter, text) => {
    expect(thrown(() => withJitter(jitter as number))).toBe(text)
  })
})

describe('capDelay', () => {
  it.each<[string, RetryPolicy, unknown]>([
    ['500 of 1000 -> 500, 500', pipe(fixed(1000), capDelay(500)), [500, 500]],
    ["'1s' of 500 -> 500, 500", pipe(fixed(500), capDelay('1s')), [500, 500]],
    ['0 of 500 to 1500 -> 0, 0', pipe(fixed(1000), withJitter(0.5), capDelay(0)), [0, 0]],
    [
      '1000 of 500 to 1500 -> scaled',
      pipe(
        custom('f', () => ({ from: 500, to: 2000 })),
        capDelay(1000)
      ),
      [250, 1000]
    ],
    [
      '600 of 400 to 800 above 400 -> 400, 600',
      pipe(
        custom('f', () => ({ from: 200, to: 800 })),
        floorDelay(400),
        capDelay(600)
      ),
      [400, 600]
    ],
    ['300 with a floor of 400 -> the cap wins', pipe(fixed(100), floorDelay(400), capDelay(300)), [300, 300]],
    ['500, then 300 -> 300', pipe(fixed(1000), capDelay(500), capDelay(300)), [300, 300]],
    ['300, then 500 -> 300', pipe(fixed(1000), capDelay(300), capDelay(500)), [300, 300]]
  ])('%s', (_, policy, expected) => {
    expect(windows(policy)).toEqual([expected])
  })

  it('29,255 of 53,481 -> exactly the cap, whatever the draw', () => {
    expect(waits(pipe(fixed(53_481), capDelay(29_255)), 5)).toEqual([29_255, 29_255, 29_255, 29_255, 29_255])
  })

  it('a tail that comes after -> not capped', () => {
    expect(waits(pipe(delays([1000]), capDelay(100), andThen(fixed(5000))), 3)).toEqual([100, 5000, 5000])
  })

  refuses('capDelay: max', [...badDurations, [undefined, 'TypeError', 'undefined']], (max) => capDelay(max))
})

describe('floorDelay', () => {
  it.each<[string, RetryPolicy, unknown]>([
    ['500 of 100 -> 500, 500', pipe(fixed(100), floorDelay(500)), [500, 500]],
    ["'0.1s' of 500 -> 500, 500", pipe(fixed(500), floorDelay('0.1s')), [500, 500]],
    ['700 of 500 to 1500 -> 700, 1500', pipe(fixed(1000), withJitter(0.5), floorDelay(700)), [700, 1500]],
    ['500, then 300 -> 500', pipe(fixed(100), floorDelay(500), floorDelay(300)), [500, 500]],
    ['0 -> nothing changes', pipe(fixed(100), floorDelay(0)), [100, 100]]
  ])('%s', (_, policy, expected) => {
    expect(windows(policy)).toEqual([expected])
  })

  it('0.5 -> a wait of 0: rounded down at the draw', () => {
    expect(waits(pipe(fixed(0), floorDelay(0.5)), 1)).toEqual([0])
  })

  refuses('floorDelay: min', [...badDurations, [undefined, 'TypeError', 'undefined']], (min) =>
    floorDelay(min)
  )
})

describe('mapDelay', () => {
  const map = (f: (ms: number) => number) =>
    pipe(
      custom('f', () => ({ from: 100, to: 300 })),
      mapDelay('g', f)
    )

  it.each<[string, RetryPolicy, unknown]>([
    ['doubled -> 200, 600', map((ms) => ms * 2), [200, 600]],
    ['turned round -> the ends change places', map((ms) => 1000 - ms), [700, 900]],
    ['all the same -> one exact wait', map(() => 50), [50, 50]],
    [
      'below an outer cap -> capped',
      pipe(
        map((ms) => ms * 10),
        capDelay(600)
      ),
      [200, 600]
    ],
    [
      'below an inner cap -> beyond it',
      pipe(
        fixed(1000),
        capDelay(10),
        mapDelay('g', (ms) => ms * 10)
      ),
      [100, 100]
    ],
    ['infinite -> the longest', map(() => Infinity), [longest, longest]],
    ['beyond the longest -> scaled', map((ms) => (ms === 100 ? 2 ** 58 : 2 ** 60)), [longest / 4, longest]],
    ['NaN -> PolicyFault', map(() => NaN), 'PolicyFault'],
    ['negative -> PolicyFault', map(() => -1), 'PolicyFault'],
    ['a text -> PolicyFault', map(() => '5' as never), 'PolicyFault'],
    ['null -> PolicyFault', map(() => null as never), 'PolicyFault']
  ])('%s', (_, policy, expected) => {
    expect(windows(policy)).toEqual([expected])
  })

  it('a negative answer -> the fault names it', () => {
    expect(
      simulate(
        map(() => -1),
        1
      )
    ).toMatchObject([
      {
        fault: expect.objectContaining({
          message: "the answer of mapDelay 'g' must be milliseconds >= 0, got -1"
        })
      }
    ])
  })

  it('is data: the name, the function, and what it changes', () => {
    expect(mapDelay('abs', Math.abs)(fixed(1))).toEqual({
      schedule: { _tag: 'mapDelay', name: 'abs', f: Math.abs, policies: [fixed(1)] }
    })
  })

  it('a stop -> stays a stop', () => {
    expect(
      waits(
        pipe(
          delays([1, 2]),
          mapDelay('x10', (ms) => ms * 10)
        ),
        5
      )
    ).toEqual([10, 20])
  })

  it.each<[unknown, unknown, string]>([
    ['', () => 1, 'RangeError: mapDelay: name must be …, got ""'],
    [undefined, () => 1, 'TypeError: mapDelay: name must be …, got undefined'],
    ['g', 5, 'RangeError: mapDelay: f must be …, got 5'],
    ['g', undefined, 'TypeError: mapDelay: f must be …, got undefined']
  ])('%p, %p -> %s', (name, f, text) => {
    expect(thrown(() => mapDelay(name as string, f as () => number))).toBe(text)
  })
})

describe('delayFrom', () => {
  interface Hinted {
    readonly retryAfter?: unknown
  }
  const failed = (retryAfter?: unknown) => ({ _tag: 'Failed', error: { retryAfter } }) as const
  const hinted = (policy: RetryPolicy, max: Duration = '1m') =>
    pipe(
      policy,
      delayFrom(({ retryAfter }: Hinted) => retryAfter as number | undefined, { max })
    )

  it.each<[string, RetryPolicy<Hinted>, unknown, unknown]>([
    ['no hint -> the schedule', hinted(fixed(100)), undefined, [100, 100]],
    ['500 over 100 -> 500, 500', hinted(fixed(100)), 500, [500, 500]],
    ['50 over 100 -> 100, 100', hinted(fixed(100)), 50, [100, 100]],
    ['0 over 100 -> 100, 100', hinted(fixed(100)), 0, [100, 100]],
    ['500 over 70 to 130 -> 500, 560', pipe(hinted(fixed(100)), withJitter(0.3)), 500, [500, 560]],
    ['100 over 70 to 130 -> 100, 160', pipe(hinted(fixed(100)), withJitter(0.3)), 100, [100, 160]],
    ['exactly max -> max', hinted(fixed(100), 500), 500, [500, 500]],
    ['beyond max -> stop, with the hint', hinted(fixed(100), 500), 501, ['Exhausted', 501]],
    ['infinite -> stop, with the hint', hinted(fixed(100)), Infinity, ['Exhausted', Infinity]],
    ['beyond a cap -> stop, with the hint', pipe(hinted(fixed(100)), capDelay(400)), 500, ['Exhausted', 500]],
    ['exactly a cap -> the cap', pipe(hinted(fixed(100)), capDelay(400)), 400, [400, 400]],
    [
      'beyond a cap above in the pipe -> stop, too',
      hinted(capDelay(400)(fixed(100))),
      500,
      ['Exhausted', 500]
    ],
    [
      '300 over 0 to 400, capped at 500 -> 300, 500',
      pipe(hinted(fixed(400)), withJitter('full'), capDelay(500)),
      300,
      [300, 500]
    ],
    ['50 with a floor of 80 -> 80', pipe(hinted(fixed(10)), floorDelay(80)), 50, [80, 80]],
    ['a fraction -> rounded down at the draw alone', hinted(fixed(0)), 0.7, [0.7, 0.7]],
    [
      'when the count is over -> stop, without the hint',
      pipe(hinted(fixed(100)), limitRetries(0)),
      500,
      ['Exhausted', undefined]
    ],
    ['NaN -> PolicyFault', hinted(fixed(100)), NaN, 'PolicyFault'],
    ['negative -> PolicyFault', hinted(fixed(100)), -1, 'PolicyFault'],
    ['a text, as headers are -> PolicyFault', hinted(fixed(100)), '120', 'PolicyFault'],
    ['null -> PolicyFault', hinted(fixed(100)), null, 'PolicyFault']
  ])('%s', (_, policy, hint, expected) => {
    expect(windows(policy, [failed(hint)])).toEqual([expected])
  })

  it('a negative hint -> the fault names the function and the value', () => {
    const hintOf = (): number => -1
    expect(simulate(pipe(fixed(1), delayFrom(hintOf, { max: 5 })), [failed()])).toMatchObject([
      {
        fault: expect.objectContaining({
          message: expect.stringMatching(/^the hint of delayFrom 'hintOf' must be .*, got -1$/)
        })
      }
    ])
  })

  it('what throws -> PolicyFault', () => {
    const broken = pipe(
      fixed(1),
      delayFrom((e: { readonly headers: { readonly after: number } }) => e.headers.after, { max: 5 })
    )
    expect(windows(broken, [{ _tag: 'Threw', error: 'x' }])).toEqual(['PolicyFault'])
  })

  it('a rejected result -> not asked', () => {
    const f = jest.fn(() => 500)
    expect(waits(pipe(fixed(1), delayFrom(f, { max: '1m' })), 2)).toEqual([1, 1])
    expect(f).not.toHaveBeenCalled()
  })

  it('a thrown value -> asked as well', () => {
    expect(windows(hinted(fixed(1)), [{ _tag: 'Threw', error: { retryAfter: 9 } }])).toEqual([[9, 9]])
  })

  it('two of them -> the longer', () => {
    const policy = pipe(
      fixed(1),
      delayFrom(() => 20, { max: 50 }),
      delayFrom(() => 30, { max: 50 })
    )
    expect(windows(policy, [failed()])).toEqual([[30, 30]])
  })

  it('the context -> attempt, elapsed, previousDelay', () => {
    const seen: Context[] = []
    const spy = (_: unknown, context: Context): undefined => {
      seen.push(context)
    }
    const policy = pipe(fixed(100), delayFrom(spy, { max: 5 }))
    simulate(policy, [
      { ...failed(), duration: 7 },
      { ...failed(), duration: 3 }
    ])
    expect(seen).toEqual([
      { attempt: 1, elapsed: 7, name: '', args: [], previousDelay: undefined },
      { attempt: 2, elapsed: 110, name: '', args: [], previousDelay: 100 }
    ])
  })

  it('a hinted wait -> does not count for decorrelated', () => {
    expect(windows(hinted(decorrelated(100)), [failed(5000), failed()])).toEqual([
      [5000, 5200],
      [100, 300]
    ])
  })

  it('a hint that changed nothing -> the wait counts', () => {
    const [, second] = windows(hinted(decorrelated(100)), [failed(5), failed()]) as [
      unknown,
      [number, number]
    ]
    expect(second[1]).toBeGreaterThan(300)
  })

  it('two branches, two hints beyond their bounds -> both keeps the longer, either the shorter', () => {
    const [near, far] = [
      pipe(
        fixed(1),
        delayFrom(() => 20, { max: 5 })
      ),
      pipe(
        fixed(1),
        delayFrom(() => 30, { max: 5 })
      )
    ]
    for (const [x, y] of [
      [near, far],
      [far, near]
    ] as const) {
      expect(windows(pipe(x, both(y)), [failed()])).toEqual([['Exhausted', 30]])
      expect(windows(pipe(x, either(y)), [failed()])).toEqual([['Exhausted', 20]])
    }
  })

  it('a hint beyond its bounds -> does not change over', () => {
    expect(windows(pipe(hinted(fixed(1), 5), andThen(fixed(2))), [failed(10)])).toEqual([['Exhausted', 10]])
  })

  refuses('delayFrom: max', [...badDurations, [undefined, 'TypeError', 'undefined']], (max) =>
    delayFrom(() => 1, { max })
  )

  it.each<[unknown, unknown, string]>([
    [undefined, { max: 5 }, 'TypeError: delayFrom: f must be …, got undefined'],
    ['f', { max: 5 }, 'RangeError: delayFrom: f must be …, got "f"']
  ])('%p, %p -> %s', (f, options, text) => {
    expect(thrown(() => delayFrom(f as () => number, options as { max: number }))).toBe(text)
  })

  it('no options -> TypeError that names max', () => {
    expect(thrown(() => delayFrom(() => 1, undefined as never))).toBe(
      'TypeError: delayFrom: max must be …, got undefined'
    )
  })
})

describe('messages', () => {
  it.each<[string, () => unknown]>([
    ["withJitter: jitter must be 0 to 1, 'full' or 'equal', got 2", () => withJitter(2)],
    ['mapDelay: f must be a function, got 5', () => mapDelay('g', 5 as never)],
    ['delayFrom: f must be a function, got 5', () => delayFrom(5 as never, { max: 1 })]
  ])('RangeError: %s', (text, make) => {
    expect(message(make)).toBe(`RangeError: ${text}`)
  })

  it('a hint that is no time -> the fault says what it should be', () => {
    const negative = (): number => -1
    const policy = delayFrom(negative, { max: '1m' })(fixed(1))
    expect(simulate(policy, [{ _tag: 'Failed', error: 'x' }])).toMatchObject([
      {
        fault: new RangeError(
          "the hint of delayFrom 'negative' must be milliseconds >= 0 or undefined, got -1"
        )
      }
    ])
  })
})

describe('the normal form', () => {
  it('any order in the pipe -> the same policy', () => {
    const [jitter, floor, cap, limit] = [withJitter(0.5), floorDelay(10), capDelay(500), limitRetries(3)]
    expect(pipe(linear(100), limit, cap, floor, jitter)).toEqual(pipe(linear(100), jitter, floor, cap, limit))
    expect(pipe(exponential(100), cap, jitter)).toEqual(pipe(exponential(100), jitter, cap))
  })
})
