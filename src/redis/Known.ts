/** What a process knows of a state: as it lies in Redis, or that nothing lies there. */
import type { Either } from 'fp-ts/lib/Either.js'
import { headOf, readEnvelope } from './Envelope.js'
import type { SharedRules } from './SharedRules.js'

// --- model

export interface Known<S> {
  /** Goes up with each change. */
  readonly count: number
  /** Who made the last change; nobody, if nothing lies there. */
  readonly writer: string | undefined
  /** What the text in Redis begins with; '' if there is none. */
  readonly head: string
  /** The moment of the last change, by the time of the state, which is `skew` ahead of Redis's clock. */
  readonly at: number
  readonly skew: number
  readonly state: S
}

// --- constructors

/** Matches the head of nothing that lies there: for a first look. */
export const unknownHead = '?'

/** What is known where nothing lies, at a moment of Redis's clock. */
export const nothing = <S>({ start }: Pick<SharedRules<S, never>, 'start'>, at: number): Known<S> => ({
  count: Math.floor(at * 1000),
  writer: undefined,
  head: '',
  at,
  skew: 0,
  state: start(at)
})

/** Reads what lies in Redis; a `Left` says what is wrong with it. */
export const readKnown = <S>(
  { decode }: Pick<SharedRules<S, never>, 'decode'>,
  text: string
): Either<string, Known<S>> => {
  const envelope = readEnvelope(text)
  if (envelope._tag === 'Left') return envelope
  const { version, at, skew, state } = envelope.right
  const decoded = decode(state)
  return decoded._tag === 'Left'
    ? decoded
    : { _tag: 'Right', right: { ...version, head: headOf(version), at, skew, state: decoded.right } }
}

/** Nobody writes ahead of Redis's clock: where it shows less than that, it has been set back, and the state goes on from where it was. */
export const keepingTime = <S>(known: Known<S>, time: number): Known<S> =>
  known.at - known.skew > time + 1 ? { ...known, skew: known.at - time } : known
