/** Policies, options and states as JSON: what was encoded decodes to the same, and nothing that comes in throws or hangs. */
import { Ajv } from 'ajv'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import {
  type AnyPolicy,
  both,
  callLimit,
  capDelay,
  type CircuitBreaker,
  circuitBreaker,
  type CircuitBreakerOptions,
  type Clock,
  type Limit,
  PolicyEq,
  policyOf,
  PolicyShow,
  rateLimit,
  resourceLimit,
  type RetryPolicy,
  retryUntil,
  worker,
  type WorkerOptions
} from 'reprise'
import {
  BreakerStateFromUnknown,
  CircuitBreakerOptionsFromUnknown,
  type ConfigError,
  configurationSchemaFor,
  decodeConfiguration,
  decodeLimits,
  decodePolicy,
  decodeWorkerOptions,
  encodeCircuitBreakerOptions,
  encodeLimits,
  encodePolicy,
  encodeWorkerOptions,
  showConfigError
} from 'reprise/codec'
import { seededRandom } from 'reprise/testing'
import {
  conditions,
  histories,
  jitters,
  policies,
  registry as functions,
  times
} from '../support/arbitraries.js'
import { toConfigErrors } from '../../src/codec/ConfigError.js'
import { sameData } from '../../src/policy/Eq.js'
import { gateOf } from '../../src/resource/CircuitBreaker.js'
import { attack, type Kind, type Seen } from '../support/attack.js'
import { settings, toOptions } from '../support/breakerModel.js'
import { runOnSources } from '../support/bundle.js'
import { drawWith, mutated, oddJson } from '../support/hostile.js'
import { difference, law, show, unless } from '../support/law.js'
import { lent, resources } from '../support/options.js'

const isNumber = (value: unknown): boolean => typeof value === 'number'
const isShort = (value: unknown): boolean => String(value).length < 5
const registry = { ...functions, ...lent, validators: { isNumber, isShort } }

const encode = encodePolicy(registry)
const decode = decodePolicy(registry)
const encodeOptions = encodeWorkerOptions(registry)
const decodeOptions = decodeWorkerOptions(registry)
const decodeFile = decodeConfiguration(registry)

const told = (errors: ReadonlyArray<ConfigError>): string => errors.map(showConfigError).join('\n')

// --- generated policies and options

const validators = fc.constantFrom(isNumber, isShort, [isNumber, isShort], [])

/** Policies that validate results, in their parts and around them. */
const validating: fc.Arbitrary<RetryPolicy> = fc
  .tuple(policies, policies, fc.array(validators, { maxLength: 2 }))
  .map(([a, b, [first = [], second = []]]) => pipe(a, retryUntil(first), both(b), retryUntil(second)))

const all = fc.oneof({ weight: 3, arbitrary: policies }, { weight: 1, arbitrary: validating })

const methods = ['read', 'write', 'ping', '__proto__', 'constructor'] as const

const perMethod = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    value,
    fc
      .tuple(
        fc.option(value, { nil: undefined }),
        fc.dictionary(fc.constantFrom(...methods), value, { maxKeys: 3 })
      )
      .map(([star, own]) => ({ ...own, '*': star }))
  )

const durations = fc.oneof(times, fc.constantFrom('1s' as const, '1.5m' as const))
const around = {
  attemptTimeout: perMethod(durations),
  limits: perMethod(resources.limits),
  circuitBreaker: perMethod(resources.circuitBreaker),
  retryBudget: perMethod(resources.retryBudget),
  timeout: perMethod(durations)
}
const none: { requiredKeys: [] } = { requiredKeys: [] }

const options: fc.Arbitrary<WorkerOptions> = fc.oneof(
  fc.record(
    {
      ...around,
      numRetries: perMethod(fc.nat(5)),
      retryAlgorithm: perMethod(fc.constantFrom('exponential', 'linear', 'fixed', 'fibonacci')),
      retryWait: perMethod(durations),
      retryJitter: perMethod(jitters),
      maxWait: perMethod(durations),
      retryOn: perMethod(conditions),
      retryUntil: perMethod(validators)
    },
    none
  ),
  fc.record({ ...around, policy: perMethod(policies) }, none)
)

const throughText = (json: unknown): unknown => JSON.parse(JSON.stringify(json))

