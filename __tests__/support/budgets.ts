/** Budgets, and the policies that draw on them. */
import { pipe } from 'fp-ts/lib/function.js'
import { immediate, limitRetries, retryBudget } from 'reprise'

/** A budget of so many retries in 10 s, whatever the calls. */
export const retries = (count: number) => retryBudget({ ratio: 0, minimumPerSecond: count / 10 })()

/** A budget of retries for each call, and none besides. */
export const perCall = (ratio: number) => retryBudget({ ratio, minimumPerSecond: 0 })()

export const tenTokens = (tokenRatio = 0.5) => retryBudget({ maxTokens: 10, tokenRatio })()

export const thrice = pipe(immediate, limitRetries(2))
export const often = pipe(immediate, limitRetries(50))
