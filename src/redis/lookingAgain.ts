import type { Either } from 'fp-ts/lib/Either.js'
import { withEnv } from '../action/withEnv.js'
import { withRetry } from '../action/withRetry.js'
import { withSignal } from '../action/withSignal.js'
import { capDelay, withJitter } from '../policy/Delay.js'
import { recordFailures } from '../policy/Judgement.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import { exponential } from '../policy/Schedule.js'
import type { Clock } from '../runtime/Clock.js'
import type { Random } from '../runtime/Random.js'

/** At once, and then after 100 ms, 200 ms and so on, up to 5 s; half of it to half more. */
const patiently: RetryPolicy = /* #__PURE__ */ recordFailures(1)(
  withJitter(0.5)(capDelay('5s')(exponential('100ms')))
)

/** Looks again and again, until there is a `Right`; then calls `found`. Gives a function that stops it. */
export const lookingAgain = <A>(
  { background, random }: { readonly background: Clock; readonly random: Random },
  look: () => Promise<Either<unknown, A>>,
  found: (value: A) => void
): (() => void) => {
  const stop = new AbortController()
  const looking = withEnv({ clock: background, random })(withSignal(stop.signal)(withRetry(patiently)(look)))
  void looking().then((result) => {
    // What is found while it is being stopped comes too late.
    if (result._tag === 'Right' && !stop.signal.aborted) found(result.right)
  })
  return () => {
    stop.abort()
  }
}
