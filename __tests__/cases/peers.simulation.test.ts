import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  exponential,
  fixed,
  immediate,
  limitElapsed,
  limitRetries,
  mapDelay,
  PolicyShow,
  simulate,
  withJitter
} from 'reprise'
import { replies } from '../support/replies.js'

// `simulate` is given the failures themselves: k+1 of them for k iterations.
it.each([
  [0, ['Exhausted'], 0],
  [3, [100, 200, 400, 'Exhausted'], 3]
])('S-01 simulate(%d, policy) -> k+1 pairs %j', (k, expected, limit) => {
  const policy = pipe(exponential(100), limitRetries(limit))
  expect(replies(policy, k + 1)).toEqual(expected)
  expect(simulate(policy, k + 1).map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4].slice(0, k + 1))
})

// "Now" is the time since the call began: each input says how long its attempt took.
it('S-02 run a schedule over a list of inputs -> its outputs, stopping early when it stops', () => {
  const inputs = [5, 10, 20, 40, 80].map(
    (duration) => ({ _tag: 'Threw', error: 'failure', duration }) as const
  )
  const limited = simulate(pipe(fixed(100), limitRetries(2)), inputs)
  expect(limited.map(({ _tag, elapsed }) => [_tag, elapsed])).toEqual([
    ['Retry', 5],
    ['Retry', 115],
    ['GiveUp', 235]
  ])
  // At 5 and 115 the wait ends at 105 and 215; at 235 it would end at 335.
  expect(replies(pipe(fixed(100), limitElapsed(334)), inputs)).toEqual([100, 100, 'Exhausted'])
  expect(replies(pipe(fixed(100), limitElapsed(335)), inputs)).toEqual([100, 100, 100, 'Exhausted'])
  expect(replies(fixed(100), inputs)).toEqual([100, 100, 100, 100, 100])
})

// A policy is printed as the code that would build it.
it.each([
  ['exponential(100)', exponential(100)],
  ['pipe(exponential(100), both(fixed(400)))', pipe(exponential(100), both(fixed(400)))],
  [
    'pipe(immediate, limitRetries(2), andThen(pipe(exponential(100, 3), withJitter("full"))))',
    pipe(immediate, limitRetries(2), andThen(pipe(exponential(100, 3), withJitter('full'))))
  ],
  [
    'pipe(fixed(1), mapDelay("double", <function>))',
    pipe(
      fixed(1),
      mapDelay('double', (delay) => delay * 2)
    )
  ]
])('S-05 policy printed -> %s', (expected, policy) => {
  expect(PolicyShow.show(policy)).toBe(expected)
})
