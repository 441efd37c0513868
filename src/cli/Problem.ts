/** What is wrong, and where in the file. */

/** A stretch of one line of a text; line and column count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly length: number
  /** The whole line. */
  readonly text: string
}

export interface Problem {
  readonly message: string
  /** The file, if it is not the configuration. */
  readonly file?: string
  /** Where in the configuration, such as `numRetries.readData`. */
  readonly path?: string
  readonly place?: Place
}

/** Gives the place of the characters from one index to another, as far as they are on one line. */
export const placeOf = (text: string, from: number, to = from + 1): Place => {
  const lines = text.slice(0, from).split(/\r\n|\r|\n/)
  // However it is split, there is one part.
  const last = lines[lines.length - 1] as string
  const [rest] = text.slice(from).split(/\r\n|\r|\n/, 1) as [string]
  return {
    line: lines.length,
    column: last.length + 1,
    length: Math.max(1, Math.min(to - from, rest.length)),
    text: last + rest
  }
}
