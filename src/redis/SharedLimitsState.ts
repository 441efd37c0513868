/**
 * The pure core of limits that processes share: what becomes of their state when it is the turn of a process. A turn says all
 * that there is to say of that process: what it holds, what its rates really came to, and what its first calls in line want.
 *
 * The line is one of processes, each with what its first call wants; within a process, calls stand in line for themselves.
 * Nobody grants anything to others: what is granted to a process is granted in its own turn, and so is used at once, or was
 * never taken by a process that is gone. Those ahead are not waited for where there is enough for them as well.
 *
 * Laws: what is out of a resource is at most its capacity, and so are rates as their algorithms promise; a turn that is taken
 * twice holds the same as one that is taken once; whoever does not take a turn for a lease holds nothing, and is not in line.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { read } from '../policy/Failure.js'
import type { Limit } from '../resource/Limit.js'
import { byKey } from '../resource/held.js'
import { readyAt, settleIn, type Slots, takeFrom, toSlot } from '../resource/Slots.js'
import { isRateState } from './isRateState.js'
import type { SharedRules } from './SharedRules.js'

// --- model

export interface SharedLimitsState {
  /** Which limits these are: processes with other ones have to keep out. Capacities may differ while they are changed. */
  readonly of: string
  /** The states of the rates, by key. */
  readonly rates: Readonly<Record<string, unknown>>
  /** Those who hold something or are in line, those in the order of the line. */
  readonly members: ReadonlyArray<Member>
}

/** A process; amounts by key. */
export interface Member {
  readonly id: string
  /** When all of it is given up, unless there is another turn. */
  readonly until: number
  /** How much it holds of resources. */
  readonly held: Amounts
  /** What its first call in line wants. */
  readonly wants: Amounts | null
}

type Amounts = Readonly<Record<string, number>>

/** The turn of a process; amounts in the order of its limits. */
export interface Turn {
  readonly id: string
  /** How much it holds of resources. */
  readonly held: ReadonlyArray<number>
  /** What was used of what was granted of rates. */
  readonly settled: ReadonlyArray<Settled>
  /** What its calls want, in their order. */
  readonly wants: ReadonlyArray<Want>
}

export interface Settled {
  readonly amounts: ReadonlyArray<number>
  readonly used: ReadonlyArray<number>
  /** When it was granted. */
  readonly at: number
}

export interface Want {
  readonly amounts: ReadonlyArray<number>
  /** Does it stand in line, if it is not granted? */
  readonly waits: boolean
}

/** What comes of a turn: for each that was wanted, whether it is granted. */
export interface Taken {
  readonly state: SharedLimitsState
  readonly granted: ReadonlyArray<boolean>
}

/** The rules of a list of limits, and what is to be known of a state. */
export interface SharedLimitsRules extends SharedRules<SharedLimitsState, Turn> {
  readonly takeTurn: (state: SharedLimitsState, turn: Turn, now: number) => Taken
  /** When it will be the turn of a process that is in line, if all ahead of it take theirs in time; `Infinity` if that is unknown. */
  readonly dueAt: (state: SharedLimitsState, id: string, now: number) => number
  /** Gives the limits with the states that they have. */
  readonly slotsOf: (state: SharedLimitsState, now: number) => Slots
  /** Gives what is left of a state when a process is alone. */
  readonly alone: (state: SharedLimitsState, id: string) => SharedLimitsState
}

// --- constructors

