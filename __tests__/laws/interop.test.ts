/**
 * What an engine does with the options made of a policy is what the policy does: as many attempts, and waits within its
 * windows. The engines are written down here as they document themselves, apart from the code under test.
 */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  andThen,
  type AnyPolicy,
  both,
  capDelay,
  delays,
  exponential,
  fibonacci,
  fixed,
  floorDelay,
  immediate,
  initialState,
  type Jitter,
  limitDelay,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  not,
  retryOn,
  type RetryPolicy,
  step,
  type StepState,
  when,
  withJitter
} from 'reprise'
import {
  type Expressed,
  fromPgBoss,
  fromStepFunctions,
  fromTemporal,
  type PgBossRetryOptions,
  type Retrier,
  type TemporalRetryPolicy,
  toAwsSdk,
  toPgBoss,
  toStepFunctions,
  toTemporal
} from 'reprise/interop'
import { policies } from '../support/arbitraries.js'
import { law, unless } from '../support/law.js'

// --- engines

/** The waits in milliseconds that an engine may choose for the next retry; `undefined` if it stops. */
type Waits = readonly [from: number, to: number] | undefined

/** Told of each failure of a call in turn, by the name of the error. */
type Engine = (error: string) => Waits

const temporal = (options: TemporalRetryPolicy): Engine => {
  let attempt = 0
  return (error) => {
    attempt += 1
    if (options.nonRetryableErrorTypes.includes(error) || attempt >= options.maximumAttempts) return undefined
    const grown = options.initialInterval * options.backoffCoefficient ** (attempt - 1)
    const wait = Math.min(grown, options.maximumInterval)
    return [wait, wait]
  }
}

const stepFunctions = (retriers: ReadonlyArray<Retrier>): Engine => {
  const counts = retriers.map(() => 0)
  return (error) => {
    const found = retriers.findIndex(
      ({ ErrorEquals }) =>
        ErrorEquals.includes(error) ||
        ErrorEquals.includes('States.ALL') ||
        (ErrorEquals.includes('States.TaskFailed') && error !== 'States.Timeout')
    )
    if (found < 0) return undefined
    const { BackoffRate, IntervalSeconds, JitterStrategy, MaxAttempts, MaxDelaySeconds } = retriers[found]!
    const count = counts[found]!
    if (count >= MaxAttempts) return undefined
    counts[found] = count + 1
    const seconds = Math.min(IntervalSeconds * BackoffRate ** count, MaxDelaySeconds ?? Infinity)
    return [JitterStrategy === 'FULL' ? 0 : seconds * 1000, seconds * 1000]
  }
}

const pgBoss = (options: PgBossRetryOptions): Engine => {
  let retryCount = -1
  return () => {
    // The job's first attempt has the count 0.
    retryCount += 1
    if (retryCount >= options.retryLimit) return undefined
    if (!options.retryBackoff) return [options.retryDelay * 1000, options.retryDelay * 1000]
    const half = 2 ** Math.min(16, retryCount + 1) / 2
    const delay = Math.max(options.retryDelay, 1)
    const most = options.retryDelayMax ?? Infinity
    return [Math.min(most, delay * half) * 1000, Math.min(most, delay * 2 * half) * 1000]
  }
}

// --- agreement

interface Failing {
  readonly error: string
  readonly random: number
  readonly duration: number
}

/** Where a policy and an engine part ways in a call; `undefined` if they do not. */
const parting = (policy: AnyPolicy, engine: Engine, call: ReadonlyArray<Failing>): string | undefined => {
  const decide = step(policy as RetryPolicy)
  let state: StepState = initialState
  let elapsed = 0
  for (const [i, { duration, error, random }] of call.entries()) {
    elapsed += duration
    const outcome = { _tag: 'Failed', error: { name: error } } as const
    const { decision, state: after } = decide(state, { outcome, elapsed, random })
    const waits = engine(error)
    if (decision._tag !== 'Retry') {
      return unless(waits === undefined, () => `after attempt ${i + 1} (${error}) only the policy stops`)
    }
    if (waits === undefined) return `after attempt ${i + 1} (${error}) only the engine stops`
    const [from, to] = waits
    // The library rounds down to whole milliseconds.
    const slack = 1 + 1e-9 * decision.to
    if (!(from <= to && from > decision.from - slack && to < decision.to + slack)) {
      return `retry ${i + 1}: the engine waits ${from} to ${to}, the policy ${decision.from} to ${decision.to}`
    }
    state = after
    elapsed += decision.delay
  }
  return undefined
}

const draws = fc.oneof(
  fc.constantFrom(0, 1 - 2 ** -53),
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
)

const calls: fc.Arbitrary<ReadonlyArray<Failing>> = fc.oneof(
  // Long calls, most of whose failures nobody names.
  fc
    .tuple(draws, fc.constantFrom('A', 'X', 'X', 'X'))
    .map(([random, error]) => Array.from({ length: 45 }, () => ({ error, random, duration: 3 }))),
  fc.array(
    fc.record({
      error: fc.constantFrom('A', 'B', 'C', 'X', 'States.Timeout'),
      random: draws,
      duration: fc.constantFrom(0, 1, 2000)
    }),
    { minLength: 1, maxLength: 30 }
  )
)

