/**
 * All that other libraries do in another way, with the reason: each changes the rules of the model, and has an example
 * worked out by hand.
 */
import { design, type Rules, windowOf } from './model.js'
import { longestTimer, type Name, type Script, type Seen } from './scripts.js'

// --- model

export interface Difference {
  readonly peer: Name
  readonly what: string
  readonly reason: string
  readonly change: (rules: Rules) => Rules
  readonly example: { readonly script: Partial<Script>; readonly ours: Seen; readonly theirs: Seen }
}

// --- changes of the rules

// Node's timers take whole milliseconds from 1 to 2^31 - 1; all else is 1.
const overflowing = (rules: Rules): Rules => ({
  ...rules,
  timer: (wait) => (wait > longestTimer ? 1 : rules.timer(wait))
})
const atLeastOne = (rules: Rules): Rules => ({
  ...rules,
  timer: (wait) => (wait < 1 ? 1 : rules.timer(wait))
})
const ending =
  (letters: string, as: true | 'foreign') =>
  (rules: Rules): Rules => ({
    ...rules,
    final: (letter) => (letters.includes(letter) ? as : rules.final(letter))
  })
const retryingAll = (rules: Rules): Rules => ({ ...rules, final: () => false })
const lenient = (rules: Rules): Rules => ({ ...rules, lenient: true })
/** Jitter first, and then what is beyond the cap is cut. */
const cutting = (rules: Rules): Rules => ({
  ...rules,
  draw: ({ jitter, cap }, wait, u) => {
    const [from, to] = windowOf(jitter, wait)
    return Math.min(from + u * (to - from), cap ?? Infinity)
  }
})

// --- outcomes

/** Fails or succeeds with what the last attempt came to. */
export const ended = (end: 'succeeds' | 'fails', ...waits: ReadonlyArray<number>): Seen => ({
  calls: waits.length + 1,
  waits,
  end,
  of: waits.length + 1,
  at: waits.reduce((sum, wait) => sum + wait, 0)
})
export const abortedAt = (at: number, ...waits: ReadonlyArray<number>): Seen => ({
  ...ended('fails', ...waits),
  end: 'aborted',
  of: 0,
  at
})

// --- the table

const zero = { shape: { kind: 'fixed', base: 0 }, outcomes: 'LLR' } as const
const half = { shape: { kind: 'fixed', base: 0.5 }, outcomes: 'TTR' } as const
// 35 days
const long = { shape: { kind: 'fixed', base: 3e9 }, outcomes: 'LLR' } as const
const refusing = { shape: { kind: 'fixed', base: 10 }, retries: 2, outcomes: 'BBB' } as const
const openCircuit = { shape: { kind: 'fixed', base: 10 }, outcomes: 'LCR' } as const

