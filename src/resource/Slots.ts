/**
 * Limits with their states, from which all that is asked for is taken, or nothing. What changes a slot is here: the cell of a
 * set keeps its slots, shared limits make some for one computation.
 */
import type { LimitExceeded } from '../action/ResourceError.js'
import { algorithms, type Limit } from './Limit.js'
import type { Asked } from './LimitRequest.js'
import { places } from './Places.js'
import { type Algorithm, isPast, type Rule } from './Rate.js'

// --- model

/** A limit and its state; without an algorithm if there is no bound. The type of the state is the business of its algorithm. */
export interface Slot {
  readonly rule: Rule
  readonly algorithm: Algorithm<unknown> | undefined
  state: unknown
}

export type Slots = ReadonlyArray<Slot>

/** One for each slot, in their order. */
type Amounts = ReadonlyArray<number>

// --- constructors

/** Makes the slot of a limit of which nothing is taken. */
export const toSlot = (limit: Limit): Slot => {
  const { capacity } = limit
  const rule: Rule = { capacity, per: limit._tag === 'resourceLimit' ? 0 : limit.per }
  if (capacity === Infinity) return { rule, algorithm: undefined, state: undefined }
  // A slot hands its algorithm nothing but the states that it has made.
  const algorithm = (
    limit._tag === 'resourceLimit' ? places : algorithms[limit.algorithm]
  ) as Algorithm<unknown>
  return { rule, algorithm, state: algorithm.start(rule) }
}

// --- asking

/** The first moment at which all of these amounts are there: `now` itself, if they are. */
export const readyAt = (slots: Slots, amounts: Amounts, now: number): number => {
  let latest = now
  for (let i = 0; i < slots.length; i++)
    latest = Math.max(latest, slotReadyAt(slots[i] as Slot, amounts[i] as number, now))
  return latest
}

const slotReadyAt = ({ algorithm, rule, state }: Slot, amount: number, now: number): number => {
  if (algorithm === undefined || amount === 0) return now
  const at = algorithm.readyAt(rule, state, amount)
  return isPast(rule, at, now) ? now : at
}

/** How much there is of each. */
export const availableIn = (slots: Slots, now: number): Amounts =>
  slots.map(({ algorithm, rule, state }) =>
    algorithm === undefined ? Infinity : algorithm.available(rule, state, now)
  )

/** Why a request is not granted now; `ahead` is what the first in the queue asks for. */
export const refusalIn = (
  slots: Slots,
  limits: ReadonlyArray<Limit>,
  asked: Asked,
  ahead: Asked | undefined,
  at: { readonly now: number; readonly waited: number },
  reason: LimitExceeded['reason']
): LimitExceeded => {
  const { now, waited } = at
  const above = limits.findIndex((limit) => limit === asked.above)
  const first = ahead ?? asked
  // What stands in its own way, or else in that of the first in the queue.
  const obstacles = [asked, first].map(({ amounts }) =>
    slots.findIndex((slot, i) => slotReadyAt(slot, amounts[i] as number, now) > now)
  )
  const index = [above, ...obstacles].find((each) => each >= 0) ?? 0
  const ready = Math.max(readyAt(slots, asked.amounts, now), readyAt(slots, first.amounts, now))
  // A set without limits refuses nothing.
  const { key, capacity } = limits[index] as Limit
  return {
    _tag: 'LimitExceeded',
    key,
    reason: above >= 0 ? 'aboveCapacity' : reason,
    requested: asked.amounts[index] as number,
    capacity,
    retryAfter: above < 0 && ready < Infinity ? ready - now : undefined,
    waited
  }
}

// --- changing

/** Takes all of these amounts, whether they are there or not. */
export const takeFrom = (slots: Slots, amounts: Amounts, now: number): void => {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as Slot
    const amount = amounts[i] as number
    if (slot.algorithm !== undefined && amount > 0)
      slot.state = slot.algorithm.take(slot.rule, slot.state, amount, now)
  }
}

/** Gives back what was taken of resources. */
export const giveBackTo = (slots: Slots, amounts: Amounts): void => {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as Slot
    const amount = amounts[i] as number
    // Time changes nothing about it.
    if (slot.algorithm === giveBack)
      slot.state = giveBack.settle(slot.rule, slot.state, { amount, at: 0 }, amount, 0)
  }
}

/** Puts right what was taken of rates at a moment, by what was used of it. */
export const settleIn = (
  slots: Slots,
  amounts: Amounts,
  at: number,
  used: Amounts,
  now: () => number
): void => {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as Slot
    const amount = amounts[i] as number
    const back = used[i] ?? 0
    if (slot.algorithm === undefined || slot.algorithm === giveBack || back === amount) continue
    slot.state = slot.algorithm.settle(slot.rule, slot.state, { amount, at }, back, now())
  }
}

const giveBack = places as Algorithm<unknown>
