/**
 * The options of a worker. Each is one value for all methods, or a record of values with a `'*'` for the methods that it
 * does not name.
 */
import type { Observer } from '../action/RetryEvent.js'
import type { ConditionInput } from '../policy/Condition.js'
import type { Duration } from '../policy/Duration.js'
import type { AnyPolicy, Jitter } from '../policy/RetryPolicy.js'
import type { ValidatorInput } from '../policy/Validator.js'
import type { CircuitBreaker } from '../resource/CircuitBreaker.js'
import type { AnyLimitSet } from '../resource/LimitSet.js'
import type { RetryBudget } from '../resource/RetryBudget.js'

/**
 * How waits grow, by the name of the constructor.
 *
 * @category model
 * @since 0.2.0
 */
export type RetryAlgorithm = 'exponential' | 'linear' | 'fixed' | 'fibonacci'

/**
 * What a method may be told.
 *
 * @category model
 * @since 0.2.0
 */
export interface MethodOptions {
  /** Retries after the first attempt; 0 if not set. */
  readonly numRetries: number
  /** How the waits grow; `'exponential'` if not set. */
  readonly retryAlgorithm: RetryAlgorithm
  /** The first wait; 1 s if not set. */
  readonly retryWait: Duration
  /** How the waits are spread; 0.3, which is ± 30 %, if not set. */
  readonly retryJitter: Jitter
  /** No wait is longer; without a bound if not set. */
  readonly maxWait: Duration
  /** Which errors are retried; all but those that mean "given up already" if not set. */
  readonly retryOn: ConditionInput
  /** Which results are accepted; all if not set. */
  readonly retryUntil: ValidatorInput
  /** A composed policy, instead of all the options above. */
  readonly policy: AnyPolicy
  /** How long each attempt may take. */
  readonly attemptTimeout: Duration
  /** What each attempt waits for and holds; a call that queues is not on the time of `attemptTimeout`. */
  readonly limits: AnyLimitSet | MethodLimits
  /** Is asked before each attempt, and told what came of it. One breaker for all methods, or one for each. */
  readonly circuitBreaker: CircuitBreaker<never>
  /** What retries draw on. */
  readonly retryBudget: RetryBudget
  /** How long the whole call may take, waits included. */
  readonly timeout: Duration
  /** Is told of each event. */
  readonly observer: Observer
}

/**
 * A set of limits, how much of it a call asks for, and how much it has used: as `withLimits` takes them.
 *
 * @inline
 */
export interface MethodLimits {
  readonly set: AnyLimitSet
  /** Amounts by key, or a function of the arguments that gives them; one of each call and resource if not set. */
  readonly request?: Amounts | ((...args: never[]) => Amounts) | undefined
  /** Of the result and the arguments. */
  readonly usage?: ((result: never, ...args: never[]) => Amounts) | undefined
}

/** @inline */
type Amounts = Readonly<Record<string, number | undefined>>

export type OptionName = keyof MethodOptions

/** The options that a `policy` stands instead of. */
export type SimpleOption =
  'numRetries' | 'retryAlgorithm' | 'retryWait' | 'retryJitter' | 'maxWait' | 'retryOn' | 'retryUntil'

/**
 * One value for all methods, or a record with a `'*'`; `undefined` inherits.
 *
 * @category model
 * @since 0.2.0
 */
export type PerMethod<V> = V | PerMethodRecord<V> | undefined

/**
 * A value for `'*'`, which stands for every method that is not named, and for methods by name; `undefined` inherits.
 *
 * @category model
 * @since 0.2.0
 */
export interface PerMethodRecord<V> {
  readonly '*': V | undefined
  readonly [method: string]: V | undefined
}

/**
 * The options of a worker.
 *
 * @category model
 * @since 0.2.0
 */
export type WorkerOptions = { readonly [P in OptionName]?: PerMethod<MethodOptions[P]> }

/**
 * What `configure` may set: one value for all methods of all workers made with it.
 *
 * @category model
 * @since 0.2.0
 */
export type WorkerDefaults = { readonly [P in OptionName]?: MethodOptions[P] | undefined }
