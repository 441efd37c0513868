import { invalid } from './argument.js'

// The finaliser of SplitMix32: a bijection of 32-bit numbers that mixes every bit into every other.
const mix = (x: number): number => {
  const a = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  const b = Math.imul(a ^ (a >>> 15), 0x735a2d97)
  return (b ^ (b >>> 15)) >>> 0
}

const golden = 0x9e3779b9

/** Gives the `index`-th number of the uniform sequence in [0, 1) that a seed stands for, with 53 random bits. Pure. */
export const uniform = (seed: number, index: number): number => {
  const start = mix((seed | 0) ^ mix(Math.floor(seed / 2 ** 32)))
  const [high, low] = [2 * index, 2 * index + 1].map((i) => mix((start + Math.imul(i + 1, golden)) | 0)) as [
    number,
    number
  ]
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
}

/** Gives `seed` if it can be one; throws a `RangeError` otherwise. */
export const toSeed = (argument: string, seed: number): number =>
  Number.isSafeInteger(seed) ? seed : invalid(argument, 'a whole number', seed)
