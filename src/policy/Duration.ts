/**
 * Lengths of time. Everything inside the library is a number of milliseconds; people may write `'250ms'`, `'2s'`,
 * `'1.5m'` or `'1h'` instead.
 */
import { invalid, isWithin } from './argument.js'

/**
 * A number of milliseconds, or a number with a unit: `'250ms'`, `'2s'`, `'1.5m'`, `'1h'`.
 *
 * @category model
 * @since 0.1.0
 */
export type Duration = number | `${number}${Unit}`

/** @inline */
type Unit = 'ms' | 's' | 'm' | 'h'

/** The longest length of time that is counted exactly: 2^53 - 1 ms. Longer waits saturate there. */
export const longest = 2 ** 53 - 1

const text = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/
const millis = { ms: 1, s: 1e3, m: 6e4, h: 36e5 }

const parse = (value: string): number => {
  // Where the text does not match, both are undefined, and the product is NaN.
  const [, amount, unit] = (text.exec(value) ?? []) as unknown as readonly [
    string,
    string,
    keyof typeof millis
  ]
  // Rounded to the nanosecond, so that '1.1s' is 1100 and not 1100.0000000000002.
  return +(+amount * millis[unit]).toFixed(6)
}

/** Gives the milliseconds of a duration; throws a `RangeError` or `TypeError` that names `argument`. */
export const toMillis = (argument: string, value: Duration): number => {
  const ms = typeof value === 'string' ? parse(value) : value
  return isWithin(ms, longest) ? ms : invalid(argument, "milliseconds >= 0 or a text like '2s'", value)
}
