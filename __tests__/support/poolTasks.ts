/** What runs in the threads of a pool: plain functions of one argument. Counters are shared memory, which both sides see. */
import type { Either } from 'fp-ts/lib/Either.js'
import { keepErrors } from 'reprise/piscina'

export type Counter = Int32Array<SharedArrayBuffer>

export const double = (n: number): number => 2 * n

export const add = async ([a, b]: readonly [number, number]): Promise<number> => a + b

export const ping = (): string => 'pong'

export const half = (n: number): Either<{ readonly _tag: 'Odd'; readonly n: number }, number> =>
  n % 2 === 0 ? { _tag: 'Right', right: n / 2 } : { _tag: 'Left', left: { _tag: 'Odd', n } }

class ConnectionError extends Error {
  override name = 'ConnectionError'
  readonly code = 'ECONNRESET'
}

export const connect = (host: string): string => {
  throw new ConnectionError(`no ${host}`, { cause: Object.assign(new Error('socket'), { code: 'EPIPE' }) })
}

export const connectKept = keepErrors(connect)

/** Ends its thread when it is called for the first time. */
export const crashOnce = (calls: Counter): string => {
  if (Atomics.add(calls, 0, 1) === 0) process.exit(3)
  return 'done'
}

export const crash = (): never => process.exit(0)

export const fillMemory = (): number => {
  const all: unknown[] = []
  for (;;) all.push(new Array(100_000).fill(all.length))
}

/** Counts for as long as its thread lives. */
export const beat = (beats: Counter): never => {
  for (;;) Atomics.add(beats, 0, 1)
}

/** Comes back when so many have come. */
export const meet = ([come, many]: readonly [Counter, number]): number => {
  const nth = Atomics.add(come, 0, 1) + 1
  Atomics.notify(come, 0)
  for (let now = nth; now < many; now = Atomics.load(come, 0)) Atomics.wait(come, 0, now)
  return nth
}

export const giveFunction = (): object => ({ call: () => 1 })
