/** Bodies of answers that nobody wants: unread, they keep their connections busy. */
import { systemClock } from '../runtime/Clock.js'
import type { Answer } from './Fetch.js'

/** The start of a body as text. */
export interface Start {
  readonly text: string
  /** Whether there was more, or it did not come to its end. */
  readonly truncated: boolean
}

// Longer than the rest of an answer takes to arrive; a body that takes more costs less when its connection is closed.
const patience = 1000

/**
 * Reads a body up to so many bytes, for a second at most, and cancels what is left of it, which closes the connection. Never
 * rejects. The second is one of the machine, whatever clock waits are made by: it is a socket that is waited for.
 */
export const readBody = async (answer: Answer, limit: number): Promise<Start> => {
  try {
    if (isStream(answer.body)) return await readStream(answer.body, limit)
    // A body of another kind, such as node-fetch has it, or that of a stub.
    return await inTime(readText(answer, limit))
  } catch {
    return cut
  }
}

const cut: Start = { text: '', truncated: true }

const isStream = (body: unknown): body is ReadableStream<Uint8Array> =>
  typeof (body as ReadableStream | undefined)?.getReader === 'function'

const readText = async (answer: Answer, limit: number): Promise<Start> => {
  const all = (await answer.text?.()) ?? ''
  return { text: all.slice(0, limit), truncated: all.length > limit }
}

const inTime = (start: Promise<Start>): Promise<Start> =>
  new Promise((resolve, reject) => {
    const cancelTimer = systemClock.after(patience, () => {
      resolve(cut)
    })
    start.then(resolve, reject).finally(cancelTimer)
  })

const readStream = async (body: ReadableStream<Uint8Array>, limit: number): Promise<Start> => {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const state = { text: '', left: limit, stopped: false }
  const stop = (): void => {
    state.stopped = true
    // It ends the read under way, too.
    reader.cancel().catch(() => undefined)
  }
  const cancelTimer = systemClock.after(patience, stop)
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const part = chunk.value.subarray(0, state.left)
      state.text += decoder.decode(part, { stream: true })
      state.left -= part.length
      if (part.length < chunk.value.length) {
        stop()
        break
      }
    }
  } catch {
    state.stopped = true
  } finally {
    cancelTimer()
  }
  return { text: state.text, truncated: state.stopped }
}

/** Cancels a body that nobody has begun to read. */
export const discard = ({ body }: Answer): void => {
  // One that somebody reads is not cancelled: that rejects.
  if (isStream(body)) body.cancel().catch(() => undefined)
}
