/** How requests and reports of usage are read: amounts by key, checked against the limits that they name. */
import { invalid, isWithin } from '../policy/argument.js'
import { read } from '../policy/Failure.js'
import type { CallLimit, Limit, RateLimit, ResourceLimit } from './Limit.js'
import { slack } from './Rate.js'

// --- model

/** The keys of the rate limits among `L`. */
export type RateKey<L extends Limit> = L extends RateLimit<infer K> ? K : never

/** The keys of the limits among `L` that count one where nothing is said. */
export type CountedKey<L extends Limit> = L extends CallLimit<infer K> | ResourceLimit<infer K> ? K : never

/**
 * How much a request asks for. Each rate limit has to be named, with 0 for nothing of it; calls and resources count one
 * where they are not.
 *
 * @category model
 * @since 0.3.0
 */
export type LimitRequest<L extends Limit> = { readonly [K in RateKey<L>]: number } & {
  readonly [K in CountedKey<L>]?: number
}

/**
 * How much was used of what was asked for. What is not said of a rate was used in full; either all rates that were asked
 * for are named, or none.
 *
 * @category model
 * @since 0.3.0
 */
export type LimitUsage<L extends Limit> = { readonly [K in CallKey<L> | RateKey<L>]?: number }

type CallKey<L extends Limit> = L extends CallLimit<infer K> ? K : never

/** A request as it is worked with: an amount for each limit of the set, in their order. */
export interface Asked {
  /** As long as the list of limits. */
  readonly amounts: ReadonlyArray<number>
  /** The limit that can never grant this much. */
  readonly above: Limit | undefined
  readonly named: ReadonlyArray<boolean>
}

type Amounts = Readonly<Record<string, unknown>>

// --- reading

/** Gives what a request asks for; throws an error that names `argument` for anything else. */
export const toAsked = (argument: string, limits: ReadonlyArray<Limit>, request: unknown = {}): Asked => {
  const given = toAmounts(argument, limits, request)
  const amounts = limits.map((limit) => {
    const amount = amountOf(given, limit.key)
    if (amount === undefined && limit._tag !== 'rateLimit') return 1
    return toAmount(`${argument}.${limit.key}`, limit, amount)
  })
  return {
    amounts,
    above: limits.find(({ capacity }, i) => (amounts[i] as number) > capacity * (1 + slack)),
    named: limits.map(({ key }) => amountOf(given, key) !== undefined)
  }
}

/** Gives what was used, for each limit; throws an error that names `argument` if that cannot be. */
export const toUsed = (
  argument: string,
  limits: ReadonlyArray<Limit>,
  { amounts, named }: Asked,
  usage: unknown
): ReadonlyArray<number> => {
  const given = toAmounts(argument, limits, usage)
  return limits.map((limit, i) => {
    const used = amountOf(given, limit.key)
    const asked = amounts[i] as number
    if (used === undefined) return asked
    const name = `${argument}.${limit.key}`
    if (limit._tag === 'resourceLimit') invalid(name, 'left out, since a resource is given back whole', used)
    const amount = toAmount(name, limit, used)
    // Stryker disable next-line ConditionalExpression: a request names each rate, and a resource is refused above
    return limit._tag === 'callLimit' && named[i] !== true && amount !== asked
      ? invalid(name, `${asked}, since the request did not say how many calls`, used)
      : amount
  })
}

/** Throws if a report says something of some rates, and nothing of others that were asked for. */
export const checkComplete = (
  argument: string,
  limits: ReadonlyArray<Limit>,
  { amounts }: Asked,
  usage: unknown
): void => {
  const rates = limits.filter(({ _tag }, i) => _tag === 'rateLimit' && (amounts[i] as number) > 0)
  const missing = rates.filter(({ key }) => read(usage, key) === undefined).map(({ key }) => key)
  if (missing.length > 0 && missing.length < rates.length)
    throw new TypeError(`${argument} must name all rates that were asked for, or none: ${missing.join(', ')}`)
}

const toAmounts = (argument: string, limits: ReadonlyArray<Limit>, amounts: unknown): Amounts => {
  if (typeof amounts !== 'object' || amounts === null) invalid(argument, 'amounts by key', amounts)
  const given = amounts as Amounts
  for (const key in given) {
    if (given[key] !== undefined && !limits.some((limit) => limit.key === key)) {
      const keys = limits.map((limit) => limit.key).join(', ')
      throw new TypeError(`${argument} names no limit of the set: ${key}; there are ${keys || 'none'}`)
    }
  }
  return given
}

// What every object has, such as `constructor`, is no amount of a limit with such a key.
const amountOf = (given: Amounts, key: string): unknown =>
  key in Object.prototype && !Object.hasOwn(given, key) ? undefined : given[key]

const toAmount = (argument: string, { _tag }: Limit, amount: unknown): number => {
  if (!isWithin(amount, Number.MAX_VALUE)) return invalid(argument, 'a number >= 0', amount)
  return _tag === 'rateLimit' || Number.isInteger(amount)
    ? amount
    : invalid(argument, `a whole number: only a rateLimit counts fractions`, amount)
}
