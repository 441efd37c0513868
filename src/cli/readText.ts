import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { read } from '../policy/Failure.js'
import type { Problem } from './Problem.js'

/** No configuration is larger; `/dev/zero` and the like would never end. */
const largest = 1_000_000

/** Reads a text file, or standard input for `-`. */
export const readText = (
  file: string,
  stdin: () => Readable
): TE.TaskEither<ReadonlyArray<Problem>, string> =>
  pipe(
    TE.tryCatch(
      () => collect(file === '-' ? stdin() : createReadStream(file)),
      (error) => problem(say(error))
    ),
    TE.flatMapEither((bytes) =>
      bytes.length > largest ? E.left(problem('is larger than 1 MB, as no configuration is')) : decode(bytes)
    )
  )

const problem = (message: string): ReadonlyArray<Problem> => [{ message }]

const collect = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > largest) break
  }
  return Buffer.concat(chunks)
}

const decode = (bytes: Buffer): E.Either<ReadonlyArray<Problem>, string> =>
  E.tryCatch(
    () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    () => problem('is not text in UTF-8')
  )

const say = (error: unknown): string => {
  switch (read(error, 'code')) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'is a folder, not a file'
    case 'EACCES':
      return 'may not be read: permission denied'
    default:
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}
