/** Hedging against a slow, obvious model, and latencies against a list that is sorted each time. */
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import { isAborted, latencyWindow, withAttempt, withEnv, withHedge, withSignal } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { type Budget, toWrapper } from '../../src/action/entry.js'
import { toLatencyCell } from '../../src/action/LatencyWindow.js'
import { start } from '../support/task.js'
import { law, unless } from '../support/law.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 1000) * 3

// --- the model

/** What the calls come to, one after the other: `takes` milliseconds, then a success, a failure or a throw. */
interface Plan {
  readonly delay: number
  readonly max: number
  readonly calls: ReadonlyArray<{ readonly takes: number; readonly comes: 'R' | 'L' | 'T' }>
  /** What a budget answers, each time it is asked; then yes. */
  readonly allowed: ReadonlyArray<boolean>
  /** When it is aborted from outside; never at the moment of anything else. */
  readonly abortedAt: number
}

interface End {
  readonly call: number
  readonly comes: 'R' | 'L' | 'T'
  readonly at: number
}

/** What is to be seen of a call from outside. */
interface Seen {
  readonly result: string
  readonly at: number
  readonly starts: ReadonlyArray<number>
  readonly notes: { readonly retried: number; readonly failed: number }
}

/** All that ends by a moment, in order; of what ends at the same moment, what began first is first. */
const endsBy = (plan: Plan, starts: ReadonlyArray<number>, moment: number): ReadonlyArray<End> =>
  starts
    .map((at, i) => ({ call: i + 1, comes: plan.calls[i]!.comes, at: at + plan.calls[i]!.takes }))
    .filter(({ at }) => at <= moment)
    .sort((a, b) => a.at - b.at || a.call - b.call)

/** What decides the call: the first success, or the last failure if all have failed. */
const deciding = (plan: Plan, starts: ReadonlyArray<number>, moment: number): End | undefined => {
  const ends = endsBy(plan, starts, moment)
  return ends.find(({ comes }) => comes === 'R') ?? (ends.length === starts.length ? ends.at(-1) : undefined)
}

/** Starts what is to be started, tick by tick; ends at a tick come before what is started then. */
const expected = (plan: Plan): Seen => {
  const answers = [...plan.allowed]
  const starts = [0]
  if (plan.delay === 0) {
    while (starts.length <= plan.max && (answers.shift() ?? true)) starts.push(0)
  } else {
    for (let tick = plan.delay; tick < plan.abortedAt && starts.length <= plan.max; tick += plan.delay) {
      if (deciding(plan, starts, tick) !== undefined) break
      if (answers.shift() ?? true) starts.push(tick)
    }
  }
  const decided = deciding(plan, starts, plan.abortedAt)
  const before = endsBy(plan, starts, decided?.at ?? plan.abortedAt)
  const failed = before.filter(({ comes }, i) => {
    const isEarlier = decided === undefined || i < before.findIndex(({ call }) => call === decided.call)
    return comes !== 'R' && isEarlier
  }).length
  return {
    result:
      decided === undefined
        ? `aborted after ${starts.length}`
        : `${decided.comes === 'R' ? 'Right' : 'Left'} ${decided.call}`,
    at: decided?.at ?? plan.abortedAt,
    starts,
    notes: { retried: starts.length - 1, failed }
  }
}

// --- the real thing

