/** A worker's method does just what the same wrappers do around the same function, by the same chance. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import {
  type AnyPolicy,
  capDelay,
  exponential,
  fibonacci,
  fixed,
  limitRetries,
  linear,
  type Observer,
  policyOf,
  type RetryEvent,
  retryOn,
  type RetryPolicy,
  retryUntil,
  waits,
  withEnv,
  withJitter,
  withObserver,
  withRetry,
  withTimeout,
  worker,
  type WorkerOptions
} from 'reprise'
import { type Scripted, scripted, seededRandom, type VirtualClock, virtualClock } from 'reprise/testing'
import { start } from '../support/task.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Math.ceil(Number(process.env['LAW_RUNS'] ?? 1000) / 4)

class Broken extends Error {
  readonly code = 'B'
}

const isSmall = (n: number): boolean => n < 3
const isThird = (n: number): boolean => n % 3 === 0
const early = (_: unknown, { attempt }: { readonly attempt: number }): boolean => attempt < 3
const faulty = (error: unknown): boolean => (error as { readonly of: { readonly it: boolean } }).of.it

interface Simple {
  readonly numRetries: number
  readonly retryAlgorithm: 'exponential' | 'linear' | 'fixed' | 'fibonacci'
  readonly retryWait: number | '2s' | '1h'
  readonly retryJitter: number | 'full' | 'equal'
  readonly maxWait?: number | '3s'
  readonly retryOn?: string | typeof Error | ReadonlyArray<string | typeof Broken> | (() => boolean)
  readonly retryUntil?: ((n: number) => boolean) | ReadonlyArray<(n: number) => boolean>
  readonly attemptTimeout?: number | '1s'
  readonly timeout?: number | '1m'
}

const simple = fc.record(
  {
    numRetries: fc.integer({ min: 0, max: 7 }),
    retryAlgorithm: fc.constantFrom('exponential', 'linear', 'fixed', 'fibonacci'),
    retryWait: fc.constantFrom(0, 0.5, 7, 100, '2s', '1h'),
    retryJitter: fc.constantFrom(0, 0.3, 1, 'full', 'equal'),
    maxWait: fc.constantFrom(0, 150, '3s'),
    retryOn: fc.constantFrom('A', 'B', Error, ['A', Broken], early, faulty),
    retryUntil: fc.constantFrom(isSmall, isThird, [isSmall, isThird], []),
    attemptTimeout: fc.constantFrom(10, '1s'),
    timeout: fc.constantFrom(0, 500, '1m')
  },
  { requiredKeys: ['numRetries', 'retryAlgorithm', 'retryWait', 'retryJitter'] }
) as fc.Arbitrary<Simple>

/** What the calls of a function come to, and how long they take. */
interface Script {
  readonly letters: string
  readonly errors: ReadonlyArray<unknown>
  readonly durations: ReadonlyArray<number>
}

const scripts: fc.Arbitrary<Script> = fc.record({
  letters: fc.oneof(
    fc
      .array(fc.constantFrom('L', 'T', 'L', 'T', 'R'), { minLength: 1, maxLength: 8 })
      .map((all) => all.join('')),
    fc.constantFrom('L', 'T', 'R', 'LLLR', 'TTTR')
  ),
  errors: fc.array(fc.constantFrom<unknown>({ _tag: 'A' }, new Broken('B'), new Error('C'), 'text'), {
    minLength: 1,
    maxLength: 4
  }),
  durations: fc.array(fc.constantFrom(0, 1, 20, 2000), { minLength: 1, maxLength: 3 })
})

type Task = TaskEither<unknown, number>

