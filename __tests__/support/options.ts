/**
 * Generated options of workers, as a description that says outright what stands on which level; and the option records
 * that it is written as.
 */
import * as fc from 'fast-check'
import * as t from 'io-ts'
import {
  type AnyPolicy,
  circuitBreaker,
  configure,
  exponential,
  fixed,
  immediate,
  limitRetries,
  limitSet,
  policyOf,
  resourceLimit,
  retryBudget,
  retryOn,
  type WorkerOptions
} from 'reprise'
import { conditions, jitters, times } from './arbitraries.js'

// --- methods

/** Names of methods, those of the prototype of all objects among them. */
const names = ['read', 'write', 'ping', 'toString', 'constructor', '__proto__', 'hasOwnProperty'] as const

/** Some of the names, in any order. */
const methodNames: fc.Arbitrary<ReadonlyArray<string>> = fc.shuffledSubarray([...names], {
  minLength: 1
})

/** Gives functions under these names. */
export const functionsOf = (methods: ReadonlyArray<string>): object =>
  Object.fromEntries(methods.map((name) => [name, async (n: number) => n]))

// --- options

export type OptionName = keyof WorkerOptions

/** What is said of an option: for all methods, and for some. `undefined` says nothing. */
export interface Said {
  readonly option: OptionName
  readonly all: unknown
  /** None, for one value instead of a record. */
  readonly own: ReadonlyArray<readonly [method: string, value: unknown]> | undefined
}

export type Description = ReadonlyArray<Said>

/** Writes options down. */
export const written = (said: Description): object =>
  Object.fromEntries(
    said.map(({ option, all, own }) => [
      option,
      own === undefined ? all : Object.fromEntries([['*', all], ...own])
    ])
  )

const isEven = (result: unknown): boolean => Number(result) % 2 === 0
const isSmall = (result: unknown): boolean => Number(result) < 3

/** Values of options, with which a policy can be timed and can judge. */
const values = {
  numRetries: fc.integer({ min: 0, max: 6 }),
  retryAlgorithm: fc.constantFrom('exponential', 'linear', 'fixed', 'fibonacci'),
  retryWait: fc.oneof(fc.constantFrom(0, 10, '0s', '250ms', '1.5m'), times),
  retryJitter: jitters,
  maxWait: fc.constantFrom(0, 20, '1s', '1h'),
  retryOn: conditions,
  retryUntil: fc.constantFrom(isEven, [isEven, isSmall], [], t.number, [t.number, isSmall])
}

const places = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()

/** Resources by name, for the codec. */
export const lent = {
  limits: { places, two: { set: places, request: { place: 2 } } },
  circuitBreakers: {
    payments: circuitBreaker({ consecutiveFailures: 5 })(),
    users: circuitBreaker({ consecutiveFailures: 5 })()
  },
  retryBudgets: { shared: retryBudget({ ratio: 0.2 })(), own: retryBudget({ ratio: 0.2 })() }
}

/** Values of options that are resources. */
export const resources = {
  limits: fc.constantFrom(...Object.values(lent.limits)),
  circuitBreaker: fc.constantFrom(...Object.values(lent.circuitBreakers)),
  retryBudget: fc.constantFrom(...Object.values(lent.retryBudgets))
}

const others = {
  policy: fc.constantFrom(immediate, exponential(7), limitRetries(2)(exponential(7)), retryOn('A')(fixed(5))),
  attemptTimeout: fc.constantFrom(50, '2s'),
  timeout: fc.constantFrom(500, '20s'),
  ...resources,
  observer: fc.constantFrom(
    () => undefined,
    () => 1
  )
}

const valueOf = (option: OptionName): fc.Arbitrary<unknown> => ({ ...values, ...others })[option]

const around = Object.keys(others).filter((name) => name !== 'policy') as ReadonlyArray<OptionName>

const simple = Object.keys(values) as ReadonlyArray<OptionName>

/** Some of the options, in any order. Not too often a policy: beside a simple option on one level it is an error. */
const chosen: fc.Arbitrary<ReadonlyArray<OptionName>> = fc
  .tuple(
    fc.shuffledSubarray<OptionName>([...simple, ...around], { maxLength: 5 }),
    fc.constantFrom('without', 'without', 'beside', 'alone')
  )
  .map(([options, policy]) =>
    policy === 'without' ? options : policy === 'alone' ? ['policy'] : [...options.slice(0, 2), 'policy']
  )

const mostly = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: value }, { weight: 2, arbitrary: fc.constant(undefined) })

const saidOf =
  (own: (value: fc.Arbitrary<unknown>) => fc.Arbitrary<Said['own']>) =>
  (option: OptionName): fc.Arbitrary<Said> => {
    const value = mostly(valueOf(option))
    return fc.record({ option: fc.constant(option), all: value, own: own(value) })
  }

const described = (said: (option: OptionName) => fc.Arbitrary<Said>): fc.Arbitrary<Description> =>
  chosen.chain((options) => fc.tuple(...options.map(said)))

/** Options with one value for all methods, such as defaults. */
export const defaults: fc.Arbitrary<Description> = described(saidOf(() => fc.constant(undefined)))

/** Options of a worker with these methods. */
const optionsFor = (methods: ReadonlyArray<string>): fc.Arbitrary<Description> =>
  described(
    saidOf((value) =>
      fc.option(
        fc
          .shuffledSubarray([...methods])
          .chain((named) => fc.tuple(...named.map((name) => fc.tuple(fc.constant(name), value)))),
        { nil: undefined, freq: 3 }
      )
    )
  )

/** Defaults, methods, and options for them. */
export interface Given {
  readonly defaults: Description
  readonly methods: ReadonlyArray<string>
  readonly options: Description
}

export const given: fc.Arbitrary<Given> = methodNames.chain((methods) =>
  fc.record({
    defaults: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: defaults }),
    methods: fc.constant(methods),
    options: optionsFor(methods)
  })
)

// --- workers

/** `configure`, and what it gives, for what is only known at run time. */
export const makerOf = (defaults: object): ((functions: object, options: object) => object) =>
  configure(defaults as never)

/** Gives the policies that the methods of a worker ended up with. */
export const policiesOf = (worker: object): Readonly<Record<string, AnyPolicy>> =>
  Object.fromEntries(Object.keys(worker).map((name) => [name, policyOf(worker, name as never)]))
