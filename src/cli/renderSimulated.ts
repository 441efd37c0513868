import { formatDuration } from '../policy/formatDuration.js'
import { scaleOf } from './Bars.js'
import { counted, margin, printable, wrap } from './Layout.js'
import type { Paint } from './Paint.js'
import { renderTitle } from './renderTitle.js'
import { renderWaits } from './renderWaits.js'
import type { Decided, Simulated } from './Report.js'

/** What was asked for. */
interface Asked {
  readonly outcomes?: string
  readonly seed: number
}

/** Tells how calls would go: the attempts as a table, the waits as bars, and how it ends. */
export const renderSimulated =
  (paint: Paint, width: number) =>
  (policies: ReadonlyArray<Simulated>, asked: Asked): string =>
    policies.map((each) => `${renderOne(paint, width, each, asked).join('\n')}\n`).join('\n')

const renderOne = (
  paint: Paint,
  width: number,
  simulated: Simulated,
  asked: Asked
): ReadonlyArray<string> => {
  const { decisions } = simulated
  const bars = decisions.map(({ delay, to }) =>
    delay === null || to === null ? undefined : { from: delay, to: Math.max(delay, to) }
  )
  const column = (heading: string, align: 'left' | 'right', cell: (decided: Decided) => string) => ({
    heading,
    align,
    cells: decisions.map(cell)
  })
  return [
    ...renderTitle(paint, width)(simulated),
    '',
    ...renderWaits(
      paint,
      width
    )({
      columns: [
        column('attempt', 'right', ({ attempt }) => String(attempt)),
        column('elapsed', 'right', ({ elapsed }) => formatDuration(elapsed)),
        column('outcome', 'left', ({ outcome }) => outcome),
        column('decision', 'left', ({ decision }) => inWords[decision]),
        column('wait', 'right', ({ delay }) => (delay === null ? '' : formatDuration(delay)))
      ],
      bars,
      scale: scaleOf(bars.flatMap((range) => (range === undefined ? [] : [range]))),
      legend: ['drawn', 'at most']
    }),
    '',
    ...wrap(printable(endOf(simulated, asked)), width - margin.length).map((line) => margin + line)
  ]
}

const inWords = { Retry: 'retry after', Accept: 'done', GiveUp: 'give up' } as const

const endOf = ({ decisions, timeout }: Simulated, { outcomes, seed }: Asked): string => {
  // There is the first attempt at least.
  const { attempt, delay, elapsed, decision, reason } = decisions[decisions.length - 1] as Decided
  const time = elapsed + (delay ?? 0)
  const after = `${formatDuration(time)} after the start`
  const unused = (outcomes?.length ?? 0) - decisions.length
  const sentences = [
    decision === 'Accept'
      ? `Succeeds at attempt ${attempt}, ${after}.`
      : decision === 'GiveUp'
        ? `Gives up at attempt ${attempt}, ${after}: ${reasonInWords(reason)}.`
        : `Attempt ${attempt + 1} would start ${after}.`,
    ...(unused > 0 ? [`${counted(unused, 'outcome was', 'outcomes were')} not used.`] : []),
    ...(timeout !== null && time > timeout
      ? [`Its timeout of ${formatDuration(timeout)} would have ended the call before.`]
      : []),
    `Seed ${seed}.`
  ]
  return sentences.join(' ')
}

const reasonInWords = (reason: string | null): string =>
  reason === 'Exhausted' ? 'the policy allows no more' : 'a function of the policy failed'
