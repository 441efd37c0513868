/** Leaps of a policy that has been turned over a few times, and what they come to in short. */
import type { RetryPolicy } from 'reprise'
import type { Cause } from '../../src/policy/Failure.js'
import { type Leap, leap } from '../../src/policy/leap.js'
import { type Place, turn, type Turn } from '../../src/policy/Place.js'
import { initialState, planOf } from '../../src/policy/step.js'
import { type Terrain, terrainOf } from '../../src/policy/Terrain.js'

const x: Cause<unknown, unknown> = { _tag: 'Failed', error: { _tag: 'X' } }

/** Where every call begins. */
export const start: Place = {
  low: initialState,
  high: initialState,
  lowReached: true,
  highReached: true,
  filled: true
}

/** Leaps after so many turns, from a place that may be known less of. */
export const leapOf = (
  policy: RetryPolicy,
  turns: number,
  rough: number,
  known: Partial<Place> = {}
): Leap | undefined => {
  const plan = planOf(policy)
  // One kind of failure, and waits that do not both grow and shrink.
  const terrain = terrainOf(policy, plan, [x]) as Terrain
  let [before, place] = [start, start]
  for (let i = 0; i < turns; i++) {
    // It goes on for so long.
    ;[before, place] = [place, (turn(plan, place, x, terrain.drifting) as Turn).to]
  }
  return leap(terrain, before, { ...place, ...known }, rough)
}

/** The retries after a leap, the least and the most time slept, the longest wait, and what of all that is reached. */
export type Row = [string, RetryPolicy, number, number, number, number, string]

export const inShort = (made: Leap | undefined) =>
  made && [
    made.to.low.retry,
    made.to.low.slept,
    made.to.high.slept,
    made.longest,
    [
      made.to.lowReached && 'least',
      made.to.highReached && 'most',
      made.to.filled && 'all between',
      made.longestReached && 'longest'
    ]
      .filter(Boolean)
      .join(', ')
  ]

/** All that there is to reach. */
export const all = 'least, most, all between, longest'
