/**
 * An independent search for histories that reach what `bounds` calls exact: by stepping, and by nothing that `bounds` itself
 * is made of.
 */
import {
  type AnyPolicy,
  type Bounds,
  type Condition,
  type Decision,
  immediate,
  initialState,
  isRetryable,
  type Outcome,
  retryOn,
  type RetryPolicy,
  step,
  type StepState
} from 'reprise'

type Key = keyof Bounds
type Failing = Exclude<Outcome<unknown, unknown>, { readonly _tag: 'Answered' }>
type Retry = Extract<Decision<unknown, unknown>, { readonly _tag: 'Retry' }>
type Stepping = (state: StepState, outcome: Failing, random: number, elapsed?: number) => Stepped | undefined

interface Stepped {
  readonly retry: Retry
  readonly state: StepState
}

/** A call under way, whose attempts take no time. */
interface Node {
  readonly state: StepState
  readonly before: StepState
  readonly longest: number
  readonly outcome: Failing
}

export const lastDraw = 1 - 2 ** -53

const rejected: Failing = { _tag: 'Rejected', value: 1, reasons: ['no'] }

// --- failures

/** Failures of every kind that the conditions of a policy tell apart; one if they choose no schedule. */
const failuresFor = (policy: AnyPolicy): ReadonlyArray<Failing> => {
  if (!JSON.stringify(policy.schedule).match(/"when"|"retryOn"/)) return [rejected]
  const conditions = conditionsIn(policy)
  const names = [...new Set(valuesOf('name', conditions))]
    .filter((name) => typeof name === 'string')
    .slice(0, 4)
  const types = [...new Set(valuesOf('type', conditions))].filter((type) => typeof type === 'function')
  const errors = subsets(names).flatMap((own) =>
    subsets(names.filter((name) => !own.includes(name))).map((below) => {
      const [_tag, name, code] = own
      return { _tag, name, code, errors: below.map((each) => ({ _tag: each })) }
    })
  )
  const instances = types.flatMap((type) =>
    errors.map((error) => Object.assign(Object.create(type.prototype as object) as object, error))
  )
  const judges = conditions.map((condition) => isRetryable(retryOn(condition)(immediate)))
  const alike = new Map(
    [...errors, ...instances].map((error) => [judges.map((judge) => judge(error)).join(), error])
  )
  return [rejected, ...[...alike.values()].map((error) => ({ _tag: 'Failed', error }) as const)]
}

/** All conditions of a policy. */
const conditionsIn = (value: unknown): ReadonlyArray<Condition> => {
  if (typeof value !== 'object' || value === null) return []
  const {
    abortOn = [],
    condition,
    retryOn,
    ...rest
  } = value as {
    readonly abortOn?: ReadonlyArray<Condition>
    readonly condition?: Condition
    readonly retryOn?: Condition
  }
  return [
    ...abortOn,
    ...[condition, retryOn].flatMap((each) => each ?? []),
    ...Object.values(rest).flatMap(conditionsIn)
  ]
}

/** What conditions hold under a key. */
const valuesOf = (key: 'name' | 'type', value: unknown): ReadonlyArray<unknown> => {
  if (typeof value !== 'object' || value === null) return []
  const { _tag, [key]: own } = value as { readonly [key in string]?: unknown }
  return [
    ...(_tag === 'named' || _tag === 'instanceOf' ? [own] : []),
    ...Object.values(value).flatMap((each) => valuesOf(key, each))
  ]
}

