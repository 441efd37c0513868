import { read } from '../policy/Failure.js'
import type { Limit, LimitAlgorithm } from '../resource/Limit.js'

/** Is this a state of the rate of a limit? Nothing that lies in Redis is trusted. */
export const isRateState = (limit: Limit, u: unknown): boolean =>
  limit._tag !== 'resourceLimit' && shapes[limit.algorithm](u)

const areFinite =
  (...keys: ReadonlyArray<string>) =>
  (u: unknown): boolean =>
    keys.every((key) => Number.isFinite(read(u, key)))

const isEntry = areFinite('at', 'amount')

const isLog = (u: unknown): boolean => Array.isArray(u) && u.every(isEntry)

const shapes: Readonly<Record<LimitAlgorithm, (u: unknown) => boolean>> = {
  tokenBucket: areFinite('tokens', 'at'),
  leakyBucket: areFinite('level', 'at'),
  gcra: areFinite('arrival'),
  fixedWindow: areFinite('startedAt', 'used'),
  slidingWindow: (u) => isLog(read(u, 'older')) && isLog(read(u, 'newer')) && areFinite('from', 'used')(u)
}
