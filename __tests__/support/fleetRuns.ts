/** Fleets that are run, and what they give. */
import { pipe } from 'fp-ts/lib/function.js'
import { never, withRetry } from 'reprise'
import { type Client, type FleetOptions, type FleetResult, runFleet, type Scenario } from 'reprise/lab'

/** One place for two clients; it takes 100 ms. */
export const twoAtOnce: Scenario = { clients: 2, arrivals: 'atOnce', server: { capacity: 1, latency: 100 } }
/** So many clients with a request in each of so many milliseconds. */
export const steady = (
  clients: number,
  every: number,
  duration: number,
  server: Partial<Scenario> | object
): Scenario => ({ clients, arrivals: { every }, duration, server }) as Scenario

/** Without retries. */
export const once: Client = (call) => pipe(call, withRetry(never))

/** What came of it; fails if nothing did. */
export const right = async (
  scenario: Scenario,
  client: Client,
  options?: FleetOptions
): Promise<FleetResult> => {
  const result = await runFleet(scenario, client, options)()
  if (result._tag !== 'Right') throw new Error(JSON.stringify(result.left))
  return result.right
}

/** Why nothing came of it; fails if something did. */
export const left = async (scenario: Scenario, client: Client, options?: FleetOptions) => {
  const result = await runFleet(scenario, client, options)()
  if (result._tag !== 'Left') throw new Error('Right')
  return result.left
}