/** A policy and options as texts of JSON. */
const textsOf = (policy: RetryPolicy, given: WorkerOptions): ReadonlyArray<string> =>
  [E.getOrElseW(told)(encode(policy)), E.getOrElseW(told)(encodeOptions(given))].map((json) =>
    JSON.stringify(json)
  )

describe('a policy', () => {
  law('encoded and decoded is equal, and does the same', [all, histories], (policy, history) =>
    pipe(
      encode(policy),
      E.flatMap((json) => decode(throughText(json))),
      E.match(
        told,
        (decoded) =>
          unless(PolicyEq.equals(policy, decoded), () => show(decoded)) ??
          difference(policy, decoded, history)
      )
    )
  )

  law('what was decoded encodes to the same JSON', [all], (policy) =>
    pipe(
      encode(policy),
      E.flatMap((json) =>
        pipe(
          decode(json),
          E.flatMap(encode),
          E.map((again) => [json, again])
        )
      ),
      E.match(told, ([once, again]) => unless(sameData(once, again), () => JSON.stringify(again)))
    )
  )
})

describe('worker options', () => {
  const call = async (): Promise<number> => 1
  const functionsOf = Object.fromEntries([...methods, 'other'].map((name) => [name, call]))

  /** What the methods end up with, as text and as data. */
  const policiesOf = (given: WorkerOptions): ReadonlyArray<AnyPolicy> => {
    const made = worker(functionsOf, given)
    return [...methods, 'other'].map((name) => policyOf(made, name))
  }

  law('encoded and decoded give the same policies, and the same JSON', [options], (given) =>
    pipe(
      encodeOptions(given),
      E.flatMap((json) =>
        pipe(
          decodeOptions(throughText(json)),
          E.flatMap((decoded) =>
            pipe(
              encodeOptions(decoded),
              E.map((again) => ({ json, decoded, again }))
            )
          )
        )
      ),
      E.match(told, ({ json, decoded, again }) => {
        const [before, after] = [policiesOf(given), policiesOf(decoded)]
        return (
          unless(
            before.every((policy, i) => PolicyEq.equals(policy, after[i]!)),
            () => after.map(PolicyShow.show).join('\n')
          ) ?? unless(sameData(json, again), () => JSON.stringify(again))
        )
      })
    )
  )
})

describe('the JSON Schema', () => {
  const accepts = new Ajv({ strict: true }).compile(configurationSchemaFor(registry))

  law('accepts what is encoded', [all, options], (policy, given) =>
    textsOf(policy, given)
      .map((text) => unless(accepts(JSON.parse(text)), () => text))
      .find((found) => found !== undefined)
  )

  // What a schema cannot know, or only at the price of being of no use to editors.
  const beyond =
    /(in 32 levels|at most (5000|1000) values|at most 32 levels|options that fit together)|got "\d+(\.\d+)?(ms|s|m|h)"$/

  law('accepts what is decoded, and nothing else', [all, options, fc.nat()], (policy, given, seed) => {
    const odd = mutated(drawWith(seededRandom(seed)), oddJson, textsOf(policy, given))
    // Through text: -0 is 0 there.
    const text = JSON.stringify(odd)
    const json: unknown = JSON.parse(text)
    return pipe(
      decodeFile(json),
      E.match(
        (errors) =>
          unless(
            !accepts(json) || beyond.test(told(errors)),
            () => `accepted ${text}, which is refused: ${told(errors)}`
          ),
        () => unless(accepts(json), () => `refused ${text}: ${JSON.stringify(accepts.errors)}`)
      )
    )
  })
})

// --- circuit breakers

/** What happens to a breaker: a call that lasts so long (one without an end is under way for good), or time that passes. */
type Happening =
  | { readonly do: 'call'; readonly lasts: number; readonly failed: boolean; readonly random: number }
  | { readonly do: 'begin' | 'isolate' | 'reset' }
  | { readonly do: 'wait'; readonly ms: number }

const happenings: fc.Arbitrary<ReadonlyArray<Happening>> = fc.constantFrom(2, 10, 17).chain((failures) =>
  fc.array(
    fc.oneof(
      {
        weight: 20,
        arbitrary: fc.record({
          do: fc.constant('call' as const),
          lasts: fc.constantFrom(0, 1, 20, 70),
          failed: fc.nat(19).map((n) => n < failures),
          random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
        })
      },
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('wait' as const),
          ms: fc.constantFrom(1, 7, 30, 90, 400, 5000)
        })
      },
      { weight: 2, arbitrary: fc.constant({ do: 'begin' as const }) },
      { weight: 1, arbitrary: fc.constantFrom({ do: 'isolate' as const }, { do: 'reset' as const }) },
      { weight: 1, arbitrary: fc.constant({ do: 'reset' as const }) }
    ),
    { maxLength: 40, size: 'max' }
  )
)

