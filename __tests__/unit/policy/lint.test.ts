import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  allOf,
  andThen,
  anyCause,
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
  floorDelay,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  lint,
  type LintRule,
  mapDelay,
  never,
  not,
  recordFailures,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'

const rulesOf = (policy: AnyPolicy): ReadonlyArray<LintRule> => lint(policy).map(({ rule }) => rule)

/** Nothing wrong with it: jitter and a limit, so that what a test adds is all there is to say. */
const good = pipe(exponential(100), withJitter('full'), limitRetries(5))
const spread = withJitter('full')
const five = limitRetries(5)

const retryAfter = (error: unknown): number | undefined => (error as { retryAfter?: number }).retryAfter

describe('lint', () => {
  // Policies that people should write; the first ones are those of README.md that follow its advice.
  it.each<[string, AnyPolicy]>([
    ['the README with its own advice', pipe(exponential(10), withJitter(0.5), limitRetries(3))],
    [
      'the README: quick, then patient',
      pipe(exponential(100), five, andThen(pipe(fixed('1m'), limitRetries(3))), limitElapsed('1h'), spread)
    ],
    [
      'the README: polite, with a limit',
      pipe(exponential(100), when('RateLimited', fixed('30s')), capDelay('10m'), withJitter(0.2), five)
    ],
    ['the README: many clients', pipe(decorrelated(100), capDelay('10s'), limitElapsed('1m'))],
    ['full jitter, cap, limit', pipe(exponential(100), spread, capDelay('10s'), five)],
    ['the worker as it is by default, with retries', pipe(exponential('1s'), five, withJitter(0.3))],
    ['a list', pipe(delays(['1s', '5s', '30s']), withJitter(0.1))],
    [
      'a list with a deadline of attempts',
      pipe(delays(['1s', '5s', '30s']), withJitter(0.1), limitElapsed('2m'))
    ],
    ['no retry at all', never],
    ['no retry by limit', limitRetries(0)(fixed('1s'))],
    ['a few at once', pipe(immediate, limitRetries(3))],
    ['hints within the cap', pipe(good, delayFrom(retryAfter, { max: '1m' }), capDelay('1m'))],
    [
      'conditions of all kinds',
      pipe(good, retryOn(['ECONNRESET', TypeError, anyCause('ETIMEDOUT')]), abortOn('AbortError'))
    ],
    [
      'polling',
      pipe(
        fixed('1s'),
        withJitter(0.2),
        limitElapsed('5m'),
        retryUntil((x: unknown) => x === 1)
      )
    ],
    ['a deadline and full jitter', pipe(exponential('1s'), spread, limitRetries(10), limitElapsed('30s'))],
    ['a custom schedule', custom('mine', ({ retry }) => (retry < 3 ? { from: 1, to: 9 } : 'stop'))],
    ['hours that are asked for', pipe(delays(['1m', '1h', '24h']), spread)],
    ['hours in reach of a cap', pipe(exponential('1m'), spread, capDelay('12h'), limitRetries(20))],
    ['hours, from minutes on', pipe(exponential('10m'), spread, five)],
    [
      'results alone',
      pipe(
        good,
        retryOn([]),
        retryUntil((x: unknown) => x === 1)
      )
    ],
    [
      'results alone, by abortOn',
      pipe(
        good,
        abortOn(not([])),
        retryUntil((x: unknown) => x === 1)
      )
    ],
    ['only what when names', pipe(good, retryOn([]), when('Busy', good))],
    ['units, as folds leave them', pipe(immediate, both(good), either(never), both(immediate))],
    ['both, each in turn', pipe(exponential(100), both(fixed(500)), spread, five)],
    ['a shorter way first', pipe(delays([10, 20]), either(exponential(100)), spread, five)]
  ])('%s -> nothing', (_, policy) => {
    expect(lint(policy)).toEqual([])
  })

  it.each<[string, AnyPolicy]>([
    ['as many failures as there are attempts', recordFailures(6)(good)],
    ['a floor in a stage, with no jitter outside', pipe(good, andThen(pipe(good, floorDelay(150))))],
    [
      'a schedule that may stop for reasons of its own, under limits',
      pipe(
        custom('over', () => 'stop'),
        floorDelay('1s'),
        five,
        limitElapsed(500)
      )
    ],
    [
      'an outer when, whose policy asks about what only comes after it',
      pipe(good, when('A', pipe(good, when('A', good))))
    ]
  ])('%s -> nothing', (_, policy) => {
    expect(lint(policy)).toEqual([])
  })

  type Row = [rule: LintRule, has: AnyPolicy, message: string, hasNot: AnyPolicy]

  it.each<Row>([
    [
      'never-stops',
      pipe(good, when('Busy', spread(fixed(100)))),
      'Errors that match "Busy": never stops while failures go on: add limitRetries or limitElapsed, or put withTimeout around withRetry.',
      pipe(good, when('Busy', pipe(fixed(100), spread, five)))
    ],
    [
      'never-stops',
      pipe(good, when('Busy', pipe(good, when('VeryBusy', spread(fixed(100)))))),
      'Errors that match "Busy" and errors that match "VeryBusy": never stops while failures go on: add limitRetries or limitElapsed, or put withTimeout around withRetry.',
      pipe(good, when('Busy', pipe(good, when('VeryBusy', good))))
    ],
    [
      'cap-below-base',
      pipe(good, andThen(pipe(fixed('5s'), spread, capDelay('1s'), five))),
      'Stage 2: capDelay(1 s) is below the shortest wait, 5 s: all waits are cut to the same length; raise the cap, or lower the waits.',
      pipe(good, andThen(pipe(fixed('1s'), spread, capDelay('5s'), five)))
    ],
    [
      'floor-above-cap',
      pipe(good, either(pipe(good, both(pipe(good, floorDelay('2s'), capDelay('1s')))))),
      'Part 2, part 2: floorDelay(2 s) is above capDelay(1 s), and the cap wins: no wait is longer than 1 s; lower the floor, or raise the cap.',
      pipe(good, either(pipe(good, both(pipe(good, floorDelay('1s'), capDelay('2s'))))))
    ],
    [
      'limit-never-reached',
      pipe(good, capDelay('1s'), limitDelay('5s')),
      'limitDelay(5 s) never stops anything, since no wait is longer than 999 ms: lower it, or leave it out.',
      pipe(good, capDelay('1s'), limitDelay(500))
    ],
    [
      'limit-never-reached',
      pipe(fixed('5s'), five, limitDelay('5s')),
      'limitDelay(5 s) never stops anything, since no wait is longer than 5 s: lower it, or leave it out.',
      pipe(fixed('5s'), five, limitDelay(4999))
    ],
    [
      'limit-never-reached',
      pipe(good, limitTotalDelay('10s')),
      'limitTotalDelay(10 s) never stops anything, since all waits together are 3.095 s at most: lower it, or use limitElapsed, which counts the time of the attempts, too.',
      pipe(good, limitTotalDelay('3s'))
    ],
    [
      'waits-exceed-limit',
      pipe(fixed('10s'), withJitter(0.1), five, limitElapsed('5s')),
      'Not even the first retry fits into limitElapsed(5 s), however short its wait: raise the limit, or wait less.',
      pipe(fixed('10s'), withJitter(0.1), five, limitElapsed('45s'))
    ],
    [
      'waits-exceed-limit',
      pipe(exponential('1s'), withJitter(0.5), limitRetries(10), limitElapsed('30s')),
      // 0.5 + 1 + 2 + 4 + 8 = 15.5 s, and 31.5 s with the next.
      'Only 5 of 10 retries fit into limitElapsed(30 s), however short their waits: raise the limit, wait less, or allow fewer retries.',
      pipe(exponential('1s'), withJitter(0.5), five, limitElapsed('30s'))
    ],
    [
      'waits-exceed-limit',
      pipe(fixed('10s'), withJitter(0.1), five, limitDelay('5s'), limitElapsed('5s')),
      'Not even the first retry fits into limitDelay(5 s) and limitElapsed(5 s), however short its wait: raise the limit, or wait less.',
      pipe(fixed('10s'), withJitter(0.1), five, limitDelay('11s'), limitElapsed('55s'))
    ],
    [
      'waits-exceed-limit',
      pipe(fixed('1s'), withJitter(0.1), limitDelay(500)),
      'Not even the first retry fits into limitDelay(500 ms), however short its wait: raise the limit, or wait less.',
      pipe(fixed('1s'), withJitter(0.5), limitDelay(500), limitElapsed('1m'))
    ],
    [
      'record-failures-too-many',
      recordFailures(7)(good),
      'recordFailures(7) keeps more failures than there can be, 6: lower it, or leave it out.',
      recordFailures(6)(good)
    ],
    [
      'retry-on-nothing',
      pipe(good, retryOn([])),
      'retryOn matches no error, so that none is retried: name some, or use never.',
      pipe(good, retryOn(not([])))
    ],
    [
      'retry-on-nothing',
      pipe(good, retryOn('A'), either(pipe(delays([1]), retryOn(allOf(['B', not('B')])))), spread),
      'Part 2: retryOn matches no error, so that none is retried: name some, or use never.',
      pipe(good, retryOn('A'), either(pipe(delays([1]), retryOn(allOf(['B', not('A')])))), spread)
    ],
    [
      'retry-on-nothing',
      pipe(good, either(pipe(good, both(pipe(good, retryOn([])))))),
      'Part 2, part 2: retryOn matches no error, so that none is retried: name some, or use never.',
      pipe(good, either(pipe(good, both(pipe(good, retryOn('A'))))))
    ],
    [
      'retry-on-nothing',
      pipe(good, when('Busy', pipe(good, retryOn([])))),
      'Errors that match "Busy": retryOn matches no error, so that none is retried: name some, or use never.',
      // What is left is not all there is.
      pipe(good, retryOn([]), when('Busy', good))
    ],
    [
      'abort-swallows-retry',
      pipe(good, retryOn(['A', 'B']), abortOn('B'), abortOn(['A', 'C'])),
      'retryOn names only errors that match "A" or "B", and abortOn refuses them all: narrow abortOn, or name others.',
      pipe(good, retryOn(['A', 'B']), abortOn('B'), abortOn('C'))
    ],
    [
      'abort-swallows-retry',
      pipe(good, retryOn(TypeError), abortOn(Error)),
      'retryOn names only errors that match TypeError, and abortOn refuses them all: narrow abortOn, or name others.',
      pipe(good, retryOn(Error), abortOn(TypeError))
    ],
    [
      'abort-swallows-retry',
      pipe(good, abortOn(not([]))),
      'abortOn matches every error, so that none is ever retried: narrow it.',
      pipe(good, abortOn(not('A')))
    ],
    [
      'when-never-chosen',
      pipe(good, when('A', good), when(['A', 'B'], good)),
      'The when for errors that match "A" is never chosen, since abortOn, or a when further down the pipe that is asked first, takes all of them: put it further down, or leave it out.',
      pipe(good, when(['A', 'B'], good), when('A', good))
    ],
    [
      'when-never-chosen',
      pipe(good, when('A', pipe(good, when('B', good))), abortOn('B')),
      'The when for errors that match "B" is never chosen, since abortOn, or a when further down the pipe that is asked first, takes all of them: put it further down, or leave it out.',
      pipe(good, when('A', pipe(good, when('B', good))), abortOn('C'))
    ],
    [
      'when-never-chosen',
      pipe(good, when([], good)),
      'A when has a condition that matches no error: its policy is never chosen.',
      pipe(good, when([(error: unknown) => error === 1], good))
    ],
    [
      'floor-above-waits',
      // Jitter from further down reaches what mapDelay gives, not what it is given.
      pipe(
        delays([100]),
        floorDelay(150),
        mapDelay('same', (delay) => delay),
        withJitter(0.6)
      ),
      'floorDelay(150 ms) is above the longest wait, 100 ms: every wait is 150 ms, without growth or jitter; lower the floor, or use fixed with jitter.',
      pipe(delays([100]), floorDelay(150), andThen(delays([1])), withJitter(0.5))
    ]
  ])('%s', (rule, has, message, hasNot) => {
    expect(lint(has)).toContainEqual({ rule, message })
    expect(rulesOf(hasNot)).not.toContain(rule)
  })

  it('what the main schedule does wrong -> not said again of what when chooses', () => {
    const policy = pipe(fixed(100), when('Busy', fixed(500)), limitRetries(3))
    expect(rulesOf(policy)).toEqual(['no-jitter'])
  })

  it('what is no policy -> a TypeError', () => {
    expect(() => lint({ schedule: { _tag: 'fixed', delay: 1 } })).toThrow('lint: policy must be made by')
  })
})
