/** The data of a job: the arguments of a call, and what is remembered of it once it has begun. */
import type { JobCall } from './JobCall.js'
import { fromWire, type Json, toWire } from './Wire.js'

/** What a job holds; anybody may add one with nothing but arguments. */
export interface JobData {
  readonly args: ReadonlyArray<Json>
  readonly call?: JobCall
}

/** What a job gives back. */
export interface JobResult {
  readonly result: Json
}

/** Gives the data of a job for these arguments; throws if they cannot travel. */
export const toJobData = (args: ReadonlyArray<unknown>): JobData => ({ args: args.map(toWire) })

/** Gives the arguments of a call. */
export const argsOf = (data: JobData): ReadonlyArray<unknown> => data.args.map(fromWire)

/** Gives data that can be a job's; `undefined` for any other, since anybody may add jobs. */
export const readJobData = (data: unknown): JobData | undefined => {
  const { args, call } = (data ?? {}) as { readonly args?: unknown; readonly call?: Partial<JobCall> | null }
  if (!Array.isArray(args)) return undefined
  const wired = args as ReadonlyArray<Json>
  if (call === undefined || call === null) return { args: wired }
  return isJobCall(call) ? { args: wired, call } : undefined
}

const isJobCall = (call: Partial<JobCall>): call is JobCall => {
  const { began, elapsed, attempts, due, state, failures } = call
  return (
    [began, elapsed, attempts, due, state?.retry, state?.slept].every(Number.isFinite) &&
    Array.isArray(state?.memory) &&
    Array.isArray(failures)
  )
}

/** Gives the result that a job gave back, if it is one. */
export const readJobResult = (value: unknown): JobResult | undefined =>
  typeof value === 'object' && value !== null && 'result' in value ? (value as JobResult) : undefined
