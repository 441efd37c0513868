import type { IO } from 'fp-ts/lib/IO.js'
import { invalid, named } from '../policy/argument.js'
import type { ConditionInput, Judged } from '../policy/Condition.js'
import { type CircuitBreakerOptions, toPlan } from '../resource/BreakerOptions.js'
import type { CircuitBreaker } from '../resource/CircuitBreaker.js'
import { breakerReplica } from './BreakerReplica.js'
import { breakerRules } from './BreakerRules.js'
import { type RedisStore, toStore } from './RedisStore.js'

// What calls come to is sent together, a few times in a second; what opens or closes the breaker at once.
const pace = 50

/**
 * Makes a circuit breaker that all processes with the same store, name and options share, each time it is run: what fails in
 * one of them counts for all, it opens in all of them, and they try again together, with no more trials than `trials`.
 * Everything that takes a `circuitBreaker` takes it.
 *
 * A process decides by what it knows. While the breaker is closed, calls pass without asking Redis, and what they come to is
 * sent 20 times in a second; while it is open, calls are refused without asking. So after it has opened elsewhere calls still
 * pass for as long as the news takes, which is a round trip where messages of Redis arrive; without them, a process that has
 * heard nothing for a second looks when a call comes in. The first call of a process, and each trial, ask and wait for the
 * answer. A trial whose process has been killed gives its place back after the `lease` of the store.
 *
 * `status` and `save` give what the process knows; `isolate`, `reset` and `restore` hold for all, also if Redis is away for
 * now. `lastFailure` is that of this process. The observer is told of changes by others, too, each once, but for those that were
 * over before it was heard of them.
 *
 * While Redis is away, `whenAway` of the store says what happens: `'local'` goes on from what was known, in this process
 * alone; `'open'` lets all calls pass, and counts none; `'closed'` refuses them as `CircuitOpen`, to be tried again in a
 * second. A breaker that is known to be isolated refuses in any case. As soon as Redis is back, the shared state counts again.
 *
 * After a day without a call it forgets them, and is closed, unless it is isolated.
 *
 * The options are those of `circuitBreaker` without a `clock`: that of Redis counts. Throws a `RangeError` or `TypeError` that
 * names the argument or the option.
 *
 * *Gotcha*: where processes of one name have different windows, such as during a deployment, each forgets what the others have
 * counted; that it is open or isolated holds for all.
 *
 * *Gotcha*: what has not been sent is lost with the process. `await store.close()` sends it.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { Redis } from 'ioredis'
 * import { withCircuitBreaker } from 'reprise'
 * import { redisStore, sharedBreaker } from 'reprise/redis'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const client = new Redis({ lazyConnect: true })
 * const store = redisStore(client, { prefix: 'shop' })()
 * const breaker = sharedBreaker(store, 'payments', { countWindow: 20, failureRatio: 0.5, openTime: '10s' })()
 * const charge = pipe(async (cents: number) => `charged ${cents}`, withCircuitBreaker(breaker))
 * // In any process: await charge(100)()
 *
 * assert.equal(breaker.status()._tag, 'Closed') // as far as is known here
 *
 * await store.close()
 * client.disconnect()
 *
 * @category constructors
 * @since 0.3.0
 */
export const sharedBreaker = <const C extends ConditionInput = string>(
  store: RedisStore,
  name: string,
  options: CircuitBreakerOptions<C>
): IO<CircuitBreaker<ConditionInput extends C ? unknown : Judged<C>>> => {
  const own = toStore('sharedBreaker: store', store)
  named('sharedBreaker: name', name)
  const plan = toPlan(options)
  if (plan.clock !== undefined) invalid('sharedBreaker: clock', "left out: Redis's clock counts", plan.clock)
  const rules = breakerRules(plan)
  return () => {
    const leave = (): Promise<unknown> => replica.leave()
    const replica = breakerReplica(plan, rules, own.open('breaker', name, rules, { pace, leave }), own)
    return replica.breaker
  }
}
