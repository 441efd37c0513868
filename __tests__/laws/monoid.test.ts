/** Policies with conditions form a commutative monoid under `both`; `andThen` is a monoid with `never`. */
import { concatAll } from 'fp-ts/lib/Monoid.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  allOf,
  andThen,
  both,
  capDelay,
  either,
  fixed,
  getPolicyMonoid,
  immediate,
  isRetryable,
  limitDelay,
  never,
  not,
  PolicyShow,
  retryOn,
  type RetryPolicy,
  simulate,
  waits,
  when
} from 'reprise'
import {
  conditions,
  errors,
  failures,
  hinted,
  histories,
  open,
  policies,
  schedules
} from '../support/arbitraries.js'
import { difference, law, show } from '../support/law.js'

describe('getPolicyMonoid', () => {
  const { concat, empty } = getPolicyMonoid<unknown, unknown>()

  it('concat -> both', () => {
    const [a, b] = [fixed(1), pipe(fixed(2), retryOn('A'))]
    expect(concat(a, b)).toEqual(pipe(a, both(b)))
  })

  it('immediate -> empty', () => {
    expect(empty).toBe(immediate)
  })

  law('associative, with conditions', [policies, policies, policies, histories], (a, b, c, history) =>
    difference(concat(concat(a, b), c), concat(a, concat(b, c)), history)
  )

  law(
    'empty is the unit, with conditions',
    [policies, histories],
    (a, history) => difference(concat(a, empty), a, history) ?? difference(concat(empty, a), a, history)
  )

  law('commutative, with conditions', [policies, policies, histories], (a, b, history) =>
    difference(concat(a, b), concat(b, a), history)
  )

  law('idempotent, with conditions', [policies, histories], (a, history) =>
    difference(concat(a, a), a, history)
  )

  it('concatAll -> both of all', () => {
    const [a, b, c] = [fixed(1), pipe(fixed(2), retryOn('A')), pipe(fixed(3), limitDelay(5))]
    expect(concatAll(getPolicyMonoid<unknown, unknown>())([a, b, c])).toEqual(
      pipe(immediate, both(a), both(b), both(c))
    )
  })
})

/** Stages of `andThen` judge for themselves, each in its time; the other side of a combination goes by all of them. */
const stages = (policy: RetryPolicy): boolean => PolicyShow.show(policy).includes('andThen')

const failed = (_tag: string) => [{ _tag: 'Failed', error: { _tag } }] as const
const verdict = (policy: RetryPolicy, _tag: string) =>
  simulate(policy, failed(_tag)).map((decision) =>
    decision._tag === 'Retry' ? decision.delay : decision._tag === 'GiveUp' && decision.reason
  )

describe('either, with conditions', () => {
  law('never is the unit, unless stages judge differently', [policies, histories], (a, history) =>
    stages(a)
      ? undefined
      : (difference(pipe(a, either(never)), a, history) ?? difference(pipe(never, either(a)), a, history))
  )

  law('commutative', [policies, policies, histories], (a, b, history) =>
    difference(pipe(a, either(b)), pipe(b, either(a)), history)
  )

  law('idempotent', [policies, histories], (a, history) => difference(pipe(a, either(a)), a, history))

  it("limit: not associative, since an unset condition is the other side's -> the brackets say whose", () => {
    const [a, b, c] = [fixed(1), pipe(fixed(2), retryOn('B')), pipe(fixed(3), retryOn('C'))]
    expect(verdict(pipe(a, either(b), either(c)), 'C')).toEqual([3])
    expect(verdict(pipe(a, either(pipe(b, either(c)))), 'C')).toEqual([1])
  })

  it('limit: never is no unit of stages that judge differently -> Exhausted for NotRetryable', () => {
    const staged = pipe(fixed(1), retryOn('A'), andThen(pipe(fixed(2), retryOn('B'))))
    expect(verdict(staged, 'B')).toEqual(['NotRetryable'])
    expect(verdict(pipe(staged, either(never)), 'B')).toEqual(['Exhausted'])
  })
})

