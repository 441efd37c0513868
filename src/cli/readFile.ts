/** From the name of a file to what it holds, or what is wrong with it and where. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type ConfigError, showConfigError } from '../codec/index.js'
import type { Registry } from '../codec/Registry.js'
import type { Paint } from './Paint.js'
import type { Problem } from './Problem.js'
import { languageOf, parseSource, type Source } from './Source.js'

// --- model

/** What every command needs of the world. */
export interface Surroundings {
  readonly readText: (file: string) => TE.TaskEither<ReadonlyArray<Problem>, string>
  readonly readRegistry: (file: string) => TE.TaskEither<ReadonlyArray<Problem>, Registry>
  /** Columns of the terminal. */
  readonly width: number
  /** The colours of standard output, and of standard error. */
  readonly paint: Paint
  readonly paintErrors: Paint
}

/** What makes something of data. */
export type Decoder<A> = (json: unknown) => E.Either<ReadonlyArray<ConfigError>, A>

// --- reading

/** Reads a file. */
export const readFile =
  ({ readText }: Pick<Surroundings, 'readText'>) =>
  <A>(
    decoder: Decoder<A>,
    file: string,
    registry: string | undefined
  ): TE.TaskEither<ReadonlyArray<Problem>, A> =>
    pipe(
      readText(file),
      TE.flatMapEither((text) => parseSource(text, languageOf(file))),
      TE.flatMapEither((source) =>
        pipe(
          decoder(source.data),
          E.mapLeft((errors) => errors.map((error) => toProblem(error, source, registry === undefined)))
        )
      )
    )

const toProblem = (error: ConfigError, { placeAt }: Source, alone: boolean): Problem => {
  const place = placeAt(error.path)
  const hint =
    alone && error.expected.includes("in the registry's") ? '; give the registry with --registry' : ''
  return { message: showConfigError(error) + hint, path: error.path, ...(place && { place }) }
}

/** Gives what decodes with the functions of a registry, which it may find to be none. */
export const readDecoder =
  ({ readRegistry }: Pick<Surroundings, 'readRegistry'>) =>
  <A>(
    decoderFor: (held: Registry) => Decoder<A>,
    registry: string | undefined
  ): TE.TaskEither<ReadonlyArray<Problem>, Decoder<A>> =>
    pipe(
      registry === undefined ? TE.right({}) : readRegistry(registry),
      TE.flatMapEither((held) =>
        E.tryCatch(
          () => decoderFor(held),
          (error): ReadonlyArray<Problem> => [
            { file: registry ?? '', message: error instanceof Error ? error.message : String(error) }
          ]
        )
      )
    )