/** Gives the rules of limits; `lease` is how long a member is one without a turn, in milliseconds. */
export const sharedLimitsRules = (limits: ReadonlyArray<Limit>, lease: number): SharedLimitsRules => {
  const bounded = limits.filter(({ capacity }) => capacity < Infinity)
  const rates = bounded.filter(({ _tag }) => _tag !== 'resourceLimit')
  const resources = bounded.filter(({ _tag }) => _tag === 'resourceLimit')
  const of = bounded.map(nameOf).sort().join(', ')

  const slotsOf = (state: SharedLimitsState, now: number): Slots => {
    const members = aliveIn(state, now)
    return limits.map((limit) => {
      const slot = toSlot(limit)
      if (slot.algorithm === undefined) return slot
      if (limit._tag !== 'resourceLimit') return { ...slot, state: state.rates[limit.key] ?? slot.state }
      return {
        ...slot,
        state: { taken: members.reduce((sum, { held }) => sum + amountIn(held, limit.key), 0) }
      }
    })
  }
  /** In the order of the limits. Nobody can hold up a line for more than there is. */
  const amountsOf = (amounts: Amounts): ReadonlyArray<number> =>
    limits.map(({ key, capacity }) => Math.min(amountIn(amounts, key), capacity))
  const named = (of: ReadonlyArray<Limit>, amounts: ReadonlyArray<number>): Amounts => {
    const keys = new Set(of.map(({ key }) => key))
    const all = Object.entries(byKey(limits, amounts))
    return Object.fromEntries(all.filter(([key, amount]) => keys.has(key) && amount > 0))
  }

  /** Takes what each of those in line wants, as far as it is there now; says whether all of it is. */
  const reserve = (slots: Slots, line: ReadonlyArray<Member>, now: number): boolean =>
    line.filter(isWaiting).every(({ wants }) => {
      const amounts = amountsOf(wants)
      if (readyAt(slots, amounts, now) > now) return false
      takeFrom(slots, amounts, now)
      return true
    })

  const takeTurn = (before: SharedLimitsState, turn: Turn, now: number): Taken => {
    const { id } = turn
    const alive = before.members.filter((member) => member.until > now || member.id === id)
    const place = alive.findIndex((member) => member.id === id)
    const own = alive[place]
    const others = alive.filter((member) => member !== own)
    // Whoever is not in line goes to its end.
    const mine = own?.wants ?? null
    const ahead = mine === null ? others : others.slice(0, place)
    const behind = mine === null ? [] : others.slice(place)

    const holding: Member = { id, until: Infinity, held: named(resources, turn.held), wants: null }
    const slots = slotsOf({ ...before, members: [...others, holding] }, now)
    for (const { amounts, used, at } of turn.settled) settleIn(slots, amounts, at, used, () => now)
    // What there is besides what those ahead are to have.
    const spare = slots.map((slot) => ({ ...slot }))
    let isFree = reserve(spare, ahead, now)
    let isLast = mine === null
    const goLast = (): void => {
      if (!isLast) isFree = isFree && reserve(spare, behind, now)
      isLast = true
    }
    let first: Want | undefined
    const granted = turn.wants.map((want) => {
      if (first !== undefined) return false
      // A place in line is for what it was taken for, or less: whoever is behind must not come later because of it.
      if (mine !== null && !isWithin(named(bounded, want.amounts), mine)) goLast()
      if (!isFree || readyAt(spare, want.amounts, now) > now) {
        if (want.waits) first = want
        return false
      }
      takeFrom(slots, want.amounts, now)
      takeFrom(spare, want.amounts, now)
      // Its turn in line is used.
      goLast()
      return true
    })

    const held = turn.held.map((amount, i) =>
      turn.wants.reduce(
        (sum, { amounts }, j) => sum + (granted[j] === true ? (amounts[i] as number) : 0),
        amount
      )
    )
    const isFresh = own !== undefined && own.until - now > (lease * 2) / 3
    const next: Member = {
      id,
      until: isFresh ? own.until : now + lease,
      held: named(resources, held),
      wants: first === undefined ? null : named(bounded, first.amounts)
    }
    const at = own === undefined || (first !== undefined && isLast) ? others.length : place
    const members = isMember(next) ? [...others.slice(0, at), next, ...others.slice(at)] : others
    return { state: changed(before, statesOf(slots), members), granted }
  }

  /** The states of the rates among slots. */
  const statesOf = (slots: Slots): SharedLimitsState['rates'] =>
    Object.fromEntries(
      limits.flatMap((limit, i) => (rates.includes(limit) ? [[limit.key, slots[i]?.state]] : []))
    )

  const changed = (
    before: SharedLimitsState,
    after: SharedLimitsState['rates'],
    members: ReadonlyArray<Member>
  ): SharedLimitsState =>
    rates.every(({ key }) => before.rates[key] === after[key]) &&
    JSON.stringify(before.members) === JSON.stringify(members)
      ? before
      : { of, rates: after, members }

  /** When it will be whose turn, for all in line. */
  const dues = (state: SharedLimitsState, now: number): ReadonlyMap<string, number> => {
    const slots = slotsOf(state, now)
    const found = new Map<string, number>()
    let at = now
    for (const { id, wants } of aliveIn(state, now).filter(isWaiting)) {
      const amounts = amountsOf(wants)
      if (at < Infinity) at = readyAt(slots, amounts, at)
      if (at < Infinity) takeFrom(slots, amounts, at)
      found.set(id, at)
    }
    return found
  }

  return {
    start: () => ({ of, rates: statesOf(limits.map(toSlot)), members: [] }),
    next: (state, turn, now) => takeTurn(state, turn, now).state,
    forgetAfter: (state, now) =>
      slotsOf({ ...state, members: [] }, now).reduce(
        (longest, { algorithm, rule, state: each }) =>
          Math.max(longest, algorithm === undefined ? 0 : algorithm.readyAt(rule, each, rule.capacity) - now),
        state.members.reduce((longest, { until }) => Math.max(longest, until - now), 0)
      ),
    concerns: (before, after, now) => {
      const [old, young] = [dues(before, now), dues(after, now)]
      // Less is of rounding.
      return [...young].some(([id, at]) => at < (old.get(id) ?? -Infinity) - 0.5)
    },
    decode: (stored) => {
      const members = read(stored, 'members')
      const states = read(stored, 'rates')
      if (read(stored, 'of') !== of) return wrong(`it is not of the limits ${of}`)
      if (!Array.isArray(members) || !members.every(isStoredMember)) return wrong('members')
      const bad = rates.find((limit) => !isRateState(limit, read(states, limit.key)))
      if (bad !== undefined) return wrong(`the state of ${bad.key}`)
      const own = Object.fromEntries(rates.map(({ key }) => [key, read(states, key)]))
      return { _tag: 'Right', right: { of, rates: own, members } }
    },
    takeTurn,
    dueAt: (state, id, now) => dues(state, now).get(id) ?? Infinity,
    slotsOf,
    alone: (state, id) => ({ ...state, members: state.members.filter((member) => member.id === id) })
  }
}

