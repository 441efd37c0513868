/**
 * What every constructor says about bad input: a `RangeError` (or a `TypeError` for a value of the wrong kind)
 * that names the argument, what was expected, and the value.
 */

/** Throws the error for a bad argument. */
export const invalid = (argument: string, expected: string, value: unknown): never => {
  const kind = typeof value
  let text: string = kind
  try {
    text = kind === 'string' ? `"${value as string}"` : String(value)
  } catch {
    // Some objects cannot be made a text.
  }
  throw new (kind === 'number' || kind === 'string' ? RangeError : TypeError)(
    `${argument} must be ${expected}, got ${text}`
  )
}

/** Gives `value` when it is a whole number of at least `least`; throws otherwise. */
export const wholeNumber = (argument: string, value: number, least: number): number =>
  Number.isSafeInteger(value) && value >= least
    ? value
    : invalid(argument, `a whole number >= ${least}`, value)

/** Throws unless `name` is a text that says something. */
export const named = (argument: string, name: string): void => {
  if (typeof name !== 'string' || name === '') invalid(argument, 'a text', name)
}

/** Is it a number from 0 to `most`? */
export const isWithin = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= most

/** Throws for an option that there is not, such as a misspelt one. */
export const known = (who: string, options: object, names: ReadonlyArray<string>): void => {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null)
    invalid(`${who}: options`, 'an object', options)
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new TypeError(`${who}: there is no option '${unknown}'; there are ${names.join(', ')}`)
}
