import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type BreakerState, circuitBreaker, limitSet, retryBudget } from 'reprise'
import {
  BreakerStateFromUnknown,
  type ConfigError,
  decodeCircuitBreakerOptions,
  decodeConfiguration,
  decodeLimits,
  decodeRetryBudgetOptions,
  encodeCircuitBreakerOptions,
  encodeLimits,
  encodePolicy,
  encodeWorkerOptions,
  showConfigError
} from 'reprise/codec'
import { seededRandom } from 'reprise/testing'
import { toConfigErrors } from '../../src/codec/ConfigError.js'
import { registry } from './arbitraries.js'
import { anything, drawWith, endless, mutated, wild } from './hostile.js'
import { lent } from './options.js'

/** What became of hostile input. */
export interface Seen {
  readonly left: number
  readonly right: number
  /** How often an error was found in the depth: under three keys or more. */
  readonly deep: number
}

const functions = { ...registry, ...lent, validators: { isNumber: () => true, isShort: () => true } }
const encode = encodePolicy(functions)
const encodeOptions = encodeWorkerOptions(functions)
const encodeBreaker = encodeCircuitBreakerOptions(functions)

type Result<A> = E.Either<ReadonlyArray<ConfigError>, A>

/** Breakers of every kind of window, to go on from a state. */
const breakers = [
  circuitBreaker({ consecutiveFailures: 3 })(),
  circuitBreaker({ countWindow: 20, failureRatio: 0.5, trials: 4 })(),
  circuitBreaker({ timeWindow: '1m', failureRatio: 0.5 })()
]
const restored = (state: BreakerState): Result<BreakerState> => {
  for (const breaker of breakers) {
    breaker.restore(state)()
    breaker.status()
  }
  return E.right(BreakerStateFromUnknown.encode(state))
}

/** Decodes what comes in; what can be read is to do what it is for, and to be written again. */
const decoder =
  <A>(decode: (input: unknown) => Result<A>, use: (value: A) => Result<unknown>) =>
  (input: unknown): Result<() => Result<unknown>> =>
    pipe(
      decode(input),
      E.map((value) => () => use(value))
    )

const decoders = {
  configuration: decoder(decodeConfiguration(functions), (read) =>
    read._tag === 'policy' ? encode(read.policy) : encodeOptions(read.options)
  ),
  breaker: decoder(decodeCircuitBreakerOptions(functions), (options) => {
    circuitBreaker(options)()
    return encodeBreaker(options)
  }),
  state: decoder((input) => toConfigErrors(BreakerStateFromUnknown.decode(input)), restored),
  limits: decoder(decodeLimits, (limits) => {
    limitSet(limits)().available()
    return encodeLimits(limits)
  }),
  budget: decoder(decodeRetryBudgetOptions, (options) => {
    retryBudget(options)().balance()
    return decodeRetryBudgetOptions(JSON.parse(JSON.stringify(options)))
  })
}

export type Kind = keyof typeof decoders

/** Half of the input is for configurations, which are the largest. */
const turns: ReadonlyArray<Kind> = [
  ...(['configuration', 'breaker', 'configuration', 'state'] as const),
  ...(['configuration', 'limits', 'configuration', 'budget'] as const)
]

const nothing: Seen = { left: 0, right: 0, deep: 0 }

/** Decodes hostile input, of which most is made from these texts of JSON; throws if it does harm. */
export const attack = (
  texts: Readonly<Record<Kind, ReadonlyArray<string>>>,
  inputs: number
): Readonly<Record<Kind, Seen>> => {
  const draw = drawWith(seededRandom(20_260))
  const properties = Object.getOwnPropertyNames(Object.prototype).join()
  const all = { configuration: nothing, breaker: nothing, state: nothing, limits: nothing, budget: nothing }
  for (let i = 0; i < inputs; i++) {
    const kind = turns[i % turns.length]!
    const values = i % 499 < 2 ? endless : anything
    const input = draw([0, 1, 2, 3]) === 0 ? wild(draw, values) : mutated(draw, values, texts[kind])
    const seen = all[kind]
    const decoded = decoders[kind](input)
    if (decoded._tag === 'Left') {
      const lines = decoded.left.map(showConfigError)
      if (lines.length === 0 || lines.includes('')) throw new Error('nothing is said')
      const isDeep = decoded.left.some(({ path }) => path.split('.').length > 2)
      all[kind] = { ...seen, left: seen.left + 1, deep: seen.deep + Number(isDeep) }
    } else {
      const again = decoded.right()
      if (again._tag === 'Left') throw new Error(again.left.map(showConfigError).join('\n'))
      all[kind] = { ...seen, right: seen.right + 1 }
    }
  }
  if (properties !== Object.getOwnPropertyNames(Object.prototype).join()) throw new Error('polluted')
  return all
}
