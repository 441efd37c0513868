import { everyPart } from './namedParts.js'
import { type AnyPolicy, parts } from './RetryPolicy.js'

// Whose failures are asked about: those that no `when` chooses, or all.
type Failures = 'every' | 'main'

/**
 * Is it certain that a policy goes on for as long as failures do that are worth another try, with no hint in them? Asked of
 * `'every'` failure, or of those that no `when` chooses (`'main'`).
 */
export const neverStops = (self: AnyPolicy, failures: Failures = 'every'): boolean =>
  goesOn(self, failures, false)

/** `isLengthened`: waits may get longer further down the pipe. */
const goesOn = (self: AnyPolicy, failures: Failures, isLengthened: boolean): boolean => {
  const { schedule } = self
  if (limits.some((key) => self[key] !== undefined)) return false
  const inner = isLengthened || self.floorDelay !== undefined || ['both', 'mapDelay'].includes(schedule._tag)
  const all = parts(schedule)
  const partGoesOn = (part: AnyPolicy): boolean => goesOn(part, failures, inner)
  switch (schedule._tag) {
    case 'exponential':
    case 'linear':
    case 'fixed':
    case 'fibonacci':
    case 'decorrelated':
      return true
    case 'delays':
    case 'custom':
      return false
    case 'both':
    case 'mapDelay':
      return all.every(partGoesOn)
    case 'either':
      return all.some(partGoesOn)
    case 'andThen':
      // A wait that gets longer after the stage has looked at its limits of time ends the call instead of the stage.
      return all.some((stage, i) => partGoesOn(stage) && !(inner && all.slice(0, i).some(isTimed)))
    case 'when':
      return all.slice(failures === 'every' ? 0 : 1).every(partGoesOn)
  }
}

const limits = ['limitRetries', 'limitDelay', 'limitTotalDelay', 'limitElapsed'] as const

const isTimed = (self: AnyPolicy): boolean =>
  everyPart(self).some((part) => limits.slice(1).some((key) => part[key] !== undefined))
