/** Arguments of a constructor, each in turn made odd; and what is said of those that are refused. */
import { textOf } from './harmless.js'
import { oddFunctions, oddValues } from './oddValues.js'
import type { Makes } from './rows.js'

interface Spoiled {
  readonly name: string
  readonly value: unknown
  /** Whether it stands in an argument, which may be what an error shows. */
  readonly isInside: boolean
  readonly args: ReadonlyArray<unknown>
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value) as never) &&
  !Object.isFrozen(value)

/** Every argument, and every member of a plain one, by every odd value. */
const spoiled = (good: ReadonlyArray<unknown>): ReadonlyArray<Spoiled> =>
  [...oddValues(), ...oddFunctions()].flatMap(([what, value]) =>
    good.flatMap((argument, i) => {
      const withArgument = (name: string, changed: unknown): Spoiled => ({
        name: `${name} is ${what}`,
        value,
        isInside: [argument, value].some((each) => typeof each === 'object'),
        args: good.map((each, j) => (i === j ? changed : each))
      })
      const members = isPlain(argument) ? Object.keys(argument) : []
      return [
        withArgument(`argument ${i + 1}`, value),
        ...members.map((key) =>
          withArgument(
            `${key} of argument ${i + 1}`,
            Array.isArray(argument)
              ? argument.map((each: unknown, k) => (String(k) === key ? value : each))
              : { ...(argument as object), [key]: value }
          )
        )
      ]
    })
  )

/** The value as `invalid` shows it. */
const shown = (value: unknown): string => {
  try {
    return typeof value === 'string' ? `"${value}"` : String(value)
  } catch {
    return typeof value
  }
}

/** What a value throws itself when it is read; a constructor may let that through. */
const isOfTheValue = (error: unknown): boolean =>
  /^a trap$|^the getter of |proxy that has been revoked/.test(error instanceof Error ? error.message : '')

/** Is it an error that names an argument and the value (or what it stands in), of the kind that is documented? */
const isRefusal = (error: unknown, { isInside, value }: Spoiled, named: RegExp): boolean => {
  if (!(error instanceof RangeError || error instanceof TypeError) || !named.test(error.message)) return false
  const { message } = error
  return (
    (/ must .* got /s.test(message) && (isInside || message.includes(shown(value)))) ||
    / there (is|are) | names no | must (not )?have | must not be /.test(message)
  )
}

/** What goes wrong when arguments are bad: neither refused as they should be, nor of use. */
export const harmOfBad = (
  name: string,
  { good, make, named = new RegExp(`^${name}`), use }: Makes
): ReadonlyArray<string> =>
  spoiled(good).flatMap((bad) => {
    const { args, name: what } = bad
    let made: unknown
    try {
      made = make(...(args as never[]))
    } catch (error) {
      return isRefusal(error, bad, named) || isOfTheValue(error)
        ? []
        : [`${what}: thrown was ${textOf(error)}`]
    }
    try {
      use?.(made as never)
    } catch (error) {
      return [`${what}: accepted, but then ${textOf(error)}`]
    }
    return []
  })
