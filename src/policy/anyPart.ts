import { type AnyPolicy, parts } from './RetryPolicy.js'

/** Does it hold for the policy, or for any of its parts? */
export const anyPart = (self: AnyPolicy, holds: (part: AnyPolicy) => boolean): boolean =>
  holds(self) || parts(self.schedule).some((part) => anyPart(part, holds))
