/** Gives how many letters have to be put in, left out or changed to make one text of another. */
const distance = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): number => {
  let row = [0, ...b.map((_, j) => j + 1)]
  a.forEach((x, i) => {
    const next = [i + 1]
    // Filled in place: to copy it for each letter takes seconds for what hostile input asks.
    b.forEach((y, j) => {
      // A row is one longer than `b`.
      const [left, above, before] = [next[j], row[j + 1], row[j]] as [number, number, number]
      next.push(Math.min(left + 1, above + 1, before + (x === y ? 0 : 1)))
    })
    row = next
  })
  return row[b.length] as number
}

const lettersOf = (name: string): ReadonlyArray<string> => Array.from(name.toLowerCase())

/** Gives the known name that a name was probably meant to be; `undefined` if none is close. */
export const nearest = (name: string, known: ReadonlyArray<string>): string | undefined => {
  // Nobody mistypes a name of that length, and the time it takes grows with it.
  if (name.length > 40) return undefined
  const wanted = lettersOf(name)
  const far = Math.max(1, Math.floor(wanted.length / 3))
  const stepsTo = (letters: ReadonlyArray<string>): number =>
    // Stryker disable next-line ConditionalExpression: so many letters have to be put in or left out at least, so this only saves time
    Math.abs(letters.length - wanted.length) > far ? Infinity : distance(wanted, letters)
  return known
    .map((each) => ({ each, steps: stepsTo(lettersOf(each)) }))
    .filter(({ steps }) => steps <= far)
    .sort((a, b) => a.steps - b.steps)[0]?.each
}

/** Says what was expected instead of an unknown key. */
export const instead = (key: string, known: ReadonlyArray<string>): string => {
  const near = nearest(key, known)
  return `${near === undefined ? '' : `the key ${near}, or `}one of the keys ${known.join(', ')}`
}
