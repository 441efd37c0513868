/**
 * The arithmetic of windows. A schedule answers with a window of waits [from, to] and the latest moment at which a wait may
 * end; randomness is one draw from it, made later. So everything here is deterministic.
 *
 * Windows are changed in place, one of the few mutations of the library: a decision makes one, in its `Frame`, which nobody
 * else sees until it is made. A new window for each change took longer than all the rest of a decision, since V8 boxes every
 * number in it.
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
  readonly floor?: number
  /** The longest hint that the window contains. */
  readonly hint?: number
}

/** A window that may be changed still. */
export type Draft = Mutable<Window>

/** What belongs to one place, which may change it. */
export type Mutable<A> = { -readonly [K in keyof A]: A[K] }

/** Moves both ends to one wait, of any length. */
export const exactly = (self: Draft, wait: number): undefined => {
  self.from = self.to = Math.min(wait, longest)
}

/** Moves the ends to finite waits, saturated at the longest time that is counted exactly. */
export const within = (self: Draft, from: number, to: number): undefined => {
  // A ratio of equals is exactly 1, so one exact wait stays one.
  self.from = to > longest ? longest * (from / to) : from
  self.to = Math.min(to, longest)
}

const merge =
  (more: typeof Math.max, less: typeof Math.max) =>
  (self: Draft, other: Window): undefined => {
    self.from = more(self.from, other.from)
    self.to = more(self.to, other.to)
    self.latest = less(self.latest, other.latest)
    // A field less where there is nothing to keep: V8 would need more room.
    if (self.floor || other.floor) self.floor = more(self.floor ?? 0, other.floor ?? 0)
    if (self.hint || other.hint) self.hint = more(self.hint ?? 0, other.hint ?? 0)
  }

/** Makes it the longer of two windows, end by end, with the earlier `latest`. */
export const longer = /* #__PURE__ */ merge(Math.max, Math.min)

/** Makes it the shorter of two windows, end by end, with the later `latest`. */
export const shorter = /* #__PURE__ */ merge(Math.min, Math.max)

/** Spreads a window by jitter. */
export const spread = (self: Draft, jitter: Jitter): undefined => {
  const { from, to } = self
  if (typeof jitter === 'number') within(self, from * (1 - jitter), to * (1 + jitter))
  else self.from = jitter === 'full' ? 0 : to / 2
}

/** Moves a window so that it starts no earlier than a hint, and keeps its spread. */
export const raise = (self: Draft, hint: number): undefined => {
  const { from, to } = self
  self.from = Math.max(from, hint)
  self.to = self.from + (to - from)
  self.floor = Math.max(self.floor ?? 0, hint)
  self.hint = Math.max(self.hint ?? 0, hint)
  cap(self, longest)
}

/** Cuts off what is below `min`. */
export const lift = (self: Draft, min: number): undefined => {
  self.from = Math.max(self.from, min)
  self.to = Math.max(self.to, min)
  self.floor = Math.max(self.floor ?? 0, min)
}

/** Scales the part of a window above its floor so that it ends at `max` at the latest. */
export const cap = (self: Draft, max: number): undefined => {
  const { from, to } = self
  if (to <= max) return
  // `mapDelay`, and jitter after it, may have undone the floor.
  const floor = Math.min(self.floor ?? 0, from, max)
  // Counted down from `max`, so that rounding does not spread one exact wait.
  self.from = Math.max(floor, max - (max - floor) * ((to - from) / (to - floor)))
  self.to = max
  if (self.floor) self.floor = floor
}

/** Gives the wait that a uniform `u` in [0, 1) draws from a window, before rounding. */
export const draw = (self: Window, u: number): number => self.from + u * (self.to - self.from)
