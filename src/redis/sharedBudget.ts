import type { IO } from 'fp-ts/lib/IO.js'
import { invalid, named } from '../policy/argument.js'
import { type RetryBudget, type RetryBudgetOptions, toBudgetPlan } from '../resource/RetryBudget.js'
import { budgetReplica } from './BudgetReplica.js'
import { withBudgetRules } from './SharedBudgetRules.js'
import { type RedisStore, toStore } from './RedisStore.js'

// What happens is sent together, a few times in a second.
const pace = 50

/**
 * Makes a retry budget that all processes with the same store, name and options share, each time it is run. Everything that
 * takes a `retryBudget` takes it.
 *
 * A budget never waits: a process decides by what it knows, and sends what it does 20 times in a second. What it does itself
 * counts at once; what others do, when it hears of that: with the answer to what it sends, by a message of Redis when the
 * budget is used up or there again, and once a second in any case. So retries can go over the budget, at most by those that
 * the other processes make until then, which is some 50 ms and a round trip where all are busy.
 *
 * While Redis is away, `whenAway` of the store says what happens: `'local'` goes on from what was known, in this process
 * alone; `'open'` allows every retry; `'closed'` allows none. As soon as Redis is back, the shared state counts again, without
 * what was done in between.
 *
 * Tokens are forgotten, and so all there again, after a day without a failure or a success that changes them.
 *
 * The options are those of `retryBudget` without a `clock`: that of Redis counts. Throws a `RangeError` or `TypeError` that
 * names the argument or the option.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { Redis } from 'ioredis'
 * import { exponential, limitRetries, withRetry, withRetryBudget } from 'reprise'
 * import { redisStore, sharedBudget } from 'reprise/redis'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const client = new Redis({ lazyConnect: true })
 * const store = redisStore(client, { prefix: 'shop' })()
 * const budget = sharedBudget(store, 'payments', { ratio: 0.2 })()
 * const policy = pipe(exponential('100ms'), limitRetries(3))
 * const charge = pipe(async (cents: number) => `charged ${cents}`, withRetry(policy), withRetryBudget(budget))
 * // In any process: await charge(100)()
 *
 * assert.equal(budget.balance(), 100) // as far as is known here: ten a second, over ten seconds
 *
 * await store.close()
 * client.disconnect()
 *
 * @category constructors
 * @since 0.3.0
 */
export const sharedBudget = (
  store: RedisStore,
  name: string,
  options: RetryBudgetOptions
): IO<RetryBudget> => {
  const own = toStore('sharedBudget: store', store)
  named('sharedBudget: name', name)
  const plan = toBudgetPlan(options)
  if (plan.clock !== undefined) invalid('sharedBudget: clock', "left out: Redis's clock counts", plan.clock)
  return withBudgetRules(
    plan,
    (rules, shared) => () => budgetReplica(rules, own.open('budget', name, shared, { pace }), own.whenAway)
  )
}
