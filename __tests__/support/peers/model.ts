/** What the design says of a retry, as a small model, with all that libraries do in other ways as a rule to be changed. */
import type { Letter, Script, Seen, Shape } from './scripts.js'

// --- model

export interface Rules {
  /** What is never retried; `'foreign'` if what comes out is not what the attempt failed with. */
  readonly final: (letter: Letter) => boolean | 'foreign'
  /** The wait of the schedule without jitter, from its settings alone; nothing to stop. */
  readonly plain: (shape: Shape, retry: number) => number | undefined
  /** What jitter and cap make of it. */
  readonly draw: (script: Script, wait: number, u: number) => number
  /** Whole milliseconds. */
  readonly round: (wait: number) => number
  /** Is a wait longer than it may be, as drawn, or rounded? */
  readonly tooLong: (most: number, rounded: number, drawn: number) => boolean
  /**
   * What a limit of time makes of a wait; nothing to stop. Times are from the start, and from the end of the first
   * attempt.
   */
  readonly limited: (limit: number, wait: number, elapsed: number, sinceFirst: number) => number | undefined
  /** What timers make of it. */
  readonly timer: (wait: number) => number
  /** When an abort ends the call: at once, or where it would go on at the end of the attempt, or of the wait. */
  readonly abort: {
    readonly attempt: 'atOnce' | 'atEnd' | 'neverIfItSucceeds'
    readonly wait: 'atOnce' | 'afterOneMore'
  }
  /** Does a refused result count as a success, in the end? */
  readonly lenient: boolean
}

const plain: Rules['plain'] = (shape, retry) => {
  switch (shape.kind) {
    case 'fixed':
      return shape.base
    case 'linear':
      return shape.base + shape.step * retry
    case 'exponential':
      return shape.base * shape.factor ** retry
    case 'fibonacci':
      return shape.base * [1, 1, 2, 3, 5, 8, 13, 21, 34][retry]!
    case 'list':
      return shape.list[retry]
  }
}

const windows: Record<Script['jitter'], readonly [from: number, to: number]> = {
  none: [1, 1],
  full: [0, 1],
  equal: [0.5, 1],
  fifth: [0.8, 1.2],
  twice: [1, 2]
}

export const windowOf = (jitter: Script['jitter'], wait: number): readonly [from: number, to: number] => {
  const [from, to] = windows[jitter]
  return [wait * from, wait * to]
}

/** The design: a cap scales the window into the bound. */
const scaled: Rules['draw'] = ({ jitter, cap }, wait, u) => {
  const [from, to] = windowOf(jitter, wait)
  const drawn = from + u * (to - from)
  return cap === null || to <= cap ? drawn : jitter === 'none' ? cap : (drawn / to) * cap
}

export const design: Rules = {
  final: (letter) => letter === 'C',
  plain,
  draw: scaled,
  round: Math.floor,
  tooLong: (most, rounded) => rounded > most,
  limited: (limit, wait, elapsed) => (elapsed + wait > limit ? undefined : wait),
  timer: (wait) => wait,
  abort: { attempt: 'atOnce', wait: 'atOnce' },
  lenient: false
}

const waitAfter = (rules: Rules, script: Script, attempt: number, now: number): number | undefined => {
  const plain = rules.plain(script.shape, attempt - 1)
  if (plain === undefined) return undefined
  const drawn = rules.draw(script, plain, script.draws[attempt - 1] ?? 0)
  const rounded = rules.round(drawn)
  if (script.longestWait !== null && rules.tooLong(script.longestWait, rounded, drawn)) return undefined
  return script.limit === null ? rounded : rules.limited(script.limit, rounded, now, now - script.takes)
}

/** Gives what comes of a script by these rules. */
export const played = (rules: Rules, script: Script): Seen => {
  const waits: number[] = []
  const most = script.retries ?? Infinity
  const abortAt = script.abortAt ?? Infinity
  let now = 0
  for (let attempt = 1; ; attempt++) {
    const ends = (end: Seen['end'], of: number, at: number): Seen => ({ calls: attempt, waits, end, of, at })
    const letter = (script.outcomes[attempt - 1] ?? 'R') as Letter
    now += script.takes
    if (abortAt < now && rules.abort.attempt === 'atOnce') return ends('aborted', 0, abortAt)
    if (letter === 'R')
      return abortAt < now && rules.abort.attempt === 'atEnd'
        ? ends('aborted', 0, now)
        : ends('succeeds', attempt, now)

    const final = rules.final(letter)
    const wait = waitAfter(rules, script, attempt, now)
    if (final !== false || attempt > most || wait === undefined)
      return ends(
        letter === 'B' && rules.lenient ? 'succeeds' : 'fails',
        final === 'foreign' ? 0 : attempt,
        now
      )
    if (abortAt < now)
      return rules.abort.attempt === 'atEnd' ? ends('aborted', 0, now) : ends('fails', attempt, now)
    const next = now + rules.timer(wait)
    if (abortAt < next && rules.abort.wait === 'atOnce') return ends('aborted', 0, abortAt)
    waits.push(next - now)
    now = next
  }
}
