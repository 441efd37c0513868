/**
 * How a state lies in Redis: as JSON that begins with its version, so that a script can compare that without reading the rest.
 *
 * A version is a count that goes on where Redis has lost its data, since a new one starts at the microseconds of Redis's clock,
 * and who wrote it: no two writes have the same.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { read } from '../policy/Failure.js'

// --- model

export interface Version {
  readonly count: number
  readonly writer: string
}

/** A state, and its time: `at` is the moment of its last change, which is `skew` ahead of what Redis's clock showed then. */
export interface Envelope<S> {
  readonly version: Version
  readonly at: number
  readonly skew: number
  readonly state: S
}

// --- there

/** Gives what a text of this version begins with. */
export const headOf = ({ count, writer }: Version): string => `{"version":"${count}.${writer}",`

export const writeEnvelope = <S>({ version, at, skew, state }: Envelope<S>): string =>
  `${headOf(version)}"at":${at},"skew":${skew},"state":${JSON.stringify(state)}}`

// --- and back

/** Gives what a text holds; a `Left` says what is wrong with one that holds something else. */
export const readEnvelope = (text: string): Either<string, Envelope<unknown>> => {
  const json = parse(text)
  const [, count, writer] = pattern.exec(text) ?? []
  const [at, skew] = [read(json, 'at'), read(json, 'skew')]
  if (count === undefined || writer === undefined || !isMoment(at) || !isMoment(skew))
    return { _tag: 'Left', left: `not a state that processes share: ${text.slice(0, 60)}` }
  const version = { count: Number(count), writer }
  return { _tag: 'Right', right: { version, at, skew, state: read(json, 'state') } }
}

const pattern = /^\{"version":"(\d{1,16})\.([\w-]{1,40})",/

const isMoment = (u: unknown): u is number => typeof u === 'number' && Math.abs(u) < 1e15

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
