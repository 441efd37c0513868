/** Text in lines of a given width. */

// --- model

/** A column of a table; widths are those of its texts. */
export interface Column {
  readonly heading: string
  readonly align: 'left' | 'right'
  readonly cells: ReadonlyArray<string>
}

/** A table as lines. */
export interface Lines {
  readonly heading: string
  readonly rows: ReadonlyArray<string>
}

/** What stands before what belongs to a title, and between columns. */
export const margin = '  '

// --- tables

/** Lays columns side by side. */
export const table = (columns: ReadonlyArray<Column>): Lines => {
  const aligned = columns.map(({ heading, align, cells }) => {
    const width = cells.reduce((most, cell) => Math.max(most, cell.length), heading.length)
    const fit = (cell: string): string => (align === 'left' ? cell.padEnd(width) : cell.padStart(width))
    return { heading: fit(heading), cells: cells.map(fit) }
  })
  const count = columns.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  return {
    heading: aligned.map(({ heading }) => heading).join(margin),
    rows: Array.from({ length: count }, (_, i) => aligned.map(({ cells }) => cells[i] ?? '').join(margin))
  }
}

// --- paragraphs

/** Breaks a text between words into lines of at most `width`, after the first with an indent. A longer word has its own. */
export const wrap = (text: string, width: number, indent = ''): ReadonlyArray<string> =>
  text.split(' ').reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines[lines.length - 1]
    if (last === undefined) return [word]
    return last.length + 1 + word.length <= width
      ? [...lines.slice(0, -1), `${last} ${word}`]
      : [...lines, indent + word]
  }, [])

/** Makes control characters visible, which could play tricks on a terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (char) =>
    char === '\t' ? ' ' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  )

/** `'1 retry'`, `'2 retries'`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`
