/** Policies and worker options as JSON: what was encoded decodes to the same, and nothing that comes in throws or hangs. */
import { Ajv } from 'ajv'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import {
  type AnyPolicy,
  both,
  PolicyEq,
  policyOf,
  PolicyShow,
  type RetryPolicy,
  retryUntil,
  worker,
  type WorkerOptions
} from 'reprise'
import {
  type ConfigError,
  configurationSchemaFor,
  decodeConfiguration,
  decodePolicy,
  decodeWorkerOptions,
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
import { sameData } from '../../src/policy/Eq.js'
import { attack, type Seen } from '../support/attack.js'
import { runOnSources } from '../support/bundle.js'
import { drawWith, mutated, oddJson } from '../support/hostile.js'
import { difference, law, show, unless } from '../support/law.js'

const isNumber = (value: unknown): boolean => typeof value === 'number'
const isShort = (value: unknown): boolean => String(value).length < 5
const registry = { ...functions, validators: { isNumber, isShort } }

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
const around = { attemptTimeout: perMethod(durations), timeout: perMethod(durations) }
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

describe('hostile input', () => {
  const texts = fc
    .sample(fc.tuple(all, options), { seed: 20_260, numRuns: 300 })
    .flatMap((pair) => textsOf(...pair))
    .filter((text) => text.length < 150)

  const check = (seen: Seen, inputs: number): void => {
    expect(seen.left + seen.right).toBe(inputs)
    expect(seen.left).toBeGreaterThan(0.6 * inputs)
    // With a path of three keys or more, or accepted after all: it is not just turned away at the door.
    expect(seen.deep).toBeGreaterThan(0.2 * inputs)
    expect(seen.right).toBeGreaterThan(0.05 * inputs)
    expect(seen.slowest).toBeLessThan(1000)
  }

  it('a little of it -> a Left, or what encodes again; no throw, no hang, no pollution', () => {
    check(attack(texts, 1000), 1000)
  })

  it('100,000 of it -> the same', async () => {
    const script = `import { attack } from './__tests__/support/attack.ts'
      console.log(JSON.stringify(attack(${JSON.stringify(texts)}, 100_000)))`
    const { code, output } = await runOnSources(script, 120_000)
    if (code !== 0) throw new Error(output)
    check(JSON.parse(output) as Seen, 100_000)
  }, 120_000)
})
