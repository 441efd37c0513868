/** Runs what may do harm, and says what harm it did: nothing may be left unhandled, and everything ends. */
import { runInThisContext } from 'node:vm'
import type { Either } from 'fp-ts/lib/Either.js'
import { turn } from './task.js'

// Jest gives tests a copy of `process`, which hears nothing.
const real = runInThisContext('process') as NodeJS.Process

/** Gives what the process was told of while `run` ran, that nobody had handled: rejections and exceptions. */
export const unhandledIn = async (run: () => Promise<unknown>): Promise<ReadonlyArray<string>> => {
  const told: string[] = []
  const rejected = (reason: unknown): void => void told.push(`unhandled rejection: ${textOf(reason)}`)
  const thrown = (error: unknown): void => void told.push(`uncaught exception: ${textOf(error)}`)
  real.on('unhandledRejection', rejected)
  real.on('uncaughtException', thrown)
  try {
    await run()
    await turn()
    await turn()
  } finally {
    real.off('unhandledRejection', rejected)
    real.off('uncaughtException', thrown)
  }
  return told
}

/** Anything as a text, as far as it lets itself be read. */
export const textOf = (value: unknown): string => {
  try {
    return value instanceof Error ? `${value.name}: ${value.message}` : String(value)
  } catch {
    return typeof value
  }
}

/** What became of a call that may also throw, reject or hang, none of which it should. */
export type Ended =
  | { readonly _tag: 'Ended'; readonly result: Either<unknown, unknown> }
  | { readonly _tag: 'Wrong'; readonly how: string }

// Far more turns of the event loop than any call in these suites takes, once the virtual time is over.
const patience = 60

/** Runs a task on a clock that `drive` moves on. */
export const endOf = async (task: () => unknown, drive: () => Promise<void>): Promise<Ended> => {
  const ended: Ended[] = []
  try {
    const given = task()
    if (!(given instanceof Promise)) return { _tag: 'Wrong', how: `gave no promise but ${textOf(given)}` }
    given.then(
      (result: unknown) =>
        ended.push(isEither(result) ? { _tag: 'Ended', result } : wrong('resolved to', result)),
      (error: unknown) => ended.push(wrong('rejected with', error))
    )
  } catch (error) {
    return wrong('threw', error)
  }
  await drive()
  for (let turns = 0; turns < patience && ended.length === 0; turns++) await turn()
  return ended[0] ?? { _tag: 'Wrong', how: 'never ended' }
}

const wrong = (how: string, what: unknown): Ended => ({ _tag: 'Wrong', how: `${how} ${textOf(what)}` })

const isEither = (value: unknown): value is Either<unknown, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  '_tag' in value &&
  (value._tag === 'Left' ? 'left' in value : value._tag === 'Right' && 'right' in value)

const ways = [
  'left',
  'right',
  'error',
  'failures',
  'fault',
  'reason',
  'value',
  'cause',
  '0',
  '1',
  '2',
  '3'
] as const

/** Can `wanted` be reached in a result, by identity? */
export const reaches = (result: unknown, wanted: unknown, depth = 8): boolean => {
  if (Object.is(result, wanted)) return true
  if (depth === 0 || typeof result !== 'object' || result === null) return false
  return ways.some((way) => {
    try {
      return way in result && reaches((result as Record<string, unknown>)[way], wanted, depth - 1)
    } catch {
      return false
    }
  })
}