/** A clock that is set by hand. */
const clockAt = (time: number): Clock & { time: number } => {
  const clock = { time, now: () => clock.time, after: () => () => undefined }
  return clock
}

/** Lets things happen to a breaker; tells what could be seen after each. */
const played = (
  breaker: CircuitBreaker<never>,
  clock: Clock & { time: number },
  all: ReadonlyArray<Happening>
): ReadonlyArray<unknown> => {
  const { enter, leave } = gateOf('breaker', breaker)
  return all.map((each) => {
    switch (each.do) {
      case 'begin':
        return [typeof enter(clock, undefined) === 'number', breaker.status()]
      case 'call': {
        const entered = enter(clock, undefined)
        clock.time += each.lasts
        if (typeof entered !== 'number') return entered
        leave(clock, () => each.random, entered, { failed: each.failed, slow: each.lasts > 50 })
        break
      }
      case 'wait':
        clock.time += each.ms
        break
      default:
        breaker[each.do]()
    }
    return breaker.status()
  })
}

/** Open times of any policy that a breaker takes; not so long that sums of times would be rounded. */
const openTimes = fc.oneof(
  fc.constantFrom('1s' as const, '250ms' as const, 7, 90),
  policies.map((policy) => capDelay('1h')(policy))
)

const breakerOptions: fc.Arbitrary<CircuitBreakerOptions> = fc
  .tuple(settings, fc.option(openTimes), fc.option(conditions))
  .map(([given, openTime, failOn]) => ({
    ...toOptions(given),
    ...(openTime !== null && { openTime }),
    ...(failOn !== null && { failOn })
  }))
  .filter((given) => E.isRight(E.tryCatch(() => circuitBreaker(given), String)))

const encodeBreaker = encodeCircuitBreakerOptions(registry)
const Options = CircuitBreakerOptionsFromUnknown(registry)

/** Where two breakers of the same options go different ways. */
const parted = (one: ReadonlyArray<unknown>, other: ReadonlyArray<unknown>): string | undefined => {
  const at = one.findIndex((seen, i) => !sameData(seen, other[i]))
  return unless(at < 0, () => `happening ${at}: ${fc.stringify(one[at])}, not ${fc.stringify(other[at])}`)
}

describe('a circuit breaker', () => {
  const reached = { Closed: 0, Open: 0, HalfOpen: 0, Isolated: 0 }

  law(
    'saved, written, read and restored elsewhere -> goes on as it would have',
    [breakerOptions, happenings, happenings],
    (given, before, after) => {
      const [here, there] = [clockAt(1000), clockAt(50)]
      const breaker = circuitBreaker({ ...given, clock: here })()
      played(breaker, here, before)
      const saved = breaker.save()
      reached[saved._tag] += 1
      // Trials under way are not saved.
      if (saved._tag === 'HalfOpen' && saved.running > 0) breaker.restore(saved)()
      return pipe(
        BreakerStateFromUnknown.decode(throughText(BreakerStateFromUnknown.encode(saved))),
        toConfigErrors,
        E.match(told, (decoded) => {
          const other = circuitBreaker({ ...given, clock: there })()
          const restored = other.restore(decoded)()
          if (restored._tag === 'Left') return restored.left
          return (
            unless(sameData(decoded, saved), () => JSON.stringify(decoded)) ??
            parted(played(breaker, here, after), played(other, there, after))
          )
        })
      )
    }
  )

  it('was saved in every state meanwhile -> each in a twentieth of the runs at least', () => {
    const all = Object.values(reached).reduce((sum, each) => sum + each)
    expect(Object.entries(reached).filter(([, times]) => times < all / 20)).toEqual([])
  })

  law(
    'its options encoded and decoded make one that does the same, and the same JSON',
    [breakerOptions, happenings],
    (given, all) =>
      pipe(
        encodeBreaker(given),
        E.flatMap((json) =>
          pipe(
            toConfigErrors(Options.decode(throughText(json))),
            E.map((decoded) => ({ decoded, json }))
          )
        ),
        E.match(told, ({ decoded, json }) => {
          const [here, there] = [clockAt(0), clockAt(0)]
          return (
            unless(sameData(json, Options.encode(decoded)), () => JSON.stringify(Options.encode(decoded))) ??
            parted(
              played(circuitBreaker({ ...given, clock: here })(), here, all),
              played(circuitBreaker({ ...decoded, clock: there })(), there, all)
            )
          )
        })
      )
  )
})

