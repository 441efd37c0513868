/**
 * Redis's clock as a process can know it. A reply is stamped between the moment at which it was asked for and that at which it
 * is there, so each says how far the two clocks can be apart; the least that is possible is kept.
 *
 * Law: while neither clock is set and both go alike, the estimate is never ahead of Redis's clock, and behind by no more than
 * the quickest reply was on its way. Where they drift apart it is ahead by no more than the last command was on its way.
 */
import type { Clock } from '../runtime/Clock.js'
import { wallTime } from '../runtime/wallTime.js'

export interface RedisTime {
  /** Before the first reply, what the machine's own wall clock says. */
  readonly now: () => number
  /** Learns from a reply that is there now, stamped with Redis's time, to what was asked at a moment of the own clock. */
  readonly learn: (time: number, asked: number) => void
}

/** Makes an estimate of Redis's clock from a clock of this process. */
export const newRedisTime = (clock: Clock): RedisTime => {
  // How far the own clock is ahead.
  let ahead = clock.now() - wallTime()
  return {
    now: () => clock.now() - ahead,
    learn: (time, asked) => {
      const least = asked - time
      const most = clock.now() - time
      // More than the most is a worse estimate than this one; less than the least is of a clock that has been set back since.
      if (ahead < least || ahead > most) ahead = most
    }
  }
}
