/**
 * A modelled world: clients that make requests, the network, and a server that has its limits and its bad times. A scenario
 * is plain data, and can live in a file.
 */
import type { Duration } from '../policy/Duration.js'
import type { LimitAlgorithm } from '../resource/Limit.js'
import type { Distribution } from './Distribution.js'

// --- model

/**
 * Clients that call a server.
 *
 * @category model
 * @since 0.3.0
 */
export interface ServiceScenario {
  readonly clients: number
  /** Over how many processes the clients are spread in turn, each with resources of its own; 1 if not set. */
  readonly processes?: number | undefined
  /** When clients make requests. */
  readonly arrivals: Arrivals
  /** How long they go on making requests; needed unless all arrive at once. */
  readonly duration?: Duration | undefined
  /** How long a message takes, each way; 0 if not set. */
  readonly network?: Distribution | undefined
  readonly server: Server
}

/**
 * When requests are made: each client one at the start; each client one in so much time, the first at random within it; or so
 * many a second in all, at random moments (Poisson), by clients in turn. Requests do not wait for earlier ones to end.
 *
 * @category model
 * @since 0.3.0
 */
export type Arrivals = 'atOnce' | { readonly every: Duration } | { readonly perSecond: number }

/**
 * What the clients call.
 *
 * @category model
 * @since 0.3.0
 */
export interface Server {
  /** How many requests it works on at once. */
  readonly capacity: number
  /** How long it works on one. */
  readonly latency: Distribution
  /**
   * How many may wait for a place, in order; any number if not set. Beyond, it answers `Overloaded`. Whoever has given up
   * waiting keeps its place: the server does not know.
   */
  readonly queue?: number | undefined
  /** How many requests it takes in a time, by token bucket if not said; beyond, it answers `RateLimited`. */
  readonly rateLimit?:
    | {
        readonly capacity: number
        readonly per: Duration
        readonly algorithm?: LimitAlgorithm | undefined
      }
    | undefined
  /** The part of what it has worked on that fails with `Failed`, at any time: 0 to 1; 0 if not set. */
  readonly failures?: number | undefined
  /** When it is not itself. */
  readonly outages?: ReadonlyArray<Outage> | undefined
}

/**
 * A bad time of the server, from a moment on and before another. Where several overlap, all of them count.
 *
 * | mode | the server |
 * | --- | --- |
 * | `down` | answers `Unavailable` at once; what it works on and what waits is lost at the start, and answered so |
 * | `silent` | gives no answer; what arrives is dropped, what it works on and what waits goes on unheard |
 * | `slow` | works so many times as long on what it begins |
 * | `failing` | fails that part of what it has worked on with `Failed` |
 *
 * @category model
 * @since 0.3.0
 */
export type Outage = {
  readonly from: Duration
  readonly to: Duration
} & (
  | { readonly mode: 'down' | 'silent' }
  | { readonly mode: 'slow'; readonly factor: number }
  | { readonly mode: 'failing'; readonly ratio: number }
)

/**
 * Clients that each have to change one row once, all of them from the start: the model of the study of backoff and jitter.
 * An attempt reads the version of the row, and writes it; it fails with `Conflict` if another client was faster. Only
 * messages take time: there are four in an attempt.
 *
 * @category model
 * @since 0.3.0
 */
export interface ContentionScenario {
  readonly clients: number
  readonly processes?: number | undefined
  readonly contention: { readonly message: Distribution }
}

/**
 * A world for a fleet of clients.
 *
 * @category model
 * @since 0.3.0
 */
export type Scenario = ServiceScenario | ContentionScenario

/**
 * What an attempt of a client fails with.
 *
 * @category model
 * @since 0.3.0
 */
export type ServerError =
  | { readonly _tag: 'Unavailable' | 'Overloaded' | 'Failed' | 'Conflict' }
  /** With the milliseconds after which a request may be taken. */
  | { readonly _tag: 'RateLimited'; readonly retryAfter: number }