// --- limits

const wholes = fc.integer({ min: 1, max: 1000 })
const rates = {
  per: durations.filter((per) => per !== 0),
  algorithm: fc.constantFrom(
    ...(['tokenBucket', 'leakyBucket', 'slidingWindow', 'fixedWindow', 'gcra', undefined] as const)
  )
}
const amounts = fc.oneof(wholes, fc.constantFrom(0.5, 1e-9, 1e300))

const limits: fc.Arbitrary<ReadonlyArray<Limit>> = fc.uniqueArray(
  fc.string({ minLength: 1 }).chain((key): fc.Arbitrary<Limit> =>
    fc.oneof(
      fc.record({ ...rates, key: fc.constant(key), capacity: amounts }).map((each) => rateLimit(each)),
      fc.record({ ...rates, key: fc.constant(key), capacity: wholes }).map((each) => callLimit(each)),
      fc.record({ key: fc.constant(key), capacity: wholes }).map((each) => resourceLimit(each))
    )
  ),
  { selector: ({ key }) => key, maxLength: 4 }
)

law('limits encoded and decoded are equal', [limits], (given) =>
  pipe(
    encodeLimits(given),
    E.flatMap((json) => decodeLimits(throughText(json))),
    E.match(told, (decoded) => unless(sameData(given, decoded), () => JSON.stringify(decoded)))
  )
)

// --- harm

/** Short texts of JSON. */
const textsFrom = <T>(
  given: fc.Arbitrary<T>,
  numRuns: number,
  write: (value: T) => ReadonlyArray<string>
): ReadonlyArray<string> =>
  fc
    .sample(given, { seed: 20_260, numRuns })
    .flatMap(write)
    .filter((text) => text.length < 250)

describe('hostile input', () => {
  const texts: Readonly<Record<Kind, ReadonlyArray<string>>> = {
    configuration: textsFrom(fc.tuple(all, options), 300, (pair) => textsOf(...pair)),
    breaker: textsFrom(breakerOptions, 200, (given) => [
      JSON.stringify(E.getOrElseW(told)(encodeBreaker(given)))
    ]),
    state: textsFrom(fc.tuple(breakerOptions, happenings), 200, ([given, before]) => {
      const clock = clockAt(0)
      const breaker = circuitBreaker({ ...given, clock })()
      played(breaker, clock, before)
      return [JSON.stringify(breaker.save())]
    }),
    limits: textsFrom(limits, 100, (given) => [JSON.stringify(E.getOrElseW(told)(encodeLimits(given)))]),
    budget: [
      '{"ratio":0.2}',
      '{"ratio":1,"minimumPerSecond":3,"window":"1m"}',
      '{"maxTokens":10,"tokenRatio":0.1}'
    ]
  }

  const check = (all: Readonly<Record<Kind, Seen>>, inputs: number): void => {
    const counts = Object.values(all).map(({ left, right }) => left + right)
    expect(counts.reduce((sum, count) => sum + count)).toBe(inputs)
    for (const { left, right } of Object.values(all)) {
      expect(left).toBeGreaterThan(0.6 * (left + right))
      expect(right).toBeGreaterThan(0.02 * (left + right))
    }
    // With a path of three keys or more, or accepted after all: it is not just turned away at the door.
    const { left, right, deep } = all.configuration
    expect(deep).toBeGreaterThan(0.2 * (left + right))
    expect(right).toBeGreaterThan(0.05 * (left + right))
  }

  it('a little of it -> a Left, or what encodes again; no throw, no hang, no pollution', () => {
    check(attack(texts, 1000), 1000)
  })

  it('100,000 of it -> the same', async () => {
    const script = `import { attack } from './__tests__/support/attack.ts'
      console.log(JSON.stringify(attack(${JSON.stringify(texts)}, 100_000)))`
    // Killed if it hangs, or if each input took its time.
    const { code, output } = await runOnSources(script, 300_000)
    if (code !== 0) throw new Error(`${code}\n${output}`)
    check(JSON.parse(output) as Readonly<Record<Kind, Seen>>, 100_000)
  }, 310_000)
})
