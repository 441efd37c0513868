/**
 * The calls of this process at limits that processes share: a queue of its own, first come, first served, whose first calls are
 * put forward in one turn after the other. A turn is taken when there is something to say, when it is due by what is known
 * here, and now and then, in case a message was lost. While Redis is away, `whenAway` says what becomes of the queue.
 */
import type { Task } from 'fp-ts/lib/Task.js'
import type { LimitExceeded } from '../action/ResourceError.js'
import type { Limit } from '../resource/Limit.js'
import type { Grant, LimitCell, Waiting } from '../resource/LimitCell.js'
import type { Asked } from '../resource/LimitRequest.js'
import { availableIn, refusalIn } from '../resource/Slots.js'
import { joinQueue, leaveQueue, newWaiters } from '../resource/Waiters.js'
import type { Store } from './RedisStore.js'
import { type Settled, sharedLimitsRules, type SharedLimitsState, type Turn } from './SharedLimitsState.js'

// --- model

export interface SharedLimitCell extends LimitCell {
  /** Takes at once, or not at all: waits for Redis only. */
  readonly takeNow: (asked: Asked) => Promise<Grant | LimitExceeded>
  /** How much there is of each limit. */
  readonly fetch: Task<ReadonlyArray<number>>
}

/** A call in the queue. */
interface Queued extends Waiting {
  /** Does it wait, if it is not granted at once? */
  readonly isPatient: boolean
  /** Is it known that it has to wait? */
  isQueued: boolean
  tell: (() => void) | undefined
}

/** A grant, and where it was made: 0 among all processes, n when this one was alone for the n-th time. */
interface SharedGrant extends Grant {
  readonly alone: number
}

// --- constructors

// So many calls are put forward in one turn.
const mostWants = 128

// Of settled rates, so many are kept while Redis is away.
const mostSettled = 1000

// So often those who wait look whether a message was lost, in milliseconds; half of it to half more.
const look = 1000

