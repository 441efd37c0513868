/**
 * An HTTP server on loopback that misbehaves by the script: its n-th answer for a path is always the same. It keeps what it
 * is sent, and counts the requests, and those whose client hung up before the answer.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

// --- model

/** An answer, given after so many milliseconds; or the connection is closed without one. */
export type Reply =
  | {
      readonly status: number
      readonly body: unknown
      readonly headers?: Readonly<Record<string, string>>
      readonly after?: number
    }
  | 'no answer'

/** The answers for each path, in order; the last is repeated. */
export type Script = Readonly<Record<string, readonly [Reply, ...Reply[]]>>

export interface Counts {
  readonly requests: number
  readonly hungUp: number
}

export interface FlakyServer {
  readonly url: string
  readonly countsOf: (path: string) => Counts
  /** What was sent to a path, in order. */
  readonly bodiesOf: (path: string) => ReadonlyArray<string>
  readonly close: TE.TaskEither<Error, void>
}

// --- constructors

const notFound: Reply = { status: 404, body: { error: 'no such path' } }

/** Starts the server on a free port. */
export const startServer = (script: Script): TE.TaskEither<Error, FlakyServer> =>
  TE.tryCatch(async () => {
    const counts = new Map<string, Counts>()
    const countsOf = (path: string): Counts => counts.get(path) ?? { requests: 0, hungUp: 0 }
    const count = (path: string, of: keyof Counts): number => {
      const now = { ...countsOf(path), [of]: countsOf(path)[of] + 1 }
      counts.set(path, now)
      return now[of]
    }
    const bodies: { readonly path: string; readonly body: string }[] = []
    const bodiesOf = (path: string) => bodies.filter((sent) => sent.path === path).map(({ body }) => body)

    const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { url: path = '' } = request
      bodies.push({ path, body: await text(request) })
      const replies = script[path] ?? [notFound]
      const reply = replies[count(path, 'requests') - 1] ?? replies[replies.length - 1] ?? notFound
      if (reply === 'no answer') return void response.destroy()
      const timer = setTimeout(() => send(response, reply), reply.after ?? 0)
      response.on('close', () => {
        clearTimeout(timer)
        if (!response.writableEnded) count(path, 'hungUp')
      })
    }
    // A client that hangs up while it sends is no business of ours.
    const server = createServer((request, response) => void serve(request, response).catch(() => undefined))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')

    const close = TE.tryCatch(async () => {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    }, E.toError)
    const { port } = server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, countsOf, bodiesOf, close }
  }, E.toError)

const send = (response: ServerResponse, { status, body, headers }: Exclude<Reply, string>): void => {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body))
}
