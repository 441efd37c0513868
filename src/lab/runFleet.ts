/**
 * Runs a fleet: the library's own wrappers, on virtual time, against a modelled world. Nothing is re-implemented for it, so
 * what is simulated is what runs.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type Env, type Run, toCallable, toRun } from '../action/entry.js'
import { invalid, known } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { read } from '../policy/Failure.js'
import { decide } from '../policy/step.js'
import { toSeed } from '../policy/uniform.js'
import type { Clock } from '../runtime/Clock.js'
import type { Random } from '../runtime/Random.js'
import { seededRandom } from '../testing/seededRandom.js'
import { newAgenda } from './Agenda.js'
import { arrivalsOf } from './Arrivals.js'
import { type FleetResult, quantilesOf, recoveryOf } from './FleetResult.js'
import { newRecorder, type Recorded } from './Recorder.js'
import { outagesOf } from './Outage.js'
import type { Scenario, ServerError } from './Scenario.js'
import { worldOf } from './World.js'

// --- model

/**
 * One attempt of a client, by its number, which counts from 0.
 *
 * @category model
 * @since 0.3.0
 */
export type Call = (client: number) => Promise<Either<ServerError, void>>

/**
 * What a process makes of the attempts of its clients: `(call) => pipe(call, withRetry(policy))`. It is made once for each
 * process, so a breaker, a budget or a limit set that is made in it is shared by the clients of one process, and one that is
 * made outside by all. With `watch`, numbers are recorded over time, summed over the processes. The clock is that of the world,
 * for resources that are read by `watch`.
 *
 * @category model
 * @since 0.3.0
 */
export type Client = (
  call: Call,
  world: { readonly clock: Clock; readonly process: number }
) => Calling | { readonly calling: Calling; readonly watch: Watch }

/**
 * A call of a client, by its number: its attempts and all that is around them.
 *
 * @category model
 * @since 0.3.0
 */
export type Calling = (client: number) => TaskEither<unknown, unknown>

/**
 * Numbers to record over time, by name.
 *
 * @category model
 * @since 0.3.0
 */
export type Watch = Readonly<Record<string, IO<number>>>

/**
 * How a fleet is run.
 *
 * @category model
 * @since 0.3.0
 */
export interface FleetOptions {
  /** A whole number; the same gives the same result. 1 if not set. */
  readonly seed?: number | undefined
  /** Ends the run after this moment, whatever is under way; a day if not set. */
  readonly until?: Duration | undefined
  /** Is told at the start, at the end, and some times a second in between, how far it has come. */
  readonly onProgress?: ((progress: FleetProgress) => void) | undefined
  /** Ends it, at the next time of that kind. */
  readonly signal?: AbortSignal | undefined
}

/**
 * How far a fleet has come.
 *
 * @category model
 * @since 0.3.0
 */
export interface FleetProgress {
  /** The virtual time. */
  readonly time: number
  /** Requests that clients began. */
  readonly requests: number
  /** Of how many; what is to be expected, where requests come at random. */
  readonly expected: number
  /** How many of them are over. */
  readonly ended: number
  /** Attempts that the server received. */
  readonly calls: number
}

/**
 * Why a fleet gave no result: it was aborted; or a client, a watch or `onProgress` threw, or time stood still.
 *
 * @category model
 * @since 0.3.0
 */
export type FleetFault =
  | { readonly _tag: 'FleetAborted'; readonly reason: unknown }
  | { readonly _tag: 'FleetFailed'; readonly error: unknown }

// --- running

/**
 * Runs a fleet of clients in a scenario, and gives what came of it. Each run of the task is a world of its own, and the same
 * seed gives the same result. A `Left` if it was aborted, or if the client's own code threw or rejected: a call that fails does
 * so by its `Either`.
 *
 * Policies can be compared: requests come at the same moments whatever clients do, and what the world draws (how long messages
 * and work take, what fails) does not depend on what they draw. It is drawn in the order in which things happen, so it is the
 * same for two policies until they first do something different.
 *
 * Throws a `RangeError` or `TypeError` that names the key for a scenario that makes no sense.
 *
 * *Gotcha*: time stands still for whatever goes on in microtasks. A client that waits for anything but the clock of the world
 * (a timer, a file) is not waited for; its call is counted as `Unfinished`. A plain step of fp-ts around `withRetry` hides the
 * clock of the world from it: use `via`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withJitter, withRetry } from 'reprise'
 * import { runFleet } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // A hundred clients want to change the same row.
 * const scenario = { clients: 100, contention: { message: { normal: [10, 2] } } } as const
 * const policy = pipe(exponential(10), withJitter('full'))
 *
 * const result = await runFleet(scenario, (call) => pipe(call, withRetry(policy)), { seed: 7 })()
 * assert(result._tag === 'Right' && result.right.succeeded === 100)
 *
 * @category running
 * @since 0.3.0
 */
