/** The part of a shared retry budget that each process has: it decides at once, by what it knows of the shared state. */
import type { BudgetRules } from '../resource/BudgetRules.js'
import { type RetryBudget, withCell } from '../resource/RetryBudget.js'
import type { WhenAway } from './RedisStore.js'
import type { TimedInput } from './SharedBudgetRules.js'
import type { SharedCell } from './SharedCell.js'

/** Makes the budget of this process around a cell that it shares with others. */
export const budgetReplica = <S>(
  rules: BudgetRules<S>,
  cell: SharedCell<S, TimedInput>,
  whenAway: WhenAway
): RetryBudget => {
  // All that changes: what counts for all, as it was seen last, and what counts while this process is alone.
  let shared = cell.view()
  let alone: { readonly state: S } | undefined
  /** Gives the state that counts now, and looks again if there was no news for long. */
  const current = (): S => {
    if (cell.status() === 'away') {
      // What Redis was lost with counts here all the same.
      alone ??= { state: shared }
      return alone.state
    }
    alone = undefined
    cell.follow()
    if (cell.now() - cell.heard() > staleAfter) cell.refresh()
    return (shared = cell.view())
  }
  return withCell(() => rules.balance(current(), cell.now()), {
    note: (_, what) => {
      const state = current()
      const at = cell.now()
      if (alone !== undefined) alone = { state: rules.next(state, what, at) }
      else {
        cell.send({ what, at })
        shared = cell.view()
      }
    },
    allows: () => {
      const state = current()
      return alone === undefined || whenAway === 'local'
        ? rules.allows(state, cell.now())
        : whenAway === 'open'
    }
  })
}

// A process without news for longer looks again, in the background.
const staleAfter = 1000
