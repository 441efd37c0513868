export const quantile = (numbers, q) => {
  const sorted = Float64Array.from(numbers).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}

export const median = (numbers) => quantile(numbers, 0.5)

/** The least of each figure, of several runs: noise only adds. */
export const leastOf = (runs) =>
  Object.fromEntries(
    Object.keys(runs[0]).map((key) => [key, Math.min(...runs.map((figures) => figures[key]))])
  )