export const runFleet = (
  scenario: Scenario,
  client: Client,
  options: FleetOptions = {}
): TaskEither<FleetFault, FleetResult> => {
  // Callers without types may hand over anything.
  if (typeof scenario !== 'object' || (scenario as unknown) === null)
    invalid('scenario', 'an object', scenario)
  if (typeof client !== 'function') invalid('runFleet: client', 'a function', client)
  known('runFleet', options, ['seed', 'until', 'onProgress', 'signal'])
  const { seed = 1, until = '24h', onProgress, signal } = options
  const worldFor = worldOf(scenario)
  const { arrive, expected, processes, width } = arrivalsOf(scenario)
  const outages = outagesOf(scenario)
  const end = toMillis('runFleet: until', until)
  toSeed('runFleet: seed', seed)

  return async () => {
    const agenda = newAgenda(patience + patience * expected)
    const { clock } = agenda
    // Seeds that follow each other must have nothing in common, and what the clients draw is not what the world draws.
    const source = seededRandom(seed)
    const [random, chance, moments] = [source, source, source].map((draw) =>
      seededRandom(Math.floor(draw() * 2 ** 53))
    ) as [Random, Random, Random]
    const world = worldFor(agenda, chance)
    const recorder = newRecorder(clock, world, width)
    const call: Call = (_client) => new Promise(world.send)
    const thrown: unknown[] = []
    const fail = (error: unknown): void => {
      thrown.push(error)
    }
    const progress = (): void => {
      onProgress?.({ time: clock.now(), ...recorder.counts(), expected, calls: world.calls() })
    }
    const isAborted = (): boolean => signal?.aborted === true
    try {
      const runs = Array.from({ length: processes }, (_, process) => {
        const { calling, watch } = toCalling(client(call, { clock, process }))
        recorder.watch(watch)
        return toRun(toCallable('runFleet: client', calling))
      })
      const env: Env = { clock, random, decide }
      arrive(agenda, moments, (index) => {
        const began = clock.now()
        recorder.began()
        // There is a process for each remainder.
        const run = runs[index % processes] as Run
        run(env, [index]).then((result) => {
          recorder.ended(began, result._tag === 'Right' ? undefined : tagOf(result.left))
        }, fail)
      })
      await agenda.run({
        goOn: () => {
          progress()
          return !isAborted()
        },
        moves: (to) => {
          recorder.moves(Math.min(to, end))
          return to <= end && thrown.length === 0
        }
      })
      progress()
      if (isAborted())
        return { _tag: 'Left', left: { _tag: 'FleetAborted', reason: signal?.reason as unknown } }
      const recorded = recorder.recorded()
      if (thrown.length === 0) {
        const run = { seed, clients: scenario.clients }
        return { _tag: 'Right', right: toResult(run, world.calls(), recorded, outages) }
      }
    } catch (error) {
      fail(error)
    }
    return { _tag: 'Left', left: { _tag: 'FleetFailed', error: thrown[0] } }
  }
}

// So many acts at the same moment, for each request that is expected, are no progress any more.
const patience = 10_000

const toCalling = (made: ReturnType<Client>): { readonly calling: Calling; readonly watch: Watch } =>
  // Callers without types may hand over anything.
  typeof (made as unknown) !== 'object' || (made as unknown) === null
    ? { calling: made as Calling, watch: {} }
    : (made as Exclude<typeof made, Calling>)

const toResult = (
  run: Pick<FleetResult, 'seed' | 'clients'>,
  calls: number,
  { requests, succeeded, ended, failed, completion, latencies, series }: Recorded,
  outages: { readonly from: number; readonly to: number } | undefined
): FleetResult => ({
  ...run,
  requests,
  succeeded,
  failed: requests > ended ? { ...failed, Unfinished: requests - ended } : failed,
  successRatio: requests === 0 ? 1 : succeeded / requests,
  calls,
  amplification: requests === 0 ? 0 : calls / requests,
  completion,
  latency: quantilesOf(latencies),
  recovery: outages && recoveryOf(series, outages),
  series
})

const tagOf = (error: unknown): string => {
  const tag = read(error, '_tag')
  return typeof tag === 'string' ? tag : 'Unknown'
}
