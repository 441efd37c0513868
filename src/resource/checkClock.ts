import { invalid } from '../policy/argument.js'
import type { Clock } from '../runtime/Clock.js'

/** Throws for a clock of a resource that has not what is used of it; none is fine. */
export const checkClock = (argument: string, clock: Clock | undefined, used: keyof Clock): void => {
  // Callers without types may hand over anything.
  if (clock !== undefined && typeof (clock as Partial<Clock> | null)?.[used] !== 'function')
    invalid(argument, 'a clock', clock)
}