const nameOf = (limit: Limit): string =>
  `${limit.key} ${limit._tag === 'resourceLimit' ? 'places' : limit.algorithm}`

// Keys may be named like what all objects have.
const amountIn = (amounts: Amounts, key: string): number =>
  Object.hasOwn(amounts, key) ? (amounts[key] as number) : 0

const isWithin = (amounts: Amounts, most: Amounts): boolean =>
  Object.entries(amounts).every(([key, amount]) => amount <= amountIn(most, key))

const isWaiting = (member: Member): member is Member & { readonly wants: Amounts } => member.wants !== null

const isMember = ({ held, wants }: Member): boolean => wants !== null || Object.keys(held).length > 0

const aliveIn = ({ members }: SharedLimitsState, now: number): ReadonlyArray<Member> =>
  members.filter(({ until }) => until > now)

// --- what lies in Redis

const wrong = (what: string): Either<string, never> => ({ _tag: 'Left', left: what })

const isStoredMember = (u: unknown): u is Member =>
  typeof read(u, 'id') === 'string' &&
  Number.isFinite(read(u, 'until')) &&
  isAmounts(read(u, 'held')) &&
  (read(u, 'wants') === null || isAmounts(read(u, 'wants')))

const isAmounts = (u: unknown): boolean =>
  typeof u === 'object' &&
  u !== null &&
  Object.values(u).every((each) => typeof each === 'number' && each >= 0)
