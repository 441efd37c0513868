/** How long something takes, at random: as data, in milliseconds. */
import { invalid, isWithin, known } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import type { Random } from '../runtime/Random.js'

// --- model

/**
 * A distribution of times: one exact time, or
 *
 * | key | times |
 * | --- | --- |
 * | `uniform: [from, to]` | evenly between two |
 * | `normal: [mean, deviation]` | normal; what would be below 0 is as much above it |
 * | `exponential: mean` | memoryless: mostly short, now and then long |
 * | `logNormal: [median, sigma]` | the usual shape of latencies: `sigma` 0.5 puts p99 at about 3.2 times the median, 1 at about 10 times |
 *
 * @category model
 * @since 0.3.0
 */
export type Distribution =
  | Duration
  | { readonly uniform: readonly [from: Duration, to: Duration] }
  | { readonly normal: readonly [mean: Duration, deviation: Duration] }
  | { readonly exponential: Duration }
  | { readonly logNormal: readonly [median: Duration, sigma: number] }

// --- sampling

/** Gives what draws from a distribution; throws an error that names `argument` if it is none. */
export const sampler = (argument: string, distribution: Distribution): ((random: Random) => number) => {
  // Callers without types may hand over anything.
  if (typeof distribution !== 'object' || (distribution as unknown) === null) {
    const ms = toMillis(argument, distribution as Duration)
    return () => ms
  }
  // There is just one key.
  known(argument, distribution, ['uniform', 'normal', 'exponential', 'logNormal'])
  if (Object.keys(distribution).length !== 1)
    invalid(argument, 'a duration, or one of uniform, normal, exponential, logNormal', distribution)
  if ('uniform' in distribution) {
    const [from, to] = pair(`${argument}.uniform`, distribution.uniform, toMillis)
    if (to < from) invalid(`${argument}.uniform`, 'from less to more', distribution.uniform)
    return (random) => from + random() * (to - from)
  }
  if ('normal' in distribution) {
    const [mean, deviation] = pair(`${argument}.normal`, distribution.normal, toMillis)
    return (random) => Math.abs(mean + deviation * standardNormal(random))
  }
  if ('exponential' in distribution) {
    const mean = toMillis(`${argument}.exponential`, distribution.exponential)
    return (random) => -mean * Math.log(1 - random())
  }
  const [median, sigma] = pair(`${argument}.logNormal`, distribution.logNormal, toSigma)
  return (random) => median * Math.exp(sigma * standardNormal(random))
}

const pair = <B>(
  argument: string,
  given: readonly [Duration, B],
  toNumber: (argument: string, value: B) => number
): readonly [number, number] =>
  // Callers without types may hand over anything.
  Array.isArray(given) && (given.length as number) === 2
    ? [toMillis(argument, given[0]), toNumber(argument, given[1])]
    : invalid(argument, 'a pair', given)

const toSigma = (argument: string, sigma: number): number =>
  isWithin(sigma, 10) ? sigma : invalid(argument, 'with a sigma from 0 to 10', sigma)

/** Box and Muller: two uniform draws make a normal one. */
const standardNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
