/** A language model on loopback that says what the script has it say, and keeps what it was asked. */
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as J from 'fp-ts/lib/Json.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { type Reply, startServer } from './flakyServer.js'
import { type HttpError, sendJson } from './http.js'

// --- model

const Message = t.readonly(
  t.type({ role: t.keyof({ system: null, user: null, assistant: null }), content: t.string })
)
const Question = t.type({ messages: t.readonlyArray(Message) })

/** What is said in a conversation, and by whom. */
export type Message = t.TypeOf<typeof Message>

const Completion = t.type({ choices: t.tuple([t.type({ message: Message })]) }, 'Completion')

export interface ChatModel {
  readonly url: string
  /** The conversations that were sent, in order. */
  readonly asked: () => ReadonlyArray<ReadonlyArray<Message>>
  readonly close: TE.TaskEither<Error, void>
}

// --- constructors

/** An answer of the model. */
export const says = (content: string): Reply => ({
  status: 200,
  body: { choices: [{ message: { role: 'assistant', content } }] }
})

/** Starts the model on a free port; it gives these answers, one after another. */
export const startModel = (first: Reply, ...others: ReadonlyArray<Reply>): TE.TaskEither<Error, ChatModel> =>
  pipe(
    startServer({ [path]: [first, ...others] }),
    TE.map(({ url, bodiesOf, close }) => ({
      url: url + path,
      asked: () => pipe(bodiesOf(path), RA.map(messagesOf)),
      close
    }))
  )

const path = '/v1/chat/completions'

const messagesOf = (body: string): ReadonlyArray<Message> =>
  pipe(
    J.parse(body),
    E.chainW(Question.decode),
    E.match(
      () => [],
      ({ messages }) => messages
    )
  )

// --- asking

/** Sends a conversation, and gives what the model says next. */
export const complete = (
  url: string,
  messages: ReadonlyArray<Message>,
  signal: AbortSignal
): TE.TaskEither<HttpError, string> =>
  pipe(
    sendJson({ url, body: { messages }, signal }),
    TE.chainEitherK(
      flow(
        Completion.decode,
        E.bimap(noCompletion, ({ choices: [choice] }) => choice.message.content)
      )
    )
  )

const noCompletion = (cause: t.Errors): HttpError => ({
  _tag: 'NoAnswer',
  cause,
  message: 'no answer: what came is no completion'
})
