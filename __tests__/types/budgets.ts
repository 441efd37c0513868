/** What `retryBudget` and `withRetryBudget` infer, and what they refuse. */
import { flow, pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  type BudgetExhausted,
  exponential,
  isBudgetExhausted,
  match,
  type RetryBudget,
  retryBudget,
  type RetryBudgetOptions,
  type RetryError,
  systemClock,
  withRetry,
  withRetryBudget
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

const made = retryBudget({ ratio: 0.2 })
expectType<Equal<typeof made, IO<RetryBudget>>>(true)
const budget = made()
expectType<Equal<typeof budget.balance, IO<number>>>(true)

// --- the shapes, and the errors as they are

const wrap = withRetryBudget(budget)
const retry = withRetry(exponential(100))

const a = pipe(asyncUser, wrap)
expectType<Equal<typeof a, TE.TaskEither<unknown, User>>>(true)
const b = wrap(taskUser)
expectType<Equal<typeof b, TE.TaskEither<HttpError, User>>>(true)
const c = pipe(asyncUserOf, wrap)
expectType<Equal<typeof c, (id: string, n?: number) => TE.TaskEither<unknown, User>>>(true)
const d = pipe(taskUserOf, wrap)
expectType<Equal<typeof d, (id: string) => TE.TaskEither<HttpError, User>>>(true)
const e = pipe(readUser, wrap)
expectType<Equal<typeof e, ReaderTaskEither<{ readonly url: string }, HttpError, User>>>(true)
const f = wrap(arrow(async (n = 1) => n))
expectType<Equal<ReturnType<typeof f>, TE.TaskEither<unknown, number>>>(true)

// Around a retry nothing changes: its error has the refusal anyway.
const g = pipe(taskUserOf, retry, wrap)
expectType<Equal<typeof g, (id: string) => TE.TaskEither<RetryError<HttpError, User>, User>>>(true)
const h = pipe(
  taskUser,
  retry,
  wrap,
  wrap,
  TE.map((user) => user.name)
)
expectType<Equal<typeof h, TE.TaskEither<RetryError<HttpError, User>, string>>>(true)
const i = flow(taskUserOf, retry, wrap)
expectType<Equal<typeof i, (id: string) => TE.TaskEither<RetryError<HttpError, User>, User>>>(true)
const j = pipe(asyncUserOf, retry, withRetryBudget(retryBudget({ maxTokens: 10, tokenRatio: 0.1 })()))
expectType<Equal<typeof j, (id: string, n?: number) => TE.TaskEither<RetryError<unknown, User>, User>>>(true)

// @ts-expect-error -- its parameter has no type
pipe(async (id) => String(id), wrap)
// @ts-expect-error -- no function
pipe(5, wrap)
// @ts-expect-error -- the IO has to be run
withRetryBudget(made)
// @ts-expect-error -- options are no budget
withRetryBudget({ ratio: 0.2 })
// @ts-expect-error -- nobody else makes one
withRetryBudget({ balance: () => 1 })
// @ts-expect-error -- a budget is not to be changed
budget.balance = () => 1

// --- the error

type Refused = Extract<RetryError<HttpError, User>, { readonly _tag: 'BudgetExhausted' }>
expectType<Equal<Refused, BudgetExhausted<HttpError, User>>>(true)
const guarded = (u: RetryError<HttpError, User>) => (isBudgetExhausted(u) ? u.attempts : u._tag)
expectType<Equal<ReturnType<typeof guarded>, number | Exclude<RetryError<0, 0>['_tag'], 'BudgetExhausted'>>>(
  true
)
// @ts-expect-error -- the refusal is one of the cases
match<HttpError, User, number>({
  Exhausted: () => 1,
  NotRetryable: () => 2,
  Aborted: () => 3,
  PolicyFault: () => 4
})

// --- options

retryBudget({ ratio: 0.2, minimumPerSecond: 3, window: '30s', clock: systemClock })
retryBudget({ ratio: 0.2, minimumPerSecond: undefined, window: undefined, clock: undefined })
retryBudget({ maxTokens: 10, tokenRatio: 0.1, clock: systemClock })
// Either kind, chosen at run time.
const either = (options: RetryBudgetOptions): IO<RetryBudget> => retryBudget(options)
either(Math.random() < 0.5 ? { ratio: 0.2 } : { maxTokens: 10, tokenRatio: 0.1 })

// @ts-expect-error -- nothing says how many
retryBudget({})
// @ts-expect-error -- nothing at all
retryBudget()
// @ts-expect-error -- a minimum alone
retryBudget({ minimumPerSecond: 3 })
// @ts-expect-error -- a clock alone
retryBudget({ clock: systemClock })
// @ts-expect-error -- both kinds
retryBudget({ ratio: 0.2, maxTokens: 10 })
// @ts-expect-error -- both kinds, in full
retryBudget({ ratio: 0.2, maxTokens: 10, tokenRatio: 0.1 })
// @ts-expect-error -- a tokenRatio of a ratio
retryBudget({ ratio: 0.2, tokenRatio: 0.1 })
// @ts-expect-error -- a window of tokens
retryBudget({ maxTokens: 10, tokenRatio: 0.1, window: '10s' })
// @ts-expect-error -- a minimum of tokens
retryBudget({ maxTokens: 10, tokenRatio: 0.1, minimumPerSecond: 3 })
// @ts-expect-error -- tokens without what a success gives back
retryBudget({ maxTokens: 10 })
// @ts-expect-error -- and the other way round
retryBudget({ tokenRatio: 0.1 })
// @ts-expect-error -- misspelt
retryBudget({ ratio: 0.2, minimumPerSeconds: 3 })
// @ts-expect-error -- no duration
retryBudget({ ratio: 0.2, window: '1d' })
// @ts-expect-error -- a text is no number
retryBudget({ ratio: '20%' })
// @ts-expect-error -- no clock
retryBudget({ ratio: 0.2, clock: Date })
// @ts-expect-error -- a ratio has to be there
retryBudget({ ratio: undefined })
