import type { Either } from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Checked, ErrorOf, ResultOf, Shaped } from '../action/Action.js'
import { type Env, left, type Result, type Run, toWrapper } from '../action/entry.js'
import { type Report, reportTo, telling } from '../action/RetryEvent.js'
import { invalid, known } from '../policy/argument.js'
import { toSeed } from '../policy/uniform.js'
import { seededRandom } from '../testing/seededRandom.js'
import { newTape } from './Tape.js'

// --- model

/**
 * How calls are recorded.
 *
 * @category model
 * @since 0.3.0
 */
export interface RecordingOptions {
  /** Gives the seed of a call, a whole number; drawn from the randomness outside if not set. */
  readonly seed?: IO<number> | undefined
  /**
   * Gives what is to be kept in the place of an argument, an error or result, or a part of them; as the replacer of
   * `JSON.stringify`. For secrets, and for what JSON would lose. Where it throws, the part is left out.
   */
  readonly replace?: ((key: string, value: unknown) => unknown) | undefined
}

// --- the wrapper

/**
 * Gives a token for each call when it has ended: a line of text from which `replay` makes the same run again, with the same
 * waits, decisions and events. It is to stand right around `withRetry`; each call draws from a seed of its own, and nothing
 * else is changed. The result of the call is given along, so that only failures need to be kept.
 *
 * A token holds the seed, the name and arguments, when each attempt began and ended, and its error or result, as far as JSON
 * keeps them: of an error the name, message, `code`, `_tag`, `cause` and what is its own. A value is cut at about 20,000
 * letters, a token is never longer than a million; a run that would need more gives a token that says so. What `onToken`
 * throws or rejects with is dropped, and it is not waited for.
 *
 * A seed that is no whole number makes the call fail with a `RangeError`. Throws a `TypeError` or `RangeError` for an
 * `onToken` or an option that cannot be.
 *
 * *Gotchas*: arguments, errors and results stand in the token for everyone to read who can read base64: take secrets out with
 * `replace`. `withEnv` has to be outside, or the waits are not drawn from the seed. Where retries are nested, it is the outermost
 * that can be replayed; what the others did is told again as it was recorded. A hedge between this and the retry makes
 * several calls of it, which cannot be replayed. The policy is not in the token.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, retryOn, withJitter, withRetry } from 'reprise'
 * import { replay, withRecording } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential(5), withJitter('full'), limitRetries(2), retryOn('ECONNRESET'))
 *
 * // In production: a line in the log for each call that has failed.
 * const log: string[] = []
 * const fetchUser = pipe(
 *   async (_id: number) => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNRESET' })),
 *   withRetry(policy),
 *   withRecording((token, result) => {
 *     if (result._tag === 'Left') log.push(`fetchUser failed, replay with ${token}`)
 *   })
 * )
 * const failed = await fetchUser(7)()
 *
 * // At the desk: the same run, from the line, without a network and without waiting.
 * const token = log.join().split(' ').at(-1) ?? ''
 * const replayed = await replay(policy, token)()
 * assert(failed._tag === 'Left' && replayed._tag === 'Right')
 * assert.deepEqual(replayed.right.waits, failed.left.failures.flatMap(({ delay }) => delay ?? []))
 * assert.deepEqual(replayed.right.events.map(({ _tag, args }) => `${_tag} ${args[0]}`).slice(0, 3),
 *   ['AttemptStarted 7', 'AttemptFailed 7', 'RetryScheduled 7'])
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withEnv, withJitter, withRetry } from 'reprise'
 * import { replay, withRecording } from 'reprise/lab'
 * import { scripted, virtualClock } from 'reprise/testing'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // A test that fails now and then, as its waits are drawn anew each time, prints the token of the run.
 * const policy = pipe(exponential('1s'), withJitter('full'), limitRetries(5))
 * const tokens: string[] = []
 * const clock = virtualClock()
 * const task = pipe(scripted('LLLR'), withRetry(policy), withRecording((token) => tokens.push(token)), withEnv({ clock }))
 * const pending = task()
 * await clock.runAll()
 * await pending
 *
 * // Pasted into a test of its own, that fails each time, or never again.
 * const replayed = await replay(policy, tokens.join())()
 * assert(replayed._tag === 'Right' && replayed.right.result._tag === 'Right')
 * assert.equal(replayed.right.events.at(-1)?.elapsed, clock.now())
 *
 * @category actions
 * @since 0.3.0
 */
export const withRecording = (
  onToken: (token: string, result: Either<unknown, unknown>) => unknown,
  options: RecordingOptions = {}
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F>, ResultOf<F>>) => {
  if (typeof onToken !== 'function') invalid('withRecording: onToken', 'a function of a token', onToken)
  known('withRecording', options, ['seed', 'replace'])
  for (const name of ['seed', 'replace'] as const) {
    if (!['undefined', 'function'].includes(typeof options[name]))
      invalid(`withRecording: ${name}`, 'a function', options[name])
  }
  const tell = telling<readonly [token: string, result: Result]>((told) => onToken(...told))
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toWrapper('withRecording', (inner) =>
    recorded(inner, options, (...told) => {
      tell(told)
    })
  ) as never
}

const recorded =
  (inner: Run, options: RecordingOptions, tell: (token: string, result: Result) => void): Run =>
  async (env, args) => {
    // 32 bits, so that a token is short.
    const drawn = options.seed ? options.seed() : Math.floor(env.random() * 2 ** 32)
    const random = counted(seededRandom(toSeed('withRecording: seed', drawn)))
    const tape = newTape({ seed: drawn, args, draws: random.count, replace: options.replace })
    const [own, other] = [reportTo(tape.hear), reportTo(tape.hearOther)]
    // Reports are made as `env.report(…)`, so `this` tells whose they are: an environment inside of an attempt that began in
    // here is not that of the outermost retry.
    const report = function (this: Env | undefined, ...what: Parameters<Report>): void {
      const isInside = this !== undefined && this.attempt !== env.attempt
      ;(isInside ? other : own)(...what)
      env.report?.(...what)
    }
    try {
      const result = await inner({ ...env, random: random.next, report }, args)
      tell(tape.token(), result)
      return result
    } catch (error) {
      tell(tape.token(), left(error))
      throw error
    }
  }

/** A random that counts its draws. */
const counted = (random: () => number) => {
  let count = 0
  return {
    count: () => count,
    next: () => {
      count += 1
      return random()
    }
  }
}
