/** What the conversions of `reprise/interop` take and give, and that engines take what they give. */
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  type AnyPolicy,
  exponential,
  limitRetries,
  retryUntil,
  type RetryPolicy,
  withRetry
} from 'reprise'
import { showConfigError } from 'reprise/codec'
import {
  type AwsSdkRetry,
  type Decoded,
  type Expressed,
  fromPgBoss,
  fromStepFunctions,
  fromTemporal,
  type Inexpressible,
  type OptionError,
  type PgBossRetryOptions,
  type Retrier,
  toAwsSdk,
  toPgBoss,
  toStepFunctions,
  toTemporal
} from 'reprise/interop'
import { type Equal, expectType } from './Equal.js'
import type { HttpError } from './shapes.js'

// Policies of all kinds.
declare const isBusy: (error: HttpError) => boolean
const typed = pipe(
  exponential('1s'),
  limitRetries(3),
  abortOn(isBusy),
  retryUntil((text: string) => text !== '')
)
expectType<Equal<typeof typed, RetryPolicy<HttpError, string>>>(true)
const temporal = toTemporal(typed)
const retriers = toStepFunctions(typed)
const boss = toPgBoss(typed)
const aws = toAwsSdk(typed)
expectType<Equal<typeof retriers, Expressed<ReadonlyArray<Retrier>>>>(true)
expectType<Equal<typeof boss, Expressed<PgBossRetryOptions>>>(true)
expectType<Equal<typeof aws, Expressed<AwsSdkRetry>>>(true)
declare const any: AnyPolicy
toTemporal(any)
toAwsSdk(any, () => 0.5)
// @ts-expect-error -- options are no policy
toTemporal({ initialInterval: 5 })
// @ts-expect-error -- a seed is no random
toAwsSdk(any, 5)

// What the engines take: as their packages declare it.
interface SdkRetryPolicy {
  backoffCoefficient?: number
  initialInterval?: number | `${number}s`
  maximumAttempts?: number
  maximumInterval?: number | `${number}s`
  nonRetryableErrorTypes?: string[]
}
declare const proxyActivities: (options: { retry?: SdkRetryPolicy }) => void
declare const send: (options: {
  retryLimit?: number
  retryDelay?: number
  retryBackoff?: boolean
  retryDelayMax?: number
}) => void
declare const configuredRetryStrategy: (
  maxAttempts: number | (() => Promise<number>),
  computeNextBackoffDelay?: number | ((attempt: number) => number)
) => void
if (temporal._tag === 'Right') proxyActivities({ retry: temporal.right })
if (boss._tag === 'Right') send(boss.right)
if (aws._tag === 'Right') configuredRetryStrategy(aws.right.maxAttempts, aws.right.computeNextBackoffDelay)

// What stands in the way.
if (retriers._tag === 'Left') {
  expectType<Equal<typeof retriers.left, ReadonlyArray<Inexpressible>>>(true)
  retriers.left.map(({ part, reason, closest }): ReadonlyArray<string> => [part, reason, closest])
}

// And back.
const read = fromTemporal(JSON.parse('{}'))
expectType<Equal<typeof read, Decoded<RetryPolicy>>>(true)
const readRetriers: Decoded<RetryPolicy> = fromStepFunctions([])
const readBoss: Decoded<RetryPolicy> = fromPgBoss({})
expectType<Equal<typeof readRetriers, typeof readBoss>>(true)
if (read._tag === 'Right') withRetry(read.right)(async (id: string) => id)
if (read._tag === 'Left') {
  expectType<Equal<typeof read.left, ReadonlyArray<OptionError>>>(true)
  // It is the error of `reprise/codec`, and can be shown as one.
  expectType<Equal<(typeof read.left)[number], OptionError>>(true)
  read.left.map(showConfigError)
}
