/** The fleet of the settings, and running it. */
import {
  clientOf,
  type FleetFault,
  type FleetResult,
  type Outage,
  runFleet,
  type Scenario
} from 'reprise/lab'
import { clientOptionsOf } from './policy.js'
import type { FleetSettings, PolicySettings } from './settings.js'

// --- the scenario

/** How long the server works on a request, on average. */
const work = 50

/** When the outage begins, and how long there is to recover from it. */
const [before, after] = [10_000, 25_000] as const

/** How many requests a second the server can work on. */
export const throughputOf = ({ capacity }: FleetSettings): number => (capacity * 1000) / work

/** How many requests a second the clients make, retries not counted. */
export const loadOf = ({ clients, every }: FleetSettings): number => (clients * 1000) / every

/** When there is an outage, if there is one. */
export const outageOf = ({
  outage,
  scenario
}: FleetSettings): { readonly from: number; readonly to: number } | undefined =>
  scenario === 'outage' ? { from: before, to: before + outage } : undefined

export const outagesOf = (fleet: FleetSettings): ReadonlyArray<Outage> => {
  const { mode } = fleet
  const when = outageOf(fleet)
  if (when === undefined) return []
  switch (mode) {
    case 'slow':
      return [{ ...when, mode, factor: 10 }]
    case 'failing':
      return [{ ...when, mode, ratio: 0.5 }]
    default:
      return [{ ...when, mode }]
  }
}

export const scenarioOf = (fleet: FleetSettings): Scenario => {
  const { capacity, clients, every, outage, scenario } = fleet
  const processes = Math.min(10, clients)
  if (scenario === 'contention') return { clients, processes, contention: { message: { normal: [10, 2] } } }
  const server = { capacity, latency: { exponential: work } } as const
  const network = 5
  return scenario === 'herd'
    ? // What would wait longer than a fifth of a second is turned away.
      { clients, processes, arrivals: 'atOnce', network, server: { ...server, queue: 4 * capacity } }
    : {
        clients,
        processes,
        arrivals: { every },
        duration: before + outage + after,
        network,
        server: { ...server, outages: outagesOf(fleet) }
      }
}

// --- running

/** As many calls as a reader has the patience for. */
const mostCalls = 200_000

export type RunFault = FleetFault | { readonly _tag: 'TooManyCalls'; readonly most: number }

export type Ran =
  { readonly _tag: 'Left'; readonly left: RunFault } | { readonly _tag: 'Right'; readonly right: FleetResult }

export interface RunOptions {
  readonly signal: AbortSignal
  /** Is told which part of the requests has ended. */
  readonly onProgress: (part: number) => void
}

export type Runner = (policy: PolicySettings, fleet: FleetSettings, options: RunOptions) => Promise<Ran>

/** Makes what runs fleets, up to so many calls, and remembers what came of the last few. */
export const newRunner = (most = mostCalls, remembered = 12): Runner => {
  const done = new Map<string, FleetResult>()
  return async (policy, fleet, { signal, onProgress }) => {
    const options = clientOptionsOf(policy)
    const scenario = scenarioOf(fleet)
    const key = JSON.stringify([options, scenario, fleet.seed])
    const before = done.get(key)
    if (before !== undefined) return { _tag: 'Right', right: before }

    const patience = new AbortController()
    const ran = await runFleet(scenario, clientOf(options), {
      seed: fleet.seed,
      until: '10m',
      signal: AbortSignal.any([signal, patience.signal]),
      onProgress: ({ calls, ended, expected }) => {
        onProgress(Math.min(1, ended / Math.max(1, expected)))
        if (calls > most) patience.abort()
      }
    })()
    if (patience.signal.aborted) return { _tag: 'Left', left: { _tag: 'TooManyCalls', most } }
    if (ran._tag === 'Left') return ran
    done.set(key, ran.right)
    // A map keeps the order in which things came.
    for (const oldest of [...done.keys()].slice(0, -remembered)) done.delete(oldest)
    return ran
  }
}
