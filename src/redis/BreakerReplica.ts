/**
 * The part of a shared circuit breaker that each process has: it decides by what it knows of the shared state, and asks only
 * where that will not do. While Redis is away it goes on alone, or lets all calls pass, or none.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Option } from 'fp-ts/lib/Option.js'
import type { CircuitOpen } from '../action/ResourceError.js'
import { telling } from '../action/RetryEvent.js'
import type { Failed, Threw } from '../policy/Failure.js'
import { longest } from '../policy/Duration.js'
import type { BreakerPlan } from '../resource/BreakerOptions.js'
import { admits, type BreakerState, statusOf } from '../resource/BreakerState.js'
import {
  type BreakerEvent,
  type CircuitBreaker,
  copy,
  type Entered,
  type Gate,
  newsOf,
  type SharedPass,
  type Tell,
  withGate
} from '../resource/CircuitBreaker.js'
import type { Call } from '../resource/CallWindow.js'
import { decodeBreakerState } from '../resource/decodeBreakerState.js'
import {
  breakerAt,
  type Order,
  type breakerRules,
  type SharedBreakerInput,
  type SharedBreakerState,
  withoutLost
} from './BreakerRules.js'
import type { Store } from './RedisStore.js'
import type { SharedCell } from './SharedCell.js'

// --- model

export interface BreakerReplica {
  readonly breaker: CircuitBreaker
  /** Gives back the places of its trials. */
  readonly leave: () => Promise<unknown>
}

// --- constructors

