import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { promises } from 'node:fs'
import { dirname } from 'node:path'
import { read } from '../policy/Failure.js'
import type { Problem } from './Problem.js'

/** Writes a text file. */
export const writeText = (file: string, text: string): TE.TaskEither<ReadonlyArray<Problem>, void> =>
  TE.tryCatch(
    () => promises.writeFile(file, text),
    (error) => problem(say(error))
  )

/** Finds out what would hinder `writeText`, as far as that can be seen. */
export const checkTarget = (file: string): TE.TaskEither<ReadonlyArray<Problem>, void> =>
  pipe(
    TE.tryCatch(
      () => promises.stat(dirname(file)),
      (error) => problem(say(error))
    ),
    TE.flatMap((folder) =>
      folder.isDirectory() ? TE.right(undefined) : TE.left(problem('is not in a folder'))
    ),
    TE.flatMap(() => async () => {
      // There need not be such a file yet.
      const found = await promises.stat(file).catch(() => undefined)
      return found?.isDirectory() === true
        ? TE.left(problem('is a folder, not a file'))()
        : TE.right(undefined)()
    })
  )

const problem = (message: string): ReadonlyArray<Problem> => [{ message }]

const say = (error: unknown): string => {
  switch (read(error, 'code')) {
    case 'ENOENT':
      return 'there is no such folder'
    case 'EACCES':
      return 'may not be written: permission denied'
    default:
      return `cannot be written: ${error instanceof Error ? error.message : String(error)}`
  }
}
