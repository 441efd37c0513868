/** What is replayed from a token is what was recorded: waits, events and result, whole. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import {
  arrow,
  limitRetries,
  type RetryEvent,
  retryBudget,
  retryOn,
  retryUntil,
  type RetryPolicy,
  withEnv,
  withObserver,
  withRetry,
  withRetryBudget,
  withSignal
} from 'reprise'
import { replay, showReplayFault, withRecording } from 'reprise/lab'
import { seededRandom, virtualClock } from 'reprise/testing'
import { errors, policies, registry } from '../support/arbitraries.js'
import { drawWith, mutated, oddJson, wild } from '../support/hostile.js'
import { show } from '../support/law.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 1000)

// --- scripts

interface Act {
  readonly does: 'Left' | 'throws' | 'answers'
  readonly content: unknown
  readonly takes: number
}

/** What JSON does not keep by itself, too. */
const results: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.constantFrom<unknown>(
    undefined,
    null,
    NaN,
    -0,
    10n ** 20n,
    'ok',
    [undefined],
    { $: 1, then: 2 },
    E.left('data')
  ),
  fc.json().map((text): unknown => JSON.parse(text))
)

const acts: fc.Arbitrary<Act> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: errors.map((content) => ({ does: 'Left', content }) as const) },
      { weight: 4, arbitrary: errors.map((content) => ({ does: 'throws', content }) as const) },
      { weight: 2, arbitrary: results.map((content) => ({ does: 'answers', content }) as const) }
    ),
    fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 5000, noNaN: true }))
  )
  .map(([act, takes]) => ({ ...act, takes }))

interface Plan {
  readonly policy: RetryPolicy
  readonly acts: ReadonlyArray<Act>
  readonly args: ReadonlyArray<unknown>
  readonly random: number
  /** That of a retry inside of the attempts. */
  readonly inner: RetryPolicy | undefined
  /** Whether results have to be whole numbers. */
  readonly validated: boolean
  /** When it is aborted, from outside; when each attempt that is due comes late; what the budget has. */
  readonly abortedAt: number | undefined
  readonly late: ReadonlyArray<number>
  readonly tokens: number
}

const plans: fc.Arbitrary<Plan> = fc.record({
  policy: policies,
  acts: fc.array(acts, { minLength: 1, maxLength: 8 }),
  args: fc.array(results, { maxLength: 3 }),
  random: fc.integer(),
  inner: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: policies }),
  validated: fc.boolean(),
  abortedAt: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.double({ min: 0, max: 10_000, noNaN: true }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 200 }) }
  ),
  late: fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 4 }),
  tokens: fc.constantFrom(1, 4, 10_000)
})

const isWhole = (value: unknown): boolean => Number.isInteger(value)

const anyError = (): boolean => true

/** The policy of the retry that is recorded. What a retry inside gives up with is given up already, unless told otherwise. */
const policyOf = ({ policy, validated, inner }: Plan): RetryPolicy =>
  pipe(
    policy,
    validated ? retryUntil(isWhole) : (same) => same,
    inner === undefined ? (same) => same : retryOn(anyError)
  )

// --- running

interface Ran {
  readonly token: string
  readonly events: ReadonlyArray<RetryEvent>
  readonly waits: ReadonlyArray<number>
  readonly result: E.Either<unknown, unknown>
}

/** A clock on which timers are late by a little, and time goes on while code runs. */
const realistic = (late: ReadonlyArray<number>) => {
  const clock = virtualClock()
  let drift = 0
  let i = 0
  return {
    ...clock,
    now: () => clock.now() + (drift += late[i % late.length]! / 1000),
    after: (delay: number, wake: () => void) => clock.after(delay + late[i++ % late.length]!, wake)
  }
}

const record = async (plan: Plan, policy: RetryPolicy): Promise<Ran> => {
  const clock = realistic(plan.late)
  const events: RetryEvent[] = []
  const inside = new Set<unknown>()
  const tokens: Array<Pick<Ran, 'token' | 'result'>> = []
  const ends: Array<E.Either<unknown, unknown>> = []
  const controller = new AbortController()
  let calls = 0
  const fn = async (..._: unknown[]): Promise<E.Either<unknown, unknown>> => {
    const { content, does, takes } = plan.acts[Math.min(calls++, plan.acts.length - 1)]!
    if (takes > 0) await new Promise<void>((resolve) => clock.after(takes, resolve))
    if (does === 'throws') throw content
    return does === 'Left' ? E.left(content) : E.right(content)
  }
  Object.defineProperty(fn, 'length', { value: 1 })
  const budget = retryBudget({ maxTokens: plan.tokens, tokenRatio: 0.5, clock })()
  const run = pipe(
    fn,
    plan.inner === undefined ? (f) => arrow(f) as never : withRetry(plan.inner),
    withObserver((event) => event._tag === 'RetryScheduled' && inside.add(event.failure)),
    withRetry(policy),
    withRetryBudget(budget),
    withRecording((token, result) => tokens.push({ token, result })),
    withObserver((event) => events.push(event)),
    withSignal(controller.signal),
    withEnv({ clock, random: seededRandom(plan.random) })
  )
  void (run as (...args: ReadonlyArray<unknown>) => () => Promise<E.Either<unknown, unknown>>)(
    ...plan.args
  )().then((result) => ends.push(result))
  if (plan.abortedAt !== undefined)
    clock.after(plan.abortedAt, () => controller.abort(new DOMException('no longer needed', 'AbortError')))
  // A policy that never stops is aborted by and by.
  await clock.runAll(25).catch(() => controller.abort('enough'))
  await clock.advance(0)
  expect(ends).toHaveLength(1)
  expect(tokens).toHaveLength(1)
  // The abort outside tells when it has ended itself.
  const waits = events.flatMap((event) =>
    event._tag === 'RetryScheduled' && !inside.has(event.failure) ? [event.delay] : []
  )
  return { ...tokens[0]!, events, waits }
}