describe('andThen', () => {
  law('associative', [hinted, hinted, hinted, failures], (a, b, c, history) =>
    difference(pipe(a, andThen(b), andThen(c)), pipe(a, andThen(pipe(b, andThen(c)))), history)
  )

  law(
    'never is the unit on both sides, with conditions',
    [policies, histories],
    (a, history) =>
      difference(pipe(never, andThen(a)), a, history) ?? difference(pipe(a, andThen(never)), a, history)
  )

  law(
    'never before is nothing, inside either too',
    [schedules, conditions, policies, histories],
    (a, c, b, history) => {
      const set = pipe(a, retryOn(c))
      return difference(pipe(never, andThen(set), either(b)), pipe(set, either(b)), history)
    }
  )

  law(
    'a stage that is over judges nothing',
    [conditions, policies, conditions, histories],
    (c, a, d, history) => {
      const set = pipe(a, retryOn(d))
      return difference(pipe(never, retryOn(c), andThen(set)), set, history)
    }
  )

  law(
    'associative, with conditions on every stage',
    [schedules, schedules, schedules, conditions, histories],
    (a, b, c, condition, history) => {
      const [x, y, z] = [pipe(a, retryOn(condition)), pipe(b, retryOn(not(condition))), pipe(c, retryOn('A'))]
      return difference(pipe(x, andThen(y), andThen(z)), pipe(x, andThen(pipe(y, andThen(z)))), history)
    }
  )

  it("limit: inside a combination, a when stands behind the other side's retryOn -> refused", () => {
    const open = pipe(fixed(1), when('A', fixed(2)))
    const set = pipe(fixed(3), retryOn('B'))
    expect(verdict(pipe(open, either(set)), 'A')).toEqual([2])
    expect(verdict(pipe(never, andThen(open), either(set)), 'A')).toEqual(['NotRetryable'])
  })

  it('limit: never after ends a stage that is late, where either or a later cap would have gone on', () => {
    const late = pipe(fixed(1000), limitDelay(500))
    const closed = pipe(late, andThen(never))
    expect([waits(late, 2), waits(closed, 2)]).toEqual([[], []])

    expect(waits(pipe(late, either(fixed(2000))), 2)).toEqual([1000, 1000])
    expect(waits(pipe(closed, either(fixed(2000))), 2)).toEqual([2000, 2000])

    expect(waits(pipe(late, capDelay(100)), 2)).toEqual([100, 100])
    expect(waits(pipe(closed, capDelay(100)), 2)).toEqual([])
  })
})

describe('an unset retryOn', () => {
  law("takes the other side's in both", [conditions, schedules, open, histories], (c, a, b, history) => {
    const set = pipe(a, retryOn(c))
    return (
      difference(pipe(set, both(b)), pipe(set, both(pipe(b, retryOn(c)))), history) ??
      difference(pipe(b, both(set)), pipe(b, retryOn(c), both(set)), history)
    )
  })

  law("takes the other side's in either", [conditions, schedules, open, histories], (c, a, b, history) => {
    const set = pipe(a, retryOn(c))
    return (
      difference(pipe(set, either(b)), pipe(set, either(pipe(b, retryOn(c)))), history) ??
      difference(pipe(b, either(set)), pipe(b, retryOn(c), either(set)), history)
    )
  })

  law("takes the other side's in andThen", [conditions, schedules, open, histories], (c, a, b, history) => {
    const set = pipe(a, retryOn(c))
    return (
      difference(pipe(set, andThen(b)), pipe(set, andThen(pipe(b, retryOn(c)))), history) ??
      difference(pipe(b, andThen(set)), pipe(b, retryOn(c), andThen(set)), history)
    )
  })

  law('leaves the verdict to the other side', [policies, hinted, errors], (a, b, error) => {
    const combined = {
      both: [pipe(a, both(b)), pipe(b, both(a))],
      either: stages(a) ? [] : [pipe(a, either(b)), pipe(b, either(a))],
      andThen: [pipe(a, andThen(b))]
    }
    for (const [name, of] of Object.entries(combined)) {
      const other = of.find((policy) => isRetryable(policy)(error) !== isRetryable(a)(error))
      if (other !== undefined) return `${name}, for ${show(error)}: ${show(other)}`
    }
    return undefined
  })
})

describe('a branch of either that refuses an error', () => {
  law('steps all the same', [schedules, conditions, histories], (a, c, history) => {
    const inEither = either(pipe(fixed(Number.MAX_SAFE_INTEGER), retryOn(allOf([]))))
    return difference(pipe(a, retryOn(c), inEither), pipe(never, andThen(a), retryOn(c), inEither), history)
  })
})
