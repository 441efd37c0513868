/**
 * How a call waits for a set of limits and holds what it was granted. A call that is interrupted leaves the queue, or gives
 * back what it holds, at once.
 */
import { type End, type Env, type Inner, left, type Result, type Run } from '../action/entry.js'
import { mark, settleSoon } from '../action/Interrupt.js'
import { aborted, notBegun } from '../action/race.js'
import type { LimitExceeded } from '../action/ResourceError.js'
import type { Limit } from './Limit.js'
import type { Grant, LimitCell } from './LimitCell.js'
import type { Asked } from './LimitRequest.js'
import { type Tell, tellOf } from '../action/tellOf.js'

/** How calls come to limits: what all calls of a wrapper have in common. */
export interface Entrance {
  readonly cell: LimitCell
  /** What the calls are told of as. */
  readonly name: string
  readonly askedBy: (args: Args) => Asked
  /** Begins with what was granted; never throws. */
  readonly begin: (grant: Grant, env: Env, args: Args) => Promise<Result>
  /** What becomes of an error. */
  readonly end: End
  /** Is the grant all that was asked for? Then an interrupt that comes after it comes too late. */
  readonly isAll: boolean
}

type Args = ReadonlyArray<unknown>

/**
 * Gives what begins a call with what it was granted, as soon as it is; or ends it with the `LimitExceeded`. Tells, if anybody
 * listens. All of it happens in the asynchronous context of the caller, whoever gives back what it waited for.
 */
export const whenGranted = (entrance: Entrance): Run => {
  const { cell, name, askedBy, begin, end } = entrance
  return (env, args) => {
    try {
      const { interrupt } = env
      if (interrupt?.fired === true) return Promise.resolve(left(aborted(notBegun, interrupt.reason)))
      const asked = askedBy(args)
      const tell = tellOf(env, name, args)
      const grant = cell.take(cell.clock ?? env.clock, asked)
      if (grant === undefined) return queued(entrance, env, args, asked, tell)
      return tell === undefined ? begin(grant, env, args) : beginTold(entrance, env, args, grant, tell)
    } catch (error) {
      return Promise.reject(error).catch(end)
    }
  }
}

const queued = (
  entrance: Entrance,
  env: Env,
  args: Args,
  asked: Asked,
  tell: Tell | undefined
): Promise<Result> => {
  const { cell, begin, end, isAll } = entrance
  const { flight, interrupt } = env
  let given: Grant | LimitExceeded | undefined
  let stopListening: (() => void) | undefined
  mark(flight, 'out')
  // Whoever answers only resolves: a step of a promise goes on in the asynchronous context of those who have asked for it.
  return new Promise<void>((resolve) => {
    const clock = cell.clock ?? env.clock
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
  }).then(() => {
    try {
      stopListening?.()
      // Stryker disable next-line OptionalChaining: only an interrupt leaves it without an answer
      if (given === undefined) return left(aborted(notBegun, interrupt?.reason))
      if (!('_tag' in given))
        return tell === undefined ? begin(given, env, args) : beginTold(entrance, env, args, given, tell)
      mark(flight, 'landed')
      tell?.({ _tag: 'LimitRefused', error: given }, given.waited)
      return left(given)
    } catch (error) {
      return end(error)
    }
  }, end)
}

/** Tells of what was granted, then begins. */
const beginTold = (
  { cell, begin }: Entrance,
  env: Env,
  args: Args,
  grant: Grant,
  tell: Tell
): Promise<Result> => {
  const { interrupt, flight } = env
  const { asked, waited } = grant
  const fired = interrupt?.fired
  tell({ _tag: 'LimitGranted', granted: byKey(cell.limits, asked.amounts), waited }, waited)
  if (interrupt === undefined || interrupt.fired === fired) return begin(grant, env, args)
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
 * Gives what runs something while it holds what was granted. `settle` puts that right with the result, or without one where
 * there is none; it may throw if the usage makes no sense. All of it is given back however it ends, and also when the call is
 * interrupted, unless an outcome is on its way.
 */
export const holding =
  (inner: Inner, settle: (grant: Grant, result: Result | undefined, args: Args) => void, end: End) =>
  (grant: Grant, env: Env, args: Args): Promise<Result> => {
    const { interrupt, flight } = env
    const settleWithout = (): void => {
      try {
        settle(grant, undefined, args)
      } catch {
        // What ended the call counts, not what was reported of it.
      }
    }
    const stopListening = interrupt?.listen(() => {
      // Stryker disable next-line OptionalChaining: inside of an interrupt there is a flight
      settleSoon(() => flight?.state === 'landed', settleWithout)
      return false
    })
    return inner(
      env,
      args,
      (result) => {
        stopListening?.()
        try {
          settle(grant, result, args)
          return result
        } catch (error) {
          return end(error)
        }
      },
      (error: unknown) => {
        stopListening?.()
        settleWithout()
        return end(error)
      }
    )
  }
