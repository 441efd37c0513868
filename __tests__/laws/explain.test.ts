/** What is said of a policy before it runs, against what it does. */
import * as fc from 'fast-check'
import {
  explain,
  ExplanationShow,
  limitElapsed,
  limitRetries,
  lint,
  PolicyShow,
  type RetryPolicy
} from 'reprise'
import { matches, toCondition } from '../../src/policy/Condition.js'
import { implies } from '../../src/policy/implies.js'
import { neverStops } from '../../src/policy/neverStops.js'
import { tabulate } from '../../src/policy/tabulate.js'
import {
  conditions,
  countedPipes,
  dataPolicies,
  errors,
  insert,
  policies,
  times
} from '../support/arbitraries.js'
import { law, run, type Ran, unless } from '../support/law.js'

const highest = 1 - 2 ** -53

/** Draws for the waits of a call: the ends mostly, and anything between. */
const draws = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(0, highest) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) }
  ),
  { minLength: 8, maxLength: 8 }
)

/** Attempts that fail at once, in a way that no condition judges. */
const failing = (policy: RetryPolicy, randoms: ReadonlyArray<number>): ReadonlyArray<Ran> =>
  run(
    policy,
    randoms.map((random) => ({
      outcome: { _tag: 'Rejected', value: 1, reasons: ['no'] },
      duration: 0,
      random
    }))
  )

/** Caps scale, which rounds. */
const nearly = 1 + 2 ** -49

/** Where a call leaves the table; `undefined` if it does not. */
const outside = (policy: RetryPolicy, randoms: ReadonlyArray<number>): string | undefined => {
  const { waits, more } = tabulate(policy, 6)
  for (const [i, { decision, elapsed }] of failing(policy, randoms).entries()) {
    if (decision._tag !== 'Retry') return undefined
    const { from, to, delay } = decision
    // Limit: calls of more than 2^53 - 1 ms are not timed to the millisecond.
    if (elapsed + delay > Number.MAX_SAFE_INTEGER) return undefined
    const row = waits[i]
    if (row === undefined) return i === waits.length && more ? undefined : `no row ${i + 1}`
    if (from * nearly < row.from || to > row.to * nearly) {
      return `[${from}, ${to}] is not in [${row.from}, ${row.to}] of row ${i + 1}`
    }
    if (elapsed + delay > row.latest) return `row ${i + 1} starts at ${elapsed + delay}, after ${row.latest}`
  }
  return undefined
}

describe('the table of explain', () => {
  law('policies without functions: the rows hold, whatever is drawn', [dataPolicies, draws], outside)

  // What depends on draws in ways of its own is the limit of the table.
  const regular = policies.filter((policy) => !/custom|"drop"|"saw"|"mirror"/.test(PolicyShow.show(policy)))

  law('all but custom schedules and tangled waits: the rows hold as well', [regular, draws], outside)

  law('a limit of time: no row starts later', [regular, times], (policy, max) =>
    unless(
      tabulate(limitElapsed(max)(policy), 6).waits.every(({ latest }) => latest <= max),
      () => 'a later row'
    )
  )

  const counted = countedPipes
    .map((steps) => insert(steps, limitRetries(5), 4))
    .filter((policy) => !PolicyShow.show(policy).includes('decorrelated'))

  law('where no draw decides, the rows are the very windows', [counted, draws], (policy, randoms) => {
    const decisions = failing(policy, randoms).map(({ decision }) => decision)
    const windows = decisions.flatMap((each) => (each._tag === 'Retry' ? [[each.from, each.to]] : []))
    const rows = tabulate(policy, 8).waits.map(({ from, to }) => [from, to])
    return unless(
      fc.stringify(rows) === fc.stringify(windows),
      () => `${fc.stringify(rows)}, not ${fc.stringify(windows)}`
    )
  })
})

describe('explain', () => {
  law('every policy: sentences, plain data and a text', [policies], (policy) => {
    const explanation = explain(policy, 2)
    const sentences = explanation.words.every(
      (each) => /^[A-Z].*\.$/s.test(each) && !each.includes('undefined')
    )
    const plain = fc.stringify(JSON.parse(JSON.stringify(explanation))) === fc.stringify(explanation)
    return unless(sentences && plain && ExplanationShow.show(explanation) !== '', () =>
      fc.stringify(explanation)
    )
  })
})

describe('neverStops', () => {
  law('is right where it says so', [policies, draws], (policy, randoms) =>
    unless(
      !neverStops(policy, 'main') ||
        failing(policy, randoms).every(({ decision }) => decision._tag === 'Retry'),
      () => 'it stops'
    )
  )
})

describe('lint', () => {
  law('every policy: sentences; under a limit, it stops', [policies, fc.boolean()], (policy, isLimited) => {
    const warnings = lint(isLimited ? limitRetries(3)(policy) : policy)
    const ends = ['never-stops', 'hot-loop']
    return unless(
      warnings.every(
        ({ rule, message }) =>
          /^\S.*\.$/s.test(message) && !message.includes('undefined') && !(isLimited && ends.includes(rule))
      ),
      () => fc.stringify(warnings)
    )
  })
})

describe('implies', () => {
  law(
    'an error that matches the one matches one of the others',
    [conditions, fc.array(conditions, { maxLength: 2 }), errors],
    (a, others, error) => {
      const context = { attempt: 1, elapsed: 0, name: '', args: [], previousDelay: undefined }
      const [one, all] = [toCondition('a', a), others.map((each) => toCondition('b', each))]
      const holds =
        !implies(one, all) ||
        !matches(one, error, context) ||
        all.some((each) => matches(each, error, context))
      return unless(holds, () => 'it does not')
    }
  )
})