const observed = async (plan: Plan): Promise<Seen & { readonly wrong: ReadonlyArray<string> }> => {
  const clock = virtualClock()
  const controller = new AbortController()
  const starts: number[] = []
  const signals: AbortSignal[] = []
  const answers = [...plan.allowed]
  const notes = { retried: 0, failed: 0 }
  const budget: Budget = {
    note: (_, input) => {
      if (input === 'retried' || input === 'failed') notes[input] += 1
    },
    allows: () => answers.shift() ?? true
  }
  const act = withAttempt(({ signal }) => {
    const call = starts.push(clock.now())
    signals.push(signal)
    const { takes, comes } = plan.calls[call - 1]!
    return async () => {
      if (takes > 0) await new Promise<void>((resolve) => clock.after(takes, resolve))
      if (comes === 'T') throw call
      return comes === 'R' ? { _tag: 'Right' as const, right: call } : { _tag: 'Left' as const, left: call }
    }
  })
  const all = pipe(
    act,
    withHedge({ delay: plan.delay, max: plan.max }),
    // A wrapper of the library, which the types do not know of.
    toWrapper('test', (inner) => (env, args) => inner({ ...env, budgets: [budget] }, args)) as unknown as <F>(
      fn: F
    ) => F,
    withSignal(controller.signal),
    withEnv({ clock })
  )
  clock.after(plan.abortedAt, () => controller.abort('no'))
  const ends = start(all, clock)
  const wrong: string[] = []
  // Nothing is looked at before the end; then it must have left nothing but the timers of the calls themselves.
  await clock.runAll()
  const [end] = ends
  if (end === undefined || ends.length > 1) wrong.push(`ended ${ends.length} times`)
  const endedAt = end?.at ?? Infinity
  signals.forEach((signal, i) => {
    const ownEnd = starts[i]! + plan.calls[i]!.takes
    if (ownEnd > endedAt && !signal.aborted) wrong.push(`call ${i + 1} was not aborted`)
    if (ownEnd < endedAt && signal.aborted) wrong.push(`call ${i + 1} was aborted after its end`)
  })
  if (starts.some((at) => at > endedAt)) wrong.push('a call after the end')
  return { result: end === undefined ? 'none' : inWords(end.result), at: endedAt, starts, notes, wrong }
}

const inWords = (result: Either<unknown, number>): string =>
  result._tag === 'Right'
    ? `Right ${result.right}`
    : isAborted(result.left)
      ? `aborted after ${result.left.attempts}`
      : `Left ${JSON.stringify(result.left)}`

// --- laws

const plans: fc.Arbitrary<Plan> = fc
  .record({
    delay: fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }) }
    ),
    max: fc.integer({ min: 1, max: 4 }),
    // Small numbers, so that much happens at the same moment.
    calls: fc.array(
      fc.record({
        takes: fc.oneof(fc.nat(6), fc.nat(60)),
        comes: fc.constantFrom<'R' | 'L' | 'T'>('R', 'R', 'L', 'L', 'T')
      }),
      { minLength: 5, maxLength: 5 }
    ),
    allowed: fc.oneof(fc.constant([]), fc.array(fc.boolean(), { maxLength: 6 })),
    abortedAt: fc.oneof(fc.constant(10_000), fc.nat(80))
  })
  .map((plan) => ({ ...plan, abortedAt: plan.abortedAt + 0.5 }))

it('any delay, max, latencies, outcomes, budgets and abort -> as the model says: result, time, starts, notes', async () => {
  const seen = { Right: 0, Left: 0, aborted: 0, hedged: 0, dropped: 0 }
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const model = expected(plan)
      const { wrong, ...real } = await observed(plan)
      seen[model.result.split(' ')[0] as 'Right' | 'Left' | 'aborted'] += 1
      seen.hedged += Number(model.starts.length > 1)
      seen.dropped += Number(model.notes.failed > 0)
      if (wrong.length > 0 || fc.stringify(real) !== fc.stringify(model))
        throw new Error(`${fc.stringify(real)}\nagainst ${fc.stringify(model)}\n${wrong.join('\n')}`)
    }),
    { seed, numRuns }
  )
  // It has seen all of it.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 20)
}, 60_000)

law(
  'any latencies, any size: a quantile -> the nearest rank of the last ones, sorted',
  [
    fc.integer({ min: 1, max: 12 }),
    fc.array(fc.oneof(fc.nat(5), fc.double({ min: 0, max: 1e6, noNaN: true })), { maxLength: 40 }),
    fc.integer({ min: 0, max: 1000 })
  ],
  (size, latencies, permille) => {
    const window = latencyWindow({ size, minimumCalls: 1 })()
    for (const [i, latency] of latencies.entries()) {
      toLatencyCell('window', window).record(latency)
      const last = latencies.slice(Math.max(0, i + 1 - size), i + 1).sort((a, b) => a - b)
      // The first of which at least so many of a thousand are not above it.
      const rank = last.find(
        (value) => last.filter((other) => other <= value).length * 1000 >= permille * last.length
      )
      const found = window.quantile(permille / 1000)()
      const complaint = unless(
        found._tag === 'Some' && found.value === rank,
        () => `after ${i + 1}: ${fc.stringify(found)} against ${rank}`
      )
      if (complaint !== undefined) return complaint
    }
    return undefined
  }
)
