/** What policies from configurations can judge, and how configurations are typed. */
import type { Either } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type RetryPolicy, withRetry, worker } from 'reprise'
import {
  type ConfigError,
  decodeConfiguration,
  decodePolicy,
  decodeWorkerOptions,
  DurationFromUnknown,
  encodePolicy,
  PolicyFromUnknown,
  type PolicyJson,
  type Registry,
  type WorkerOptionsJson
} from 'reprise/codec'
import { type Equal, expectType } from './Equal.js'

interface HttpError {
  readonly status: number
}
interface DbError {
  readonly code: string
}
declare const isBusy: (error: HttpError) => boolean
declare const isLocked: (error: DbError) => boolean
declare const isLong: (text: string) => boolean
declare const retryAfter: (error: HttpError) => number | undefined
declare const registry: Registry

type Decoded<E, A> = Either<ReadonlyArray<ConfigError>, RetryPolicy<E, A>>

// A policy judges what all functions of the registry can judge.
const nothing = decodePolicy({})({})
expectType<Equal<typeof nothing, Decoded<unknown, unknown>>>(true)
const classes = decodePolicy({ conditions: { Error, TypeError } })({})
expectType<Equal<typeof classes, Decoded<unknown, unknown>>>(true)
const one = decodePolicy({ conditions: { isBusy, Error }, hints: { retryAfter } })({})
expectType<Equal<typeof one, Decoded<HttpError, unknown>>>(true)
const two = decodePolicy({ conditions: { isBusy, isLocked }, validators: { isLong, Text: t.string } })({})
expectType<Equal<typeof two, Decoded<HttpError & DbError, string>>>(true)
const open = decodePolicy(registry)({})
expectType<Equal<typeof open, Decoded<unknown, unknown>>>(true)
const inline = decodePolicy({
  conditions: {
    any: (error, { attempt }) => {
      expectType<Equal<typeof error, unknown>>(true)
      return attempt > 1
    }
  }
})({})
expectType<Equal<typeof inline, Decoded<unknown, unknown>>>(true)

declare const fetchUser: (id: string) => Promise<{ readonly name: string }>
if (nothing._tag === 'Right') withRetry(nothing.right)(fetchUser)
// @ts-expect-error -- it judges texts, and users are none
if (two._tag === 'Right') withRetry(two.right)(fetchUser)

// Codecs of io-ts.
const Settings = t.type({
  timeout: DurationFromUnknown,
  retry: PolicyFromUnknown({ conditions: { isBusy } })
})
expectType<Equal<t.TypeOf<typeof Settings>, { timeout: number; retry: RetryPolicy<HttpError> }>>(true)
expectType<Equal<t.OutputOf<typeof Settings>, { timeout: number; retry: PolicyJson }>>(true)

// Options and files.
const file = decodeConfiguration({ conditions: { isBusy } })({})
if (file._tag === 'Right' && file.right._tag === 'policy') {
  expectType<Equal<typeof file.right.policy, RetryPolicy<HttpError>>>(true)
}
const options = decodeWorkerOptions(registry)({})
if (options._tag === 'Right') worker({ fetchUser }, options.right)
declare const policy: RetryPolicy<HttpError, string>
const stored = encodePolicy({ conditions: { isBusy } })(policy)
expectType<Equal<typeof stored, Either<ReadonlyArray<ConfigError>, PolicyJson>>>(true)

// Configurations written in TypeScript.
const written: PolicyJson = {
  exponential: '200ms',
  retryOn: ['A', { not: { condition: 'isBusy' } }],
  limitRetries: 3
}
export const writtenOptions: WorkerOptionsJson = {
  numRetries: { '*': null, fetchUser: 3 },
  retryWait: '1s',
  policy: written
}
// @ts-expect-error -- a text without a unit
export const wrongDuration: PolicyJson = { fixed: '200' }
// @ts-expect-error -- there is no such key
export const wrongKey: PolicyJson = { fixed: 200, limitRetrys: 3 }
// @ts-expect-error -- a record without '*'
export const wrongRecord: WorkerOptionsJson = { numRetries: { fetchUser: 3 } }

// @ts-expect-error -- a registry holds functions
decodePolicy({ conditions: { isBusy: 'isBusy' } })
