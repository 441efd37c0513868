/** A server on loopback that answers as it is told, and keeps what arrives and when. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Arrived {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** When it arrived, on the monotonic clock of the machine. */
  readonly at: number
}

/** An answer; or the connection is cut without one, or nothing ever comes. */
export type Reply =
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** After the headers and the body, nothing more comes, and no end. */
      readonly endless?: true
      /** After the headers and the body, the connection is cut. */
      readonly cut?: true
    }
  | 'cut'
  | 'silence'

export interface Recorder {
  readonly url: string
  readonly arrived: ReadonlyArray<Arrived>
  /** How many connections were made. */
  readonly connections: () => number
  /** How many requests were given up by their client. */
  readonly hungUp: () => number
  readonly close: () => Promise<void>
}

/** Starts it; the n-th request (from 0) has the n-th reply, and the last is repeated. */
export const recorder = async (...replies: readonly [Reply, ...Reply[]]): Promise<Recorder> => {
  const arrived: Arrived[] = []
  const counts = { connections: 0, hungUp: 0 }
  const server = createServer((request, response) => {
    const at = performance.now()
    response.on('close', () => {
      if (!response.writableFinished && !cutOff.has(response)) counts.hungUp += 1
    })
    void buffer(request).then(
      (body) => {
        const { method = '', url: path = '', headers } = request
        const reply = replies[Math.min(arrived.length, replies.length - 1)]!
        arrived.push({ method, path, headers, body: body.toString(), at })
        answer(response, reply)
      },
      () => undefined
    )
  })
  server.on('connection', () => (counts.connections += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    connections: () => counts.connections,
    hungUp: () => counts.hungUp,
    close: async () => {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    }
  }
}

const cutOff = new WeakSet<ServerResponse>()

const cutConnection = (response: ServerResponse): void => {
  cutOff.add(response)
  response.destroy()
}

const answer = (response: ServerResponse, reply: Reply): void => {
  if (reply === 'silence') return
  if (reply === 'cut') return cutConnection(response)
  const { status = 200, headers = {}, body = '', endless, cut } = reply
  response.writeHead(status, headers)
  if (cut) response.write(body, () => cutConnection(response))
  else if (endless) response.write(body)
  else response.end(body)
}