/** Makes the cell of the limits of a name. */
export const newSharedLimitCell = (
  store: Store,
  name: string,
  limits: ReadonlyArray<Limit>,
  { maxWait, maxQueue }: { readonly maxWait: number; readonly maxQueue: number }
): SharedLimitCell => {
  const { clock, background, lease, random, whenAway } = store
  const rules = sharedLimitsRules(limits, lease)
  const cell = store.open('limits', name, rules, { leave: () => leave() })
  const isResource = limits.map(({ _tag }) => _tag === 'resourceLimit')
  const queue = newWaiters<Waiting>()
  // All that changes, besides.
  let held: ReadonlyArray<number> = limits.map(() => 0)
  let settled: ReadonlyArray<Settled> = []
  // How many of the queue are known to have to wait.
  let queued = 0
  // Whom this process stands in line for.
  let inLine: Queued | undefined
  let hasNews = false
  let isAsking = false
  let isStirred = false
  let isLeaving = false
  let againAt = Infinity
  let alone = 0
  // The state of this process alone.
  let local: SharedLimitsState | undefined
  let isAway = cell.status() === 'away'
  let sleep: (() => void) | undefined
  let whenAsked: (() => void) | undefined

  // Nothing else than what `enter` makes joins the queue.
  const first = (): Queued | undefined => queue.first as Queued | undefined
  const all = (most = Infinity): ReadonlyArray<Queued> => {
    const found: Array<Queued> = []
    for (
      let each = first();
      each !== undefined && found.length < most;
      each = each.after as Queued | undefined
    )
      found.push(each)
    return found
  }
  const state = (): SharedLimitsState => local ?? cell.view()
  const holds = (): boolean => held.some((amount) => amount > 0)

  // --- the queue

  const enter = (asked: Asked, isPatient: boolean, answer: Waiting['answer']): Queued => {
    const entered: Queued = {
      asked,
      clock,
      since: clock.now(),
      answer,
      isPatient,
      isQueued: false,
      tell: undefined,
      before: undefined,
      after: undefined,
      waits: false
    }
    // Whoever comes after somebody who waits has to wait, too.
    const waits = first()?.isQueued === true
    joinQueue(queue, entered)
    if (waits) putUp(entered)
    stir()
    return entered
  }
  /** It has to wait: whoever wants to know is told. */
  const putUp = (each: Queued): void => {
    each.isQueued = true
    queued += 1
    each.tell?.()
  }
  const drop = (each: Queued): boolean => {
    if (!leaveQueue(queue, each)) return false
    if (each.isQueued) queued -= 1
    return true
  }
  const refusal = (asked: Asked, since: number, reason: LimitExceeded['reason']): LimitExceeded => {
    const now = cell.now()
    const at = { now, waited: clock.now() - since }
    return refusalIn(rules.slotsOf(state(), now), limits, asked, first()?.asked, at, reason)
  }
  const dismiss = (each: Queued, reason: LimitExceeded['reason']): void => {
    if (drop(each)) each.answer(refusal(each.asked, each.since, reason))
  }
  const isOverdue = ({ since }: Queued): boolean => clock.now() >= since + maxWait

  /** Answers those who were put forward; and those who have to wait, and may not. */
  const answer = (those: ReadonlyArray<Queued>, granted: ReadonlyArray<boolean>, at: number): void => {
    those.forEach((each, i) => {
      if (granted[i] === true) grant(each, at)
    })
    const wereThere = new Set(those)
    let ahead = 0
    for (const each of all()) {
      // Those who came later may be as lucky, if nobody waits before them.
      if (!each.waits || (ahead === 0 && !wereThere.has(each))) continue
      if (!each.isPatient) dismiss(each, 'notNow')
      else if (!each.isQueued && ahead >= maxQueue) dismiss(each, 'queueFull')
      else if (isOverdue(each)) dismiss(each, 'waitedTooLong')
      else {
        ahead += 1
        if (!each.isQueued) putUp(each)
      }
    }
  }
  const grant = (each: Queued, at: number): void => {
    const { asked, since } = each
    const given: SharedGrant = {
      asked,
      clock,
      at,
      waited: clock.now() - since,
      open: true,
      alone: isAway ? alone : 0
    }
    hold(asked, 1)
    // Whoever has left in the meantime gives all of it back.
    if (drop(each)) each.answer(given)
    else settle(given, [])
  }
  const hold = ({ amounts }: Asked, sign: 1 | -1): void => {
    held = held.map((amount, i) => (isResource[i] === true ? amount + sign * (amounts[i] as number) : amount))
  }
  const settle = (given: Grant, used = given.asked.amounts): void => {
    if (!given.open) return
    given.open = false
    const { amounts } = given.asked
    hold(given.asked, -1)
    const gives = amounts.some((amount, i) => isResource[i] === true && amount > 0)
    const differs = amounts.some((amount, i) => isResource[i] !== true && amount !== (used[i] ?? 0))
    if (differs)
      put({ amounts, used: amounts.map((_, i) => used[i] ?? 0), at: given.at }, given as SharedGrant)
    if (!gives && !differs) return
    hasNews = true
    stir()
  }
  /** Puts rates right where they were taken: what this process took when it was alone, nobody else knows of. */
  const put = (each: Settled, { alone: by }: SharedGrant): void => {
    if (by === 0) settled = [...settled, each].slice(-mostSettled)
    if (local !== undefined && (by === 0 || by === alone))
      local = rules.next(local, turnOf([], [each]), cell.now())
  }
  const turnOf = (those: ReadonlyArray<Queued>, settled: ReadonlyArray<Settled>): Turn => ({
    id: cell.id,
    held,
    settled,
    wants: those.map(({ asked, isPatient }) => ({ amounts: asked.amounts, waits: isPatient }))
  })

  // --- turns

  const ask = async (): Promise<void> => {
    isAsking = true
    hasNews = false
    const those = all(mostWants)
    const turn = turnOf(those, settled)
    settled = []
    const result = await cell.ask(turn)
    isAsking = false
    if (result._tag === 'Right') {
      const { before, now } = result.right
      const { granted } = rules.takeTurn(before, turn, now)
      inLine = those.find(({ isPatient }, i) => isPatient && granted[i] !== true)
      againAt = clock.now() + Math.min(lease / 3, inLine === undefined ? Infinity : look * (0.5 + random()))
      if (inLine !== undefined) cell.follow()
      answer(those, granted, now)
    } else hasNews = true
    whenAsked?.()
    drive()
  }
  const isDue = (): boolean =>
    hasNews ||
    first() !== inLine ||
    ((inLine !== undefined || holds()) && clock.now() >= againAt) ||
    (inLine !== undefined && rules.dueAt(cell.view(), cell.id, cell.now()) <= cell.now())

  const drive = (): void => {
    if (isAsking) return
    expire()
    if (isAway) goAlone()
    else if (isDue() && !isLeaving) {
      void ask()
      return
    }
    rest()
  }
  const stir = (): void => {
    if (isStirred) return
    isStirred = true
    // All that comes in this turn of the event loop is said in one.
    void Promise.resolve().then(() => {
      isStirred = false
      drive()
    })
  }
  const expire = (): void => {
    for (let each = first(); each?.isQueued === true && isOverdue(each); each = first())
      dismiss(each, 'waitedTooLong')
  }
  /** Sleeps until there may be something to do. */
  const rest = (): void => {
    sleep?.()
    sleep = undefined
    if (isLeaving && !isAway) return
    const waits = queue.size > 0
    const now = clock.now()
    const next = first()
    const overdueAt = next?.isQueued === true ? next.since + maxWait : Infinity
    const dueAt = waits ? now + rules.dueAt(state(), cell.id, cell.now()) - cell.now() : Infinity
    const until = Math.min(
      overdueAt,
      dueAt,
      !isAway && (inLine !== undefined || holds()) ? againAt : Infinity
    )
    if (until === Infinity) return
    // Only those who wait keep the process alive.
    sleep = (waits ? clock : background).after(Math.max(0, until - now), () => {
      sleep = undefined
      drive()
    })
  }

  // --- away

  const goAlone = (): void => {
    hasNews = false
    if (whenAway === 'open') for (const each of all()) grant(each, cell.now())
    else if (whenAway === 'closed') for (const each of all()) dismiss(each, 'unreachable')
    else serve()
  }
  /** Serves the queue from the state of this process alone. */
  const serve = (): void => {
    for (let those = all(mostWants), left = true; left; those = all(mostWants)) {
      const now = cell.now()
      const turn = turnOf(those, [])
      const taken = rules.takeTurn(ownState(), turn, now)
      local = taken.state
      answer(those, taken.granted, now)
      left = those.length > 0 && taken.granted.every((each) => each)
    }
  }
  const ownState = (): SharedLimitsState => (local ??= rules.alone(cell.view(), cell.id))
  cell.watch(() => {
    const was = isAway
    isAway = cell.status() === 'away'
    if (isAway !== was) {
      local = undefined
      inLine = undefined
      if (isAway) alone += 1
      // What is held goes on being held, whoever has forgotten it; and the last turn may have been taken, or not.
      else hasNews = true
    }
    stir()
  })

  const leave = async (): Promise<void> => {
    isLeaving = true
    if (isAsking)
      await new Promise<void>((resolve) => {
        whenAsked = resolve
      })
    if (hasNews || inLine !== undefined || holds() || settled.length > 0) await cell.ask(turnOf([], settled))
  }

  return {
    limits,
    clock,
    // Nothing is known at once.
    take: () => undefined,
    join: (_, asked, answer) =>
      asked.above !== undefined || (queued > 0 && queued >= maxQueue)
        ? refusal(asked, clock.now(), 'queueFull')
        : enter(asked, true, answer),
    takeNow: (asked) =>
      asked.above !== undefined || first()?.isQueued === true
        ? Promise.resolve(refusal(asked, clock.now(), 'notNow'))
        : new Promise((resolve) => {
            enter(asked, false, resolve)
          }),
    whenQueued: (waiting, tell) => {
      const each = waiting as Queued // As all that have joined.
      if (each.isQueued) tell()
      else each.tell = tell
    },
    leave: (waiting) => {
      const left = drop(waiting as Queued)
      if (left) stir()
      return left
    },
    refuse: (_, asked, reason) => refusal(asked, clock.now(), reason),
    settle,
    available: () => availableIn(rules.slotsOf(state(), cell.now()), cell.now()),
    fetch: async () => {
      // It is said after this look.
      const unsaid = turnOf([], settled)
      const looked = await cell.look()
      if (looked._tag === 'Left' && whenAway !== 'local')
        return limits.map(() => (whenAway === 'open' ? Infinity : 0))
      const now = cell.now()
      const there = looked._tag === 'Right' ? rules.next(looked.right, unsaid, now) : ownState()
      return availableIn(rules.slotsOf(there, now), now)
    },
    waiting: () => queue.size
  }
}
