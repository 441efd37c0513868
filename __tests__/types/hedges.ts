/** What hedging infers, and what it refuses. */
import { flow, pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  exponential,
  type HedgeOptions,
  type LatencyQuantile,
  type LatencyWindow,
  latencyWindow,
  type LatencyWindowOptions,
  type RetryError,
  type TimedOut,
  withHedge,
  withRetry,
  withTimeout
} from 'reprise'
import { type Equal, expectType } from './Equal.js'
import {
  asyncUser,
  asyncUserOf,
  type HttpError,
  readUser,
  taskUser,
  taskUserOf,
  type User
} from './shapes.js'

const hedge = withHedge({ delay: '100ms', max: 2 })

// --- the five shapes are kept

const a = hedge(asyncUser)
expectType<Equal<typeof a, TaskEither<unknown, User>>>(true)
const b = pipe(taskUser, hedge)
expectType<Equal<typeof b, TaskEither<HttpError, User>>>(true)
const c = pipe(asyncUserOf, hedge)
expectType<Equal<typeof c, (id: string, n?: number) => TaskEither<unknown, User>>>(true)
const d = flow(taskUserOf, hedge)
expectType<Equal<typeof d, (id: string) => TaskEither<HttpError, User>>>(true)
const e = pipe(readUser, hedge)
expectType<Equal<typeof e, (r: { readonly url: string }) => TaskEither<HttpError, User>>>(true)
const inline = withHedge({ delay: 5 })(async (id: number) => id)
expectType<Equal<typeof inline, (id: number) => TaskEither<unknown, number>>>(true)
const optional = pipe(
  arrow(async (name = 'you') => name),
  hedge
)
expectType<Equal<typeof optional, (name?: string) => TaskEither<unknown, string>>>(true)
hedge(jest.fn())

// --- stacks: nothing is added to the errors

const stack = pipe(
  taskUserOf,
  withTimeout('1s'),
  withHedge({ delay: '50ms' }),
  withRetry(exponential(100)),
  withHedge({ delay: '2s' })
)
expectType<Equal<typeof stack, (id: string) => TaskEither<RetryError<HttpError | TimedOut, User>, User>>>(
  true
)

// --- delays

const makeLatencies = latencyWindow({ size: 100, minimumCalls: 20 })
expectType<Equal<typeof makeLatencies, IO<LatencyWindow>>>(true)
latencyWindow()
const latencies = makeLatencies()
const quantile = latencies.quantile(0.95)
expectType<Equal<typeof quantile, IO<Option<number>>>>(true)

const delay: LatencyQuantile = { quantile: 0.95, of: latencies, initially: '500ms' }
const options: HedgeOptions = { delay, max: undefined }
const sizes: LatencyWindowOptions = { size: undefined }
export const adaptive = pipe(taskUserOf, withHedge(options))
expectType<Equal<typeof adaptive, typeof d>>(true)
export { sizes }

// --- what is refused

// @ts-expect-error the delay has to be said
withHedge({ max: 2 })
// @ts-expect-error no such unit
withHedge({ delay: '5 parsecs' })
// @ts-expect-error no such option
withHedge({ delay: 5, most: 2 })
// @ts-expect-error a delay, not options
withHedge('100ms')
// @ts-expect-error the delay until enough is known has to be said
withHedge({ delay: { quantile: 0.95, of: latencies } })
// @ts-expect-error the window has to be made first
withHedge({ delay: { quantile: 0.95, of: makeLatencies, initially: 5 } })
// @ts-expect-error only latencyWindow makes one
withHedge({ delay: { quantile: 0.95, of: { quantile: latencies.quantile }, initially: 5 } })
// @ts-expect-error no such option
latencyWindow({ sise: 5 })
// @ts-expect-error the type of `id` has to be written: no silent any
hedge(async (id) => String(id))
// @ts-expect-error a task or a function? say so with arrow
hedge(async (id?: string) => id)
// @ts-expect-error `this` would be lost
hedge(async function (this: { x: number }, n: number) {
  return this.x + n
})
// @ts-expect-error not a function
hedge(42)
