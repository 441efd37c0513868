import * as fc from 'fast-check'
import { type Bound, type Bounds, bounds, type RetryPolicy } from 'reprise'
import {
  type Attempted,
  dataPolicies,
  errors,
  histories,
  policies,
  schedules
} from '../support/arbitraries.js'
import { law, run, unless } from '../support/law.js'
import { lastDraw, reaches, waitsFarOut } from '../support/reached.js'

const figures = ['retries', 'totalDelay', 'delay'] as const

const most = (bound: Bound): number =>
  bound === 'unbounded' ? Infinity : typeof bound === 'number' ? bound : bound.atMost

/** What the retries of a history come to. */
const figuresOf = (policy: RetryPolicy, history: ReadonlyArray<Attempted>): Record<keyof Bounds, number> => {
  const waits = run(policy, history).flatMap(({ decision }) =>
    decision._tag === 'Retry' ? [decision.delay] : []
  )
  return {
    retries: waits.length,
    totalDelay: waits.reduce((sum, wait) => sum + wait, 0),
    delay: Math.max(0, ...waits)
  }
}

/** Where a history exceeds a bound; `undefined` if it does not. */
const exceeds = (policy: RetryPolicy, history: ReadonlyArray<Attempted>): string | undefined => {
  const [found, allowed] = [figuresOf(policy, history), bounds(policy)]
  const over = figures.filter((figure) => found[figure] > most(allowed[figure]))
  return unless(over.length === 0, () =>
    over.map((figure) => `${figure}: ${found[figure]} > ${JSON.stringify(allowed[figure])}`).join()
  )
}

const draws = fc.constantFrom(0, 0.5, lastDraw)

/** Attempts that take no time, first of one failure and then of another, with draws at the edges. */
const stubborn: fc.Arbitrary<ReadonlyArray<Attempted>> = fc
  .record({
    first: errors,
    second: errors,
    at: fc.nat(20),
    draws: fc.array(draws, { minLength: 1, maxLength: 40 })
  })
  .map(({ first, second, at, draws }) =>
    draws.map((random, i) => ({
      outcome: { _tag: 'Failed', error: i < at ? first : second },
      duration: 0,
      random
    }))
  )

const kinds = { schedules, policies, dataPolicies }

describe.each(Object.entries(kinds))('bounds of %s', (_, kind) => {
  law(
    'no history exceeds them',
    [kind, histories, stubborn],
    (policy, any, edges) => exceeds(policy, any) ?? exceeds(policy, edges)
  )

  law('a history reaches what is exact', [kind], (policy) => {
    const allowed = bounds(policy)
    const missed = figures.filter((figure) => {
      const bound = allowed[figure]
      return typeof bound === 'number' && !reaches(policy, figure, bound)
    })
    return unless(missed.length === 0, () =>
      missed.map((figure) => `${figure}: ${JSON.stringify(allowed[figure])} is not reached`).join()
    )
  })
})

law('without functions, what has no bound in retries goes on after 2^52 of them', [dataPolicies], (policy) =>
  unless(bounds(policy).retries !== 'unbounded' || waitsFarOut(policy, 'least').length > 0, () => 'it stops')
)
