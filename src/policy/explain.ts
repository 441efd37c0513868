/** What a colleague would say who has read a policy: words, and a table of its waits. */
import type { Show } from 'fp-ts/lib/Show.js'
import { wholeNumber } from './argument.js'
import { bounds } from './bounds.js'
import { choices } from './choices.js'
import { describeJudgement, describeResults, describeSchedule, sentence } from './describe.js'
import { errorsThat, listed } from './describeCondition.js'
import { formatDuration } from './formatDuration.js'
import { greatest } from './greatest.js'
import { neverStops } from './neverStops.js'
import { type AnyPolicy, toPolicy } from './RetryPolicy.js'
import { tabulate, type WaitTable } from './tabulate.js'

// --- model

/**
 * The waits if all failures are such that a `when` chooses its own schedule for them; `errors` says which, in words.
 *
 * @category model
 * @since 0.2.0
 */
export interface ChosenTable extends WaitTable {
  readonly errors: string
}

/**
 * A policy in words and numbers; plain JSON data. The table is that of the main schedule, without hints.
 *
 * @category model
 * @since 0.2.0
 */
export interface Explanation extends WaitTable {
  /** Short sentences, in an order that reads well. */
  readonly words: ReadonlyArray<string>
  /** A table for each `when`. */
  readonly chosen: ReadonlyArray<ChosenTable>
}

// --- reading

/**
 * Explains a policy before it runs: what it retries, how long it waits and when it stops, in words; and a table of the waits
 * before the first `retries` retries if all attempts fail.
 *
 * A row holds whatever is drawn; under a limit of time, those of `decorrelated` may be wider than that. *Gotcha*: hints such as
 * `Retry-After` are in no row; and where waits depend on earlier ones in ways of their own (a `custom` schedule, `mapDelay`
 * over `decorrelated`), a row is made of the lowest and the highest draws.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { explain, exponential, limitRetries, withJitter } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const { words, waits } = explain(pipe(exponential('1s'), withJitter(0.5), limitRetries(2)))
 * assert.equal(words[1], 'Waits 1 s before the first retry, then twice as long each time.')
 * assert.deepEqual(waits, [
 *   { retry: 1, from: 500, to: 1500, latest: 1500 },
 *   { retry: 2, from: 1000, to: 3000, latest: 4500 }
 * ])
 *
 * @category reading
 * @since 0.2.0
 */
export const explain = (policy: AnyPolicy, retries = 10): Explanation => {
  toPolicy('explain: policy', policy)
  wholeNumber('explain: retries', retries, 0)
  const { waits, more } = tabulate(policy, retries)
  return {
    words: [
      ...wordsOf(policy),
      ...(waits.some(({ to }) => to > 0 && to < 1) ? ['Rounds waits down to whole milliseconds.'] : [])
    ],
    waits,
    more,
    chosen: choices(policy).map(({ conditions, policy }) => {
      const { waits, more } = tabulate(policy, retries)
      return { errors: conditions.map((each) => errorsThat(each)).join(' and '), waits, more }
    })
  }
}

const wordsOf = (policy: AnyPolicy): ReadonlyArray<string> => {
  const { delay, retries, totalDelay } = bounds(policy)
  const count = greatest(retries)
  if (count === 0) return ['Makes one attempt, and no retry.', ...describeResults(policy)]
  const attempts =
    count === undefined
      ? neverStops(policy)
        ? 'never stops while failures go on'
        : 'sets no limit to the number of attempts'
      : `makes at most ${count + 1} attempts (${count} ${count === 1 ? 'retry' : 'retries'})`
  const table = tabulate(policy, Math.min(count ?? 10, 100))
  const longest = Math.max(0, ...table.waits.map(({ to }) => to))
  const last = table.waits.at(-1)?.latest ?? 0
  return [
    ...describeJudgement(policy),
    ...describeSchedule(policy),
    sentence(
      attempts +
        waiting(
          rounded(greatest(delay) ?? Infinity, longest, 1),
          rounded(greatest(totalDelay) ?? Infinity, last, count ?? 0)
        )
    ),
    ...(policy.recordFailures === undefined
      ? []
      : [`An error keeps the newest ${policy.recordFailures} failures.`])
  ]
}

/** The highest draws lie just below the end of their windows, and waits are rounded down: people expect the ends. */
const rounded = (bound: number, end: number, by: number): number =>
  end <= bound + by ? Math.max(bound, end) : bound

/** Where no single wait is bounded, all together are not either. */
const waiting = (each: number, all: number): string => {
  const single = each === all ? [] : [`${formatDuration(each)} at a time`]
  const total = all === Infinity ? [] : [`${formatDuration(all)} in all`]
  if (each === 0 || single.length + total.length === 0) return ''
  return `, and waits at most ${listed([...single, ...total], 'and')}`
}

// --- instances

/**
 * Shows an explanation as text: the words, then the tables.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { explain, ExplanationShow, exponential, limitRetries } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const text = ExplanationShow.show(explain(pipe(exponential('1s'), limitRetries(2))))
 * assert.deepEqual(text.split('\n').slice(-3), [
 *   'retry  wait  latest start',
 *   '    1  1 s   1 s',
 *   '    2  2 s   3 s'
 * ])
 *
 * @category instances
 * @since 0.2.0
 */
export const ExplanationShow: Show<Explanation> = {
  show: ({ words, chosen, ...main }) =>
    [
      ...words,
      ...tableOf(main),
      ...chosen.flatMap(({ errors, ...table }) => ['', sentence(`For ${errors}`), ...tableOf(table)])
    ].join('\n')
}

const tableOf = ({ waits, more }: WaitTable): ReadonlyArray<string> => {
  const cells = [
    ['retry', 'wait', 'latest start'] as const,
    ...waits.map(
      ({ retry, from, to, latest }) =>
        [
          String(retry),
          from === to ? formatDuration(to) : `${formatDuration(from)} to ${formatDuration(to)}`,
          formatDuration(latest)
        ] as const
    )
  ]
  const count = Math.max(...cells.map(([a]) => a.length))
  const wait = Math.max(...cells.map(([, b]) => b.length))
  const rows = cells.map(([a, b, c]) => `${a.padStart(count)}  ${b.padEnd(wait)}  ${c}`)
  if (waits.length === 0) return more ? [] : ['', 'No retry.']
  return ['', ...rows, ...(more ? ['and so on'] : [])]
}
