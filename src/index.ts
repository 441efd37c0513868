/**
 * Policies as plain values, and what carries them out: `withRetry` and the other wrappers, limits, circuit breakers, retry
 * budgets, and `worker` for a record of functions. Needs nothing at run time.
 *
 * Start with `exponential`, `withJitter`, `limitRetries` and `withRetry`, or with `worker`.
 *
 * @module reprise
 */
export { type Bound, type Bounds, bounds } from './policy/bounds.js'
export { andThen, both, either, getPolicyLattice, getPolicyMonoid, when } from './policy/Composition.js'
export {
  allOf,
  anyCause,
  type Condition,
  type ConditionInput,
  type ErrorClass,
  not
} from './policy/Condition.js'
export { capDelay, delayFrom, floorDelay, mapDelay, withJitter } from './policy/Delay.js'
export type { Duration } from './policy/Duration.js'
export { PolicyEq } from './policy/Eq.js'
export { type ChosenTable, explain, type Explanation, ExplanationShow } from './policy/explain.js'
export type { Answered, Cause, Context, Failed, Failure, Outcome, Rejected, Threw } from './policy/Failure.js'
export { isRetryable } from './policy/isRetryable.js'
export { abortOn, recordFailures, retryOn, retryUntil } from './policy/Judgement.js'
export { limitDelay, limitElapsed, limitRetries, limitTotalDelay } from './policy/Limit.js'
export { lint } from './policy/lint.js'
export type { LintRule, LintWarning } from './policy/LintWarning.js'
export type { AnyPolicy, CustomDelay, Jitter, RetryPolicy, ScheduleStatus } from './policy/RetryPolicy.js'
export {
  custom,
  decorrelated,
  delays,
  exponential,
  fibonacci,
  fixed,
  immediate,
  linear,
  never
} from './policy/Schedule.js'
export { PolicyShow } from './policy/Show.js'
export { type Simulated, type SimulatedOutcome, simulate, waits } from './policy/simulate.js'
export {
  type Decision,
  initialState,
  type Step,
  step,
  type StepInput,
  type StepState
} from './policy/step.js'
export type { WaitRow, WaitTable } from './policy/tabulate.js'
export type { DecodeError, Decoder, ValidatorInput } from './policy/Validator.js'

export { backgroundClock, type Clock, systemClock } from './runtime/Clock.js'
export { type Random, systemRandom } from './runtime/Random.js'

export { arrow } from './action/arrow.js'
export type { AnyFunction, Arrow, Checked, ErrorOf, Judging, ResultOf, Shaped } from './action/Action.js'
export { type LatencyWindow, latencyWindow, type LatencyWindowOptions } from './action/LatencyWindow.js'
export {
  type CircuitOpen,
  isCircuitOpen,
  isLimitExceeded,
  type LimitExceeded
} from './action/ResourceError.js'
export {
  type Aborted,
  type BudgetExhausted,
  type Exhausted,
  type InvalidResult,
  isAborted,
  isBudgetExhausted,
  isExhausted,
  isInvalidResult,
  isNotRetryable,
  isPolicyFault,
  isRetryError,
  isTimedOut,
  lastError,
  lastFailure,
  match,
  type NotRetryable,
  type PolicyFault,
  reasonsOf,
  rejectedValues,
  type RetryError,
  type TimedOut,
  toError
} from './action/RetryError.js'
export type {
  AttemptFailed,
  AttemptStarted,
  CircuitClosed,
  CircuitHalfOpened,
  CircuitOpened,
  CircuitRefused,
  GaveUp,
  HedgeStarted,
  LimitGranted,
  LimitRefused,
  LimitWaiting,
  Observer,
  RetryEvent,
  RetryScheduled,
  Succeeded
} from './action/RetryEvent.js'
export { runOrThrow } from './action/runOrThrow.js'
export { succeed } from './action/succeed.js'
export { via } from './action/via.js'
export { type Attempt, withAttempt } from './action/withAttempt.js'
export { withDecoder } from './action/withDecoder.js'
export { type Environment, withEnv } from './action/withEnv.js'
export { type HedgeOptions, type LatencyQuantile, withHedge } from './action/withHedge.js'
export { onRetry, withObserver } from './action/withObserver.js'
export { withRetry } from './action/withRetry.js'
export { withSignal } from './action/withSignal.js'
export { withTimeout } from './action/withTimeout.js'

export type { CircuitBreakerOptions } from './resource/BreakerOptions.js'
export type { BreakerState, BreakerStatus } from './resource/BreakerState.js'
export {
  type BreakerEvent,
  type BreakerObserver,
  type CircuitBreaker,
  circuitBreaker
} from './resource/CircuitBreaker.js'
export {
  callLimit,
  type CallLimit,
  type Limit,
  type LimitAlgorithm,
  rateLimit,
  type RateLimit,
  resourceLimit,
  type ResourceLimit
} from './resource/Limit.js'
export type { LimitRequest, LimitUsage } from './resource/LimitRequest.js'
export { type LimitSet, limitSet, type LimitSetOptions, type Permit } from './resource/LimitSet.js'
export { type RetryBudget, retryBudget, type RetryBudgetOptions } from './resource/RetryBudget.js'
export { withCircuitBreaker } from './resource/withCircuitBreaker.js'
export { withLimits } from './resource/withLimits.js'
export { withRetryBudget } from './resource/withRetryBudget.js'

export type { Methods, NoOptions, PolicyOf } from './worker/Methods.js'
export { policyOf } from './worker/policyOf.js'
export { configure, worker, type WorkerMaker } from './worker/worker.js'
export type {
  MethodOptions,
  PerMethod,
  PerMethodRecord,
  RetryAlgorithm,
  WorkerDefaults,
  WorkerOptions
} from './worker/WorkerOptions.js'
