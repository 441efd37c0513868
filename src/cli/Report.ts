/**
 * What the commands find out, as plain JSON: what `--json` prints, and what texts are made of. A document has the same keys
 * whether all went well or not.
 */
import { type Bounds, bounds } from '../policy/bounds.js'
import { explain, type Explanation } from '../policy/explain.js'
import { formatDuration } from '../policy/formatDuration.js'
import { limitElapsed } from '../policy/Limit.js'
import { lint } from '../policy/lint.js'
import type { LintWarning } from '../policy/LintWarning.js'
import { type RetryPolicy, update } from '../policy/RetryPolicy.js'
import { PolicyShow } from '../policy/Show.js'
import { simulate } from '../policy/simulate.js'
import type { Problem } from './Problem.js'
import type { Selected } from './Selection.js'

// --- model

/** Whose policy it is: a method's, or `null` for the file's only one; and the policy as code. */
interface Named {
  readonly method: string | null
  readonly code: string
  readonly attemptTimeout: number | null
  readonly timeout: number | null
}

export interface Explained extends Named, Explanation {
  readonly bounds: Bounds
}

export interface Checked extends Named {
  readonly warnings: ReadonlyArray<LintWarning>
}

export interface Simulated extends Named {
  readonly decisions: ReadonlyArray<Decided>
}

/** A decision; what it has no value for is `null`. Milliseconds, `elapsed` and `latest` since the start of the call. */
export interface Decided {
  readonly attempt: number
  readonly elapsed: number
  readonly outcome: 'fails' | 'succeeds'
  readonly decision: 'Retry' | 'Accept' | 'GiveUp'
  readonly delay: number | null
  readonly from: number | null
  readonly to: number | null
  readonly latest: number | null
  readonly reason: string | null
}

export interface Report<P> {
  readonly command: string
  readonly file: string
  readonly ok: boolean
  readonly kind: 'policy' | 'worker' | null
  readonly policies: ReadonlyArray<P>
  readonly errors: ReadonlyArray<{
    readonly file: string
    readonly path: string | null
    readonly line: number | null
    readonly column: number | null
    readonly message: string
  }>
}

// --- constructors

const nameOf = ({ policy, ...named }: Selected): Named => ({ ...named, code: PolicyShow.show(policy) })

export const explainSelected =
  (retries: number) =>
  (selected: Selected): Explained => ({
    ...nameOf(selected),
    ...explain(selected.policy, retries),
    bounds: bounds(selected.policy)
  })

export const checkSelected = (selected: Selected): Checked => ({
  ...nameOf(selected),
  warnings: lintCalls(selected)
})

/** A timeout around the retries stops them as `limitElapsed` would: they may go on for ever, and may not fit in. */
const lintCalls = ({ policy, timeout }: Selected): ReadonlyArray<LintWarning> => {
  if (timeout === null) return lint(policy)
  const time = formatDuration(timeout)
  // What the policy judges does not matter here.
  return lint(limitElapsed(timeout)(policy as RetryPolicy)).map(({ rule, message }) => ({
    rule,
    message: message.replaceAll(`limitElapsed(${time})`, `the timeout of ${time}`)
  }))
}

/** Failures for as long as anyone will read. */
export const failures = 'L'.repeat(20)

/** Plays outcomes through, a letter for each attempt: success is success, there is no result to validate. */
export const simulateSelected =
  (outcomes: string, seed: number, duration: number) =>
  (selected: Selected): Simulated => {
    const list = Array.from(outcomes, (letter) =>
      letter === 'R'
        ? ({ _tag: 'Answered', value: undefined, duration } as const)
        : ({ _tag: 'Rejected', value: undefined, reasons: ['simulated'], duration } as const)
    )
    return {
      ...nameOf(selected),
      decisions: simulate(update(selected.policy, { retryUntil: [] }), list, seed).map(
        (decision): Decided => {
          const { attempt, elapsed, _tag } = decision
          const outcome = outcomes[attempt - 1] === 'R' ? 'succeeds' : 'fails'
          const common = { attempt, elapsed, outcome, decision: _tag } as const
          const none = { delay: null, from: null, to: null, latest: null, reason: null }
          switch (decision._tag) {
            case 'Accept':
              return { ...common, ...none }
            case 'GiveUp':
              return { ...common, ...none, reason: decision.reason }
            case 'Retry': {
              const { delay, from, to, latest } = decision
              // JSON has no infinity.
              return { ...common, ...none, delay, from, to, latest: latest === Infinity ? null : latest }
            }
          }
        }
      )
    }
  }

/** Gives the errors of a report. */
export const errorsOf = (file: string, problems: ReadonlyArray<Problem>): Report<never>['errors'] =>
  problems.map((problem) => ({
    file: problem.file ?? file,
    path: problem.path ?? null,
    line: problem.place?.line ?? null,
    column: problem.place?.column ?? null,
    message: problem.message
  }))