export const differences: ReadonlyArray<Difference> = [
  {
    peer: 'cockatiel',
    what: 'retries an open circuit',
    reason: '`handleAll` means all; here what has given up already is retried only where `retryOn` names it',
    change: retryingAll,
    example: { script: openCircuit, ours: ended('fails', 10), theirs: ended('succeeds', 10, 10) }
  },
  {
    peer: 'cockatiel',
    what: 'succeeds with a refused result when tries run out',
    reason: 'a result that is refused is never a success here',
    change: lenient,
    example: { script: refusing, ours: ended('fails', 10, 10), theirs: ended('succeeds', 10, 10) }
  },
  {
    peer: 'cockatiel',
    what: 'doubles whatever the `exponent`',
    reason: 'only its decorrelated generator heeds it',
    change: (rules) => ({
      ...rules,
      plain: (shape, retry) =>
        rules.plain(shape.kind === 'exponential' ? { ...shape, factor: 2 } : shape, retry)
    }),
    example: {
      script: { shape: { kind: 'exponential', base: 100, factor: 3 }, outcomes: 'TTTR' },
      ours: ended('succeeds', 100, 300, 900),
      theirs: ended('succeeds', 100, 200, 400)
    }
  },
  {
    peer: 'cockatiel',
    what: 'repeats the last of a list of waits',
    reason: 'a list is a backoff, and `maxAttempts` alone stops; here a list is all the retries there are',
    change: (rules) => ({
      ...rules,
      plain: (shape, retry) =>
        rules.plain(shape, shape.kind === 'list' ? Math.min(retry, shape.list.length - 1) : retry)
    }),
    example: {
      script: { shape: { kind: 'list', list: [10, 50] }, outcomes: 'TTTR' },
      ours: ended('fails', 10, 50),
      theirs: ended('succeeds', 10, 50, 50)
    }
  },
  {
    peer: 'cockatiel',
    what: 'waits 1 ms where the wait is less',
    reason: 'it always takes a timer; here a wait is rounded down, and 0 takes none',
    change: atLeastOne,
    example: { script: zero, ours: ended('succeeds', 0, 0), theirs: ended('succeeds', 1, 1) }
  },
  {
    peer: 'cockatiel',
    what: 'waits 1 ms where the wait is more than 24.8 days',
    reason: 'a timer takes 2^31 - 1 ms at most; here longer waits are waited for in parts',
    change: overflowing,
    example: { script: long, ours: ended('succeeds', 3e9, 3e9), theirs: ended('succeeds', 1, 1) }
  },
  {
    peer: 'cockatiel',
    what: 'waits on after an abort, and calls once more',
    reason: 'it looks at the signal only before a wait; here an abort ends the wait',
    change: (rules) => ({ ...rules, abort: { ...rules.abort, wait: 'afterOneMore' } }),
    example: {
      script: { outcomes: 'TTTR', abortAt: 150 },
      ours: abortedAt(150, 100),
      theirs: ended('fails', 100, 200)
    }
  },
  {
    peer: 'cockatiel',
    what: 'waits for the attempt under way at an abort, and gives what that comes to',
    reason: 'it hands on the signal, and leaves it to the function; here the call ends at once, too',
    change: (rules) => ({ ...rules, abort: { ...rules.abort, attempt: 'neverIfItSucceeds' } }),
    example: {
      script: { outcomes: 'TR', takes: 20, abortAt: 130 },
      ours: abortedAt(130, 100),
      theirs: { ...ended('succeeds', 100), at: 140 }
    }
  },
  {
    peer: 'p-retry',
    what: 'waits for the attempt under way at an abort',
    reason: 'it looks at the signal after the attempt; here the call ends at once',
    change: (rules) => ({ ...rules, abort: { ...rules.abort, attempt: 'atEnd' } }),
    example: {
      script: { outcomes: 'TR', takes: 20, abortAt: 130 },
      ours: abortedAt(130, 100),
      theirs: abortedAt(140, 100)
    }
  },
  {
    peer: 'p-retry',
    what: 'ends at what is no `Error`, with an error of its own',
    reason: 'it takes that for a mistake; here it is a failure like others',
    change: ending('PLC', 'foreign'),
    example: {
      script: { outcomes: 'TPR' },
      ours: ended('succeeds', 100, 200),
      theirs: { ...ended('fails', 100), of: 0 }
    }
  },
  {
    peer: 'p-retry',
    what: 'ends at a TypeError',
    reason: 'it takes that for a mistake, unless it is of the network; here `abortOn` says so',
    change: ending('Y', true),
    example: { script: { outcomes: 'TYR' }, ours: ended('succeeds', 100, 200), theirs: ended('fails', 100) }
  },
  {
    peer: 'p-retry',
    what: 'rounds a wait to the nearest millisecond',
    reason: 'here it is rounded down',
    change: (rules) => ({ ...rules, round: Math.round }),
    example: { script: half, ours: ended('succeeds', 0, 0), theirs: ended('succeeds', 1, 1) }
  },
  {
    peer: 'p-retry',
    what: 'takes a factor of 0 for 1',
    reason: 'it wants no waits of 0; here 0 is a number like others',
    change: (rules) => ({
      ...rules,
      plain: (shape, retry) =>
        rules.plain(shape.kind === 'exponential' ? { ...shape, factor: shape.factor || 1 } : shape, retry)
    }),
    example: {
      script: { shape: { kind: 'exponential', base: 100, factor: 0 }, outcomes: 'TTTR' },
      ours: ended('succeeds', 100, 0, 0),
      theirs: ended('succeeds', 100, 100, 100)
    }
  },
  {
    peer: 'p-retry',
    what: 'cuts what `randomize` has drawn at `maxTimeout`',
    reason: 'here a cap scales the window, so that waits at the cap stay spread',
    change: cutting,
    // From [200, 400] three quarters up is 350; of [125, 250], which is what a cap of 250 makes of it, 218.75.
    example: {
      script: { jitter: 'twice', cap: 250, draws: [0.5, 0.75], outcomes: 'TTR' },
      ours: ended('succeeds', 150, 218),
      theirs: ended('succeeds', 150, 250)
    }
  },
  {
    peer: 'p-retry',
    what: 'waits 1 ms where the wait is more than 24.8 days',
    reason: 'a timer takes 2^31 - 1 ms at most; here longer waits are waited for in parts',
    change: overflowing,
    example: {
      script: { ...long, outcomes: 'TTR' },
      ours: ended('succeeds', 3e9, 3e9),
      theirs: ended('succeeds', 1, 1)
    }
  },
  {
    peer: 'p-retry',
    what: 'cuts the last wait to what `maxRetryTime` leaves, and tries once more',
    reason: 'here a wait is never cut: if it would end too late, there is none',
    change: (rules) => ({
      ...rules,
      limited: (limit, wait, elapsed) => (elapsed >= limit ? undefined : Math.min(wait, limit - elapsed))
    }),
    example: {
      script: { outcomes: 'TTTT', limit: 400 },
      ours: ended('fails', 100, 200),
      theirs: ended('fails', 100, 200, 100)
    }
  },
  {
    peer: 'retry-ts',
    what: 'ends at a rejection',
    reason: 'a task never rejects, by the convention of fp-ts; here a rejection is a failure like a Left',
    change: ending('TYPS', true),
    example: { script: { outcomes: 'LTR' }, ours: ended('succeeds', 100, 200), theirs: ended('fails', 100) }
  },
  {
    peer: 'retry-ts',
    what: 'retries an open circuit',
    reason:
      'the check is of all Lefts; here what has given up already is retried only where `retryOn` names it',
    change: (rules) => ({ ...rules, final: (letter) => letter !== 'C' && rules.final(letter) }),
    example: { script: openCircuit, ours: ended('fails', 10), theirs: ended('succeeds', 10, 10) }
  },
  {
    peer: 'retry-ts',
    what: 'succeeds with a refused result when tries run out',
    reason: 'it gives the last result, good or bad; a result that is refused is never a success here',
    change: lenient,
    example: { script: refusing, ours: ended('fails', 10, 10), theirs: ended('succeeds', 10, 10) }
  },
  {
    peer: 'retry-ts',
    what: 'stops at a wait of just the longest allowed by `limitRetriesByDelay`',
    reason: 'it goes on below it; here a wait of just `limitDelay` is not too long',
    change: (rules) => ({ ...rules, tooLong: (most, _rounded, drawn) => drawn >= most }),
    example: {
      script: { outcomes: 'LLLR', longestWait: 200 },
      ours: ended('fails', 100, 200),
      theirs: ended('fails', 100)
    }
  },
  {
    peer: 'retry-ts',
    what: 'waits 1 ms where the wait is less',
    reason: 'it always takes a timer; here a wait is rounded down, and 0 takes none',
    change: atLeastOne,
    example: { script: zero, ours: ended('succeeds', 0, 0), theirs: ended('succeeds', 1, 1) }
  },
  {
    peer: 'retry-ts',
    what: 'waits 1 ms where the wait is more than 24.8 days',
    reason: 'a timer takes 2^31 - 1 ms at most; here longer waits are waited for in parts',
    change: overflowing,
    example: { script: long, ours: ended('succeeds', 3e9, 3e9), theirs: ended('succeeds', 1, 1) }
  },
  {
    peer: 'effect',
    what: 'retries an open circuit',
    reason:
      'all failures are alike to it; here what has given up already is retried only where `retryOn` names it',
    change: retryingAll,
    example: { script: openCircuit, ours: ended('fails', 10), theirs: ended('succeeds', 10, 10) }
  },
  {
    peer: 'effect',
    what: 'waits 1 ms where the wait is less, but more than 0',
    reason: 'it takes a timer for all but 0; here a wait is rounded down first',
    change: (rules) => ({ ...rules, round: (wait) => (wait > 0 && wait < 1 ? 1 : rules.round(wait)) }),
    example: { script: half, ours: ended('succeeds', 0, 0), theirs: ended('succeeds', 1, 1) }
  },
  {
    peer: 'effect',
    what: 'cuts what `jittered` has drawn where `modifyDelay` caps it',
    reason: 'here a cap scales the window, so that waits at the cap stay spread',
    change: cutting,
    // From [160, 240] three quarters up is 220; of [120, 180], which is what a cap of 180 makes of it, 165.
    example: {
      script: { jitter: 'fifth', cap: 180, draws: [0.5, 0.75], outcomes: 'TTR' },
      ours: ended('succeeds', 100, 165),
      theirs: ended('succeeds', 100, 180)
    }
  },
  {
    peer: 'effect',
    what: 'counts `upTo({ duration })` from the first failure, and lets the last wait end later',
    reason:
      'a schedule begins with its first step; here time counts from the start of the call, and a wait has to end in time',
    change: (rules) => ({
      ...rules,
      limited: (limit, wait, _elapsed, sinceFirst) => (sinceFirst > limit ? undefined : wait)
    }),
    example: {
      script: { outcomes: 'TTTTT', limit: 400 },
      ours: ended('fails', 100, 200),
      theirs: ended('fails', 100, 200, 400)
    }
  }
]

/** Gives the rules of a library, by all rows of the table, or by all but one. */
export const rulesOf = (peer: Name, without?: Difference): Rules =>
  differences.reduce(
    (rules, row) => (row.peer === peer && row !== without ? row.change(rules) : rules),
    design
  )
