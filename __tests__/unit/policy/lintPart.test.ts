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
  fibonacci,
  fixed,
  floorDelay,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  lint,
  type LintRule,
  mapDelay,
  never,
  retryOn,
  when,
  withJitter
} from 'reprise'

/** Nothing wrong with it: jitter and a limit, so that what a test adds is all there is to say. */
const good = pipe(exponential(100), withJitter('full'), limitRetries(5))
const spread = withJitter('full')
const five = limitRetries(5)
const slow = custom('slow', ({ retry }) => (retry < 5 ? { from: 5000, to: 6000 } : 'stop'))

const retryAfter = (error: unknown): number | undefined => (error as { retryAfter?: number }).retryAfter

describe('lintPart', () => {
  type Row = [rule: LintRule, has: AnyPolicy, message: string, hasNot: AnyPolicy]

  it.each<Row>([
    [
      'cap-below-base',
      pipe(exponential('1s'), spread, capDelay(100), five),
      'capDelay(100 ms) is below the shortest wait, 1 s: all waits are cut to the same length, and growth is lost; raise the cap, or lower the waits.',
      pipe(exponential('1s'), spread, capDelay('2s'), five)
    ],
    [
      'cap-below-base',
      pipe(exponential('1s'), spread, capDelay(100), limitRetries(1)),
      'capDelay(100 ms) is below the shortest wait, 1 s: all waits are cut to the same length, and growth is lost; raise the cap, or lower the waits.',
      // It never waits.
      pipe(exponential('1s'), spread, capDelay(100), limitRetries(0))
    ],
    [
      'cap-below-base',
      pipe(linear('1s'), spread, capDelay('1s'), five),
      'capDelay(1 s) is no more than the shortest wait, 1 s: all waits are cut to the same length, and growth is lost; raise the cap, or lower the waits.',
      pipe(fixed('1s'), spread, capDelay('1s'), five)
    ],
    [
      'floor-above-cap',
      pipe(good, floorDelay('2s'), capDelay('1s')),
      'floorDelay(2 s) is above capDelay(1 s), and the cap wins: no wait is longer than 1 s; lower the floor, or raise the cap.',
      pipe(good, floorDelay('1s'), capDelay('1s'))
    ],
    [
      'floor-above-waits',
      pipe(exponential(100), withJitter(0.5), limitRetries(3), floorDelay('1s')),
      'floorDelay(1 s) is above the longest wait, 600 ms: every wait is 1 s, without growth or jitter; lower the floor, or use fixed with jitter.',
      pipe(exponential(100), withJitter(0.5), limitRetries(3), floorDelay(600))
    ],
    [
      'floor-above-waits',
      pipe(linear(10), limitRetries(9), floorDelay('1s')),
      'floorDelay(1 s) is above the longest wait, 90 ms: every wait is 1 s, without growth or jitter; lower the floor, or use fixed with jitter.',
      // Some day it will wait longer.
      pipe(linear(10), limitElapsed('9h'), floorDelay('1s'))
    ],
    [
      'hint-max-below-floor',
      pipe(good, delayFrom(retryAfter, { max: 999 }), floorDelay('1s'), capDelay('9s')),
      'delayFrom takes hints up to 999 ms, but floorDelay(1 s) waits longer than that anyway, so a hint can only stop the call: raise max.',
      pipe(good, delayFrom(retryAfter, { max: '1s' }), floorDelay('1s'), capDelay('9s'))
    ],
    [
      'hint-max-above-cap',
      pipe(good, delayFrom(retryAfter, { max: '1m' }), capDelay('10s')),
      'delayFrom takes hints up to 1 min, but capDelay(10 s) stops the call at a longer one: raise the cap, or lower max to it.',
      pipe(good, delayFrom(retryAfter, { max: '10s' }), capDelay('10s'))
    ],
    [
      'limit-never-reached',
      pipe(delays([10, 20, 30]), spread, five),
      'limitRetries(5) is never reached, since the schedule stops after 3: lower the limit, or let the schedule go on.',
      pipe(delays([10, 20, 30]), spread, limitRetries(3))
    ],
    [
      'stage-never-reached',
      pipe(fixed(100), andThen(pipe(fixed(500), five)), spread, limitElapsed('1m')),
      'Stage 2 never begins, since stage 1 never stops: give stage 1 a limit, such as limitRetries.',
      pipe(fixed(100), limitElapsed('10s'), andThen(fixed(500)), spread, limitElapsed('1m'))
    ],
    [
      'stage-never-reached',
      pipe(good, andThen(pipe(fixed(500), five)), spread, limitRetries(5)),
      'Stage 2 never begins, since limitRetries(5) stops the call after the 5 retries of what comes before it: raise that limit, or give the stages before it fewer retries.',
      pipe(good, andThen(pipe(fixed(500), five)), spread, limitRetries(6))
    ],
    [
      'stage-never-reached',
      pipe(good, andThen(pipe(fixed(500), five)), andThen(delays([10])), spread, limitRetries(7)),
      'Stage 3 never begins, since limitRetries(7) stops the call after 7 of the 10 retries that come before it: raise that limit, or give the stages before it fewer retries.',
      pipe(good, andThen(pipe(fixed(500), five)), andThen(delays([10])), spread)
    ],
    [
      'stage-never-reached',
      pipe(delays([10, 20]), andThen(fixed(500)), spread, limitRetries(2)),
      'Stage 2 never begins, since limitRetries(2) stops the call after the 2 retries of what comes before it: raise that limit, or give the stages before it fewer retries.',
      pipe(delays([10, 20]), limitElapsed(15), andThen(fixed(500)), spread, limitRetries(2))
    ],
    [
      'part-never-matters',
      pipe(fixed(100), both(fixed(500)), spread, five),
      'The first of the two that both puts together changes nothing: the second waits at least as long and stops no later; leave it out, or change its waits.',
      pipe(exponential(100), both(fixed(500)), spread, five)
    ],
    [
      'part-never-matters',
      pipe(linear(50), either(exponential(100)), spread, limitElapsed('1m')),
      'The second of the two that either puts together changes nothing in the first 40 retries: the first waits no longer and stops no earlier; leave it out, or change its waits.',
      pipe(linear(50), five, either(exponential(100)), spread, limitElapsed('1m'))
    ],
    [
      'shrinking-waits',
      pipe(exponential(100, 0.5), spread, five),
      'A factor of 0.5 makes the waits of exponential shrink, and a service in trouble is called more and more often: use a factor above 1, or fixed.',
      pipe(exponential(100, 1), spread, five)
    ],
    [
      'below-one-millisecond',
      pipe(exponential(0.5), spread, five),
      "A time of 0.5 ms, in exponential, is less than a millisecond, and waits are rounded down to whole ones: write '0.5s' if seconds are meant.",
      pipe(exponential(1.5), spread, five)
    ],
    [
      'bound-undone',
      pipe(
        good,
        capDelay('1s'),
        mapDelay('double', (delay) => delay * 2)
      ),
      'capDelay(1 s) stands above mapDelay("double") in the pipe, which changes what it has bounded: waits reach 2 s; put the bound below it.',
      pipe(
        good,
        capDelay('1s'),
        mapDelay('same', (delay) => delay)
      )
    ],
    [
      'bound-undone',
      pipe(
        good,
        floorDelay(50),
        mapDelay('half', (delay) => delay / 2)
      ),
      'floorDelay(50 ms) stands above mapDelay("half") in the pipe, which changes what it has bounded: waits reach 25 ms; put the bound below it.',
      pipe(
        good,
        mapDelay('half', (delay) => delay / 2),
        floorDelay(50)
      )
    ],
    // --- numbers
    [
      'shrinking-waits',
      pipe(exponential(0.1, 0.9), five),
      'A factor of 0.9 makes the waits of exponential shrink, and a service in trouble is called more and more often: use a factor above 1, or fixed.',
      pipe(exponential(0, 0.5), five)
    ],
    [
      'cap-below-base',
      pipe(fixed('5s'), spread, capDelay('1s'), five),
      'capDelay(1 s) is below the shortest wait, 5 s: all waits are cut to the same length; raise the cap, or lower the waits.',
      // The floor has cut them already.
      pipe(good, floorDelay(500), capDelay(500))
    ],
    // What comes after the rows that are looked at may be shorter.
    [
      'cap-below-base',
      pipe(fixed('5s'), limitRetries(3), andThen(delays(['4s'])), capDelay('2s')),
      'capDelay(2 s) is below the shortest wait, 4 s: all waits are cut to the same length, and growth is lost; raise the cap, or lower the waits.',
      pipe(fixed('5s'), limitRetries(40), andThen(fixed('1s')), capDelay('2s'), spread)
    ],
    [
      'cap-below-base',
      pipe(fixed('5s'), both(fixed('1s')), capDelay('2s'), five),
      'capDelay(2 s) is below the shortest wait, 5 s: all waits are cut to the same length; raise the cap, or lower the waits.',
      pipe(slow, both(fixed('1s')), capDelay('2s'), five)
    ],
    [
      'floor-above-waits',
      pipe(fixed(100), floorDelay('1s'), capDelay('1s'), five),
      'floorDelay(1 s) is above the longest wait, 100 ms: every wait is 1 s, without growth or jitter; lower the floor, or use fixed with jitter.',
      pipe(fixed(100), floorDelay('2s'), capDelay('1s'), five)
    ],
    [
      'floor-above-waits',
      pipe(fixed(100), five, andThen(delays([100])), floorDelay('1s')),
      'floorDelay(1 s) is above the longest wait, 100 ms: every wait is 1 s, without growth or jitter; lower the floor, or use fixed with jitter.',
      pipe(fixed(100), five, delayFrom(retryAfter, { max: '9s' }), andThen(delays([100])), floorDelay('1s'))
    ],
    [
      'floor-above-waits',
      pipe(fixed(100), five, floorDelay(101)),
      'floorDelay(101 ms) is above the longest wait, 100 ms: every wait is 101 ms, without growth or jitter; lower the floor, or use fixed with jitter.',
      // A floor makes waits of what has none.
      pipe(immediate, five, floorDelay('1s'))
    ],
    [
      'floor-above-waits',
      pipe(fixed(100), both(fixed(50)), five, floorDelay('1s')),
      'floorDelay(1 s) is above the longest wait, 100 ms: every wait is 1 s, without growth or jitter; lower the floor, or use fixed with jitter.',
      pipe(slow, both(fixed(50)), five, floorDelay('10s'))
    ],
    [
      'floor-above-waits',
      pipe(exponential(100), limitRetries(3), floorDelay('1s'), andThen(delays(['5s'])), withJitter(0.5)),
      'Stage 1: floorDelay(1 s) is above the longest wait, 600 ms: every wait is 1 s, without growth or jitter; lower the floor, or use fixed with jitter.',
      // Jitter further down makes some longer.
      pipe(fixed(900), limitRetries(3), floorDelay('1s'), andThen(delays(['5s'])), withJitter(0.5))
    ],
    // --- counts
    [
      'limit-never-reached',
      pipe(delays([10, 20, 30]), limitRetries(4), limitTotalDelay(10)),
      'limitRetries(4) is never reached, since the schedule stops after 3: lower the limit, or let the schedule go on.',
      pipe(fixed(100), five, limitTotalDelay(300))
    ],
    [
      'limit-never-reached',
      pipe(delays([10]), limitRetries(2)),
      'limitRetries(2) is never reached, since the schedule stops after 1: lower the limit, or let the schedule go on.',
      five(never)
    ],
    [
      'stage-never-reached',
      pipe(fixed(100), limitElapsed('10s'), andThen(fixed(500)), andThen(delays([1])), spread),
      'Stage 3 never begins, since stage 2 never stops: give stage 2 a limit, such as limitRetries.',
      // What folds end with.
      pipe(fixed(100), andThen(never), spread, five)
    ],
    [
      'stage-never-reached',
      pipe(fixed(100), andThen(never), andThen(good), spread),
      'Stage 3 never begins, since stage 1 never stops: give stage 1 a limit, such as limitRetries.',
      pipe(fixed(100), both(exponential(50)), spread, five)
    ],
    // --- parts
    ...[retryOn('A'), limitDelay('1m'), limitTotalDelay('1m'), limitElapsed('1m')].map((setting): Row => [
      'part-never-matters',
      pipe(linear(50), either(exponential(100)), spread, setting),
      'The second of the two that either puts together changes nothing in the first 40 retries: the first waits no longer and stops no earlier; leave it out, or change its waits.',
      pipe(linear(50), five, either(exponential(100)), spread, setting)
    ]),
    ...(
      [
        ['delayFrom', pipe(fixed('1h'), delayFrom(retryAfter, { max: 1 }))],
        ['custom', custom('mine', () => '1h')],
        [
          'mapDelay',
          pipe(
            fixed('1h'),
            mapDelay('same', (delay) => delay)
          )
        ],
        ['when', pipe(fixed('1h'), when('A', fixed(1)))],
        ['decorrelated', decorrelated('1h')],
        ['a count beyond the rows', pipe(fixed('1h'), limitRetries(41))]
      ] as const
    ).map(([, other]): Row => [
      'part-never-matters',
      pipe(fixed(100), either(fixed('1h'))),
      'The second of the two that either puts together changes nothing in the first 40 retries: the first waits no longer and stops no earlier; leave it out, or change its waits.',
      pipe(fixed(100), either(other))
    ]),
    [
      'part-never-matters',
      pipe(fixed(100), either(fixed('1h'))),
      'The second of the two that either puts together changes nothing in the first 40 retries: the first waits no longer and stops no earlier; leave it out, or change its waits.',
      pipe(fixed(100), retryOn('A'), either(pipe(fixed('1h'), retryOn('B'))))
    ],
    [
      'part-never-matters',
      pipe(fixed(500), both(fixed(100)), five),
      'The second of the two that both puts together changes nothing: the first waits at least as long and stops no later; leave it out, or change its waits.',
      pipe(fixed(100), andThen(fixed(500)), five)
    ],
    [
      'bound-undone',
      pipe(
        exponential(100),
        floorDelay(150),
        five,
        mapDelay('half', (delay) => delay / 2)
      ),
      'floorDelay(150 ms) stands above mapDelay("half") in the pipe, which changes what it has bounded: waits reach 75 ms; put the bound below it.',
      // The cap has undone it before.
      pipe(
        good,
        floorDelay(100),
        capDelay(50),
        mapDelay('same', (delay) => delay)
      )
    ],
    [
      'bound-undone',
      pipe(
        good,
        floorDelay(50),
        capDelay(50),
        mapDelay('half', (delay) => delay / 2)
      ),
      'floorDelay(50 ms) stands above mapDelay("half") in the pipe, which changes what it has bounded: waits reach 25 ms; put the bound below it.',
      pipe(
        slow,
        capDelay('1s'),
        mapDelay('double', (delay) => delay * 2)
      )
    ]
  ])('%s', (rule, has, message, hasNot) => {
    expect(lint(has)).toContainEqual({ rule, message })
    expect(lint(hasNot).map((warning) => warning.rule)).not.toContain(rule)
  })

  it.each<[string, number, AnyPolicy]>([
    ['exponential', 0.5, exponential(0.5)],
    ['fibonacci', 0.5, fibonacci(0.5)],
    ['decorrelated', 0.25, decorrelated(0.25)],
    ['linear', 0.5, linear(0.5, 10)],
    ['linear', 0.2, linear(10, 0.2)],
    ['fixed', 0.9, fixed(0.9)],
    ['delays', 0.1, delays([0, 1, 0.1, 0.2])],
    ['limitDelay', 0.5, limitDelay(0.5)(fixed(5))],
    ['limitTotalDelay', 0.5, limitTotalDelay(0.5)(fixed(5))],
    ['limitElapsed', 0.5, limitElapsed(0.5)(fixed(5))],
    ['floorDelay', 0.5, floorDelay(0.5)(fixed(5))],
    ['capDelay', 0.5, capDelay(0.5)(fixed(5))],
    ['delayFrom: max', 0.5, delayFrom(retryAfter, { max: 0.5 })(fixed(5))]
  ])('%s of %d ms -> below a millisecond', (name, time, policy) => {
    expect(lint(policy).filter(({ rule }) => rule === 'below-one-millisecond')).toEqual([
      {
        rule: 'below-one-millisecond',
        message: `A time of ${time} ms, in ${name}, is less than a millisecond, and waits are rounded down to whole ones: write '${time}s' if seconds are meant.`
      }
    ])
  })

  it.each([fixed(0), fixed(1)])('%# no time, or a millisecond -> is one', (policy) => {
    expect(lint(policy).map(({ rule }) => rule)).not.toContain('below-one-millisecond')
  })
})
