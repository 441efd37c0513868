/** Scripts of failures for several libraries, configured alike; and their arbitraries. */
import * as fc from 'fast-check'

// --- model

export type Shape =
  | { readonly kind: 'fixed'; readonly base: number }
  | { readonly kind: 'linear'; readonly base: number; readonly step: number }
  | { readonly kind: 'exponential'; readonly base: number; readonly factor: number }
  | { readonly kind: 'fibonacci'; readonly base: number }
  | { readonly kind: 'list'; readonly list: ReadonlyArray<number> }

/**
 * What an attempt comes to: T rejects with an error, Y with a TypeError, P with an object that is none; S throws before
 * there is a promise; L gives a Left, C a Left that says that a circuit is open, B a result that is refused, R a good
 * one. After the last, R.
 */
export type Letter = 'T' | 'Y' | 'P' | 'S' | 'L' | 'C' | 'B' | 'R'

export interface Script {
  readonly shape: Shape
  readonly cap: number | null
  readonly retries: number | null
  /** Of the window [0, w], [w/2, w], w ± a fifth, [w, 2w]. */
  readonly jitter: 'none' | 'full' | 'equal' | 'fifth' | 'twice'
  /** The draws in [0, 1), by failure. */
  readonly draws: ReadonlyArray<number>
  readonly outcomes: string
  /** How long each attempt takes. */
  readonly takes: number
  readonly abortAt: number | null
  /** On the time that the call takes. */
  readonly limit: number | null
  readonly longestWait: number | null
}

/** What came of a script. Waits are from the end of an attempt to the start of the next. */
export interface Seen {
  readonly calls: number
  readonly waits: ReadonlyArray<number>
  readonly end: 'succeeds' | 'fails' | 'aborted'
  /** The attempt whose very error or result came out, counted from 1; 0 if none of them did. */
  readonly of: number
  readonly at: number
}

export const names = ['cockatiel', 'p-retry', 'retry-ts', 'effect'] as const
export type Name = (typeof names)[number]

/** Can a library be asked to do so? */
export const expresses: Record<Name, (script: Script) => boolean> = {
  cockatiel: ({ shape, jitter, limit, longestWait }) =>
    shape.kind !== 'fibonacci' &&
    ['none', 'full', 'equal'].includes(jitter) &&
    limit === null &&
    longestWait === null,
  'p-retry': ({ shape, jitter, outcomes, longestWait }) =>
    ['fixed', 'exponential'].includes(shape.kind) &&
    ['none', 'twice'].includes(jitter) &&
    !outcomes.includes('B') &&
    longestWait === null,
  'retry-ts': ({ shape, jitter, limit, abortAt }) =>
    shape.kind !== 'fibonacci' && jitter === 'none' && limit === null && abortAt === null,
  effect: ({ jitter, outcomes, longestWait }) =>
    ['none', 'fifth'].includes(jitter) && !outcomes.includes('B') && longestWait === null
}

// --- generated scripts

/** The longest delay that a timer takes, in milliseconds. */
export const longestTimer = 2 ** 31 - 1

const bases = fc.oneof(
  fc.constantFrom(0, 0.25, 0.5, 0.9, 1, 1.5, 2.75, 333.3, 60_000),
  fc.integer({ min: 0, max: 5000 })
)
const longBases = fc.constantFrom(longestTimer, 2 ** 31, 3e9)
// Never a draw with which a wait would be whole: there the last bit of a product would decide.
const draws = fc.array(
  fc.integer({ min: 0, max: 2 ** 19 - 1 }).map((i) => (2 * i + 1) / 2 ** 20),
  { minLength: 9, maxLength: 9 }
)
const fives = fc.integer({ min: 1, max: 200 }).map((i) => 5 * i)

