/**
 * The arithmetic of windows. A schedule answers with a window of waits [from, to] and the latest moment at which a wait may
 * end; randomness is one draw from it, made later. So everything here is deterministic.
 *
 * Laws: `longer` and `shorter` are join and meet of a distributive lattice; `lift` commutes with both, and so does `spread`
 * below saturation. Scaling is not monotone: a window that reaches further beyond a `cap` starts earlier.
 */
import { longest } from './Duration.js'
import type { Jitter } from './RetryPolicy.js'

/** Times in milliseconds; `latest` counts from the start of the call. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly latest: number
  /** What the window never goes below: a cap scales only what is above. */
  readonly floor: number
  /** The longest hint that the window contains; 0 for none. */
  readonly hint: number
}

/** Gives the window of one exact wait, of any length. */
export const exactly = (wait: number): Window => within(Math.min(wait, longest), Math.min(wait, longest))

/** Gives the window [from, to] of finite waits, saturated at the longest time that is counted exactly. */
export const within = (from: number, to: number): Window => ({
  // A ratio of equals is exactly 1, so one exact wait stays one.
  from: to > longest ? longest * (from / to) : from,
  to: Math.min(to, longest),
  latest: Infinity,
  floor: 0,
  hint: 0
})

/** The longer of two windows, end by end, and the earlier `latest`. */
export const longer = (a: Window, b: Window): Window => ({
  from: Math.max(a.from, b.from),
  to: Math.max(a.to, b.to),
  latest: Math.min(a.latest, b.latest),
  floor: Math.max(a.floor, b.floor),
  hint: Math.max(a.hint, b.hint)
})

/** The shorter of two windows, end by end, and the later `latest`. */
export const shorter = (a: Window, b: Window): Window => ({
  from: Math.min(a.from, b.from),
  to: Math.min(a.to, b.to),
  latest: Math.max(a.latest, b.latest),
  floor: Math.min(a.floor, b.floor),
  hint: Math.min(a.hint, b.hint)
})

/** Spreads a window by jitter. */
export const spread = (self: Window, jitter: Jitter): Window => {
  const { from, to } =
    jitter === 'full'
      ? within(0, self.to)
      : jitter === 'equal'
        ? within(self.to / 2, self.to)
        : within(self.from * (1 - jitter), self.to * (1 + jitter))
  return { ...self, from, to }
}

/** Moves a window so that it starts no earlier than a hint, and keeps its spread. */
export const raise = (self: Window, hint: number): Window => {
  const from = Math.max(self.from, hint)
  return cap(
    {
      ...self,
      from,
      to: from + (self.to - self.from),
      floor: Math.max(self.floor, hint),
      hint: Math.max(self.hint, hint)
    },
    longest
  )
}

/** Cuts off what is below `min`. */
export const lift = (self: Window, min: number): Window => ({
  ...self,
  from: Math.max(self.from, min),
  to: Math.max(self.to, min),
  floor: Math.max(self.floor, min)
})

/** Scales the part of a window above its floor so that it ends at `max` at the latest. */
export const cap = (self: Window, max: number): Window => {
  if (self.to <= max) return self
  // `mapDelay`, and jitter after it, may have undone the floor.
  const floor = Math.min(self.floor, self.from, max)
  // Counted down from `max`, so that rounding does not spread one exact wait.
  const below = (max - floor) * ((self.to - self.from) / (self.to - floor))
  return { ...self, from: Math.max(floor, max - below), to: max, floor }
}

/** Gives the wait that a uniform `u` in [0, 1) draws from a window, before rounding. */
export const draw = (self: Window, u: number): number => self.from + u * (self.to - self.from)
