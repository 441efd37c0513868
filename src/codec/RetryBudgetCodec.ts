/** The options of a retry budget from JSON. They are plain data, and so are JSON already once the `clock` is left out. */
import type { Either } from 'fp-ts/lib/Either.js'
import { retryBudget, type RetryBudgetOptions } from '../resource/RetryBudget.js'
import { decoderOf } from './Codec.js'
import type { ConfigError } from './ConfigError.js'
import { field, type Form, made, object } from './Form.js'
import { fit } from './Options.js'
import { amount, duration } from './Value.js'

export const retryBudgetForm: Form<RetryBudgetOptions> = made(
  fit((read: object) => {
    // The constructor finds out whether it is.
    const options = read as RetryBudgetOptions
    retryBudget(options)
    return options
  })
)(
  object('options of a retry budget', {
    ratio: field(amount, 'Retries for each call.'),
    minimumPerSecond: field(amount, 'Retries that are allowed besides, in a second; 10 if not set.'),
    window: field(duration, 'The time over which calls and retries are counted; 10 s if not set.'),
    maxTokens: field(amount, 'Instead of a ratio: how many tokens there are at most.'),
    tokenRatio: field(amount, 'How much of a token a success gives back.')
  })
)

/**
 * Reads the options of a retry budget from what was parsed from JSON or YAML. What it gives is plain JSON again, with the
 * window in milliseconds.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { retryBudget } from 'reprise'
 * import { decodeRetryBudgetOptions } from 'reprise/codec'
 *
 * const options = decodeRetryBudgetOptions({ ratio: 0.2, minimumPerSecond: 3, window: '10s' })
 * assert(options._tag === 'Right')
 * assert.equal(retryBudget(options.right)().balance(), 30)
 *
 * @category decoding
 * @since 0.3.0
 */
export const decodeRetryBudgetOptions: (
  json: unknown
) => Either<ReadonlyArray<ConfigError>, RetryBudgetOptions> = /* #__PURE__ */ decoderOf(retryBudgetForm)