/** A value as text, errors with all that is kept of them; nothing of the code under test has a part in it. */
const plain = (value: unknown): string =>
  fc.stringify(
    (function inner(each: unknown): unknown {
      if (each instanceof Error || each instanceof DOMException) {
        const { name, message, code, cause } = each as Error & { code?: unknown }
        return {
          ERROR: [name, message, code, inner(cause)],
          own: inner(Object.fromEntries(Object.entries(each)))
        }
      }
      if (Array.isArray(each)) return each.map(inner)
      if (typeof each !== 'object' || each === null) return each
      return Object.fromEntries(
        Object.entries(each)
          .map(([key, part]) => [key, inner(part)] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1))
      )
    })(value)
  )

const { Broken } = registry.conditions
const revive = (_: string, value: unknown): unknown =>
  value instanceof Error && 'code' in value && value.code === 'B' ? new Broken(value.message) : value

it('any policy, outcomes, times, retry inside, budget and abort -> events, waits and result again, whole', async () => {
  const seen = {
    Right: 0,
    Exhausted: 0,
    NotRetryable: 0,
    Aborted: 0,
    BudgetExhausted: 0,
    spread: 0,
    inside: 0
  }
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const policy = policyOf(plan)
      const { token, events, result, waits } = await record(plan, policy)
      // Through another process, that is: as JSON, and back.
      const copy = JSON.parse(JSON.stringify({ token })) as { token: string }
      const replayed = await replay(policy, copy.token, { revive })()
      if (replayed._tag === 'Left') throw new Error(`${show(policy)}: ${showReplayFault(replayed.left)}`)
      expect(plain(replayed.right.events)).toBe(plain(events))
      expect(plain(replayed.right.result)).toBe(plain(result))
      expect(replayed.right.waits).toEqual(waits)
      seen[result._tag === 'Right' ? 'Right' : (result.left as { _tag: keyof typeof seen })._tag] += 1
      seen.spread += Number(
        replayed.right.decisions.some((each) => each._tag === 'Retry' && each.from < each.to)
      )
      seen.inside += Number(plan.inner !== undefined && waits.length > 0)
    }),
    { seed, numRuns }
  )
  // It has seen all of it.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 40)
}, 60_000)

it('any other policy -> what was recorded, if it decides alike; else where it does not', async () => {
  const seen = { Right: 0, Diverged: 0, later: 0 }
  await fc.assert(
    fc.asyncProperty(plans, policies, fc.boolean(), async (plan, another, isNear) => {
      const policy = policyOf(plan)
      const other = isNear ? pipe(policy, limitRetries(1)) : another
      const { token, waits } = await record(plan, policy)
      const replayed = await replay(other, token, { revive })()
      if (replayed._tag === 'Right') {
        expect(replayed.right.waits).toEqual(waits)
        seen.Right += 1
        return
      }
      if (replayed.left._tag !== 'Diverged') throw new Error(showReplayFault(replayed.left))
      const { attempt, recorded, replayed: decided } = replayed.left
      expect(recorded).not.toEqual(decided)
      if (recorded._tag === 'Retry') expect([waits[attempt - 1], undefined]).toContain(recorded.delay)
      seen.Diverged += 1
      seen.later += Number(attempt > 1)
    }),
    { seed, numRuns }
  )
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 40)
}, 60_000)

it('any text, any change of a token -> a Left, or a run; nothing is thrown', async () => {
  const draw = drawWith(seededRandom(seed))
  const properties = Object.getOwnPropertyNames(Object.prototype).join()
  const given = fc.sample(plans, { seed, numRuns: 30 })
  const recorded = await Promise.all(
    given.map(async (plan) => ({ policy: policyOf(plan), ...(await record(plan, policyOf(plan))) }))
  )
  const texts = recorded.map(({ token }) => Buffer.from(token.slice(9), 'base64url').toString())
  const tokenOf = (json: unknown): string =>
    `reprise1.${Buffer.from((JSON.stringify(json) as string | undefined) ?? '').toString('base64url')}`
  const letters = Array.from('reprise1.AZaz09-_=+/ é\u0000')
  const makers: ReadonlyArray<(token: string) => string> = [
    () => tokenOf(mutated(draw, oddJson, texts)),
    () => tokenOf(mutated(draw, oddJson, texts)),
    () => tokenOf(wild(draw, oddJson)),
    (token) => token.slice(0, draw([10, 50, 100, token.length - 5])),
    (token) => token.replace(draw(Array.from(token)), draw(letters)),
    () => `reprise1.${Array.from({ length: draw([1, 8, 200]) }, () => draw(letters)).join('')}`,
    () => 'reprise1.' + 'W1tb'.repeat(200_000)
  ]
  const seen = { Right: 0, InvalidToken: 0, Diverged: 0 }
  for (let i = 0; i < numRuns; i++) {
    const { policy, token } = draw(recorded)
    const make = i % 50 === 0 ? makers.at(-1)! : draw(makers.slice(0, -1))
    const replayed = await replay(policy, make(token))()
    const tag = replayed._tag === 'Right' ? 'Right' : replayed.left._tag
    if (replayed._tag === 'Left') expect(showReplayFault(replayed.left)).not.toBe('')
    if (tag in seen) seen[tag as keyof typeof seen] += 1
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 40)
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(properties)
}, 60_000)
