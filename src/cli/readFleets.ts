/** What there is to see in the numbers, in words. */
import { aftermathOf, type Fleet, type Fleets, isComparable, type Spell, spellOf } from './Fleets.js'
import { counted } from './Layout.js'
import { brief, grouped, percent, time } from './Measures.js'

/** Says in a few sentences what to look at. */
export const readFleets = ({
  fleets,
  scenario
}: Pick<Fleets, 'fleets' | 'scenario'>): ReadonlyArray<string> => {
  const spell = spellOf(scenario)
  return [
    ...(spell === undefined ? compare(fleets) : readRecovery(fleets, spell)),
    ...fleets.flatMap(unfinished)
  ]
}

// --- with outages

const readRecovery = (fleets: ReadonlyArray<Fleet>, spell: Spell): ReadonlyArray<string> => {
  const told = fleets.filter(({ results }) => isComparable(results, spell))
  if (told.length === 0)
    return [
      'Of the recovery nothing can be said: that takes calls that ended before the outage, and requests after it.'
    ]
  const recovered = told
    .filter(({ measured }) => measured.recovery < Infinity)
    .sort((a, b) => a.measured.recovery - b.measured.recovery)
    .map(({ measured: { recovery }, name }, i) =>
      [name, ...(i === 0 ? ['recovered'] : []), recovery === 0 ? 'at once' : `within ${time(recovery)}`].join(
        ' '
      )
    )
  return [
    ...told.filter(({ measured }) => measured.recovery === Infinity).map(neverRecovered(spell)),
    ...(recovered.length === 0 ? [] : [`${recovered.join(', ')}.`])
  ]
}

const neverRecovered =
  (spell: Spell) =>
  ({ name, results }: Fleet): string => {
    const never = results.filter(({ recovery }) => recovery === undefined)
    const often =
      never.length === results.length ? '' : ` in ${never.length} of ${counted(results.length, 'run')}`
    const { amplification, failureRatio, length } = aftermathOf(never, spell) ?? {
      amplification: 0,
      failureRatio: 0,
      length: 0
    }
    // What the server is sent beyond the requests is its clients' own doing.
    const why = amplification >= 1.5 ? ': its own retries kept the server busy' : ''
    return (
      `${name} never recovered from the outage${often}${why}. In the ${time(length)} after it, the server received ` +
      `${brief(amplification)} calls for each request, and ${percent(failureRatio)} of the requests failed.`
    )
  }

// --- without

/** Compares the calls, if as much came of them; else what came of them. */
const compare = (fleets: ReadonlyArray<Fleet>): ReadonlyArray<string> => {
  const by = (measure: 'calls' | 'successRatio') =>
    [...fleets].sort((a, b) => a.measured[measure] - b.measured[measure])
  const [fewest, most] = [by('calls')[0], by('calls').at(-1)]
  const [least, best] = [by('successRatio')[0], by('successRatio').at(-1)]
  if (!fewest || !most || !least || !best || fleets.length < 2) return []
  if (best.measured.successRatio - least.measured.successRatio >= 0.005)
    return [
      `${best.name} came through with ${percent(best.measured.successRatio)} of its requests, ${least.name} with ${percent(least.measured.successRatio)}.`
    ]
  const times = most.measured.calls / fewest.measured.calls
  return times < 1.01
    ? ['There is next to no difference in calls and successes.']
    : [
        `${fewest.name} made the fewest calls, ${grouped(Math.round(fewest.measured.calls))}; ${most.name} made ${brief(times)} times as many.`
      ]
}

/** Calls that had not ended may go on for ever. */
const unfinished = ({ name, results }: Fleet): ReadonlyArray<string> => {
  const sum = results.reduce((all, { failed }) => all + (failed['Unfinished'] ?? 0), 0)
  const count = Math.ceil(sum / results.length)
  return count === 0
    ? []
    : [`${grouped(count)} ${count === 1 ? 'request' : 'requests'} of ${name} had not ended when the run did.`]
}
