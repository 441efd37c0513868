/** Which policies compile, and what they can judge. */
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  abortOn,
  allOf,
  anyCause,
  both,
  type Context,
  delayFrom,
  either,
  exponential,
  fixed,
  limitRetries,
  not,
  retryOn,
  type RetryPolicy,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { type Equal, expectType } from './Equal.js'
import type { HttpError, User } from './shapes.js'

const base = exponential(100)

// Policies that judge nothing.
const plain = pipe(base, withJitter('full'), limitRetries(3))
expectType<Equal<typeof plain, RetryPolicy>>(true)
const byClass = pipe(base, retryOn([TypeError, 'ECONNRESET', Error]), abortOn(RangeError))
expectType<Equal<typeof byClass, RetryPolicy>>(true)
const byRefinement = pipe(
  base,
  retryOn((e: unknown): e is HttpError => typeof e === 'object')
)
expectType<Equal<typeof byRefinement, RetryPolicy>>(true)

// A parameter that is left open is `unknown`, never a silent `any`.
pipe(
  base,
  retryOn((error, context) => {
    expectType<Equal<typeof error, unknown>>(true)
    expectType<Equal<typeof context, Context>>(true)
    return true
  }),
  retryUntil((result) => {
    expectType<Equal<typeof result, unknown>>(true)
    return true
  })
)

// What predicates judge, the policy judges.
const typed = pipe(
  base,
  retryOn((e: HttpError) => e.status === 503)
)
expectType<Equal<typeof typed, RetryPolicy<HttpError>>>(true)
const listed = pipe(base, retryOn([TypeError, (e: HttpError) => e.status === 503, 'X']))
expectType<Equal<typeof listed, RetryPolicy<HttpError>>>(true)
const combined = pipe(base, retryOn(allOf([not((e: HttpError) => e.status === 400), Error])))
expectType<Equal<typeof combined, RetryPolicy<HttpError>>>(true)
const hinted = pipe(
  base,
  delayFrom((e: HttpError) => e.status, { max: '1m' })
)
expectType<Equal<typeof hinted, RetryPolicy<HttpError>>>(true)
const chosen = pipe(
  base,
  when((e: HttpError) => e.status === 429, fixed('1m'))
)
expectType<Equal<typeof chosen, RetryPolicy<HttpError>>>(true)
const validated = pipe(
  base,
  retryUntil((user: User) => user.name !== '')
)
expectType<Equal<typeof validated, RetryPolicy<unknown, User>>>(true)
const decoded = pipe(base, retryUntil(t.type({ name: t.string })))
expectType<Equal<typeof decoded, RetryPolicy>>(true)

// Predicates over different types intersect.
interface A {
  readonly a: number
}
interface B {
  readonly b: number
}
const ofA = pipe(
  base,
  retryOn((e: A) => e.a === 1)
)
const ofB = pipe(
  base,
  retryOn((e: B) => e.b === 1)
)
const ofBoth = pipe(ofA, both(ofB))
expectType<Equal<typeof ofBoth, RetryPolicy<A & B>>>(true)
const ofEither = pipe(ofA, either(ofB))
expectType<Equal<typeof ofEither, RetryPolicy<A & B>>>(true)

// Contravariant: what judges anything fits where less is asked, and not the other way round.
const asTyped: RetryPolicy<HttpError, User> = plain
// @ts-expect-error it judges HttpErrors only
const asPlain: RetryPolicy = typed[(asTyped, asPlain)]

// Wrong arguments.
// @ts-expect-error a count is a number
limitRetries('three')
// @ts-expect-error not a unit
exponential('2 seconds')
// @ts-expect-error not a jitter
withJitter('half')
// @ts-expect-error a number is no condition
retryOn(503)
// @ts-expect-error a predicate answers with a boolean
retryOn(async () => true)
// @ts-expect-error a text is no validator
retryUntil('valid')
// @ts-expect-error a hint has to be bounded
delayFrom((e: HttpError) => e.status)
// @ts-expect-error a cause can be anything
anyCause((e: HttpError) => e.status === 503)
