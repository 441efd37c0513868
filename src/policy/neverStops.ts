import { type AnyPolicy, parts } from './RetryPolicy.js'

/**
 * Is it certain that a policy goes on for as long as failures do that are worth another try, with no hint beyond its `max`?
 * Asked of `'every'` failure, or of those that no `when` chooses (`'main'`).
 */
export const neverStops = (self: AnyPolicy, failures: 'every' | 'main' = 'every'): boolean => {
  const goesOn = (part: AnyPolicy): boolean => neverStops(part, failures)
  const { schedule } = self
  const limits = [self.limitRetries, self.limitElapsed, self.limitDelay, self.limitTotalDelay]
  if (limits.some((limit) => limit !== undefined)) return false
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
      return parts(schedule).every(goesOn)
    case 'either':
    case 'andThen':
      return parts(schedule).some(goesOn)
    case 'when':
      return parts(schedule)
        .slice(failures === 'main' ? 1 : 0)
        .every(goesOn)
  }
}
