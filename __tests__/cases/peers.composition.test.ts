// Composition and laws. Join is `both`, meet is `either`, followedBy is `andThen`, empty is `immediate`, stop
// is `never`.
import { isDeepStrictEqual } from 'node:util'
import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  decorrelated,
  delays,
  either,
  exponential,
  fibonacci,
  fixed,
  immediate,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  mapDelay,
  never,
  PolicyShow,
  type RetryPolicy,
  simulate,
  when,
  withJitter
} from 'reprise'
import { replies } from '../support/replies.js'

const samples: ReadonlyArray<RetryPolicy> = [
  exponential(100),
  pipe(exponential(50), limitRetries(3)),
  delays([10, 500]),
  decorrelated(70),
  fixed(300),
  pipe(fixed(400), withJitter('full')),
  pipe(fibonacci(200), limitElapsed(1500)),
  pipe(fixed(90), limitTotalDelay(300)),
  immediate,
  never
]

type Three = readonly [RetryPolicy, RetryPolicy, RetryPolicy]
const ones = samples.map((p): Three => [p, p, p])
const twos = samples.flatMap((p) => samples.map((q): Three => [p, q, q]))
const threes = samples.flatMap((p) => twos.map(([q, r]): Three => [p, q, r]))

type Law = (...policies: Three) => readonly [RetryPolicy, RetryPolicy]

/** Two policies are equal when they decide alike: here on six failures of 10 ms, with two seeds. */
const decisions = (policy: RetryPolicy) => [1, 2].map((seed) => simulate(policy, sixFailures, seed))
const sixFailures = Array.from(
  { length: 6 },
  () => ({ _tag: 'Threw', error: 'failure', duration: 10 }) as const
)

/** Expects both sides of a law to decide alike in every case; shows the ones that do not. */
const holds = (cases: ReadonlyArray<Three>, law: Law): void => {
  const unequal = cases
    .map((policies) => law(...policies))
    .filter(([left, right]) => !isDeepStrictEqual(decisions(left), decisions(right)))
  expect(unequal.map(([left, right]) => `${PolicyShow.show(left)} <> ${PolicyShow.show(right)}`)).toEqual([])
}

describe('laws of join', () => {
  it('C-01 join(p, stop) and join(stop, p) -> stop', () => {
    for (const p of samples) {
      expect(replies(pipe(p, both(never)), 3)).toEqual(['Exhausted'])
      expect(replies(pipe(never, both(p)), 3)).toEqual(['Exhausted'])
    }
  })

  it('C-02 join(0, 1) -> 1', () => {
    expect(replies(pipe(fixed(0), both(fixed(1))), 2)).toEqual([1, 1])
  })

  it('C-04 join: empty = "retry at once for ever" -> left and right identity', () => {
    expect(replies(immediate, 3)).toEqual([0, 0, 0])
    holds(ones, (p) => [pipe(p, both(immediate)), p])
    holds(ones, (p) => [pipe(immediate, both(p)), p])
  })

  it('C-05 join associative -> holds', () => {
    holds(threes, (p, q, r) => [pipe(p, both(q), both(r)), pipe(p, both(pipe(q, both(r))))])
  })

  it('C-14 join(p, stop) = stop -> holds', () => {
    holds(ones, (p) => [pipe(p, both(never)), never])
  })

  it('C-16 join distributes over meet -> holds', () => {
    holds(threes, (p, q, r) => [
      pipe(p, both(pipe(q, either(r)))),
      pipe(p, both(q), either(pipe(p, both(r))))
    ])
  })
})

describe('laws of meet', () => {
  it('C-07 meet associative -> holds', () => {
    holds(threes, (p, q, r) => [pipe(p, either(q), either(r)), pipe(p, either(pipe(q, either(r))))])
  })

  it('C-08 meet commutative -> holds', () => {
    holds(twos, (p, q) => [pipe(p, either(q)), pipe(q, either(p))])
  })

  it('C-10 meet(p, stop) = p -> holds', () => {
    holds(ones, (p) => [pipe(p, either(never)), p])
  })

  it('C-11 meet(p1, join(p1, p2)) = p1 -> absorption', () => {
    holds(twos, (p, q) => [pipe(p, either(pipe(p, both(q)))), p])
  })

  it('C-13 meet(p, empty) = empty -> holds', () => {
    holds(ones, (p) => [pipe(p, either(immediate)), immediate])
  })
})

