import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  type AnyPolicy,
  capDelay,
  custom,
  both,
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
  lint,
  type LintRule,
  linear,
  never,
  when,
  withJitter
} from 'reprise'
import { lintCourse } from '../../../src/policy/lintCourse.js'

/** Nothing wrong with it: jitter and a limit, so that what a test adds is all there is to say. */
const good = pipe(exponential(100), withJitter('full'), limitRetries(5))
const spread = withJitter('full')
const five = limitRetries(5)
const shrinking = pipe(exponential(100, 0.5), limitElapsed('1m'))

const retryAfter = (error: unknown): number | undefined => (error as { retryAfter?: number }).retryAfter

const jitterAdvice =
  "clients that fail together come back together; add withJitter('full'), or 'equal' or a fraction if waits should stay near their length."

describe('lintCourse', () => {
  type Row = [rule: LintRule, has: AnyPolicy, message: string, hasNot: AnyPolicy]

  it.each<Row>([
    [
      'never-stops',
      spread(fixed(100)),
      'Never stops while failures go on: add limitRetries or limitElapsed, or put withTimeout around withRetry.',
      pipe(fixed(100), spread, limitElapsed('1m'))
    ],
    [
      'never-stops',
      pipe(fixed(100), five, either(exponential(50)), spread, capDelay(500)),
      'Never stops: the limit of one part of either does not bind the other; put limitRetries or limitElapsed after either.',
      pipe(fixed(100), either(exponential(50)), spread, capDelay(500), five)
    ],
    [
      'hot-loop',
      pipe(immediate, limitElapsed('1m')),
      'Comes to retry without any wait, with no limit to their number, as fast as the machine can: add a wait, or limitRetries.',
      pipe(immediate, limitElapsed('1m'), limitRetries(100))
    ],
    [
      'no-jitter',
      five(fixed(100)),
      "Has no jitter: clients that fail together come back together; add withJitter('full'), or 'equal' or a fraction if waits should stay near their length.",
      pipe(fixed(100), five, withJitter(0.01))
    ],
    [
      'no-jitter',
      pipe(fixed(100), five, withJitter(0)),
      "Has no jitter (withJitter(0) spreads nothing): clients that fail together come back together; add withJitter('full'), or 'equal' or a fraction if waits should stay near their length.",
      pipe(decorrelated(100), five)
    ],
    [
      'no-jitter',
      pipe(good, andThen(pipe(fixed(100), five))),
      "Has no jitter in stage 2: clients that fail together come back together; add withJitter('full'), or 'equal' or a fraction if waits should stay near their length.",
      pipe(exponential(100), five, andThen(pipe(fixed(100), five)), spread)
    ],
    [
      'no-jitter',
      pipe(exponential(100), spread, limitRetries(3), floorDelay(400), capDelay(400)),
      'Jitter has no effect, since bounds leave only one length for each wait: move floorDelay and capDelay apart.',
      pipe(exponential(100), spread, limitRetries(3), floorDelay(399), capDelay(400))
    ],
    [
      'waits-grow-too-long',
      pipe(exponential('1s'), spread, limitRetries(15)),
      // 2^12 s is 1 h 8 min, and 2^14 s is 4 h 33 min 4 s.
      'Waits grow to 4 h 33 min 4 s, beyond 1 h from retry 13 on: add capDelay, or allow fewer retries.',
      pipe(exponential('1s'), spread, limitRetries(12))
    ],
    [
      'waits-grow-too-long',
      pipe(fibonacci('1m'), spread, andThen(fixed('2h'))),
      'Waits grow without end in stage 1, beyond 1 h from retry 11 on: add capDelay.',
      pipe(fibonacci('1m'), spread, capDelay('1h'), five, andThen(pipe(fixed('2h'), spread, five)))
    ],
    [
      'policy-fault',
      pipe(
        custom('broken', ({ retry }) => (retry < 2 ? { from: 5, to: 9 } : NaN)),
        five
      ),
      "Ends the call as a PolicyFault after attempt 3: the answer of custom 'broken' must be milliseconds >= 0 or a text like '2s', got NaN.",
      pipe(
        custom('fine', ({ retry }) => (retry < 2 ? { from: 5, to: 9 } : 'stop')),
        five
      )
    ],
    // --- the end
    [
      'never-stops',
      pipe(fixed(100), five, andThen(spread(fixed(100)))),
      'Never stops while failures go on: add limitRetries or limitElapsed, or put withTimeout around withRetry.',
      pipe(fixed(100), five, andThen(good))
    ],
    // A good part and one that never stops are no either of which one is limited.
    [
      'never-stops',
      pipe(spread(exponential(50)), either(fixed(100)), capDelay(500)),
      'Never stops while failures go on: add limitRetries or limitElapsed, or put withTimeout around withRetry.',
      pipe(good, either(good))
    ],
    [
      'hot-loop',
      pipe(delays(Array.from({ length: 24 }, () => 100)), andThen(fixed(0.9)), limitElapsed('1m')),
      'Comes to retry without any wait, with no limit to their number, as fast as the machine can: add a wait, or limitRetries.',
      custom('a millisecond', () => 1)
    ],
    [
      'hot-loop',
      custom('hot', () => 0),
      'Comes to retry without any wait, with no limit to their number, as fast as the machine can: add a wait, or limitRetries.',
      custom('twice at once', ({ retry }) => (retry < 2 ? 0 : 'stop'))
    ],
    [
      'hot-loop',
      shrinking,
      'Comes to retry without any wait, with no limit to their number, as fast as the machine can: add a wait, or limitRetries.',
      custom('in turns', ({ retry }) => (retry % 2 === 0 ? 0 : 100))
    ],
    [
      'policy-fault',
      custom('odd', () => {
        throw 'no plan'
      }),
      'Ends the call as a PolicyFault after attempt 1: no plan.',
      custom('over', () => 'stop')
    ],
    [
      'policy-fault',
      custom('odd', () => {
        throw [42]
      }),
      'Ends the call as a PolicyFault after attempt 1: [42].',
      never
    ],
    // --- jitter
    [
      'no-jitter',
      five(fixed(1)),
      `Has no jitter: ${jitterAdvice}`,
      // Waits of nothing, and the first alone without a choice.
      pipe(fixed(0.9), five)
    ],
    [
      'no-jitter',
      pipe(exponential(100), withJitter(0), spread, limitRetries(3), floorDelay(400), capDelay(400)),
      'Jitter has no effect, since bounds leave only one length for each wait: move floorDelay and capDelay apart.',
      pipe(exponential(100), spread, five, floorDelay(100))
    ],
    [
      'no-jitter',
      pipe(good, andThen(pipe(fixed(100), five)), andThen(pipe(fixed(200), five))),
      `Has no jitter in stage 2 and stage 3: ${jitterAdvice}`,
      pipe(good, andThen(good), andThen(good))
    ],
    [
      'no-jitter',
      pipe(good, andThen(pipe(good, andThen(pipe(fixed(100), five)), capDelay('1m')))),
      `Has no jitter in stage 2, stage 2: ${jitterAdvice}`,
      pipe(good, andThen(pipe(good, andThen(good), capDelay('1m'))))
    ],
    // What no when chooses has no name of its own.
    [
      'no-jitter',
      pipe(good, andThen(pipe(good, andThen(pipe(fixed(100), five)), when('A', good)))),
      `Has no jitter in stage 2, stage 2: ${jitterAdvice}`,
      pipe(fixed(100), five, when('A', fixed(1)), spread)
    ],
    [
      'no-jitter',
      pipe(good, andThen(good), floorDelay(400), capDelay(400)),
      'Jitter has no effect, since bounds leave only one length for each wait: move floorDelay and capDelay apart.',
      pipe(good, andThen(good), capDelay(400))
    ],
    ['no-jitter', five(linear(0, 100)), `Has no jitter: ${jitterAdvice}`, five(immediate)],
    // --- growth
    [
      'waits-grow-too-long',
      pipe(exponential('1s'), both(fixed(1)), spread, limitRetries(15)),
      'Waits grow to 4 h 33 min 4 s, beyond 1 h from retry 13 on: add capDelay, or allow fewer retries.',
      pipe(exponential('1s'), either(fixed(1)), spread, limitRetries(15))
    ],
    [
      'waits-grow-too-long',
      pipe(linear('12m'), spread),
      'Waits grow without end, beyond 1 h from retry 6 on: add capDelay.',
      pipe(linear('12m'), spread, limitTotalDelay('100h'))
    ],
    // The waits drawn last may be 3, 9, 27 … s.
    [
      'waits-grow-too-long',
      decorrelated('1s'),
      'Waits grow without end, beyond 1 h from retry 8 on: add capDelay.',
      pipe(decorrelated('1s'), limitElapsed('100h'))
    ],
    [
      'waits-grow-too-long',
      pipe(exponential('1s'), spread, limitRetries(15), delayFrom(retryAfter, { max: '100h' })),
      'Waits grow to 4 h 33 min 4 s, beyond 1 h from retry 13 on: add capDelay, or allow fewer retries.',
      pipe(exponential('1s'), spread, limitRetries(15), limitDelay('5h'))
    ],
    // Up to a hundred times the first wait is as meant: 2 min, 24 min, 46 min, 68 min … 200 min.
    [
      'waits-grow-too-long',
      pipe(linear('2m', '22m'), limitRetries(10)),
      'Waits grow to 3 h 20 min, beyond 1 h from retry 4 on: add capDelay, or allow fewer retries.',
      pipe(linear('2m', '22m'), limitRetries(9))
    ],
    // 10^10 + 9 · 1.1 · 10^11 ms is 10^12 ms.
    [
      'waits-grow-too-long',
      pipe(linear(1e10, 1.1e11), limitRetries(10)),
      'Waits grow to 32 years, beyond 1 h from retry 1 on: add capDelay, or allow fewer retries.',
      // What is listed is meant.
      pipe(delays(['1s', '2h']), spread)
    ],
    // 2^30 s
    [
      'waits-grow-too-long',
      pipe(exponential('1s'), limitRetries(31)),
      'Waits grow without end, beyond 1 h from retry 13 on: add capDelay, or allow fewer retries.',
      pipe(exponential('1s', 1), both(delays(['1s', '2h'])), spread)
    ],
    // The bounds of the whole hold for each of its stages.
    ...[capDelay('5h'), limitDelay('5h'), limitElapsed('5h'), limitTotalDelay('5h'), limitRetries(12)].map(
      (bound): Row => [
        'waits-grow-too-long',
        pipe(exponential('1s'), spread, andThen(good)),
        'Waits grow without end in stage 1, beyond 1 h from retry 13 on: add capDelay.',
        pipe(exponential('1s'), spread, andThen(good), bound)
      ]
    )
  ])('%s', (rule, has, message, hasNot) => {
    expect(lint(has)).toContainEqual({ rule, message })
    expect(lint(hasNot).map((warning) => warning.rule)).not.toContain(rule)
  })

  it('the schedules that a when chooses -> left to others', () => {
    expect(lintCourse(pipe(good, when('A', fixed(100)), when('B', fixed(200))))).toEqual([])
  })
})
