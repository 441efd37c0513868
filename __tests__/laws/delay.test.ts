/** What changes waits: jitter, bounds, `mapDelay`, hints. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  capDelay,
  type Context,
  custom,
  delayFrom,
  either,
  exponential,
  fixed,
  floorDelay,
  type Jitter,
  limitDelay,
  mapDelay,
  PolicyEq,
  type RetryPolicy,
  simulate,
  waits,
  when,
  withJitter
} from 'reprise'
import {
  conditions,
  countedPipes,
  failures,
  growing,
  histories,
  insert,
  jitters,
  policies,
  schedules,
  shrinking,
  spreads,
  tangling,
  times
} from '../support/arbitraries.js'
import { attempts, difference, givesUp, law, run, unless } from '../support/law.js'

const same = (a: RetryPolicy, b: RetryPolicy): string | undefined =>
  unless(PolicyEq.equals(a, b), () => 'not the same data')

/** The first step of a run that is not as it should be. */
const broken = (
  policy: RetryPolicy,
  history: Parameters<typeof run>[1],
  holds: (retry: { readonly from: number; readonly to: number; readonly delay: number }) => boolean
): string | undefined => {
  const found = run(policy, history).find(({ decision }) => decision._tag === 'Retry' && !holds(decision))
  return found && fc.stringify(found.decision)
}

const windows = (policy: RetryPolicy, count: number): ReadonlyArray<readonly [number, number]> =>
  simulate(policy, count).flatMap((decision) =>
    decision._tag === 'Retry' ? [[decision.from, decision.to] as const] : []
  )

describe('mapDelay', () => {
  const none = fc.constantFrom(...shrinking, ...tangling)

  law('identity: nothing changes', [policies, histories], (a, history) =>
    difference(
      pipe(
        a,
        mapDelay('same', (delay) => delay)
      ),
      a,
      history
    )
  )

  law(
    'composition: one after the other is both at once',
    [policies, none, none, histories],
    (a, f, g, history) =>
      difference(
        pipe(a, mapDelay(f.name, f.f), mapDelay(g.name, g.f)),
        pipe(
          a,
          mapDelay('composed', (delay) => g.f(f.f(delay)))
        ),
        history
      )
  )

  law(
    'composition, between a floor and a cap',
    [schedules, times, none, none, times, failures],
    (a, min, f, g, max, history) => {
      const above = pipe(a, floorDelay(min))
      return difference(
        pipe(above, mapDelay(f.name, f.f), mapDelay(g.name, g.f), capDelay(max)),
        pipe(
          above,
          mapDelay('composed', (delay) => g.f(f.f(delay))),
          capDelay(max)
        ),
        history
      )
    }
  )

  law(
    'composition, of functions that grow, below saturation',
    [policies, fc.constantFrom(...growing), fc.constantFrom(...growing, ...shrinking), histories],
    (a, f, g, history) => {
      const small = pipe(a, capDelay(2 ** 40))
      return difference(
        pipe(small, mapDelay(f.name, f.f), mapDelay(g.name, g.f)),
        pipe(
          small,
          mapDelay('composed', (delay) => g.f(f.f(delay)))
        ),
        history
      )
    }
  )

  it('limit: composition ends at saturation -> half of what was saturated', () => {
    const [double, half] = [mapDelay('double', (ms) => ms * 2), mapDelay('half', (ms) => ms / 2)]
    const huge = fixed(Number.MAX_SAFE_INTEGER)
    expect(waits(pipe(huge, double, half), 1)).toEqual([4_503_599_627_370_495])
    expect(
      waits(
        pipe(
          huge,
          mapDelay('both', (ms) => (ms * 2) / 2)
        ),
        1
      )
    ).toEqual([9_007_199_254_740_991])
  })

  it('limit: the identity closes what stands above it -> later jitter goes beyond an earlier cap', () => {
    const [capped, same] = [pipe(fixed(100), capDelay(100)), mapDelay('same', (ms) => ms)]
    expect(windows(pipe(capped, withJitter('full')), 1)).toEqual([[0, 100]])
    expect(windows(pipe(capped, withJitter(0.5)), 1)[0]?.[1]).toBe(100)
    expect(windows(pipe(capped, same, withJitter(0.5)), 1)).toEqual([[50, 150]])
  })
})