describe('other laws', () => {
  it('C-17 mapDelay(identity) = p -> holds', () => {
    const same = mapDelay('same', (delay) => delay)
    holds(ones, (p) => [same(p), p])
  })

  it('C-20 followedBy associative -> holds', () => {
    const [first, second, last] = [delays([10]), delays([20, 40]), fixed(30)]
    expect(replies(pipe(first, andThen(second), andThen(last)), 5)).toEqual([10, 20, 40, 30, 30])
    expect(replies(pipe(first, andThen(pipe(second, andThen(last)))), 5)).toEqual([10, 20, 40, 30, 30])
    holds(threes, (p, q, r) => [pipe(p, andThen(q), andThen(r)), pipe(p, andThen(pipe(q, andThen(r))))])
  })

  it('C-21 followedBy(stop, p) = p -> left identity', () => {
    holds(ones, (p) => [pipe(never, andThen(p)), p])
  })
})

describe('in sequence', () => {
  it('C-23 limit 2 then spaced 100 -> [0, 0, 100, 100, ...]', () => {
    expect(replies(pipe(immediate, limitRetries(2), andThen(fixed(100))), 6)).toEqual([
      0, 0, 100, 100, 100, 100
    ])
  })

  it('C-24 fixed 500 for 3 steps, then fixed 1000 -> 500, 500, 500, 1000, 1000, 1000', () => {
    expect(replies(pipe(fixed(500), limitRetries(3), andThen(fixed(1000))), 6)).toEqual([
      500, 500, 500, 1000, 1000, 1000
    ])
  })
})

describe('side by side', () => {
  it('C-28 join(fixed 5 s, exponential 5 s, spaced 10 s) -> 10, 10, 20 s', () => {
    const policy = pipe(fixed('5s'), both(exponential('5s')), both(fixed('10s')))
    expect(replies(policy, 3)).toEqual([10000, 10000, 20000])
  })

  it('C-29 join(one-shot 1 s, spaced 5 s) -> 5 s, then stop (any stop stops it)', () => {
    expect(replies(pipe(delays(['1s']), both(fixed('5s'))), 5)).toEqual([5000, 'Exhausted'])
  })

  it('C-31 meet(one-shot 1 s, spaced 5 s) -> 1, 5, 5 s (goes on while any goes on)', () => {
    expect(replies(pipe(delays(['1s']), either(fixed('5s'))), 3)).toEqual([1000, 5000, 5000])
  })

  it('C-32 join(limit 2, exponential 1 min), 10 inputs -> 1, 2 min then stop', () => {
    const policy = pipe(immediate, limitRetries(2), both(exponential('1m')))
    expect(replies(policy, 10)).toEqual([60000, 120000, 'Exhausted'])
  })

  it('C-34 join(exponential 100, spaced 400) -> 400, 400, 400, 800, 1600, 3200', () => {
    expect(replies(pipe(exponential(100), both(fixed(400))), 6)).toEqual([400, 400, 400, 800, 1600, 3200])
  })

  it('C-35 join(exponential 100, limit 3) -> 100, 200, 400, stop', () => {
    const policy = pipe(exponential(100), both(pipe(immediate, limitRetries(3))))
    expect(replies(policy, 10)).toEqual([100, 200, 400, 'Exhausted'])
  })

  it('C-37 meet(stop, join(spaced 2 s, stop)) -> stops at once, waits nothing', () => {
    const policy = pipe(never, either(pipe(fixed('2s'), both(never))))
    expect(simulate(policy, 5)).toMatchObject([
      { _tag: 'GiveUp', reason: 'Exhausted', attempt: 1, elapsed: 0 }
    ])
  })
})

describe('by the last failure', () => {
  // `when` judges errors, not results, and each schedule has its own count: n counts the errors of its kind.
  it.each([
    ['(42, n=2) -> retry 0', [42, 42, 42], [0, 0, 0]],
    ['(42, n=3) -> stop', [42, 42, 42, 42], [0, 0, 0, 'Exhausted']],
    ['(99, n=100) -> retry 1 s', Array<number>(101).fill(99), Array<number>(101).fill(1000)],
    ['mixed -> each by its own', [42, 99, 42, 99, 42, 42], [0, 1000, 0, 1000, 0, 'Exhausted']]
  ])('C-40 42 -> limit 3, else constant 1 s: %s', (_, errors, expected) => {
    const policy = pipe(
      fixed('1s'),
      when((error: number) => error === 42, pipe(immediate, limitRetries(3)))
    )
    const outcomes = errors.map((error) => ({ _tag: 'Failed', error }) as const)
    expect(replies(policy, outcomes)).toEqual(expected)
  })
})
