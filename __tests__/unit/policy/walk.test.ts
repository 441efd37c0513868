import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  type AnyPolicy,
  both,
  capDelay,
  custom,
  decorrelated,
  delayFrom,
  delays,
  either,
  exponential,
  fixed,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  retryOn,
  when
} from 'reprise'
import { alphabetOf } from '../../../src/policy/Alphabet.js'
import { type Figure, type Walk, walk } from '../../../src/policy/walk.js'

/** A figure that is known not to be exceeded. */
const upTo = (value: number): Figure => ({ value, reached: false })

const figure = (each: number | Figure): Figure =>
  typeof each === 'number' ? { value: each, reached: true } : each

type Figures = readonly [retries: number | Figure, totalDelay: number | Figure, delay: number | Figure]

const walked = ([retries, totalDelay, delay]: Figures, whole: boolean): Walk => ({
  retries: figure(retries),
  totalDelay: figure(totalDelay),
  delay: figure(delay),
  whole
})

const ones = (count: number): AnyPolicy => delays(Array.from({ length: count }, () => 1))

describe('walk', () => {
  it.each<[string, AnyPolicy, Figures]>([
    ['no retry', never, [0, 0, 0]],
    ['a limit of time', pipe(fixed(300), limitTotalDelay(1000)), [3, 900, 300]],
    ['no end', fixed(100), [Infinity, Infinity, 100]],
    ['a list, each wait an event', ones(5000), [5000, 5000, 1]],
    ['two failures that count apart', pipe(fixed(10), limitRetries(20), when('A', ones(20))), [40, 220, 10]],
    [
      'two failures that count together -> the shortest and the longest sums of both',
      pipe(fixed(100), retryOn('A'), either(pipe(fixed(300), retryOn('B'))), limitElapsed(1000)),
      [10, 1000, 300]
    ],
    ['waits that go by the last one', pipe(decorrelated(100), limitRetries(3)), [3, 3898, 2699]],
    [
      'the same, and another failure that is retried once',
      pipe(
        fixed(10),
        limitRetries(1),
        when('A', decorrelated(100)),
        limitRetries(3),
        limitElapsed(1_000_000)
      ),
      [3, 3898, 2699]
    ],
    [
      'many of them, once they are still',
      pipe(decorrelated(100), capDelay(300), limitRetries(1_000_000)),
      [1_000_000, upTo(300_000_000), 300]
    ],
    // After 3000 retries, leaps double their number, and count all waits as long as the last.
    [
      'growth up to a count',
      pipe(linear(1), limitRetries(100_000)),
      [
        100_000,
        upTo(
          4_501_500 +
            3000 * 6000 +
            6000 * 12_000 +
            12_000 * 24_000 +
            24_000 * 48_000 +
            48_000 * 96_000 +
            4000 * 100_000
        ),
        100_000
      ]
    ],
    [
      'growth up to a limit of time',
      pipe(linear(100, 0.5), limitDelay(10_000)),
      [upTo(24_000), upTo(2_548_500 + 3000 * 3099 + 6000 * 6099 + 12_000 * 10_000), upTo(10_000)]
    ]
  ])('%s -> to the end', (_, policy, figures) => {
    expect(walk(policy, alphabetOf(policy), false)).toEqual(walked(figures, true))
  })

  it.each<[string, AnyPolicy, boolean, Figures]>([
    ['each wait an event', ones(7000), false, [6000, 6000, 1]],
    ['failures that count apart', pipe(ones(1000), when('A', ones(1000))), false, [89, 89, 1]],
    ['the same, if there is no end', pipe(immediate, when('A', immediate)), true, [22, 0, 0]]
  ])('%s -> as far as patience goes', (_, policy, endless, figures) => {
    expect(walk(policy, alphabetOf(policy), endless)).toEqual(walked(figures, false))
  })

  // They are still after 303, but leaps are tried at 256 and 512 only.
  it('waits that go by the last one, and are still too late -> as far as patience goes', () => {
    const policy = pipe(decorrelated(1), both(exponential(1, 1.13)), limitRetries(1_000_000))
    expect(walk(policy, alphabetOf(policy), false)).toMatchObject({
      retries: { value: 500, reached: true },
      whole: false
    })
  })

  const summed = pipe(fixed(100), limitTotalDelay(1000))

  it.each<[string, AnyPolicy]>([
    [
      'a predicate that chooses',
      pipe(
        never,
        when(() => true, never)
      )
    ],
    ['custom', both(custom('mine', () => 5))(never)],
    [
      'mapDelay',
      pipe(
        fixed(100),
        mapDelay('half', (delay) => delay / 2)
      )
    ],
    [
      'delayFrom',
      pipe(
        fixed(100),
        delayFrom(() => 5, { max: 10 })
      )
    ],
    ['a stage that limitDelay ends', pipe(fixed(100), limitDelay(1000), andThen(never))],
    ['a stage that limitElapsed ends', pipe(fixed(100), limitElapsed(1000), andThen(never))],
    ['a stage that limitTotalDelay ends', pipe(summed, andThen(never))],
    ['a stage that holds one', pipe(summed, both(fixed(10)), andThen(never))],
    ['a later stage with a sum of its own', pipe(never, andThen(summed))],
    ['a failure with a sum of its own', pipe(fixed(100), when('A', summed))],
    ['all others with one', pipe(summed, when('A', fixed(100)))],
    ['one of them further down', pipe(fixed(100), either(pipe(never, andThen(summed))))]
  ])('%s -> not walked', (_, policy) => {
    expect(walk(policy, alphabetOf(policy), false)).toEqual(walked([0, 0, 0], false))
  })

  it.each<[string, AnyPolicy, Figures]>([
    ['limitDelay in a later stage', pipe(never, andThen(pipe(fixed(100), limitDelay(10)))), [0, 0, 0]],
    [
      'limitElapsed in a later stage',
      pipe(delays([10]), andThen(pipe(fixed(100), limitElapsed(300)))),
      [3, 210, 100]
    ],
    [
      'limitElapsed for a failure',
      pipe(delays([10]), when('A', pipe(fixed(100), limitElapsed(300)))),
      [4, 310, 100]
    ],
    ['limitTotalDelay in a branch', pipe(summed, both(fixed(300))), [3, 900, 300]]
  ])('%s -> walked', (_, policy, figures) => {
    expect(walk(policy, alphabetOf(policy), false)).toEqual(walked(figures, true))
  })
})