describe('withJitter', () => {
  law('commutes with capDelay', [policies, jitters, times, histories], (a, jitter, max, history) => {
    const [one, other] = [
      pipe(a, withJitter(jitter), capDelay(max)),
      pipe(a, capDelay(max), withJitter(jitter))
    ]
    return same(one, other) ?? difference(one, other, history)
  })

  law('commutes with floorDelay', [policies, jitters, times], (a, jitter, min) =>
    same(pipe(a, withJitter(jitter), floorDelay(min)), pipe(a, floorDelay(min), withJitter(jitter)))
  )

  law('distributes over both', [policies, policies, jitters, histories], (a, b, jitter, history) => {
    const spread = withJitter(jitter)
    return difference(spread(pipe(a, both(b))), pipe(spread(a), both(spread(b))), history)
  })

  law('distributes over either', [policies, policies, jitters, histories], (a, b, jitter, history) => {
    const spread = withJitter(jitter)
    return difference(spread(pipe(a, either(b))), pipe(spread(a), either(spread(b))), history)
  })

  law('distributes over andThen', [policies, policies, jitters, histories], (a, b, jitter, history) => {
    const spread = withJitter(jitter)
    return difference(spread(pipe(a, andThen(b))), pipe(spread(a), andThen(spread(b))), history)
  })

  law(
    'distributes over when',
    [policies, policies, conditions, jitters, histories],
    (a, b, c, jitter, history) => {
      const spread = withJitter(jitter)
      return difference(spread(pipe(a, when(c, b))), pipe(spread(a), when(c, spread(b))), history)
    }
  )

  law('0 changes nothing', [policies, histories], (a, history) =>
    difference(pipe(a, withJitter(0)), a, history)
  )
})

describe('capDelay', () => {
  law('twice is the smaller', [policies, times, times], (a, x, y) =>
    same(pipe(a, capDelay(x), capDelay(y)), pipe(a, capDelay(Math.min(x, y))))
  )

  law('outermost, no wait is longer', [policies, times, histories], (a, max, history) =>
    broken(pipe(a, capDelay(max)), history, ({ to, delay }) => to <= max && delay <= max)
  )

  law('holds although jitter comes later', [policies, times, jitters, histories], (a, max, jitter, history) =>
    broken(pipe(a, capDelay(max), withJitter(jitter)), history, ({ to, delay }) => to <= max && delay <= max)
  )

  law('commutes with floorDelay', [policies, times, times], (a, max, min) =>
    same(pipe(a, capDelay(max), floorDelay(min)), pipe(a, floorDelay(min), capDelay(max)))
  )

  law('keeps one exact wait exact', [times, times, failures], (delay, max, history) =>
    broken(pipe(fixed(delay), capDelay(max)), history, ({ from, to }) => from === to)
  )

  const fractions = fc.constantFrom<Jitter>('full', 'equal', 0.1, 0.5, 1)
  const positive = times.filter((ms) => ms > 1e-3)

  law('keeps a spread', [positive, fractions, positive, failures], (delay, jitter, max, history) =>
    broken(pipe(fixed(delay), withJitter(jitter), capDelay(max)), history, ({ from, to }) => from < to)
  )

  law(
    'keeps a spread where jitter has undone a floor',
    [positive, positive, positive, failures],
    (delay, min, max, history) =>
      broken(
        pipe(
          fixed(delay),
          floorDelay(min),
          mapDelay('same', (ms) => ms),
          withJitter('full'),
          capDelay(max)
        ),
        history,
        ({ from, to }) => from < to
      )
  )

  it('limit: not monotone, since it scales -> a window that reaches further starts earlier', () => {
    const window = custom('window', ({ retry }) => ({ from: 400, to: retry === 0 ? 500 : 1000 }))
    expect(windows(pipe(window, capDelay(500)), 2)).toEqual([
      [400, 500],
      [200, 500]
    ])
  })
})