// --- policies that engines have a chance with

const times = fc.constantFrom(0, 1, 7, 333.3, 500, 1000, 1500, 2000, 3000, 4000, 10_000, 60_000, 6e9, 2 ** 45)

const schedules: fc.Arbitrary<RetryPolicy> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(times, fc.constantFrom(1, 1.5, 2, 2, 3)).map(([a, b]) => exponential(a, b))
  },
  { weight: 2, arbitrary: times.map(fixed) },
  { weight: 1, arbitrary: times.map((base) => exponential(base, 0.5)) },
  { weight: 1, arbitrary: fc.tuple(times, times).map(([base, more]) => linear(base, more)) },
  { weight: 1, arbitrary: times.map(fibonacci) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      delays([]),
      delays([1000]),
      delays([2000, 2000, 2000]),
      delays([1000, 2000, 4000]),
      delays([2000, 5000, 5000]),
      delays([1000, 2000, 3000]),
      delays([3000, 1000])
    )
  }
)

type Change = (self: RetryPolicy) => RetryPolicy

const names = fc.constantFrom<string | ReadonlyArray<string>>('A', 'B', ['A', 'B'], ['C', 'B'], [])

const jitters = fc.constantFrom<Jitter>('full', 'equal', 'equal', 0, 0.5, 1, 1 / 3)

const bounds: ReadonlyArray<fc.Arbitrary<Change>> = [
  jitters.map((jitter): Change => withJitter(jitter)),
  times.map((max): Change => capDelay(max)),
  times.map((min): Change => floorDelay(min)),
  fc.integer({ min: 0, max: 40 }).map((count): Change => limitRetries(count)),
  fc.integer({ min: 0, max: 40 }).map((count): Change => limitRetries(count))
]

const counted: fc.Arbitrary<RetryPolicy> = fc
  .tuple(schedules, fc.array(fc.oneof(...bounds), { maxLength: 3 }))
  .map(([schedule, changes]) => changes.reduce((policy, change) => change(policy), schedule))

const changes: fc.Arbitrary<Change> = fc.oneof(
  ...bounds,
  times.map((max): Change => limitDelay(max)),
  fc.constantFrom(1000, 60_000, 1e7).map((max): Change => limitTotalDelay(max)),
  names.map((on): Change => retryOn(on)),
  names.map((on): Change => retryOn(not(on))),
  names.map((on): Change => abortOn(on)),
  fc.tuple(names, counted).map(([on, policy]): Change => when(on, policy)),
  fc.constantFrom<Change>(
    both(pipe(immediate, limitRetries(3))),
    andThen(delays([4000])),
    mapDelay('double', (delay) => 2 * delay)
  )
)

const likely: fc.Arbitrary<RetryPolicy> = fc
  .tuple(counted, fc.array(changes, { maxLength: 3 }))
  .map(([policy, more]) => more.reduce((self, change) => change(self), policy))

/** Those, and policies of everything there is. */
const any = fc.oneof({ weight: 5, arbitrary: likely }, { weight: 1, arbitrary: policies })

const unnamed = (call: ReadonlyArray<Failing>): ReadonlyArray<Failing> =>
  call.map((each) => ({ ...each, error: 'X' }))

const share = (to: (policy: RetryPolicy) => Expressed<unknown>): number =>
  fc.sample(likely, { seed: 1, numRuns: 300 }).filter((policy) => to(policy)._tag === 'Right').length / 300

// --- laws

describe('toTemporal', () => {
  it('is right for a good part of these policies', () => expect(share(toTemporal)).toBeGreaterThan(0.1))

  law('a Right -> the same attempts, at the same times', [any, calls], (policy, call) => {
    const made = toTemporal(policy)
    return made._tag === 'Right' ? parting(policy, temporal(made.right), call) : reasonable(made.left)
  })

  law('there and back -> the same', [any, calls], (policy, call) => {
    const made = toTemporal(policy)
    if (made._tag === 'Left') return undefined
    const back = fromTemporal(made.right)
    if (back._tag === 'Left') return `read as ${fc.stringify(back.left)}`
    expect(toTemporal(back.right)).toEqual(made)
    return parting(back.right, temporal(made.right), call)
  })

  const options = fc
    .record({
      initialInterval: fc.integer({ min: 1, max: 100_000 }),
      backoffCoefficient: fc.constantFrom(1, 1.1, 2, 10),
      longer: fc.integer({ min: 0, max: 1_000_000 }),
      maximumAttempts: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant(Infinity)),
      nonRetryableErrorTypes: fc.subarray(['A', 'B', 'C'])
    })
    .map(({ longer, ...rest }) => ({ ...rest, maximumInterval: rest.initialInterval + longer }))

  law('fromTemporal -> a policy that does what the options do', [options, calls], (given, call) => {
    const policy = fromTemporal(given)
    return policy._tag === 'Left' ? fc.stringify(policy.left) : parting(policy.right, temporal(given), call)
  })
})

