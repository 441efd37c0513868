/** Small resources that are taken inside a call: nothing of them may be held while a retry waits. */
import type { Clock } from 'reprise'

// --- places

/** A resource with so many places, given away in the order in which they were asked for. */
export interface Places {
  /** Runs `body` once there is a place, which is free again when it is over, however it ends. */
  readonly use: <A>(body: () => Promise<A>) => Promise<A>
  /** How many places are taken. */
  readonly held: () => number
  /** How many were ever taken at once. */
  readonly peak: () => number
}

export const places = (capacity: number): Places => {
  let held = 0
  let peak = 0
  const waiting: Array<() => void> = []

  const take = (): Promise<void> | undefined => {
    if (held === capacity) return new Promise((resolve) => waiting.push(resolve))
    held += 1
    peak = Math.max(peak, held)
    return undefined
  }
  const release = (): void => {
    // A place that somebody waits for is handed over, and so is never seen as free.
    const next = waiting.shift()
    if (next === undefined) held -= 1
    else next()
  }
  return {
    use: async (body) => {
      await take()
      try {
        return await body()
      } finally {
        release()
      }
    },
    held: () => held,
    peak: () => peak
  }
}

// --- tokens

/** A token bucket that is full at first. */
export interface Tokens {
  /** Takes tokens (1 if not said) once there are as many; what is given reports how many were used, and the rest goes back. */
  readonly take: (amount?: number) => Promise<(used: number) => void>
}

export const tokens = (clock: Clock, capacity: number, perSecond: number): Tokens => {
  let level = capacity
  let at = clock.now()
  const refill = (): void => {
    const now = clock.now()
    level = Math.min(capacity, level + ((now - at) * perSecond) / 1000)
    at = now
  }
  return {
    take: async (amount = 1) => {
      for (refill(); level < amount; refill()) await pause(clock, ((amount - level) * 1000) / perSecond)
      level -= amount
      return (used) => {
        refill()
        level = Math.min(capacity, level + amount - used)
      }
    }
  }
}

// --- time

/** Waits on a clock. */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => clock.after(ms, resolve))
