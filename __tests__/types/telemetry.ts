/** What telemetry keeps of the types: all of it; and what it refuses. */
import { metrics, trace } from '@opentelemetry/api'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { circuitBreaker, immediate, type Observer, type RetryError, withRetry, worker } from 'reprise'
import { telemetryObserver, type TelemetryOptions, traceWorker, withTelemetry } from 'reprise/opentelemetry'
import { type Equal, expectType } from './Equal.js'
import { asyncUser, asyncUserOf, type HttpError, taskUser, taskUserOf, type User } from './shapes.js'

// --- shapes stay

const traced = withTelemetry()
expectType<Equal<typeof a, TaskEither<unknown, User>>>(true)
const a = traced(asyncUser)
const b = traced(asyncUserOf)
expectType<Equal<typeof b, (id: string, n?: number) => TaskEither<unknown, User>>>(true)
const c = pipe(taskUser, withRetry(immediate), withTelemetry())
expectType<Equal<typeof c, TaskEither<RetryError<HttpError, User>, User>>>(true)
const d = pipe(taskUserOf, withTelemetry(), withRetry(immediate))
expectType<Equal<typeof d, (id: string) => TaskEither<RetryError<HttpError, User>, User>>>(true)

const db = worker({ asyncUser, taskUserOf }, { numRetries: 3, attemptTimeout: '1s' })
const tracedDb = pipe(db, traceWorker({ metrics: false }))
expectType<Equal<typeof tracedDb, typeof db>>(true)

// --- what is refused

// @ts-expect-error -- all parameters are optional: it could be a task
traced(async (n?: number) => n)
// @ts-expect-error -- no function
traced(7)
// @ts-expect-error -- no such option
withTelemetry({ name: 'x' })
// @ts-expect-error -- a function of the call
withTelemetry({ attributes: { id: 7 } })
// @ts-expect-error -- spans are not for an observer, which does not know one call from another
telemetryObserver({ tracer: trace.getTracer('x') })
// @ts-expect-error -- attributes are plain values
withTelemetry({ attributes: () => ({ user: { id: 7 } }) })

// --- options

export const options: TelemetryOptions = {
  tracer: trace.getTracer('x'),
  meter: metrics.getMeter('x'),
  spanName: ({ name, attempt }) => `${name} ${attempt}`,
  attributes: ({ args }) => ({ id: String(args[0]), missing: undefined }),
  metrics: undefined
}
expectType<Equal<ReturnType<typeof telemetryObserver>, Observer>>(true)
worker(
  { asyncUser },
  {
    observer: telemetryObserver(),
    circuitBreaker: circuitBreaker({ consecutiveFailures: 3, openTime: 10 })()
  }
)