const subsets = (names: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  names.reduce<ReadonlyArray<ReadonlyArray<string>>>(
    (all, name) => [...all, ...all.map((each) => [...each, name])],
    [[]]
  )

// --- stepping

const stepping = (policy: RetryPolicy): Stepping => {
  const decide = step(policy)
  return (state, outcome, random, elapsed = state.slept) => {
    const { decision, state: after } = decide(state, { outcome, elapsed, random })
    return decision._tag === 'Retry' ? { retry: decision, state: after } : undefined
  }
}

/** The draw for a wait of `wait` ms, or the nearest. */
const drawFor = ({ from, to }: Retry, wait: number): number =>
  [0.5, 0.25, 0]
    .map((part) => Math.max(0, Math.min((wait + part - from) / (to - from || 1), lastDraw)))
    .find((u) => Math.floor(from + u * (to - from)) === wait) ?? (wait > from ? lastDraw : 0)

/** Steps with the least draw, the greatest one, and the greatest that ends in time. */
const optionsOf = (next: Stepping, state: StepState, outcome: Failing): ReadonlyArray<Stepped> => {
  const least = next(state, outcome, 0)
  const most = next(state, outcome, lastDraw)
  if (least === undefined) return most === undefined ? [] : [most]
  if (most !== undefined) return [least, most]
  const fitting = next(state, outcome, drawFor(least.retry, Math.floor(least.retry.latest - state.slept)))
  return [least, fitting ?? bisect(next, state, outcome, least)]
}

/** The step of the greatest draw that goes on, for windows that depend on the draw. */
const bisect = (next: Stepping, state: StepState, outcome: Failing, least: Stepped): Stepped => {
  let [best, on, off] = [least, 0, lastDraw]
  for (let i = 0; i < 53; i++) {
    const middle = (on + off) / 2
    const stepped = next(state, outcome, middle)
    if (stepped === undefined) off = middle
    else [best, on] = [stepped, middle]
  }
  return best
}

// --- searching

const countsOf = (kept: unknown): number => (kept as { readonly retry?: number } | null)?.retry ?? 0

/** Has it slept less, or drawn less where both slept the same? */
const isLess = ({ state: a }: Node, { state: b }: Node): boolean =>
  a.slept < b.slept || (a.slept === b.slept && (a.drawn ?? 0) < (b.drawn ?? 0))

/** Does a history reach the value of a figure? */
export const reaches = (policy: RetryPolicy, key: Key, value: number): boolean => {
  const next = stepping(policy)
  const failures = failuresFor(policy)
  const find = (among: ReadonlyArray<Failing>, patience: number) => search(next, among, key, value, patience)
  return (
    value === 0 ||
    failures.some((failure) => find([failure], 6000)) ||
    failures.some((first) => failures.some((second) => persists(next, [first, second], key, value))) ||
    find(failures, 20_000) ||
    failures.some((failure) => fills(next, failure, key, value))
  )
}

const isReached = ({ longest, state }: Node, key: Key, value: number): boolean =>
  (key === 'retries' ? state.retry : key === 'totalDelay' ? state.slept : longest) === value

const start: Node = { state: initialState, before: initialState, longest: 0, outcome: rejected }

const search = (
  next: Stepping,
  failures: ReadonlyArray<Failing>,
  key: Key,
  value: number,
  patience: number
): boolean => {
  let nodes: ReadonlyArray<Node> = [start]
  let steps = 0
  while (nodes.length > 0 && steps < patience) {
    const kept = new Map<string, Node>()
    for (const { longest, state } of nodes) {
      for (const outcome of failures) {
        for (const option of optionsOf(next, state, outcome)) {
          steps += 1
          const { delay } = option.retry
          const node = { state: option.state, before: state, longest: Math.max(longest, delay), outcome }
          if (isReached(node, key, value)) return true
          // Of those with the same counts, the one that has slept least and the one that has slept most.
          const counts = option.state.memory.map(countsOf).join()
          for (const end of ['least', 'most'] as const) {
            const other = kept.get(counts + end)
            const beats = other === undefined || (end === 'least' ? isLess(node, other) : isLess(other, node))
            if (beats) kept.set(counts + end, node)
          }
        }
      }
    }
    nodes = [...new Set(kept.values())]
  }
  return nodes.some((node) => reachesFarOut(next, node, key, value))
}

/** The call that fails by one failure for as long as that is retried, then by the next: after each retry. */
const persist = (
  next: Stepping,
  failures: ReadonlyArray<Failing>,
  which: 'least' | 'most',
  patience: number
): ReadonlyArray<Node> => {
  const path: Node[] = []
  for (const outcome of failures) {
    for (let i = 0; i < patience; i++) {
      const { longest, state } = path[path.length - 1] ?? start
      const options = optionsOf(next, state, outcome)
      const option = options[which === 'least' ? 0 : options.length - 1]
      if (option === undefined) break
      path.push({
        state: option.state,
        before: state,
        longest: Math.max(longest, ...options.map(({ retry }) => retry.delay)),
        outcome
      })
    }
  }
  return path
}

const whiches = ['least', 'most'] as const

const persists = (next: Stepping, failures: ReadonlyArray<Failing>, key: Key, value: number): boolean =>
  whiches.some((which) => persist(next, failures, which, 1000).some((node) => isReached(node, key, value)))

// --- far out

/** The state after many more retries like the last one. */
const skip = ({ before, state }: Node, count: number): StepState => {
  const wait = state.slept - before.slept
  return {
    ...state,
    retry: state.retry + count,
    slept: state.slept + (wait === 0 ? 0 : count * wait),
    memory: state.memory.map((kept, i) => {
      const retry = countsOf(kept)
      return retry === countsOf(before.memory[i]) ? kept : { ...(kept as object), retry: retry + count }
    })
  }
}

const reachesFarOut = (next: Stepping, node: Node, key: Key, value: number): boolean => {
  const { before, outcome, state } = node
  if (key === 'delay') {
    const far = { ...skip(node, 2 ** 52), slept: state.slept }
    return optionsOf(next, far, outcome).some(({ retry }) => retry.delay === value)
  }
  const wait = state.slept - before.slept
  const left = key === 'retries' ? value - state.retry : Math.floor((value - state.slept) / wait)
  let far = skip(node, Math.max(0, left - 3))
  for (let i = 0; i < 8; i++) {
    if ((key === 'retries' ? far.retry : far.slept) === value) return true
    const [least, ...longer] = optionsOf(next, far, outcome)
    if (least === undefined) return false
    const most = longer[longer.length - 1] ?? least
    // The last wait must not be shorter than it can be.
    const missing = value - far.slept - least.retry.delay
    const fitting = missing < most.retry.delay ? next(far, outcome, drawFor(least.retry, missing)) : most
    const rest =
      value - far.slept <= most.retry.delay
        ? next(far, outcome, drawFor(least.retry, value - far.slept))
        : fitting
    far = (key === 'retries' ? least : (rest ?? most)).state
  }
  return false
}

/** The waits with which a policy goes on after 2^52 retries more; none where it does not. `which`: after short or long ones. */
export const waitsFarOut = (policy: RetryPolicy, which: 'least' | 'most'): ReadonlyArray<number> => {
  const next = stepping(policy)
  const failures = failuresFor(policy)
  return failures.flatMap((first) =>
    failures.flatMap((second) =>
      persist(next, [first, second], which, 150)
        .slice(-1)
        .flatMap((node) => optionsOf(next, skip(node, 2 ** 52), node.outcome))
        .map(({ retry }) => retry.delay)
    )
  )
}

// --- sums

/** Can the waits be chosen so that their sum is just this, after one number of retries or another? */
const fills = (next: Stepping, outcome: Failing, key: Key, value: number): boolean => {
  if (key !== 'totalDelay') return false
  const shortest: number[] = []
  for (let state = initialState; shortest.length < 1000;) {
    const least = next(state, outcome, 0)
    if (least === undefined) break
    shortest.push(least.retry.delay)
    state = least.state
  }
  return shortest.some((_, count) => {
    let state = initialState
    for (let i = 0; i <= count; i++) {
      const least = next(state, outcome, 0)
      if (least === undefined) return false
      const later = shortest.slice(i + 1, count + 1).reduce((sum, wait) => sum + wait, 0)
      const wait = Math.max(least.retry.delay, value - state.slept - later)
      state = (next(state, outcome, drawFor(least.retry, wait)) ?? least).state
    }
    return state.slept === value
  })
}