const shapes = {
  fixed: (base: fc.Arbitrary<number>) => fc.record({ kind: fc.constant('fixed' as const), base }),
  linear: (base: fc.Arbitrary<number>, step = base) =>
    fc.record({ kind: fc.constant('linear' as const), base, step }),
  exponential: (base: fc.Arbitrary<number>, ...factors: ReadonlyArray<number>) =>
    fc.record({ kind: fc.constant('exponential' as const), base, factor: fc.constantFrom(...factors) }),
  fibonacci: (base: fc.Arbitrary<number>) => fc.record({ kind: fc.constant('fibonacci' as const), base }),
  list: (base: fc.Arbitrary<number>) =>
    fc.record({ kind: fc.constant('list' as const), list: fc.array(base, { minLength: 1, maxLength: 5 }) })
}

type Spread = Pick<Script, 'shape' | 'jitter'>
const spreads: fc.Arbitrary<Spread> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      jitter: fc.constant('none' as const),
      shape: fc.oneof(
        { weight: 3, arbitrary: shapes.exponential(bases, 2) },
        { weight: 3, arbitrary: shapes.exponential(bases, 0, 0, 0.5, 1, 1.5, 3) },
        { weight: 2, arbitrary: shapes.fixed(bases) },
        { weight: 2, arbitrary: shapes.linear(bases) },
        { weight: 2, arbitrary: shapes.list(bases) },
        { weight: 1, arbitrary: shapes.fibonacci(fc.integer({ min: 0, max: 5000 })) },
        { weight: 4, arbitrary: shapes.fixed(longBases) },
        { weight: 1, arbitrary: shapes.linear(fc.constant(1e9)) }
      )
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      jitter: fc.constantFrom('full' as const, 'equal' as const),
      shape: shapes.exponential(fc.integer({ min: 1, max: 1000 }), 2)
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      jitter: fc.constant('fifth' as const),
      shape: fc.oneof(shapes.exponential(fives, 2), shapes.fixed(fives), shapes.linear(fives))
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      jitter: fc.constant('twice' as const),
      shape: shapes.exponential(fc.integer({ min: 1, max: 1000 }), 2, 3)
    })
  }
)

const letters = (...all: ReadonlyArray<Letter>): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...all), { maxLength: 8 }).map((list) => list.join(''))

const timely: fc.Arbitrary<Script> = fc
  .tuple(
    spreads,
    fc.record({
      cap: fc.option(fc.oneof(fc.constantFrom(0, 1, 10, 3e9), fc.integer({ min: 1, max: 5000 }))),
      retries: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 4 }),
      draws,
      outcomes: fc.oneof(
        letters('L'),
        letters('T', 'T', 'S'),
        letters('L', 'L', 'T', 'S'),
        letters('L', 'L', 'L', 'L', 'B', 'R'),
        letters('L', 'T', 'T', 'Y', 'P', 'S', 'C', 'R'),
        letters('L', 'L', 'L', 'C')
      ),
      takes: fc.constantFrom(0, 7),
      abortAt: fc.constant(null),
      limit: fc.oneof(
        { weight: 3, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 10_000 }) }
      ),
      longestWait: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(0, 1, 100, 333, 1000, 60_000) }
      )
    })
  )
  .map(([spread, rest]) => ({ ...spread, ...rest }))

// Everything happens at even moments but the abort, so that nothing is at the same one.
const evens = fc.integer({ min: 1, max: 500 }).map((i) => 2 * i)
const aborted: fc.Arbitrary<Script> = fc.record({
  shape: fc.oneof(shapes.exponential(evens, 1, 2), shapes.fixed(evens), shapes.linear(evens)),
  cap: fc.option(evens),
  retries: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 4 }),
  jitter: fc.constant('none' as const),
  draws: fc.constant([]),
  outcomes: letters('T', 'T', 'T', 'T', 'S', 'R'),
  takes: fc.constantFrom(0, 6, 200),
  abortAt: fc.integer({ min: 0, max: 1500 }).map((i) => 2 * i + 1),
  limit: fc.constant(null),
  longestWait: fc.constant(null)
})

export const scripts = fc.oneof({ weight: 4, arbitrary: timely }, { weight: 1, arbitrary: aborted })
