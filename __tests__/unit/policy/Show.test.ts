import * as t from 'io-ts'
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
  fibonacci,
  fixed,
  floorDelay,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  not,
  PolicyShow,
  recordFailures,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'

const isBusy = (error: unknown): boolean => error === 'busy'

describe('PolicyShow', () => {
  it.each<[string, AnyPolicy]>([
    ['exponential(1000)', exponential('1s')],
    ['exponential(1000, 1.5)', exponential('1s', 1.5)],
    ['linear(100)', linear(100)],
    ['linear(100, 50)', linear(100, 50)],
    ['fixed(0.5)', fixed(0.5)],
    ['immediate', fixed(0)],
    ['immediate', immediate],
    ['fibonacci(100)', fibonacci(100)],
    ['decorrelated(100)', decorrelated(100)],
    ['delays([10, 250.5])', delays([10, 250.5])],
    ['never', never],
    ['fixed(9007199254740991)', fixed(Number.MAX_SAFE_INTEGER)],
    ['custom("mine", isBusy)', custom('mine', isBusy as never)],
    [
      'custom("a \\"b\\"", <function>)',
      custom(
        'a "b"',
        (
          () => () =>
            1
        )()
      )
    ],
    [
      'pipe(fixed(1), withJitter(0.5), withJitter("full"))',
      pipe(fixed(1), withJitter(0.5), withJitter('full'))
    ],
    ['pipe(fixed(1), mapDelay("abs", abs))', pipe(fixed(1), mapDelay('abs', Math.abs))],
    [
      'pipe(fixed(1), delayFrom(isBusy, { max: 60000 }))',
      pipe(fixed(1), delayFrom(isBusy as never, { max: '1m' }))
    ],
    [
      'pipe(fixed(1), delayFrom(<function>, { max: 5 }))',
      pipe(
        fixed(1),
        delayFrom(() => 1, { max: 5 })
      )
    ],
    [
      'pipe(fixed(1), floorDelay(1), capDelay(2), limitRetries(3), limitDelay(4), limitTotalDelay(5), limitElapsed(6), recordFailures(7))',
      pipe(
        fixed(1),
        recordFailures(7),
        limitElapsed(6),
        limitTotalDelay(5),
        limitDelay(4),
        limitRetries(3),
        capDelay(2),
        floorDelay(1)
      )
    ],
    ['pipe(fixed(1), both(fixed(2)))', pipe(fixed(1), both(fixed(2)))],
    [
      'pipe(fixed(1), limitRetries(3), either(pipe(fixed(2), capDelay(5))))',
      pipe(fixed(1), limitRetries(3), either(pipe(fixed(2), capDelay(5))))
    ],
    [
      'pipe(fixed(1), andThen(fixed(2)), andThen(fixed(3)))',
      pipe(fixed(1), andThen(fixed(2)), andThen(fixed(3)))
    ],
    [
      'pipe(fixed(1), andThen(pipe(fixed(2), andThen(fixed(3)))))',
      pipe(fixed(1), andThen(pipe(fixed(2), andThen(fixed(3)))))
    ],
    [
      'pipe(fixed(1), when("A", pipe(fixed(2), limitRetries(3))))',
      pipe(fixed(1), when('A', pipe(fixed(2), limitRetries(3))))
    ],
    ['pipe(fixed(1), both(fixed(2)), limitRetries(3))', pipe(fixed(1), both(fixed(2)), limitRetries(3))],
    ['pipe(fixed(1), retryOn("A"))', pipe(fixed(1), retryOn('A'))],
    [
      'pipe(fixed(1), retryOn(["A", TypeError, isBusy, <function>]))',
      pipe(
        fixed(1),
        retryOn([
          'A',
          TypeError,
          isBusy,
          (
            () => () =>
              true
          )()
        ])
      )
    ],
    ['pipe(fixed(1), retryOn([]))', pipe(fixed(1), retryOn([]))],
    [
      'pipe(fixed(1), retryOn(allOf([not(["A", "B"]), anyCause("C")])), abortOn("D"), abortOn(["E"]))',
      pipe(fixed(1), retryOn(allOf([not(['A', 'B']), anyCause('C')])), abortOn('D'), abortOn(['E']))
    ],
    [`pipe(fixed(1), retryOn("${'x'.repeat(100)}"))`, pipe(fixed(1), retryOn('x'.repeat(100)))],
    [
      'pipe(fixed(1), retryUntil(isBusy), retryUntil(number))',
      pipe(fixed(1), retryUntil([isBusy, t.number]))
    ],
    [
      'pipe(fixed(1), retryUntil(<function>))',
      pipe(
        fixed(1),
        retryUntil((result: unknown) => result === 1)
      )
    ]
  ])('%s', (text, policy) => {
    expect(PolicyShow.show(policy)).toBe(text)
  })
})
