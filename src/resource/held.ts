/**
 * How a call waits for a set of limits and holds what it was granted. A call that is interrupted leaves the queue, or gives
 * back what it holds, at once.
 */
import { type Env, left, type Result } from '../action/entry.js'
import { mark, settleSoon } from '../action/Interrupt.js'
import { aborted, notBegun } from '../action/race.js'
import type { LimitExceeded } from '../action/ResourceError.js'
import type { Limit } from './Limit.js'
import type { Grant, LimitCell } from './LimitCell.js'
import type { Asked } from './LimitRequest.js'
import type { Tell } from '../action/tellOf.js'

/**
 * Runs `begin` with what was granted, as soon as it is; or ends with the `LimitExceeded`. Tells, if anybody listens. All of it
 * happens in the asynchronous context of the caller, whoever gives back what it waited for. Where the grant is all that was
 * asked for, an interrupt that comes after it comes too late.
 */
export const whenGranted = (
  cell: LimitCell,
  env: Env,
  asked: Asked,
  tell: Tell | undefined,
  begin: (grant: Grant) => Promise<Result>,
  isAll = false
): Promise<Result> => {
  const { interrupt } = env
  if (interrupt?.fired === true) return Promise.resolve(left(aborted(notBegun, interrupt.reason)))
  const clock = cell.clock ?? env.clock
  const enter = tell === undefined ? begin : toldOf(cell, env, tell, begin)
  const grant = cell.take(clock, asked)
  return grant === undefined ? queued(cell, env, asked, tell, enter, isAll) : enter(grant)
}

const queued = (
  cell: LimitCell,
  { clock: own, flight, interrupt }: Env,
  asked: Asked,
  tell: Tell | undefined,
  enter: (grant: Grant) => Promise<Result>,
  isAll: boolean
): Promise<Result> => {
  const clock = cell.clock ?? own
  let given: Grant | LimitExceeded | undefined
  let stopListening: (() => void) | undefined
  mark(flight, 'out')
  const answered = new Promise<void>((resolve) => {
    const waiting = cell.join(clock, asked, (answer) => {
      given = answer
      resolve()
    })
    if ('_tag' in waiting) {
      given = waiting
      resolve()
      return
    }
    stopListening = interrupt?.listen(() => {
      if (given === undefined) {
        if (!cell.leave(waiting)) return false
      } else {
        // A refusal is an outcome. What is granted to a call that has not begun goes back at once: nothing was used.
        if (isAll || '_tag' in given) return false
        cell.settle(given, [])
        given = undefined
      }
      interrupt.cut(flight)
      resolve()
      return true
    })
    // Last, since whoever is told may interrupt the call, or give back what it waits for.
    if (waiting.waits && tell !== undefined)
      cell.whenQueued(waiting, () => {
        // Stryker disable next-line StringLiteral: of this refusal nothing but the key is told
        const { key } = cell.refuse(clock, asked, 'notNow')
        tell({ _tag: 'LimitWaiting', key, waiting: cell.waiting() }, 0)
      })
  })
  // Whoever answers only resolves: a step of a promise goes on in the asynchronous context of those who have asked for it.
  return answered.then(() => {
    stopListening?.()
    // Stryker disable next-line OptionalChaining: only an interrupt leaves it without an answer
    if (given === undefined) return left(aborted(notBegun, interrupt?.reason))
    if (!('_tag' in given)) return enter(given)
    mark(flight, 'landed')
    tell?.({ _tag: 'LimitRefused', error: given }, given.waited)
    return left(given)
  })
}

/** Tells of what was granted, then begins. */
const toldOf =
  (cell: LimitCell, { interrupt, flight }: Env, tell: Tell, begin: (grant: Grant) => Promise<Result>) =>
  (grant: Grant): Promise<Result> => {
    const { asked, waited } = grant
    const fired = interrupt?.fired
    tell({ _tag: 'LimitGranted', granted: byKey(cell.limits, asked.amounts), waited }, waited)
    if (interrupt === undefined || interrupt.fired === fired) return begin(grant)
    // Whoever was told has interrupted the call: nothing was used.
    cell.settle(grant, [])
    interrupt.cut(flight)
    return Promise.resolve(left(aborted(notBegun, interrupt.reason)))
  }

/** Gives amounts under the keys of their limits. */
export const byKey = (
  limits: ReadonlyArray<Limit>,
  amounts: ReadonlyArray<number>
): Readonly<Record<string, number>> =>
  Object.fromEntries(limits.map(({ key }, i) => [key, amounts[i] as number]))

/**
 * Runs `body` while it holds what was granted. `settle` puts that right with the result, or without one where there is none;
 * it may throw if the usage makes no sense. All of it is given back however the body ends, and also when the call is
 * interrupted, unless an outcome is on its way.
 */
export const holding = (
  env: Env,
  body: () => Promise<Result>,
  settle: (result: Result | undefined) => void
): Promise<Result> => {
  const { interrupt, flight } = env
  const settleWithout = (): void => {
    try {
      settle(undefined)
    } catch {
      // What ended the call counts, not what was reported of it.
    }
  }
  const stopListening = interrupt?.listen(() => {
    // Stryker disable next-line OptionalChaining: inside of an interrupt there is a flight
    settleSoon(() => flight?.state === 'landed', settleWithout)
    return false
  })
  return begun(body).then(
    (result) => {
      stopListening?.()
      settle(result)
      return result
    },
    (error: unknown) => {
      stopListening?.()
      settleWithout()
      throw error
    }
  )
}

// What throws before there is a promise, such as a clock that cannot be read, gives back what it holds as well.
const begun = (body: () => Promise<Result>): Promise<Result> => {
  try {
    return body()
  } catch (error) {
    return Promise.reject(error)
  }
}
