/** How the catalogues of transient errors are made: conditions on anything, which look down `cause`. */
import { anyCause, type Condition } from '../policy/Condition.js'
import { read } from '../policy/Failure.js'

/** Makes a condition of a test of single errors, under the name that `explain` shows. */
export const transient = (name: string, test: (error: unknown) => boolean): Condition =>
  anyCause(Object.defineProperty((error: unknown) => test(error), 'name', { value: name }))

/** Is one of these the value that the error has under one of these keys? */
export const hasAny =
  (keys: ReadonlyArray<string>, values: ReadonlyArray<unknown>): ((error: unknown) => boolean) =>
  (error) =>
    keys.some((key) => values.includes(read(error, key)))

/** Gives the message of an error, or of a text that was thrown. */
export const messageOf = (error: unknown): string => {
  const message = typeof error === 'string' ? error : read(error, 'message')
  return typeof message === 'string' ? message : ''
}
