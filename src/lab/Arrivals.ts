/** When the clients of a scenario make requests. */
import { invalid, isWithin, known, wholeNumber } from '../policy/argument.js'
import { toMillis } from '../policy/Duration.js'
import type { Random } from '../runtime/Random.js'
import type { Agenda } from './Agenda.js'
import type { Scenario, ServiceScenario } from './Scenario.js'

// --- model

/** What a scenario says of its clients, read once. */
export interface ArrivalPlan {
  readonly processes: number
  /** How many requests there will be; where they come at random, what is to be expected. */
  readonly expected: number
  /** A width of bins that suits how long it goes on. */
  readonly width: number
  /** Plans the requests: `start` is called with the number of the client that makes one. */
  readonly arrive: (agenda: Agenda, random: Random, start: (client: number) => void) => void
}

// So many clients start in one go, for the event loop to have its turns.
const goSize = 1024

// --- constructors

/** Reads what a scenario says of its clients; throws an error that names the key and its value. */
export const arrivalsOf = (scenario: Scenario): ArrivalPlan => {
  const clients = wholeNumber('clients', scenario.clients, 1)
  const processes = wholeNumber('processes', scenario.processes ?? 1, 1)
  const atOnce = { processes, expected: clients, width: 10, arrive: allAtOnce(clients) }
  if ('contention' in scenario) return atOnce

  const { arrivals, duration } = scenario
  if (arrivals === 'atOnce') return atOnce
  // Callers without types may hand over anything.
  if (typeof arrivals !== 'object' || (arrivals as unknown) === null)
    return invalid('arrivals', "'atOnce', or an object with every or perSecond", arrivals)
  known('arrivals', arrivals, ['every', 'perSecond'])
  if (Object.keys(arrivals).length !== 1) invalid('arrivals', 'one of every and perSecond', arrivals)
  const end = toMillis(
    'duration',
    duration ?? invalid('duration', 'set, unless all arrive at once', duration)
  )
  return { processes, width: niceWidth(end / 100), ...overTime(arrivals, clients, end) }
}

const allAtOnce =
  (clients: number): ArrivalPlan['arrive'] =>
  ({ plan }, _, start) => {
    const go = (first: number): boolean => {
      for (let client = first; client < Math.min(first + goSize, clients); client++) start(client)
      return true
    }
    // Stryker disable next-line EqualityOperator: one that starts nobody
    for (let first = 0; first < clients; first += goSize) plan(0, go, first)
  }

const overTime = (
  arrivals: Exclude<ServiceScenario['arrivals'], 'atOnce'>,
  clients: number,
  end: number
): Pick<ArrivalPlan, 'expected' | 'arrive'> => {
  if ('every' in arrivals) {
    const every = toMillis('arrivals.every', arrivals.every)
    if (every === 0) invalid('arrivals.every', 'longer than 0 ms', arrivals.every)
    return {
      expected: Math.round((clients * end) / every),
      // In the order of their moments, so that only the next one is ever planned, of a million.
      arrive: ({ clock, plan }, random, start) => {
        const first = Float64Array.from({ length: clients }, () => random() * every)
        const firstOf = (client: number): number => first[client] as number
        const order = Uint32Array.from(first, (_, client) => client).sort(
          (a, b) => firstOf(a) - firstOf(b) || a - b
        )
        const inTurn = (index: number): number => order[index % clients] as number
        const planNext = (index: number): void => {
          const moment = firstOf(inTurn(index)) + every * Math.floor(index / clients)
          if (moment < end) plan(moment - clock.now(), next, index)
        }
        const next = (index: number): boolean => {
          planNext(index + 1)
          start(inTurn(index))
          return true
        }
        planNext(0)
      }
    }
  }
  const { perSecond } = arrivals
  if (!isWithin(perSecond, 1e9) || perSecond === 0)
    invalid('arrivals.perSecond', 'a number more than 0, to 1000000000', perSecond)
  return {
    expected: Math.round((perSecond * end) / 1000),
    arrive: ({ clock, plan }, random, start) => {
      const planNext = (index: number): void => {
        const pause = (-1000 / perSecond) * Math.log(1 - random())
        if (clock.now() + pause < end) plan(pause, next, index)
      }
      const next = (index: number): boolean => {
        planNext(index + 1)
        start(index % clients)
        return true
      }
      planNext(0)
    }
  }
}

/** Gives 1, 2 or 5 times a power of ten, at least as wide. */
const niceWidth = (width: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(width, 1e-3)))
  return power * ([1, 2, 5].find((step) => step * power >= width) ?? 10)
}