/** Makes the breaker of this process around a cell that it shares with others. */
export const breakerReplica = (
  plan: BreakerPlan,
  rules: ReturnType<typeof breakerRules>,
  cell: SharedCell<SharedBreakerState, SharedBreakerInput>,
  { background, lease, whenAway }: Pick<Store, 'background' | 'lease' | 'whenAway'>
): BreakerReplica => {
  const own = plan.observer && telling(plan.observer)
  // All that changes.
  let shared = cell.view() // as it was seen last, own changes on their way included
  let alone: SharedBreakerState | undefined
  let timesAlone = 0
  let names = 0
  let last: Failed<unknown> | Threw | undefined
  let told: BreakerState = shared.breaker
  let closedPass = toPass(0, undefined, 0)
  const held = new Set<string>()
  let renewing: (() => void) | undefined

  const lastFailure = (): Option<Failed<unknown> | Threw> =>
    last === undefined ? { _tag: 'None' } : { _tag: 'Some', value: last }

  // --- where it stands

  /** Gives what is shared; or while Redis is away, what this process goes on with from what it knew last. */
  const current = (): SharedBreakerState => {
    if (cell.status() === 'shared') {
      alone = undefined
      return (shared = cell.view())
    }
    if (alone === undefined) timesAlone += 1
    return (alone ??= shared)
  }
  const standing = (): BreakerState => {
    const now = cell.now()
    return breakerAt(withoutLost(current(), now), now)
  }

  /** Looks again if there was no news for long. */
  const attend = (): void => {
    cell.follow()
    if (cell.now() - cell.heard() > staleAfter) cell.refresh()
  }

  // --- telling

  /** Tells the observer of the breaker if it has changed since it was told, by whomever. */
  const notice = (): void => {
    const before = told
    told = current().breaker
    const reopened = told._tag === 'Open' && told.period !== before.period
    if (told._tag !== before._tag || reopened) own?.(toNews(told))
  }
  /** Tells whoever watches the call that has changed it. */
  const credit = (before: BreakerState, after: BreakerState, tell: Tell | undefined): void => {
    if (tell === undefined || after._tag === before._tag) return
    // No call isolates a breaker.
    tell(toNews(after) as Exclude<BreakerEvent, { readonly _tag: 'CircuitIsolated' }>)
  }
  /** What there is to tell of a breaker whose times count from when it came to stand like this. */
  const toNews = (state: BreakerState): BreakerEvent => newsOf(state, 0, lastFailure())

  /** Changes what counts here, and what others see. */
  const update = (input: SharedBreakerInput, tell?: Tell): void => {
    const before = current()
    if (alone === undefined) cell.send(input)
    else alone = rules.next(alone, input, cell.now())
    const after = current()
    if (after === before) return
    if (after.breaker._tag === before.breaker._tag) {
      told = after.breaker
      return
    }
    if (alone === undefined) cell.flush()
    notice()
    credit(before.breaker, after.breaker, tell)
  }
  /** Sees to it that others get what may come twice, be it when Redis is back. */
  const insist = (input: SharedBreakerInput): void => {
    void cell.ask(input).then((answer) => {
      if (answer._tag === 'Left') cell.send(input)
    })
  }
  const order = (what: Order): void => {
    const input: SharedBreakerInput = { _tag: 'Ordered', name: newName(), order: what }
    update(input)
    insist(input)
  }
  const newName = (): string => `${cell.id}.${(names += 1).toString(36)}`

  // --- calls

  const refuse = (retryAfter: number, tell: Tell | undefined): CircuitOpen => {
    own?.({ _tag: 'CircuitRefused', retryAfter })
    tell?.({ _tag: 'CircuitRefused', retryAfter })
    return { _tag: 'CircuitOpen', retryAfter }
  }

  /** Lets a call in as far as this process can tell alone. */
  const enterAlone = (state: SharedBreakerState, tell: Tell | undefined): Entered => {
    const now = cell.now()
    const before = breakerAt(withoutLost(state, now), now)
    if (!admits(plan, before, 0)) return refuse(statusOf(plan, before, 0).retryAfter, tell)
    if (before._tag === 'Closed') return toPass(before.period, undefined, timesAlone)
    const trial = newName()
    // Whoever runs it cannot die without this process.
    const after = rules.next(state, { _tag: 'Began', trial, lease: Infinity }, now)
    alone = after
    notice()
    credit(before, after.breaker, tell)
    return toPass(after.breaker.period, trial, timesAlone)
  }

  const enterAway = (state: SharedBreakerState, tell: Tell | undefined): Entered => {
    if (whenAway === 'local') return enterAlone(state, tell)
    // That somebody has isolated it is known here, too.
    if (whenAway === 'open' && state.breaker._tag !== 'Isolated') return free
    return refuse(state.breaker._tag === 'Isolated' ? longest : whileAway, tell)
  }

  /** Asks for a place in the shared state. */
  const claim = (tell: Tell | undefined): Promise<Entered> => {
    const trial = newName()
    return cell.ask({ _tag: 'Began', trial, lease }).then((answer) => {
      if (answer._tag === 'Left') {
        // It may have got its place all the same.
        const end = endOf(0, trial, undefined, cell.now())
        update(end)
        insist(end)
        return enterAway(current(), tell)
      }
      const { after, before, now } = answer.right
      const breaker = breakerAt(withoutLost(after, now), now)
      notice()
      credit(before.breaker, after.breaker, tell)
      if (breaker._tag === 'Closed') return passOf(breaker.period)
      if (!after.trials.some((each) => each.id === trial))
        return refuse(statusOf(plan, breaker, 0).retryAfter, tell)
      hold(trial)
      return toPass(breaker.period, trial, 0)
    })
  }

  const enter: Gate['enter'] = (_, tell) => {
    const state = current()
    if (cell.status() === 'away') return enterAway(state, tell)
    // Who has never heard of it does not know that it is closed.
    if (cell.heard() === -Infinity) {
      cell.follow()
      return claim(tell)
    }
    attend()
    if (state.breaker._tag === 'Closed') return passOf(state.breaker.period)
    const breaker = standing()
    return admits(plan, breaker, 0) ? claim(tell) : refuse(statusOf(plan, breaker, 0).retryAfter, tell)
  }

  const leave: Gate['leave'] = (_, random, pass, call, failure, tell) => {
    /* istanbul ignore if -- passes of other breakers are numbers, and no breaker is handed those of another */
    if (typeof pass === 'number') return
    const { period, trial } = pass
    if (trial !== undefined) release(trial)
    const { breaker } = current()
    const isShared = pass.alone === 0
    if (!isShared && !(alone !== undefined && pass.alone === timesAlone)) return
    const input = endOf(period, trial, call, cell.now(), random)
    if (alone === undefined || whenAway === 'local') {
      if (failure !== undefined && period === breaker.period) last = failure
      update(input, tell)
    }
    if (isShared && trial !== undefined) insist(input)
  }

  // --- trials

  const hold = (trial: string): void => {
    held.add(trial)
    renewing ??= background.after(lease / 3, renew)
  }
  const renew = (): void => {
    if (cell.status() === 'shared') void cell.ask({ _tag: 'Running', trials: [...held], lease })
    renewing = background.after(lease / 3, renew)
  }
  const release = (trial: string): void => {
    if (!held.delete(trial) || held.size > 0) return
    renewing?.()
    renewing = undefined
  }

  const passOf = (period: number): SharedPass =>
    closedPass.period === period ? closedPass : (closedPass = toPass(period, undefined, 0))

  cell.watch(notice)
  // Whoever watches need not call.
  if (own !== undefined) attend()
  const methods: Parameters<typeof withGate>[0] = {
    status: () => {
      attend()
      return statusOf(plan, standing(), 0)
    },
    lastFailure,
    isolate: () => order({ _tag: 'Isolate' }),
    reset: () => {
      last = undefined
      order({ _tag: 'Reset' })
    },
    save: () => copy(standing()),
    restore: (saved: unknown) => (): Either<string, void> => {
      const decoded = decodeBreakerState(plan, saved)
      if (decoded._tag === 'Left') return decoded
      order({ _tag: 'Restore', saved: decoded.right })
      return { _tag: 'Right', right: undefined }
    }
  }
  return {
    breaker: withGate(methods, { plan, enter, leave }),
    leave: () => {
      const ends = [...held].map((trial) => cell.ask(endOf(0, trial, undefined, cell.now())))
      renewing?.()
      return Promise.all(ends)
    }
  }
}

// A process without news for longer looks again, in the background.
const staleAfter = 1000
// Nobody knows when Redis is back.
const whileAway = 1000

// --- passes and ends

const toPass = (period: number, trial: string | undefined, alone: number): SharedPass => ({
  _tag: 'Pass',
  period,
  trial,
  alone
})

/** Lets in, and counts nowhere. */
const free = toPass(0, undefined, -1)

const endOf = (
  period: number,
  trial: string | undefined,
  call: Call | undefined,
  at: number,
  random: () => number = () => 0
): SharedBreakerInput => {
  let drawn: number | undefined
  return { _tag: 'Ended', period, trial, call, at, draw: () => (drawn ??= random()) }
}
