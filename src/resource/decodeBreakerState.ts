/** Reading what a circuit breaker has saved: nothing in it is trusted, and sums are made anew. */
import type { Either } from 'fp-ts/lib/Either.js'
import { isWithin } from '../policy/argument.js'
import { longest } from '../policy/Duration.js'
import { print } from '../policy/print.js'
import type { StepState } from '../policy/step.js'
import type { BreakerPlan } from './BreakerOptions.js'
import type { BreakerState } from './BreakerState.js'
import { buckets, type CallWindow, type Counts, toRing, total, wordsIn } from './CallWindow.js'

/**
 * Gives the state of a breaker that was saved, as a deep copy; a `Left` names the place, what was expected there, and the
 * value. It has to fit the options: a ring of 20 calls does not fit a window of 10.
 */
export const decodeBreakerState = (plan: BreakerPlan, saved: unknown): Either<string, BreakerState> => {
  try {
    return { _tag: 'Right', right: readState(plan, at('state', plain(saved))) }
  } catch (error) {
    // Only `wrong` throws here, an error: what is read is plain JSON data.
    return { _tag: 'Left', left: (error as Error).message }
  }
}

// Getters, cycles, and whatever else is no data, end here.
const plain = (saved: unknown): unknown => {
  try {
    const text: unknown = JSON.stringify(saved)
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return wrong('state', 'plain JSON data', saved)
  }
}

// --- places

/** A value, and where it stands. */
interface Place {
  readonly path: string
  readonly value: unknown
}

const at = (path: string, value: unknown): Place => ({ path, value })

const wrong = (path: string, expected: string, value: unknown): never => {
  throw new Error(`${path}: expected ${expected}, got ${print(value)}`)
}

const key = ({ path, value }: Place, name: string): Place =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? at(`${path}.${name}`, (value as Readonly<Record<string, unknown>>)[name])
    : wrong(path, 'an object', value)

const list = ({ path, value }: Place, most: number): ReadonlyArray<Place> =>
  Array.isArray(value) && value.length <= most
    ? value.map((each: unknown, i) => at(`${path}.${i}`, each))
    : wrong(path, `a list of at most ${most}`, value)

const whole = ({ path, value }: Place, most = longest): number =>
  Number.isInteger(value) && isWithin(value, most)
    ? value
    : wrong(path, `a whole number from 0 to ${most}`, value)

const numberIn = ({ path, value }: Place, least: number, most: number): number =>
  typeof value === 'number' && value >= least && value <= most
    ? value
    : wrong(path, `a number from ${least} to ${most}`, value)

const orNull = <A>(place: Place, read: (place: Place) => A): A | null =>
  place.value === null ? null : read(place)

// --- states

const readState = (plan: BreakerPlan, state: Place): BreakerState => {
  const period = whole(key(state, 'period'))
  const tag = key(state, '_tag')
  switch (tag.value) {
    case 'Closed':
      return { _tag: 'Closed', period, window: readWindow(plan, key(state, 'window')) }
    case 'Open': {
      const until = numberIn(key(state, 'until'), -longest, longest)
      return { _tag: 'Open', period, until, backoff: readBackoff(key(state, 'backoff')) }
    }
    case 'HalfOpen': {
      // One more, and it would be closed or open; and what was under way does not come back.
      const counts = readCounts(state, plan.trials - 1)
      return { _tag: 'HalfOpen', period, running: 0, ...counts, backoff: readBackoff(key(state, 'backoff')) }
    }
    case 'Isolated':
      return { _tag: 'Isolated', period }
    default:
      return wrong(tag.path, "'Closed', 'Open', 'HalfOpen' or 'Isolated'", tag.value)
  }
}

const readCounts = (place: Place, most: number): Counts => {
  const calls = whole(key(place, 'calls'), most)
  return { calls, failures: whole(key(place, 'failures'), calls), slow: whole(key(place, 'slow'), calls) }
}

const readBackoff = (place: Place): StepState => ({
  retry: whole(key(place, 'retry')),
  slept: numberIn(key(place, 'slept'), 0, Number.MAX_VALUE),
  drawn: orNull(key(place, 'drawn'), (drawn) => numberIn(drawn, 0, longest)),
  delay: orNull(key(place, 'delay'), (delay) => whole(delay)),
  memory: list(key(place, 'memory'), 1000).map(({ value }) => value)
})

// --- windows

const readWindow = ({ window: kind, least }: BreakerPlan, place: Place): CallWindow => {
  const tag = key(place, '_tag')
  if (tag.value !== kind._tag) wrong(tag.path, print(kind._tag), tag.value)
  switch (kind._tag) {
    case 'row': {
      const failures = whole(key(place, 'failures'), least - 1)
      return { _tag: 'row', calls: failures, failures, slow: 0 }
    }
    case 'count':
      return readRing(place, kind.size)
    case 'time': {
      const older = list(key(place, 'older'), buckets - 1).map((each) => readCounts(each, longest))
      const newest = readCounts(key(place, 'newest'), longest)
      const from = orNull(key(place, 'from'), (begin) => numberIn(begin, -longest, 0))
      return { _tag: 'time', ...total([...older, newest]), from, newest, older }
    }
  }
}

const word = (place: Place): number => whole(place, 2 ** 30 - 1)

const readRing = (place: Place, size: number): CallWindow => {
  const { path, value } = key(place, 'words')
  const words = list(at(path, value), wordsIn(size)).map(word)
  if (words.length !== wordsIn(size)) wrong(path, `${wordsIn(size)} words, for ${size} calls`, value)
  const slot = whole(key(place, 'slot'), size - 1)
  const calls = whole(key(place, 'calls'), size)
  // Until the ring has come round, the next call stands where the calls end.
  if (calls < size && calls !== slot) wrong(`${place.path}.calls`, `${slot} or ${size}`, calls)
  return toRing(words, slot, word(key(place, 'word')), calls)
}