/** Plays what is made of a function that follows a script; everything that can be seen of it. */
const played = async (
  { letters, errors, durations }: Script,
  make: (fn: Scripted<unknown, number>, observe: Observer) => Task,
  random: number
) => {
  const clock: VirtualClock = virtualClock()
  const error = (count: number): unknown => errors[(count - 1) % errors.length]
  const fn = scripted<unknown>(letters, { left: error, thrown: error, duration: durations, clock })
  const events: RetryEvent[] = []
  const task = make(fn, (event) => events.push(event))
  const whole: Task = pipe(task, withEnv({ clock, random: seededRandom(random) }))
  const ends = start(whole, clock)
  await clock.runAll()
  return {
    calls: fn.calls(),
    ends,
    events,
    waits: events.flatMap((event) => (event._tag === 'RetryScheduled' ? [event.delay] : []))
  }
}

type Wrap = (task: Task) => Task

/** The wrappers that the options stand for. */
const byHand = (options: Simple, observe: Observer): Wrap => {
  const { attemptTimeout, timeout } = options
  const wrap = (wrapper: unknown): Wrap => wrapper as Wrap
  return (task) =>
    pipe(
      task,
      attemptTimeout === undefined ? identity : wrap(withTimeout(attemptTimeout)),
      wrap(withRetry(policyFor(options))),
      timeout === undefined ? identity : wrap(withTimeout(timeout)),
      wrap(withObserver(observe))
    )
}

/** The policy that the options stand for. */
const policyFor = (options: Simple): RetryPolicy => {
  const { maxWait, numRetries, retryAlgorithm, retryJitter, retryWait } = options
  const schedule = { exponential, linear, fixed, fibonacci }[retryAlgorithm]
  const same = (policy: RetryPolicy): RetryPolicy => policy
  const judges = (combinator: unknown) => combinator as (policy: RetryPolicy) => RetryPolicy
  return pipe(
    schedule(retryWait),
    withJitter(retryJitter),
    limitRetries(numRetries),
    maxWait === undefined ? same : capDelay(maxWait),
    options.retryUntil === undefined ? same : judges(retryUntil(options.retryUntil)),
    options.retryOn === undefined ? same : judges(retryOn(options.retryOn))
  )
}

/** The method of a worker with the options; the name is that of the function. */
const method = (fn: Scripted<unknown, number>, options: object): Task =>
  (worker({ task: fn }, options as WorkerOptions) as unknown as { readonly task: Task }).task

const chance = fc.integer({ min: 0, max: 2 ** 31 })

it('the same calls, waits, events and result, at the same time', async () => {
  const reached = { retried: 0, failed: 0, succeeded: 0, timedOut: 0 }
  await fc.assert(
    fc.asyncProperty(simple, scripts, chance, async (options, script, random) => {
      const one = await played(script, (fn, observer) => method(fn, { ...options, observer }), random)
      const other = await played(script, (fn, observe) => byHand(options, observe)(fn), random)
      expect(one).toEqual(other)

      const [end] = one.ends
      reached.retried += one.calls > 1 ? 1 : 0
      reached.succeeded += end?.result._tag === 'Right' ? 1 : 0
      reached.failed += end?.result._tag === 'Left' ? 1 : 0
      reached.timedOut += JSON.stringify(one.ends).includes('TimedOut') ? 1 : 0
    }),
    { seed, numRuns }
  )
  // Nothing of interest was left out by chance.
  for (const times of Object.values(reached)) expect(times).toBeGreaterThan(numRuns / 10)
}, 60_000)

it('the waits are those that policyOf says', async () => {
  await fc.assert(
    fc.asyncProperty(
      simple,
      chance,
      async ({ attemptTimeout: _, timeout: __, retryOn: ___, ...options }, random) => {
        const script = { letters: 'L', errors: ['down'], durations: [0] }
        const { waits: waited } = await played(
          script,
          (fn, observer) => method(fn, { ...options, observer }),
          random
        )
        const policy: AnyPolicy = policyOf(worker({ task: scripted('L') }, options as WorkerOptions), 'task')
        expect(waited).toEqual(waits(policy as RetryPolicy, 100, random))
        expect(waited).toHaveLength(options.numRetries)
      }
    ),
    { seed, numRuns }
  )
}, 60_000)
