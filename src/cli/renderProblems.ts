import { counted, printable } from './Layout.js'
import type { Paint } from './Paint.js'
import type { Place, Problem } from './Problem.js'

/** What a file is called: `-` is standard input. */
export const nameOfFile = (file: string): string => (file === '-' ? 'standard input' : printable(file))

/** Says what is wrong, where, and shows the line with a mark below it. */
export const renderProblems =
  (paint: Paint, width: number) =>
  (file: string, problems: ReadonlyArray<Problem>): string => {
    const all = problems.map((problem) => {
      const { place } = problem
      const at = place === undefined ? '' : `:${place.line}:${place.column}`
      const line = `${nameOfFile(problem.file ?? file)}${at}: ${paint.bad('error')}: ${printable(problem.message)}\n`
      return place === undefined ? line : line + renderPlace(paint, width, place)
    })
    return all.join('') + (all.length > 1 ? `\n${counted(all.length, 'error')}\n` : '')
  }

const renderPlace = (paint: Paint, width: number, { line, column, length, text }: Place): string => {
  const number = String(line)
  const room = Math.max(20, width - number.length - 5)
  // Of a long line, the part around the mark.
  const from = column + Math.min(length, room) > room ? Math.max(0, column - 1 - Math.floor(room / 2)) : 0
  // A column for each character, so that the mark stands where it has to.
  const shown = Array.from(text.slice(from, from + room), (char) => (char < ' ' ? ' ' : char)).join('')
  const mark = '^'.repeat(Math.min(length, room - (column - 1 - from)))
  const gutter = (content: string): string => paint.faint(`${content.padStart(number.length + 2)} |`)
  return `${gutter(number)} ${printable(shown)}\n${gutter('')} ${' '.repeat(column - 1 - from)}${paint.bad(mark)}\n`
}
