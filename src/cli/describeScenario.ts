/** A scenario in words. */
import type { Distribution, Outage, Scenario, Server, ServiceScenario } from '../lab/index.js'
import { toMillis } from '../policy/Duration.js'
import { formatDuration } from '../policy/formatDuration.js'
import { counted } from './Layout.js'
import { brief, grouped, percent } from './Measures.js'

/** Says in a few sentences who calls what, and what happens to it. */
export const describeScenario = (scenario: Scenario): string => {
  const { clients, processes = 1 } = scenario
  const who = `${many(clients, 'client')} in ${many(processes, 'process', 'processes')}`
  if ('contention' in scenario) {
    const { message } = scenario.contention
    return `${who}, which all change the same row once, from the start. A message takes ${times(message)}; there are four in an attempt.`
  }
  const { network = 0, server } = scenario
  return [
    `${who}, ${requestsOf(scenario)}.`,
    ...(network === 0 ? [] : [`A message takes ${times(network)}.`]),
    ...serverInWords(server),
    ...(server.outages ?? []).map(outageInWords)
  ].join(' ')
}

// --- clients

const requestsOf = ({ arrivals, clients, duration = 0 }: ServiceScenario): string => {
  if (arrivals === 'atOnce') return 'each with one request, all at the start'
  const end = formatDuration(toMillis('duration', duration))
  return 'every' in arrivals
    ? `each with a request every ${formatDuration(toMillis('every', arrivals.every))} for ${end}: ${perSecond((clients * 1000) / toMillis('every', arrivals.every))}`
    : `with ${perSecond(arrivals.perSecond)} for ${end}`
}

const perSecond = (rate: number): string =>
  `${brief(Number(rate.toPrecision(3)))} ${Number(rate.toPrecision(3)) === 1 ? 'request' : 'requests'} a second`

const many = (count: number, ...names: [one: string, many?: string]): string =>
  counted(count, ...names).replace(/^\d+/, (digits) => grouped(Number(digits)))

// --- the server

const serverInWords = ({
  capacity,
  failures = 0,
  latency,
  queue,
  rateLimit
}: Server): ReadonlyArray<string> => {
  const mean = meanOf(latency)
  const rate = mean > 0 ? `, which makes about ${perSecond((capacity * 1000) / mean)}` : ''
  const room =
    queue === undefined ? 'any number may wait' : queue === 0 ? 'none may wait' : `${grouped(queue)} may wait`
  return [
    `The server works on ${grouped(capacity)} at once, ${times(latency)} each${rate}; ${room}.`,
    ...(rateLimit === undefined
      ? []
      : [
          `It takes ${grouped(rateLimit.capacity)} in ${formatDuration(toMillis('per', rateLimit.per))} at most.`
        ]),
    ...(failures === 0 ? [] : [`It fails ${percent(failures)} of them.`])
  ]
}

const outageInWords = (outage: Outage): string => {
  const [from, to] = [outage.from, outage.to].map((each) => formatDuration(toMillis('outage', each)))
  return `From ${from} to ${to} it ${stateOf(outage)}.`
}

const stateOf = (outage: Outage): string => {
  switch (outage.mode) {
    case 'down':
      return 'is down'
    case 'silent':
      return 'does not answer'
    case 'slow':
      return `takes ${brief(outage.factor)} times as long`
    case 'failing':
      return `fails ${percent(outage.ratio)} of them`
  }
}

// --- times

const times = (distribution: Distribution): string => {
  if (typeof distribution !== 'object') return formatDuration(toMillis('time', distribution))
  if ('uniform' in distribution) {
    const [from, to] = distribution.uniform
    return `${times(from)} to ${times(to)}`
  }
  if ('normal' in distribution) {
    const [mean, deviation] = distribution.normal
    return `${times(mean)} ± ${times(deviation)}`
  }
  if ('exponential' in distribution) return `on average ${times(distribution.exponential)}`
  return `at the median ${times(distribution.logNormal[0])}`
}

/** The mean of a distribution; of a normal one, without what is made positive. */
const meanOf = (distribution: Distribution): number => {
  if (typeof distribution !== 'object') return toMillis('time', distribution)
  if ('uniform' in distribution) {
    const [from, to] = distribution.uniform
    return (meanOf(from) + meanOf(to)) / 2
  }
  if ('normal' in distribution) return meanOf(distribution.normal[0])
  if ('exponential' in distribution) return meanOf(distribution.exponential)
  const [median, sigma] = distribution.logNormal
  return meanOf(median) * Math.exp(sigma ** 2 / 2)
}
