/**
 * What every constructor says about bad input: a `RangeError` (or a `TypeError` for a value of the wrong kind)
 * that names the argument, what was expected, and the value.
 */

/** Gives a short, safe text for any value, for messages. */
export const print = (value: unknown): string => {
  if (typeof value === 'function') return value.name === '' ? '<function>' : value.name
  try {
    const text = typeof value === 'string' || isPlain(value) ? JSON.stringify(value) : String(value)
    return text.length > 80 ? `${text.slice(0, 77)}...` : text
  } catch {
    return `<${typeof value}>`
  }
}

const isPlain = (value: unknown): boolean =>
  (typeof value === 'object' &&
    value !== null &&
    (value as { toString?: unknown }).toString === Object.prototype.toString) ||
  Array.isArray(value)

/** Throws the error for a bad argument. */
export const invalid = (argument: string, expected: string, value: unknown): never => {
  const message = `${argument} must be ${expected}, got ${print(value)}`
  throw typeof value === 'number' || typeof value === 'string'
    ? new RangeError(message)
    : new TypeError(message)
}

/** Gives `value` when it is a whole number of at least `least`; throws otherwise. */
export const wholeNumber = (argument: string, value: number, least: number): number =>
  Number.isSafeInteger(value) && value >= least
    ? value
    : invalid(argument, `a whole number >= ${least}`, value)