describe('floorDelay', () => {
  law('twice is the larger', [policies, times, times], (a, x, y) =>
    same(pipe(a, floorDelay(x), floorDelay(y)), pipe(a, floorDelay(Math.max(x, y))))
  )

  // The draw rounds down, so a bound of 0.5 allows a wait of 0.
  law(
    'outermost, no wait is shorter, to the whole millisecond; a cap below wins',
    [policies, times, histories],
    (a, min, history) => {
      const policy = pipe(a, floorDelay(min))
      const bound = Math.min(min, policy.capDelay ?? Infinity)
      return broken(policy, history, ({ from, delay }) => from >= bound && delay >= Math.floor(bound))
    }
  )

  law(
    'holds although jitter comes later',
    [policies, times, jitters, histories],
    (a, min, jitter, history) => {
      const policy = pipe(a, floorDelay(min), withJitter(jitter))
      const bound = Math.min(min, policy.capDelay ?? Infinity)
      return broken(policy, history, ({ from, delay }) => from >= bound && delay >= Math.floor(bound))
    }
  )
})

describe('a stop by count or list', () => {
  law(
    'is kept by caps, floors and jitter, anywhere in the pipe',
    [countedPipes, spreads, fc.nat(4), failures],
    (parts, change, at, history) => {
      const [plain, changed] = [insert(parts, (self) => self, 0), insert(parts, change, at)]
      return unless(
        attempts(plain, history) === attempts(changed, history) &&
          givesUp(plain, history) === givesUp(changed, history),
        () => `${attempts(plain, history)} attempts, not ${attempts(changed, history)}`
      )
    }
  )

  it('limit: a stop by time is not kept -> a cap lets go on what limitDelay stopped', () => {
    expect(waits(pipe(exponential(100), limitDelay(300)), 5)).toEqual([100, 200])
    expect(waits(pipe(exponential(100), limitDelay(300), capDelay(250)), 5)).toEqual([
      100, 200, 250, 250, 250
    ])
  })
})

describe('delayFrom', () => {
  const hintOf = (error: unknown): number | undefined =>
    (error as { readonly retryAfter?: number } | null)?.retryAfter

  law(
    'a hint is never undercut, to the whole millisecond',
    [policies, times, jitters, histories],
    (a, max, jitter, history) => {
      const policy = pipe(a, delayFrom(hintOf, { max }), withJitter(jitter))
      const early = run(policy, history).find(({ decision }) => {
        if (decision._tag !== 'Retry' || decision.cause._tag === 'Rejected') return false
        const hint = hintOf(decision.cause.error) ?? 0
        return decision.from < hint || decision.delay < Math.floor(hint)
      })
      return early && fc.stringify(early.decision)
    }
  )

  law(
    'a hint beyond max or a cap stops, with the hint in the decision',
    [schedules, times, times, failures],
    (a, max, top, history) => {
      const [plain, policy] = [a, pipe(a, delayFrom(hintOf, { max }), capDelay(top))]
      const [first] = run(policy, history.slice(0, 1))
      const hint =
        first?.attempted.outcome._tag === 'Rejected' ? undefined : hintOf(first?.attempted.outcome.error)
      if (hint === undefined || hint <= Math.min(max, policy.capDelay ?? top)) return undefined
      const wouldStop = run(plain, history.slice(0, 1))[0]?.decision._tag === 'GiveUp'
      const { decision } = first!
      return unless(
        decision._tag === 'GiveUp' &&
          decision.reason === 'Exhausted' &&
          (wouldStop || decision.hint === hint),
        () => fc.stringify(decision)
      )
    }
  )

  law('no hint changes nothing', [policies, histories], (a, history) =>
    difference(
      pipe(
        a,
        delayFrom((_: unknown, __: Context) => undefined, { max: '1h' })
      ),
      a,
      history
    )
  )
})
