import {
  type Decision,
  initialState,
  type RetryPolicy,
  simulate,
  type SimulatedOutcome,
  step,
  type StepState
} from 'reprise'

/** A decision in short: the wait, or why it ends. */
export type Reply = number | 'Accept' | 'Exhausted' | 'NotRetryable' | 'PolicyFault'

const toReply = (decision: Decision<never, never>): Reply => {
  switch (decision._tag) {
    case 'Retry':
      return decision.delay
    case 'GiveUp':
      return decision.reason
    case 'Accept':
      return 'Accept'
  }
}

/** Gives what a policy replies to outcomes, or to a number of failures, up to where it ends. */
export const replies = <E, A>(
  policy: RetryPolicy<E, A>,
  outcomes: number | ReadonlyArray<SimulatedOutcome<E, A>>,
  seed = 0
): ReadonlyArray<Reply> =>
  simulate(policy, outcomes, seed).map((decision) => toReply(decision as Decision<never, never>))

/** Gives what a policy replies to a failure in a given status. */
export const replyTo = (
  policy: RetryPolicy,
  { elapsed = 0, random = 0, ...state }: Partial<StepState> & { elapsed?: number; random?: number }
): Reply =>
  toReply(
    step<never, never>(policy)({ ...initialState, ...state }, { outcome: failure, elapsed, random }).decision
  )

/** Steps through failures without stopping at a stop; gives every reply, and the state at the end. */
export const drive = (
  policy: RetryPolicy,
  failures: number
): { readonly replies: ReadonlyArray<Reply>; readonly state: StepState } => {
  const next = step<never, never>(policy)
  const given: Reply[] = []
  let state = initialState
  for (let i = 0; i < failures; i++) {
    const { decision, state: after } = next(state, { outcome: failure, elapsed: 0, random: 0 })
    given.push(toReply(decision))
    state = after
  }
  return { replies: given, state }
}

/** Gives the moments, in milliseconds since the start, at which failures that take no time are met. */
export const moments = (policy: RetryPolicy, failures: number): ReadonlyArray<number> =>
  simulate(policy, failures).map(({ elapsed }) => elapsed)

const failure = { _tag: 'Threw', error: 'failure' } as const
