/**
 * Goodness of fit: whether draws come from the distribution that is stated for them. All tests are at one level of
 * significance, so that of a thousand of them one fails by chance; with a fixed seed it is always the same one, or none.
 */

// Upper critical values of the chi-squared distribution at a significance of 0.001, by degrees of freedom: NIST/SEMATECH
// e-Handbook of Statistical Methods, section 1.3.6.7.4.
const chiSquaredLimits = new Map([
  [1, 10.828],
  [2, 13.816],
  [9, 27.877],
  [11, 31.264],
  [13, 34.528],
  [14, 36.123],
  [15, 37.697],
  [19, 43.82],
  [21, 46.797],
  [63, 103.442],
  [99, 148.23]
])

// Kolmogorov's limit at a significance of 0.001, the square root of ln(2 / 0.001) / 2, for many draws: Knuth, The Art of
// Computer Programming, section 3.3.1.
const kolmogorovLimit = 1.94947

/** Cells by name, each with a probability: what has none must not be drawn. */
export type Stated = ReadonlyMap<number, number>

/** Counts how often each is drawn. */
export const countsOf = (draws: Iterable<number>): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const each of draws) counts.set(each, (counts.get(each) ?? 0) + 1)
  return counts
}

/** Pearson's test. Gives `undefined` if the draws fit, else what speaks against it. */
export const misfit = (stated: Stated, draws: Iterable<number>): string | undefined => {
  const counts = countsOf(draws)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const cells = [...stated].filter(([, probability]) => probability > 0)
  const sum = cells.reduce((whole, [, probability]) => whole + probability, 0)
  if (Math.abs(sum - 1) > 1e-9) throw new Error(`the probabilities come to ${sum}`)
  if (cells.some(([, probability]) => probability * total < 10)) throw new Error(`${total} draws are too few`)
  const limit = chiSquaredLimits.get(cells.length - 1)
  if (limit === undefined) throw new Error(`no limit for ${cells.length - 1} degrees of freedom`)

  const foreign = [...counts.keys()].filter((each) => !((stated.get(each) ?? 0) > 0))
  if (foreign.length > 0) return `drawn, and never to be: ${foreign.join(', ')}`
  const chiSquared = cells.reduce((whole, [each, probability]) => {
    const expected = probability * total
    return whole + ((counts.get(each) ?? 0) - expected) ** 2 / expected
  }, 0)
  return chiSquared <= limit ? undefined : `chi-squared is ${chiSquared.toFixed(1)}, more than ${limit}`
}

/**
 * The test of Kolmogorov and Smirnov, of draws from a continuous distribution, given as the part that is at most a
 * number.
 */
export const misfitOf = (atMost: (x: number) => number, draws: Iterable<number>): string | undefined => {
  const sorted = Float64Array.from(draws).sort()
  const count = sorted.length
  const furthest = sorted.reduce((most, x, i) => {
    const part = atMost(x)
    return Math.max(most, part - i / count, (i + 1) / count - part)
  }, 0)
  const distance = furthest * Math.sqrt(count)
  return distance <= kolmogorovLimit
    ? undefined
    : `the distance is ${distance.toFixed(2)}, more than ${kolmogorovLimit}`
}

/**
 * The stated distribution of ⌊from + u·(to − from)⌋ for a uniform u in [0, 1): each millisecond as often as the window
 * covers it.
 */
export const evenly = (from: number, to: number): Stated => {
  const first = Math.floor(from)
  const covers = (ms: number): number => Math.max(0, Math.min(to, ms + 1) - Math.max(from, ms))
  return new Map(
    Array.from({ length: Math.ceil(to) - first }, (_, i) => [first + i, covers(first + i) / (to - from)])
  )
}

/**
 * The serial test: whether numbers in [0, 1) say nothing of those that follow them. Takes them in groups that do not
 * overlap, each a cell of a cube with so many parts a side.
 */
export const dependence = (
  uniforms: ReadonlyArray<number>,
  { size, parts }: { readonly size: number; readonly parts: number }
): string | undefined => {
  const cells = parts ** size
  const groups = Array.from({ length: Math.floor(uniforms.length / size) }, (_, group) =>
    uniforms
      .slice(group * size, (group + 1) * size)
      .reduce((cell, u) => cell * parts + Math.min(parts - 1, Math.floor(u * parts)), 0)
  )
  return misfit(new Map(Array.from({ length: cells }, (_, cell) => [cell, 1 / cells])), groups)
}