describe('toStepFunctions', () => {
  it('is right for a good part of these policies', () => expect(share(toStepFunctions)).toBeGreaterThan(0.1))

  law('a Right -> the same attempts, at the same times', [any, calls], (policy, call) => {
    const made = toStepFunctions(policy)
    return made._tag === 'Right' ? parting(policy, stepFunctions(made.right), call) : reasonable(made.left)
  })

  law('there and back -> the same', [any, calls], (policy, call) => {
    const made = toStepFunctions(policy)
    if (made._tag === 'Left') return undefined
    const back = fromStepFunctions(made.right)
    if (back._tag === 'Left') return `read as ${fc.stringify(back.left)}`
    expect(toStepFunctions(back.right)).toEqual(made)
    return parting(back.right, stepFunctions(made.right), call)
  })

  const retrier: fc.Arbitrary<Retrier> = fc.record({
    ErrorEquals: fc.subarray(['A', 'B', 'C', 'States.Timeout'], { minLength: 1 }),
    IntervalSeconds: fc.integer({ min: 1, max: 100 }),
    MaxAttempts: fc.integer({ min: 0, max: 10 }),
    BackoffRate: fc.constantFrom(1, 1.5, 2),
    MaxDelaySeconds: fc.integer({ min: 1, max: 300 }),
    JitterStrategy: fc.constantFrom('FULL', 'NONE')
  })
  const lists = fc
    .tuple(fc.array(retrier, { maxLength: 4 }), fc.constantFrom('States.ALL', 'States.TaskFailed', ''))
    .map(([all, rest]) =>
      all.map((each, i) => (i === all.length - 1 && rest !== '' ? { ...each, ErrorEquals: [rest] } : each))
    )

  law('fromStepFunctions -> a policy that does what the retriers do', [lists, calls], (given, call) => {
    const policy = fromStepFunctions(given)
    return policy._tag === 'Left'
      ? fc.stringify(policy.left)
      : parting(policy.right, stepFunctions(given), call)
  })
})

describe('toPgBoss', () => {
  it('is right for a good part of these policies', () => expect(share(toPgBoss)).toBeGreaterThan(0.05))

  law('a Right -> the same attempts, at times within its windows', [any, calls], (policy, call) => {
    const made = toPgBoss(policy)
    return made._tag === 'Right' ? parting(policy, pgBoss(made.right), call) : reasonable(made.left)
  })

  law('there and back -> the same', [any, calls], (policy, call) => {
    const made = toPgBoss(policy)
    if (made._tag === 'Left') return undefined
    const back = fromPgBoss(made.right)
    if (back._tag === 'Left') return `read as ${fc.stringify(back.left)}`
    expect(toPgBoss(back.right)).toEqual(made)
    return parting(back.right, pgBoss(made.right), call)
  })

  const options = fc
    .record({
      retryLimit: fc.integer({ min: 0, max: 50 }),
      retryDelay: fc.integer({ min: 0, max: 100 }),
      retryBackoff: fc.boolean(),
      retryDelayMax: fc.option(fc.integer({ min: 0, max: 100_000 }))
    })
    .map(({ retryDelayMax, ...rest }) => ({
      ...rest,
      ...(rest.retryBackoff && retryDelayMax !== null && { retryDelayMax })
    }))

  law('fromPgBoss -> a policy in whose windows the options stay', [options, calls], (given, call) => {
    const policy = fromPgBoss(given)
    return policy._tag === 'Left' ? fc.stringify(policy.left) : parting(policy.right, pgBoss(given), call)
  })
})

describe('toAwsSdk', () => {
  it('is right for a good part of these policies', () => expect(share(toAwsSdk)).toBeGreaterThan(0.1))

  law(
    'a Right -> the same attempts, and the same waits for the same draws',
    [any, calls, draws],
    (policy, call, u) => {
      const made = toAwsSdk(policy, () => u)
      if (made._tag === 'Left') return reasonable(made.left)
      const { computeNextBackoffDelay, maxAttempts } = made.right
      let attempt = 0
      const found = parting(
        policy,
        () => {
          attempt += 1
          const wait = computeNextBackoffDelay(attempt)
          return attempt < maxAttempts ? [wait, wait] : undefined
        },
        unnamed(call)
      )
      if (found !== undefined) return found
      const decide = step(policy)
      let state = initialState
      for (const { random } of call.slice(0, maxAttempts - 1)) {
        const input = { outcome: { _tag: 'Failed', error: { name: 'X' } } as const, elapsed: state.slept }
        const { decision } = decide(state, { ...input, random: u })
        const wait = computeNextBackoffDelay(state.retry + 1)
        if (decision._tag !== 'Retry' || decision.delay !== wait) return `retry ${state.retry + 1}: ${wait}`
        state = decide(state, { ...input, random }).state
      }
      return undefined
    }
  )
})

/** A Left says something, and each thing once. */
const reasonable = (
  problems: ReadonlyArray<{ readonly part: string; readonly reason: string }>
): string | undefined => {
  const told = problems.map(({ part, reason }) => `${part}: ${reason}`)
  return unless(problems.length > 0 && new Set(told).size === told.length, () => told.join('\n'))
}
