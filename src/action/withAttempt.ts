import type { Option } from 'fp-ts/lib/Option.js'
import { invalid } from '../policy/argument.js'
import type { Failure } from '../policy/Failure.js'
import type { AnyFunction, ErrorOf, ResultOf, Shaped } from './Action.js'
import { type Callable, type Env, toAction, toRun } from './entry.js'

/**
 * What a function may know of the attempt that it is.
 *
 * @category model
 * @since 0.1.0
 */
export interface Attempt {
  /** Counted from 1. */
  readonly attempt: number
  /** Milliseconds from the start of the call to the start of this attempt. */
  readonly elapsed: number
  /** The failure of the attempt before this one: a call can learn from it. */
  readonly previous: Option<Failure<unknown, unknown>>
  /** Aborts when this attempt is no longer wanted: on a timeout, or the abort of a signal outside. */
  readonly signal: AbortSignal
  /** The name of the function as the retry knows it. */
  readonly name: string
}

/**
 * Gives a function what it may know of its attempt. Inside `withRetry`, the attempts count up; outside any retry it sees
 * attempt 1.
 *
 * *Gotchas*: a plain fp-ts step between this and a wrapper outside hides the signal; keep such steps inside, or use `via`. The
 * name that events show is that of `make`: write `withAttempt(function getUser({ signal }) { ... })` to have one.
 *
 * It cannot be known beforehand whether the function takes arguments, so a call with nothing but `undefined` runs
 * as a task; where that matters, mark it with `arrow`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, limitRetries, runOrThrow, withAttempt, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const ask = withAttempt(({ attempt, previous }) => async (question: string) => {
 *   if (attempt < 3) throw new Error(`bad answer ${attempt}`)
 *   return `${question} (after ${previous._tag === 'Some' && previous.value._tag === 'Threw' ? previous.value.error : ''})`
 * })
 * const answer = await pipe(ask, withRetry(pipe(immediate, limitRetries(3))))('why?')()
 * assert.deepEqual(answer, { _tag: 'Right', right: 'why? (after Error: bad answer 2)' })
 *
 * @category actions
 * @since 0.1.0
 */
export const withAttempt = <F extends AnyFunction>(
  make: (attempt: Attempt) => F
): Shaped<F, ErrorOf<F>, ResultOf<F>> => {
  if (typeof make !== 'function') invalid('withAttempt: make', 'a function of an attempt', make)
  const anonymous: Callable = () => undefined
  Object.defineProperty(anonymous, 'name', { value: make.name })
  return toAction(anonymous, async (env, args) => {
    const { attempt, release } = toAttempt(env, make.name)
    try {
      // Awaited here, so that the signal is released only when the attempt is over.
      return await toRun(make(attempt) as unknown as Callable)(env, args)
    } finally {
      release()
    }
    // The types of the shapes are worked out above; at run time all of them are callables.
  }) as never
}

/** Gives the attempt of an environment, whose signal is made only when it is asked for, and how to let go of it. */
const toAttempt = ({ attempt: info, interrupt }: Env, name: string) => {
  const made: { signal?: AbortSignal; release?: (() => void) | undefined } = {}
  const makeSignal = (): AbortSignal => {
    const controller = new AbortController()
    if (interrupt?.fired === true) controller.abort(interrupt.reason)
    made.release = interrupt?.listen((reason) => {
      controller.abort(reason)
      return false
    })
    return controller.signal
  }
  const attempt: Attempt = {
    attempt: info?.attempt ?? 1,
    elapsed: info?.elapsed ?? 0,
    previous: info?.previous === undefined ? { _tag: 'None' } : { _tag: 'Some', value: info.previous },
    name: info?.name ?? name,
    get signal() {
      return (made.signal ??= makeSignal())
    }
  }
  return { attempt, release: () => made.release?.() }
}
