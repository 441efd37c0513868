import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { read } from '../policy/Failure.js'
import type { Registry } from '../codec/index.js'
import type { Problem } from './Problem.js'

/** Loads the registry of an application: what a module exports as `registry`, or by default. */
export const readRegistry = (file: string): TE.TaskEither<ReadonlyArray<Problem>, Registry> => {
  const problem = (message: string): ReadonlyArray<Problem> => [{ file, message }]
  const path = resolve(file)
  if (!existsSync(path)) return TE.left(problem('there is no such file'))
  return pipe(
    TE.tryCatch(
      (): Promise<unknown> => import(pathToFileURL(path).href),
      (error) => problem(`cannot be loaded: ${String(error)}`)
    ),
    TE.flatMapEither((module) => pipe(registryOf(module), E.mapLeft(problem)))
  )
}

/** Gives the registry among what a module exports; a `Left` says what is wrong with that. */
export const registryOf = (module: unknown): E.Either<string, Registry> => {
  const main = read(module, 'default')
  // What CommonJS exports is the default of a module.
  const found = read(module, 'registry') ?? read(main, 'registry') ?? main
  return typeof found === 'object' && found !== null
    ? // What it holds is checked when it is used.
      E.right(found)
    : E.left('exports no registry: expected an object as `registry`, or as the default export')
}
