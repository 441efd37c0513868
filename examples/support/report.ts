/** How the demo looks: a line for each event as it happens, and a table at the end. */
import { type Failure, type RetryEvent, toError } from 'reprise'
import type { Counts } from './flakyServer.js'

// --- colours, for people who read along

const coloured = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === ''
const paint = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)
const [bold, dim, red, green, yellow] = [paint(1), paint(2), paint(31), paint(32), paint(33)] as const

const millis = (ms: number): string => `${Math.round(ms)} ms`

// --- one event

const describe = (failure: Failure<unknown, unknown>): string =>
  failure._tag === 'Rejected' ? `refused: ${failure.reasons.join('; ')}` : toError(failure.error).message

const tell = (event: RetryEvent, request: string): string | undefined => {
  switch (event._tag) {
    case 'AttemptStarted':
      return `attempt ${event.attempt}  ${request}`
    case 'AttemptFailed':
      return undefined // told by the event that follows: RetryScheduled or GaveUp
    case 'RetryScheduled':
      return indent(`${yellow(describe(event.failure))} -> next in ${millis(event.delay)}`)
    case 'Succeeded':
      return indent(green(`accepted: ${JSON.stringify(event.value)}`))
    case 'GaveUp':
      return indent(red(String(toError(event.error))))
    default:
      return undefined // limits and circuit breakers, of which the demo has none
  }
}

const indent = (text: string): string => `           ${text}`

/** Prints an event, if there is something to say about it. */
export const printEvent =
  (request: string) =>
  (event: RetryEvent): void => {
    const line = tell(event, request)
    if (line !== undefined) console.log(`  ${dim(`+${millis(event.elapsed).padStart(8)}`)}  ${line}`)
  }

export const printTitle = (title: string, policy: string): void =>
  console.log(`\n${bold(title)}\n  ${dim(policy)}`)

// --- the summary

/** What a scene promises: how it ends, how many requests it takes, and how many of them the client cuts off. */
export interface Promised {
  readonly outcome: string
  readonly attempts: number
  readonly hungUp: number
}

/** What came of a scene: what the events told, and what the server counted. */
export interface Row {
  readonly title: string
  readonly outcome: string
  readonly attempts: number
  readonly waited: number
  readonly elapsed: number
  readonly server: Counts
  readonly asPromised: boolean
}

const durationOf = (event: RetryEvent): number =>
  event._tag === 'AttemptFailed' ? event.failure.duration : event._tag === 'Succeeded' ? event.duration : 0

/** Gives what the events of one call add up to. */
export const toRow = (
  title: string,
  outcome: string,
  events: ReadonlyArray<RetryEvent>,
  server: Counts,
  promised: Promised
): Row => {
  const attempts = events.filter(({ _tag }) => _tag === 'AttemptStarted').length
  const elapsed = events[events.length - 1]?.elapsed ?? 0
  return {
    title,
    outcome,
    attempts,
    waited: events.map(durationOf).reduce((rest, duration) => rest - duration, elapsed),
    elapsed,
    server,
    asPromised:
      outcome === promised.outcome &&
      attempts === promised.attempts &&
      server.requests === attempts &&
      server.hungUp === promised.hungUp
  }
}

const cells = ({ title, outcome, attempts, waited, elapsed, server }: Row): ReadonlyArray<string> => [
  title.padEnd(40),
  outcome.padEnd(12),
  String(attempts).padStart(8),
  millis(waited).padStart(8),
  millis(elapsed).padStart(8),
  `${server.requests} ${server.requests === 1 ? 'request' : 'requests'}${server.hungUp === 0 ? '' : `, ${server.hungUp} cut off`}`
]

/** Prints the table; gives whether all went as promised. */
export const printSummary = (rows: ReadonlyArray<Row>): boolean => {
  const heading = `${'scene'.padEnd(40)}  ${'outcome'.padEnd(12)}  attempts    waited   elapsed  the server counted`
  console.log(`\n${bold(heading)}`)
  for (const row of rows) console.log((row.asPromised ? green : red)(cells(row).join('  ')))
  const broken = rows.filter(({ asPromised }) => !asPromised).map(({ title }) => title)
  const verdict = broken.length === 0 ? green(kept) : red(`Not as promised: ${broken.join(', ')}`)
  console.log(`\n${verdict}`)
  return broken.length === 0
}

const kept = 'All scenes went as promised, and the server counted what the client did.'
