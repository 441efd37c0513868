import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { lastError } from '../action/RetryError.js'
import { withEnv } from '../action/withEnv.js'
import { withRetry } from '../action/withRetry.js'
import { when } from '../policy/Composition.js'
import { capDelay, withJitter } from '../policy/Delay.js'
import { recordFailures, retryOn } from '../policy/Judgement.js'
import { read } from '../policy/Failure.js'
import { exponential, immediate } from '../policy/Schedule.js'
import { isRedisAway, type RedisAway, redisAway } from './RedisAway.js'
import type { RedisLink } from './RedisLink.js'

/** Another process was quicker: from the state that is there now, all is to be worked out anew. */
export interface SwapLost {
  readonly _tag: 'SwapLost'
  /** Is it the turn of this one now? */
  readonly isNext: boolean
}

export const swapLost = (isNext: boolean): SwapLost => ({ _tag: 'SwapLost', isNext })

const isNext = (error: unknown): boolean => read(error, 'isNext') === true

// Whoever is next goes on at once; the others wait for about as long as that takes.
const persistently = /* #__PURE__ */ pipe(
  capDelay(20)(withJitter('full')(exponential(1))),
  when(isNext, immediate),
  retryOn('SwapLost'),
  recordFailures(1)
)

/** Gives what swaps until it has not lost. */
export const retrySwaps = <A, B>(
  { clock, random }: Pick<RedisLink, 'clock' | 'random'>,
  swap: (batch: A) => Promise<Either<RedisAway | SwapLost, B>>
): ((batch: A) => Promise<Either<RedisAway, B>>) => {
  const [inEnv, retried] = [withEnv({ clock, random }), withRetry(persistently)]
  return async (batch) => {
    const result = await inEnv(retried(() => swap(batch)))()
    if (result._tag === 'Right') return result
    const last = lastError(result.left)
    // It retries errors, so there was one.
    const error = (last as Extract<typeof last, { _tag: 'Some' }>).value
    // Rules are pure and total; if they throw all the same, nobody else is to suffer.
    const away = isRedisAway(error) ? error : redisAway('failed', 'the rules of the state threw', error)
    return { _tag: 'Left', left: away }
  }
}
