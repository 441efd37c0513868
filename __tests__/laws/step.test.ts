/** The core: what every decision of every policy is like, and that `step` is a pure function on plain data. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  custom,
  decorrelated,
  either,
  exponential,
  fibonacci,
  fixed,
  immediate,
  initialState,
  linear,
  type RetryPolicy,
  simulate,
  step,
  type StepState,
  withJitter
} from 'reprise'
import { seededRandom } from 'reprise/testing'
import { type Attempted, failures, histories, policies } from '../support/arbitraries.js'
import { law, run, unless } from '../support/law.js'

const longest = Number.MAX_SAFE_INTEGER

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}

describe('every wait', () => {
  law('0 <= from <= to <= 2^53 - 1; a whole number within', [policies, histories], (a, history) => {
    const odd = run(a, history).find(({ decision }) => {
      if (decision._tag !== 'Retry') return false
      const { from, to, delay, latest } = decision
      const ordered = 0 <= from && from <= to && to <= longest
      return !(
        ordered &&
        Number.isSafeInteger(delay) &&
        Math.floor(from) <= delay &&
        delay <= to &&
        latest >= 0
      )
    })
    return odd && fc.stringify(odd.decision)
  })

  const forever: ReadonlyArray<[string, (base: number) => RetryPolicy]> = [
    ['exponential', (base) => exponential(base)],
    ['exponential, steep', (base) => exponential(base, 1e300)],
    ['exponential, shrinking', (base) => exponential(base, 0.5)],
    ['linear', (base) => linear(base, longest)],
    ['fixed', (base) => fixed(base)],
    ['fibonacci', (base) => fibonacci(base)],
    ['decorrelated', (base) => decorrelated(base)],
    ['immediate', () => immediate],
    ['custom', () => custom('doubling', ({ retry }) => Math.min(2 ** retry, Number.MAX_VALUE))]
  ]

  const spreads = [
    [0.5, 'full'],
    [100, 'equal'],
    [longest, 0],
    [longest, 0.5]
  ] as const

  it.each(forever)('attempts 1..5000 of %s -> finite whole numbers, with every jitter', (_, backoff) => {
    const outcome = { _tag: 'Failed', error: 'x' } as const
    for (const [base, jitter] of spreads) {
      const decide = step(pipe(backoff(base), withJitter(jitter)))
      let state = initialState
      for (let attempt = 1; attempt <= 5000; attempt++) {
        const next = decide(state, { outcome, elapsed: attempt, random: (attempt % 8) / 8 })
        const { decision } = next
        if (decision._tag !== 'Retry' || !Number.isSafeInteger(decision.delay) || decision.delay < 0) {
          throw new Error(`attempt ${attempt} of ${base}, ${jitter}: ${fc.stringify(decision)}`)
        }
        state = next.state
      }
    }
  })
})

describe('step', () => {
  law('its state is plain JSON: what was stored goes on the same', [policies, histories], (a, history) => {
    const decide = step(a)
    for (const { attempted, elapsed, before, decision, after } of run(a, history)) {
      const stored = JSON.parse(JSON.stringify(before)) as StepState
      const again = decide(stored, { ...attempted, elapsed })
      if (fc.stringify(again) !== fc.stringify({ decision, state: after }))
        return fc.stringify([again, { decision, after }])
    }
    return undefined
  })

  law('it is pure: frozen in, the same out, twice', [policies, histories], (a, history) => {
    const decide = step(freeze(a))
    for (const { attempted, elapsed, before, decision, after } of run(a, history)) {
      const input = freeze({ ...attempted, elapsed })
      const [one, other] = [decide(freeze(before), input), decide(freeze(before), input)]
      const text = fc.stringify({ decision, state: after })
      if (fc.stringify(one) !== text || fc.stringify(other) !== text) return fc.stringify([one, other])
    }
    return undefined
  })

  law(
    'it keeps the cause by identity; giving up leaves the state as it was',
    [policies, histories],
    (a, history) =>
      unless(
        run(a, history).every(
          ({ decision, attempted, before, after }) =>
            decision._tag !== 'Accept' &&
            decision.cause === attempted.outcome &&
            (decision._tag === 'Retry' || before === after)
        ),
        () => 'another cause, or another state'
      )
  )
})

describe('a schedule that stopped', () => {
  const slow = longest

  /** Would come back after its stop, if it were asked again. */
  const comesBack = fc
    .tuple(fc.nat(5), fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }))
    .map(([first, pattern]) => ({
      first,
      policy: custom('comesBack', ({ retry }) =>
        retry === first || (retry > first && pattern[retry % pattern.length]) ? 'stop' : 10
      )
    }))

  law('stays stopped inside either', [comesBack, failures], ({ first, policy }, history) => {
    const waits = run(pipe(policy, either(fixed(slow))), history).map(
      ({ decision }) => decision._tag === 'Retry' && decision.delay
    )
    return unless(
      waits.every((wait, i) => wait === (i < first ? 10 : slow)),
      () => fc.stringify(waits)
    )
  })
})

describe('simulate', () => {
  law('the same seed, the same decisions', [policies, histories, fc.maxSafeInteger()], (a, history, seed) => {
    const outcomes = history.map(({ outcome, duration }) => ({ ...outcome, duration }))
    return unless(
      fc.stringify(simulate(a, outcomes, seed)) === fc.stringify(simulate(a, outcomes, seed)),
      () => 'other decisions'
    )
  })

  law('is what stepping by hand gives', [policies, histories, fc.maxSafeInteger()], (a, history, seed) => {
    const random = seededRandom(seed)
    const drawn: ReadonlyArray<Attempted> = history.map((attempted) => ({ ...attempted, random: random() }))
    const outcomes = history.map(({ outcome, duration }) => ({ ...outcome, duration }))
    const steps = run(a, drawn).map(({ decision, elapsed }, i) => ({ ...decision, attempt: i + 1, elapsed }))
    const simulated = simulate(a, outcomes, seed).map((each) => {
      const cause = each._tag === 'Accept' ? undefined : each.cause
      // Simulated outcomes say how long they took.
      const { duration: _, ...plain } = cause as { readonly duration?: number }
      return { ...each, cause: plain }
    })
    return unless(fc.stringify(simulated) === fc.stringify(steps), () => fc.stringify([simulated, steps]))
  })
})
