// Figures as text: one table of goals, and one table for each measure with a row for each entry.
import { cpus, totalmem } from 'node:os'

/** A goal is the greatest ratio or value allowed, or says itself which: `{ most }`, `{ least }`. */
const reached = (goal, { value, ratio }) => {
  if (typeof goal === 'number') return (ratio ?? value) <= goal + 0.005
  return value <= (goal.most ?? Infinity) && value >= (goal.least ?? -Infinity)
}

const goalText = (goal, unit, hasRatio) => {
  if (goal === undefined) return ''
  if (typeof goal === 'number') return `≤ ${goal}${hasRatio ? '' : ` ${unit}`}`
  const { most, least } = goal
  return most === undefined ? `≥ ${least} ${unit}` : `≤ ${most} ${unit}`
}

const digits = (value) => (Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0)

const number = (value) => value.toLocaleString('en', { maximumFractionDigits: digits(value) })

const cellText = (cell, unit) => {
  if (cell === undefined || cell === null) return 'n/a'
  const ratio = cell.ratio === undefined ? '' : `${cell.ratio.toFixed(2)}, `
  return `${ratio}${number(cell.value)} ${unit}${cell.note === undefined ? '' : ` (${cell.note})`}`
}

const isHand = (name) => name.startsWith('hand')
const isOurs = (name) => name.startsWith('reprise')

/** The best of the others; where less is not better, the one nearest to nothing. */
const bestPeer = ({ values }) =>
  Object.entries(values)
    .filter(([name, cell]) => cell && !isHand(name) && !isOurs(name))
    .sort(([, a], [, b]) => Math.abs(a.ratio ?? a.value) - Math.abs(b.ratio ?? b.value))[0]

const table = (rows) => {
  const [head, ...body] = rows
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const summary = (results) => {
  const rows = results.flatMap(({ number: of, figures }) =>
    figures.map((figure) => {
      const { title, unit, goal, values } = figure
      const cells = Object.values(values)
      const ours = values['reprise']
      const best = bestPeer(figure)
      const met = goal === undefined || !ours ? '' : reached(goal, ours) ? ' ✓' : ' ✗'
      return [
        `${of}. ${title}`,
        goalText(
          goal,
          unit,
          cells.some((cell) => cell?.ratio !== undefined)
        ),
        `${cellText(ours, unit)}${met}`,
        best === undefined ? '' : `${cellText(best[1], unit)}, ${best[0]}`
      ]
    })
  )
  return table([['measure', 'goal', 'reprise', 'best peer'], ...rows])
}

const section = ({ number: of, title, about, figures }) => {
  const names = [...new Set(figures.flatMap(({ values }) => Object.keys(values)))]
  const rows = names.map((name) => [name, ...figures.map(({ values, unit }) => cellText(values[name], unit))])
  return `## ${of}. ${title}\n\n${about}\n\n${table([['', ...figures.map((each) => each.title)], ...rows])}`
}

/** The page: what was measured where, the goals, and each measure. */
export const report = (results) => `# Speed, memory and size

What \`npm run bench\` has measured, in one run: ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB. A figure with
a ratio in front is measured beside a hand-written loop of \`try\`, \`await\` and \`sleep\`, whose ratio is 1; less is better. What each row means, and how
to add an entry, is told in [bench/README.md](../bench/README.md).

${summary(results)}

${results.map(section).join('\n\n')}
`

/** The same for a terminal, without what everybody knows. */
export const plain = (results) =>
  results
    .flatMap(({ figures }) => figures)
    .map(({ title, unit, goal, values }) => {
      const goals = goalText(
        goal,
        unit,
        Object.values(values).some((cell) => cell?.ratio !== undefined)
      )
      const rows = Object.entries(values).map(
        ([name, cell]) => `  ${name.padEnd(32)} ${cellText(cell, unit)}`
      )
      return `${title}${goals && `  (${goals})`}\n${rows.join('\n')}\n`
    })
    .join('\n')
