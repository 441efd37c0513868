/** The five shapes of action, declared only: type tests never run. */
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

export interface HttpError {
  readonly _tag: 'HttpError'
  readonly status: number
}

export interface User {
  readonly name: string
}

export declare const asyncUser: () => Promise<User>
export declare const taskUser: TaskEither<HttpError, User>
export declare const asyncUserOf: (id: string, n?: number) => Promise<User>
export declare const taskUserOf: (id: string) => TaskEither<HttpError, User>
export declare const readUser: ReaderTaskEither<{ readonly url: string }, HttpError, User>
