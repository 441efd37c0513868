import { steady } from '../action/steady.js'
import { invalid } from '../policy/argument.js'
import type { Clock } from '../runtime/Clock.js'

/** Gives the clock of a resource, made to keep its word; throws for one that has not what is used of it. None is fine. */
export const checkClock = <C extends Clock | undefined>(argument: string, clock: C, used: keyof Clock): C => {
  // Callers without types may hand over anything.
  if (clock !== undefined && typeof (clock as Partial<Clock> | null)?.[used] !== 'function')
    invalid(argument, 'a clock', clock)
  // A clock for a clock, and nothing for nothing.
  return (clock && steady(clock)) as C
}
