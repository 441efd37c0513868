/**
 * A slow and obvious circuit breaker, to hold the real one against: it keeps every call of a period in a list, counts anew
 * each time, and compares ratios as fractions of whole numbers.
 */
import * as fc from 'fast-check'
import { type CircuitBreakerOptions, delays } from 'reprise'

// --- settings

/** A ratio as a fraction. */
type Fraction = readonly [number, number]

export interface Settings {
  readonly window: { readonly last: number } | { readonly within: number } | { readonly inARow: number }
  readonly failureRatio: Fraction
  readonly slowRatio: Fraction
  readonly slowAfter: number
  readonly minimum: number
  readonly trials: number
  /** Open times, the last of which repeats. */
  readonly openTimes: ReadonlyArray<number>
}

const fractions = fc
  .integer({ min: 1, max: 12 })
  .chain((den) => fc.nat(den - 1).map((num): Fraction => [num, den]))

export const settings: fc.Arbitrary<Settings> = fc
  .record({
    window: fc.oneof(
      fc.record({ last: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ within: fc.constantFrom(10, 100, 370) }),
      fc.record({ inARow: fc.integer({ min: 1, max: 5 }) })
    ),
    failureRatio: fractions,
    slowRatio: fractions,
    slowAfter: fc.constantFrom(0, 10, 60),
    minimum: fc.integer({ min: 1, max: 8 }),
    trials: fc.integer({ min: 1, max: 5 }),
    openTimes: fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 4 })
  })
  .map((all) => ('last' in all.window ? { ...all, minimum: Math.min(all.minimum, all.window.last) } : all))

export const toOptions = (given: Settings): CircuitBreakerOptions => {
  const { window, failureRatio, slowRatio, slowAfter, minimum, trials } = given
  const openTime = delays(given.openTimes)
  if ('inARow' in window) return { consecutiveFailures: window.inARow, trials, openTime }
  const ratios = {
    failureRatio: failureRatio[0] / failureRatio[1],
    slowRatio: slowRatio[0] / slowRatio[1],
    slowAfter,
    minimumCalls: minimum,
    trials,
    openTime
  }
  return 'last' in window ? { countWindow: window.last, ...ratios } : { timeWindow: window.within, ...ratios }
}

// --- the model

interface Result {
  readonly at: number
  readonly failed: boolean
  readonly slow: boolean
}

export interface Period {
  readonly kind: 'Closed' | 'Open' | 'HalfOpen' | 'Isolated'
  results: ReadonlyArray<Result>
  /** Trials under way. */
  running: number
  readonly until: number
  /** How often it has opened in a row. */
  readonly openings: number
}

export interface Model {
  /** Gives the period that a call belongs to; nothing if it is refused. */
  readonly enter: (now: number) => Period | undefined
  readonly leave: (period: Period, call: { failed: boolean; slow: boolean } | undefined, now: number) => void
  readonly isolate: () => void
  readonly reset: () => void
  /** What a restart does: calls under way are forgotten. */
  readonly restart: () => void
  readonly period: () => Period
  /** The calls that count now. */
  readonly counted: (now: number) => ReadonlyArray<Result>
}

export const breakerModel = (given: Settings): Model => {
  const { window, trials, openTimes, minimum } = given
  const begin = (kind: Period['kind'], more: Partial<Period> = {}): Period => ({
    kind,
    results: [],
    running: 0,
    until: 0,
    openings: 0,
    ...more
  })
  let period = begin('Closed')

  const exceeds = (part: number, all: number, [num, den]: Fraction): boolean => part * den > num * all
  const tooMany = (results: ReadonlyArray<Result>, all: number): boolean =>
    exceeds(results.filter(({ failed }) => failed).length, all, given.failureRatio) ||
    exceeds(results.filter(({ slow }) => slow).length, all, given.slowRatio)

  const counted = (now: number): ReadonlyArray<Result> => {
    const { results } = period
    if (period.kind !== 'Closed') return results
    if ('last' in window) return results.slice(-window.last)
    if ('within' in window) {
      // Tenths of the window, counted from the first call.
      const tenth = (time: number): number => Math.floor((time - results[0]!.at) / (window.within / 10))
      return results.filter(({ at }) => tenth(now) - tenth(at) < 10)
    }
    const successes = results.filter(({ failed }) => !failed)
    return results.slice(results.lastIndexOf(successes[successes.length - 1]!) + 1)
  }

  const open = (openings: number, now: number): void => {
    const openTime = openTimes[Math.min(openings, openTimes.length - 1)]!
    period = begin('Open', { until: now + openTime, openings: openings + 1 })
  }

  return {
    enter: (now) => {
      if (period.kind === 'Open' && now >= period.until)
        period = begin('HalfOpen', { openings: period.openings })
      if (period.kind === 'Closed') return period
      if (period.kind !== 'HalfOpen' || period.running + period.results.length >= trials) return undefined
      period.running += 1
      return period
    },
    leave: (its, call, now) => {
      if (its !== period) return
      if (period.kind === 'HalfOpen') period.running -= 1
      if (call === undefined) return
      period.results = [...period.results, { at: now, ...call }]
      const calls = counted(now)
      if (period.kind === 'Closed') {
        const over =
          'inARow' in window
            ? calls.length >= window.inARow
            : calls.length >= minimum && tooMany(calls, calls.length)
        if (over) open(0, now)
      } else {
        const over = 'inARow' in window ? call.failed : tooMany(calls, trials)
        if (over) open(period.openings, now)
        else if (calls.length === trials) {
          period = begin('Closed', { results: call.failed || call.slow ? [] : [{ at: now, ...call }] })
        }
      }
    },
    isolate: () => {
      if (period.kind !== 'Isolated') period = begin('Isolated')
    },
    reset: () => {
      period = begin('Closed')
    },
    restart: () => {
      period = { ...period, running: 0 }
    },
    period: () => period,
    counted
  }
}
