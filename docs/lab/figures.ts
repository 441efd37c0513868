/** What came of two fleets, in numbers and in a sentence. */
import type { FleetResult } from 'reprise/lab'
import { outageOf } from './fleet.js'
import type { Settings } from './settings.js'
import { countText, percentText, timeText } from './units.js'

export interface Figure {
  readonly label: string
  readonly mine: string
  readonly other: string
}

/** What the policy is compared with, as it is called in charts and tables. */
export const otherName = ({ baseline }: Settings): string =>
  baseline === 'no-retries' ? 'without retries' : 'pinned policy'

export const figuresOf = (
  settings: Settings,
  mine: FleetResult,
  other: FleetResult
): ReadonlyArray<Figure> => {
  const figure = (label: string, of: (result: FleetResult) => string): Figure => ({
    label,
    mine: of(mine),
    other: of(other)
  })
  return [
    figure('Succeeded', ({ successRatio }) => percentText(successRatio)),
    figure('Calls received', ({ calls }) => countText(calls)),
    figure('Calls a request', ({ amplification }) => countText(amplification)),
    figure('Median time', ({ latency }) => optional(latency?.p50)),
    figure('p99 time', ({ latency }) => optional(latency?.p99)),
    figure('All over after', ({ completion }) => timeText(completion)),
    ...(outageOf(settings.fleet) ? [figure('Recovery', (result) => recoveryText(settings, result))] : [])
  ]
}

const optional = (ms: number | undefined): string => (ms === undefined ? '–' : timeText(ms))

const recoveryText = ({ fleet }: Settings, { recovery, series }: FleetResult): string => {
  if (recovery !== undefined) return recovery === 0 ? 'at once' : `in ${timeText(recovery)}`
  // It needs calls that ended before the outage, and after it.
  const outage = outageOf(fleet)
  const busy = series.bins.filter(({ failed, succeeded }) => failed + succeeded > 0)
  return outage !== undefined &&
    busy.some(({ time }) => time + series.width <= outage.from) &&
    busy.some(({ requests, time }) => requests > 0 && time >= outage.to)
    ? 'never'
    : 'unknown'
}

/** What stands out, and how that is under the policy it is compared with. */
export const verdictOf = (
  settings: Settings,
  mine: FleetResult,
  other: FleetResult
): { readonly mine: string; readonly other: string } => {
  if (mine.requests === 0) return { mine: 'No client makes a request.', other: '' }
  const under = settings.baseline === 'no-retries' ? 'Without retries' : 'Under the pinned policy'
  return {
    mine: `${endOf(settings, mine, 'The server', 'All is over after')}: ${shareOf(mine, 'of the requests succeed, with ')}.`,
    other: `${under} ${endOf(settings, other, 'it', 'it takes')}: ${shareOf(other, 'succeed, with ')}.`
  }
}

const endOf = (settings: Settings, result: FleetResult, server: string, over: string): string => {
  if (outageOf(settings.fleet) === undefined) return `${over} ${timeText(result.completion)}`
  const recovery = recoveryText(settings, result)
  return recovery === 'never'
    ? `${server} never recovers`
    : recovery === 'unknown'
      ? `${server} is called too rarely to tell whether it recovers`
      : `${server} recovers ${recovery}`
}

const shareOf = ({ amplification, successRatio }: FleetResult, verb: string): string => {
  const calls = countText(amplification)
  return `${percentText(successRatio)} ${verb}${calls} ${calls === '1' ? 'call' : 'calls'} each`
}
