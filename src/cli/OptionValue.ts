/** What is made of the arguments of options; commander says what was expected. */
import { InvalidArgumentError } from 'commander'
import { type Duration, toMillis } from '../policy/Duration.js'

/** Nothing that is counted is more. */
export const most = 100_000

export const wholeNumber =
  (least: number, highest: number) =>
  (text: string): number => {
    const value = /^-?\d+$/.test(text) ? Number(text) : NaN
    if (value >= least && value <= highest) return value
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${highest}.`)
  }

export const letters = (text: string): string => {
  if (/^[LR]+$/.test(text)) return text
  throw new InvalidArgumentError('Expected letters L (fails) and R (succeeds), such as LLR.')
}

export const duration = (text: string): number => {
  try {
    return toMillis('', /^\d+$/.test(text) ? Number(text) : (text as Duration))
  } catch {
    throw new InvalidArgumentError('Expected milliseconds or a text such as 250ms, 2s, 1.5m or 1h.')
  }
}
