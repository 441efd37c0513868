/** What `lint` says. */

// --- model

/**
 * What a warning is about.
 *
 * @category model
 * @since 0.2.0
 */
export type LintRule =
  | 'abort-swallows-retry'
  | 'below-one-millisecond'
  | 'bound-undone'
  | 'cap-below-base'
  | 'floor-above-cap'
  | 'floor-above-waits'
  | 'hint-max-above-cap'
  | 'hint-max-below-floor'
  | 'hot-loop'
  | 'limit-never-reached'
  | 'never-stops'
  | 'no-jitter'
  | 'part-never-matters'
  | 'policy-fault'
  | 'record-failures-too-many'
  | 'retry-on-nothing'
  | 'shrinking-waits'
  | 'stage-never-reached'
  | 'waits-exceed-limit'
  | 'waits-grow-too-long'
  | 'when-never-chosen'

/**
 * A warning: what is wrong, the value, and what to do instead.
 *
 * @category model
 * @since 0.2.0
 */
export interface LintWarning {
  readonly rule: LintRule
  readonly message: string
}

/** Gives one warning, in a list. */
export const warn = (rule: LintRule, message: string): ReadonlyArray<LintWarning> => [{ rule, message }]
