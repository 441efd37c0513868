/** Worlds of the lab, and what they answer. */
import { newAgenda } from '../../src/lab/Agenda.js'
import type { Scenario, Server } from '../../src/lab/Scenario.js'
import { worldOf } from '../../src/lab/World.js'

/** What comes of attempts that are sent at these moments: when each is answered, and how; by the moment of the answer. */
export const answers = async (scenario: Scenario, sent: ReadonlyArray<number>, random = () => 0.5) => {
  const agenda = newAgenda()
  const world = worldOf(scenario)(agenda, random)
  const answered: Array<readonly [attempt: number, at: number, answer: string]> = []
  sent.forEach((at, attempt) =>
    agenda.plan(
      at,
      () => {
        world.send((answer) => {
          const inWords =
            answer._tag === 'Right'
              ? 'Right'
              : answer.left._tag === 'RateLimited'
                ? `RateLimited ${answer.left.retryAfter}`
                : answer.left._tag
          answered.push([attempt, agenda.clock.now(), inWords])
        })
        return false
      },
      undefined
    )
  )
  await agenda.run({ goOn: () => true, moves: () => true })
  return { answered, calls: world.calls(), load: world.load() }
}

/** A server with one place, where work takes 100 ms, but for what is said. */
export const service = (server: Partial<Server>, network?: number): Scenario => ({
  clients: 1,
  arrivals: 'atOnce',
  ...(network !== undefined && { network }),
  server: { capacity: 1, latency: 100, ...server }
})
