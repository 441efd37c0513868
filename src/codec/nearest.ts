/** Gives how many letters have to be put in, left out or changed to make one text of another. */
const distance = (a: string, b: string): number =>
  Array.from(a).reduce(
    (row, x, i) =>
      Array.from(b).reduce(
        (next, y, j) => [
          ...next,
          Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (x === y ? 0 : 1))
        ],
        [i + 1]
      ),
    Array.from({ length: b.length + 1 }, (_, j) => j)
  )[b.length] ?? 0

/** Gives the known name that a name was probably meant to be; `undefined` if none is close. */
export const nearest = (name: string, known: ReadonlyArray<string>): string | undefined => {
  // Nobody mistypes a name of that length, and the time it takes grows with it.
  if (name.length > 40) return undefined
  const wanted = name.toLowerCase()
  const far = Math.max(1, Math.floor(wanted.length / 3))
  return known
    .filter((each) => Math.abs(each.length - wanted.length) <= far)
    .map((each) => ({ each, steps: distance(wanted, each.toLowerCase()) }))
    .filter(({ steps }) => steps <= far)
    .sort((a, b) => a.steps - b.steps)[0]?.each
}

/** Says what was expected instead of an unknown key. */
export const instead = (key: string, known: ReadonlyArray<string>): string => {
  const near = nearest(key, known)
  return `${near === undefined ? '' : `the key ${near}, or `}one of the keys ${known.join(', ')}`
}
