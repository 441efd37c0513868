/**
 * A log of what was taken in the time just past: exact, at the price of a longer state.
 *
 * It promises: at most the capacity in any stretch of time of that length (not counting its end).
 *
 * The log keeps some 2,000 entries at most. Up to 1,024 of them it is exact; a longer one counts what was taken within a
 * 1,024th of the time as taken at the end of it, which errs on the safe side.
 */
import { type Algorithm, type Rule, slack } from './Rate.js'

// --- model

/** What was taken, oldest first: the older entries from a place on, then the newer ones; and the sum of it. */
export interface SlidingWindow {
  readonly older: ReadonlyArray<Entry>
  readonly from: number
  readonly newer: ReadonlyArray<Entry>
  readonly used: number
}

interface Entry {
  readonly at: number
  readonly amount: number
}

const exact = 1024

// States are never changed, so each entry costs a copy of those that are not yet old.
const mostNewer = 32

const empty: SlidingWindow = { older: [], from: 0, newer: [], used: 0 }

// --- the log

const lengthOf = ({ older, from, newer }: SlidingWindow): number => older.length - from + newer.length

/** Gives the entry of a place in the log; none beyond its end. */
const entryAt = ({ older, from, newer }: SlidingWindow, index: number): Entry | undefined =>
  older[from + index] ?? newer[index - (older.length - from)]

/** Drops what lies behind the window. */
const prune = ({ per }: Rule, state: SlidingWindow, now: number): SlidingWindow => {
  const length = lengthOf(state)
  const last = entryAt(state, length - 1)
  // A pause in which all of it has passed also takes away what rounding has left in the sum.
  if (last === undefined || last.at + per <= now) return empty
  let used = state.used
  let gone = 0
  // Stryker disable next-line ConditionalExpression: the last has not left, so there is always an entry
  for (let entry = entryAt(state, 0); entry !== undefined && entry.at + per <= now;) {
    used -= entry.amount
    gone += 1
    entry = entryAt(state, gone)
  }
  if (gone === 0) return state
  const { older, newer } = state
  const from = state.from + gone
  // Copied once in a while, so that an entry costs the same however many there are.
  return from * 2 < older.length
    ? { older, from, newer, used }
    : { older: older.slice(from), from: 0, newer: newer.slice(Math.max(0, from - older.length)), used }
}

const append = (rule: Rule, before: SlidingWindow, amount: number, now: number): SlidingWindow => {
  const state = prune(rule, before, now)
  const used = state.used + amount
  const { older, from, newer } = state
  const length = lengthOf(state)
  const last = entryAt(state, length - 1)
  const at = Math.max(last?.at ?? now, now)
  const joins =
    last !== undefined && (at === last.at || (length >= exact && slotOf(rule, at) === slotOf(rule, last.at)))
  if (joins) return { ...replaced(state, length - 1, { at, amount: last.amount + amount }), used }
  return newer.length < mostNewer
    ? { older, from, newer: [...newer, { at, amount }], used }
    : { older: [...older.slice(from), ...newer], from: 0, newer: [{ at, amount }], used }
}

const slotOf = ({ per }: Rule, at: number): number => Math.floor((at * exact) / per)

const replaced = (state: SlidingWindow, index: number, entry: Entry): SlidingWindow => {
  const { older, from, newer } = state
  const isOlder = from + index < older.length
  const copy = isOlder ? older.slice() : newer.slice()
  copy[isOlder ? from + index : index - (older.length - from)] = entry
  return isOlder ? { ...state, older: copy } : { ...state, newer: copy }
}

const refund = (
  rule: Rule,
  before: SlidingWindow,
  amount: number,
  at: number,
  now: number
): SlidingWindow => {
  const state = prune(rule, before, now)
  // What has left the window already is not counted any more.
  if (at + rule.per <= now) return state
  let index = lengthOf(state) - 1
  while ((entryAt(state, index - 1)?.at ?? -Infinity) >= at) index -= 1
  const entry = entryAt(state, index)
  if (entry === undefined || entry.at < at) return state
  const back = Math.min(amount, entry.amount)
  return {
    ...replaced(state, index, { at: entry.at, amount: entry.amount - back }),
    used: state.used - back
  }
}

// --- the rule

/** The rule as transitions. */
export const slidingWindow: Algorithm<SlidingWindow> = {
  start: () => empty,
  readyAt: ({ capacity, per }, state, amount) => {
    let over = state.used + amount - capacity
    let at = -Infinity
    for (let i = 0; over > capacity * slack; i++) {
      const entry = entryAt(state, i)
      if (entry === undefined) break
      over -= entry.amount
      at = entry.at + per
    }
    return at
  },
  take: append,
  settle: (rule, state, { amount, at }, used, now) =>
    used < amount
      ? refund(rule, state, amount - used, at, now)
      : used > amount
        ? append(rule, state, used - amount, now)
        : state,
  available: (rule, state, now) => rule.capacity - prune(rule, state, now).used
}
