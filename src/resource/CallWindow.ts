/**
 * What a closed circuit breaker remembers of its calls: failures in a row, the last so many calls, or the calls of the
 * last so many milliseconds. Plain JSON data, and pure.
 *
 * A call is recorded in constant time, though nothing is changed in place: what is written to is a small part of its own
 * (a word of the ring, the newest bucket), and the rest, at most 667 words or 9 buckets, is copied only when that is full.
 */

// --- model

/** Calls that were counted, and how many of them failed and were slow. */
export interface Counts {
  readonly calls: number
  readonly failures: number
  readonly slow: number
}

export type CallWindow = Counts &
  (
    | { readonly _tag: 'row' }
    /** A ring of two bits a call (failed, slow); `word` is the word of `slot`, the next to be written. */
    | {
        readonly _tag: 'count'
        readonly slot: number
        readonly word: number
        readonly words: ReadonlyArray<number>
      }
    /** Buckets, the newest of which began at `from`, and the one before it is the last of `older`. */
    | {
        readonly _tag: 'time'
        readonly from: number | null
        readonly newest: Counts
        readonly older: ReadonlyArray<Counts>
      }
  )

/** Which window to keep: `size` in calls, `width` of a bucket in milliseconds. */
export type WindowKind =
  | { readonly _tag: 'row' }
  | { readonly _tag: 'count'; readonly size: number }
  | { readonly _tag: 'time'; readonly width: number }

/** What a call came to. */
export interface Call {
  readonly failed: boolean
  readonly slow: boolean
}

/** A window of time is made of so many buckets, and so is exact to a tenth of its length. */
export const buckets = 10

// As many calls as fit a word of 30 bits, which V8 keeps without allocating.
const perWord = 15

const zero: Counts = /* #__PURE__ */ Object.freeze({ calls: 0, failures: 0, slow: 0 })

// --- constructors

/** Gives a window without calls. */
export const emptyWindow = (kind: WindowKind): CallWindow => {
  switch (kind._tag) {
    case 'row':
      return { _tag: 'row', ...zero }
    case 'count':
      return { _tag: 'count', ...zero, slot: 0, word: 0, words: Array<number>(wordsIn(kind.size)).fill(0) }
    case 'time':
      return { _tag: 'time', ...zero, from: null, newest: zero, older: [] }
  }
}

/** How many words the ring of a window of `size` calls has. */
export const wordsIn = (size: number): number => Math.ceil(size / perWord)

// --- combinators

/** Gives the window with one call more, and without those that it pushes out. */
export const record = (kind: WindowKind, window: CallWindow, call: Call, now: number): CallWindow => {
  switch (window._tag) {
    case 'row': {
      // Nothing is made for a success after a success.
      const failures = call.failed ? window.failures + 1 : 0
      return failures === window.failures ? window : { _tag: 'row', calls: failures, failures, slow: 0 }
    }
    case 'count':
      return recordInRing(window, sizeOf(kind), call)
    case 'time': {
      const current = expire(kind, window, now)
      const { calls, failures, slow } = add(current, call)
      return {
        _tag: 'time',
        calls,
        failures,
        slow,
        from: current.from ?? now,
        newest: add(current.newest, call),
        older: current.older
      }
    }
  }
}

type Ring = Extract<CallWindow, { readonly _tag: 'count' }>
type Timed = Extract<CallWindow, { readonly _tag: 'time' }>

const recordInRing = (ring: Ring, size: number, call: Call): Ring => {
  const { calls, failures, slow, slot, word, words } = ring
  const shift = 2 * (slot % perWord)
  // What was never written is 0, and so pushes nothing out.
  const old = (word >> shift) & 3
  const bits = Number(call.failed) + 2 * Number(call.slow)
  const written = word ^ ((old ^ bits) << shift)
  const next = (slot + 1) % size
  const full = next % perWord === 0
  const after = full ? replaced(words, Math.floor(slot / perWord), written) : words
  return {
    _tag: 'count',
    calls: Math.min(calls + 1, size),
    failures: failures + (bits & 1) - (old & 1),
    slow: slow + (bits >> 1) - (old >> 1),
    slot: next,
    // A ring has all of its words from the start.
    word: full ? (after[next / perWord] as number) : written,
    words: after
  }
}

const replaced = (words: ReadonlyArray<number>, index: number, word: number): ReadonlyArray<number> => {
  const copy = words.slice()
  copy[index] = word
  return copy
}

/** Gives a window of time without what is too old by now; any other as it is. */
export const expire = <W extends CallWindow>(kind: WindowKind, window: W, now: number): W =>
  // The compiler cannot follow that what goes in as a window of time comes out as one.
  window._tag === 'time' ? (rotate(window, widthOf(kind), now) as typeof window) : window

const rotate = (window: Timed, width: number, now: number): Timed => {
  const { from, newest, older } = window
  const began = from ?? now
  const steps = Math.floor((now - began) / width)
  if (steps <= 0) return window
  const empty = Array<Counts>(Math.min(steps, buckets) - 1).fill(zero)
  const kept = [...older, newest, ...empty].slice(1 - buckets)
  return { _tag: 'time', ...total(kept), from: began + steps * width, newest: zero, older: kept }
}

/** Gives the window as it is on a clock that shows `by` milliseconds more. */
export const shiftWindow = (window: CallWindow, by: number): CallWindow =>
  window._tag === 'time' && window.from !== null ? { ...window, from: window.from + by } : window

const add = (counts: Counts, { failed, slow }: Call): Counts => ({
  calls: counts.calls + 1,
  failures: counts.failures + Number(failed),
  slow: counts.slow + Number(slow)
})

/** Gives the sum of some counts. */
export const total = (all: ReadonlyArray<Counts>): Counts =>
  all.reduce(
    (sum, { calls, failures, slow }) => ({
      calls: sum.calls + calls,
      failures: sum.failures + failures,
      slow: sum.slow + slow
    }),
    zero
  )

/**
 * Gives the ring of so many calls that these words hold, the word of `slot` apart: what it counts is counted anew, and what
 * was never written is cleared, so that nothing is pushed out that was not there.
 */
export const toRing = (
  words: ReadonlyArray<number>,
  slot: number,
  word: number,
  calls: number
): CallWindow => {
  const index = Math.floor(slot / perWord)
  const cleared = (bits: number, i: number): number => bits & (4 ** within(calls - i * perWord) - 1)
  const all = words.map(cleared)
  const current = cleared(word, index)
  const pairs = replaced(all, index, current).flatMap((bits) =>
    Array.from({ length: perWord }, (_, place) => (bits >> (2 * place)) & 3)
  )
  return {
    _tag: 'count',
    calls,
    failures: pairs.filter((pair) => (pair & 1) === 1).length,
    slow: pairs.filter((pair) => pair > 1).length,
    slot,
    word: current,
    words: all
  }
}

const within = (places: number): number => Math.max(0, Math.min(places, perWord))

// A window is only ever used with the kind that it was made of.
const sizeOf = (kind: WindowKind): number => (kind as Extract<WindowKind, { _tag: 'count' }>).size
const widthOf = (kind: WindowKind): number => (kind as Extract<WindowKind, { _tag: 'time' }>).width
