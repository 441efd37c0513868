/** What is decoded: each key of the format builds what the constructor or combinator of its name builds. */
import * as t from 'io-ts'
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
  PolicyEq,
  PolicyShow,
  recordFailures,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { decodePolicy, showConfigError } from 'reprise/codec'
import { pipe } from 'fp-ts/lib/function.js'
import { policyForms } from '../../../src/codec/Policy.js'
import { hold } from '../../../src/codec/Registry.js'
import * as Eq from '../../../src/policy/Eq.js'
import { unexplained } from '../../support/schemas.js'

class Timeout extends Error {}
const isTransient = (): boolean => true
const isFinal = (): boolean => true
const Numbers = t.array(t.number)
const retryAfter = (): number => 100
const squares = ({ retry }: { readonly retry: number }): number => retry ** 2
const half = (delay: number): number => delay / 2

const registry = {
  conditions: { Timeout, isTransient },
  validators: { isFinal, Numbers },
  hints: { retryAfter },
  schedules: { squares },
  delays: { half }
}

const decode = decodePolicy(registry)

const same = (json: unknown, policy: AnyPolicy): void => {
  const decoded = decode(json)
  expect(
    decoded._tag === 'Left' ? decoded.left.map(showConfigError) : PolicyShow.show(decoded.right)
  ).toEqual(PolicyShow.show(policy))
  expect(decoded._tag === 'Right' && PolicyEq.equals(decoded.right, policy)).toBe(true)
}

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decode(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError) : []
}

describe('schedules', () => {
  it.each<[unknown, AnyPolicy]>([
    [{ exponential: '200ms' }, exponential(200)],
    [{ exponential: { base: '1s', factor: 3 } }, exponential(1000, 3)],
    [{ exponential: { base: '1s' } }, exponential(1000)],
    [{ linear: 100 }, linear(100)],
    [{ linear: { base: 100, step: '5ms' } }, linear(100, 5)],
    [{ fixed: '1.5s' }, fixed(1500)],
    [{ fixed: 0 }, immediate],
    [{ fibonacci: 10 }, fibonacci(10)],
    [{ decorrelated: '1s' }, decorrelated(1000)],
    [{ delays: ['1s', 500] }, delays([1000, 500])],
    [{ delays: [] }, never],
    [{ immediate: true }, immediate],
    [{ never: true }, never],
    [{ custom: 'squares' }, custom('squares', squares)],
    [{ andThen: [{ fixed: 1 }, { fixed: 2 }] }, pipe(fixed(1), andThen(fixed(2)))],
    [{ both: [{ fixed: 1 }, { linear: 2 }] }, pipe(fixed(1), both(linear(2)))],
    [{ either: [{ fixed: 1 }, { fixed: 2 }] }, pipe(fixed(1), either(fixed(2)))],
    [
      { andThen: [{ fixed: 1, limitRetries: 2 }, { delays: [5] }, { fixed: 3 }] },
      pipe(fixed(1), limitRetries(2), andThen(delays([5])), andThen(fixed(3)))
    ],
    [
      { when: { condition: 'Slow', policy: { fixed: '1m' }, otherwise: { exponential: 100 } } },
      pipe(exponential(100), when('Slow', fixed(60_000)))
    ],
    [{ mapDelay: { name: 'half', policy: { fixed: 4 } } }, pipe(fixed(4), mapDelay('half', half))]
  ])('%j', same)
})

describe('settings', () => {
  it.each<[unknown, AnyPolicy]>([
    [{ withJitter: 'full' }, withJitter('full')(fixed(1))],
    [{ withJitter: 0.3 }, withJitter(0.3)(fixed(1))],
    [{ withJitter: ['equal', 0.5] }, pipe(fixed(1), withJitter('equal'), withJitter(0.5))],
    [{ withJitter: [] }, fixed(1)],
    [{ floorDelay: '1s' }, floorDelay(1000)(fixed(1))],
    [{ capDelay: '1s' }, capDelay(1000)(fixed(1))],
    [{ limitRetries: 0 }, limitRetries(0)(fixed(1))],
    [{ limitDelay: 5 }, limitDelay(5)(fixed(1))],
    [{ limitTotalDelay: 5 }, limitTotalDelay(5)(fixed(1))],
    [{ limitElapsed: '1h' }, limitElapsed(3_600_000)(fixed(1))],
    [{ recordFailures: 3 }, recordFailures(3)(fixed(1))],
    [{ delayFrom: { hint: 'retryAfter', max: '1m' } }, delayFrom(retryAfter, { max: 60_000 })(fixed(1))],
    [
      {
        delayFrom: [
          { hint: 'retryAfter', max: 5 },
          { hint: 'retryAfter', max: 6 }
        ]
      },
      pipe(fixed(1), delayFrom(retryAfter, { max: 5 }), delayFrom(retryAfter, { max: 6 }))
    ],
    [{ abortOn: 'A' }, abortOn('A')(fixed(1))],
    [{ abortOn: ['A', 'B'] }, pipe(fixed(1), abortOn('A'), abortOn('B'))],
    [{ abortOn: [['A', 'B']] }, abortOn(['A', 'B'])(fixed(1))],
    [{ retryUntil: 'isFinal' }, retryUntil(isFinal)(fixed(1))],
    [{ retryUntil: ['isFinal', 'Numbers'] }, retryUntil([isFinal, Numbers])(fixed(1))],
    [
      { limitRetries: 3, abortOn: 'A', capDelay: 5, retryOn: 'B' },
      pipe(fixed(1), retryOn('B'), limitRetries(3), capDelay(5), abortOn('A'))
    ]
  ])('%j', (json, policy) => same({ fixed: 1, ...(json as object) }, policy))

  it('of a part that apply to the whole call -> lifted, as in code', () => {
    same(
      {
        both: [
          { fixed: 1, abortOn: 'A', recordFailures: 3 },
          { fixed: 2, retryUntil: 'isFinal' }
        ],
        abortOn: 'B'
      },
      pipe(fixed(1), abortOn('A'), recordFailures(3), both(pipe(fixed(2), retryUntil(isFinal))), abortOn('B'))
    )
  })

  it('retryOn around a when -> for all others, as in code', () => {
    same(
      { when: { condition: 'A', policy: { fixed: 1 }, otherwise: { fixed: 2 } }, retryOn: 'B' },
      pipe(fixed(2), when('A', fixed(1)), retryOn('B'))
    )
  })
})

describe('conditions', () => {
  it.each<[unknown, AnyPolicy]>([
    ['ECONNRESET', retryOn('ECONNRESET')(fixed(1))],
    // A text is never a name of the registry.
    ['Timeout', retryOn('Timeout')(fixed(1))],
    [{ condition: 'Timeout' }, retryOn(Timeout)(fixed(1))],
    [{ condition: 'isTransient' }, retryOn(isTransient)(fixed(1))],
    [[], retryOn([])(fixed(1))],
    [['A', { condition: 'Timeout' }], retryOn(['A', Timeout])(fixed(1))],
    [{ allOf: ['A', { not: 'B' }] }, retryOn(allOf(['A', not('B')]))(fixed(1))],
    [{ not: ['A', 'B'] }, retryOn(not(['A', 'B']))(fixed(1))],
    [{ anyCause: { condition: 'Timeout' } }, retryOn(anyCause(Timeout))(fixed(1))]
  ])('%j', (json, policy) => same({ fixed: 1, retryOn: json }, policy))
})

describe('errors', () => {
  const duration = "expected milliseconds >= 0 or a text like '2s'"
  const condition = 'expected a condition (a text, a list, or one of condition, allOf, not, anyCause)'
  const schedule =
    'a key of exponential, linear, fixed, fibonacci, decorrelated, delays, immediate, never, custom, andThen, both, either, when, mapDelay'

  it.each<[unknown, ReadonlyArray<string>]>([
    [null, ['configuration: expected a policy, got null']],
    [[{ fixed: 1 }], ['configuration: expected a policy, got a list of 1']],
    [{}, [`configuration: expected ${schedule}, got an object`]],
    [{ limitRetries: 1 }, [`configuration: expected ${schedule}, got an object`]],
    [{ fixed: 1, never: true }, ['configuration: expected only one of fixed, never, got an object']],
    [{ fixed: '1 s' }, [`fixed: ${duration}, got "1 s"`]],
    [{ fixed: -1 }, [`fixed: ${duration}, got -1`]],
    [{ fixed: 2 ** 53 }, [`fixed: ${duration}, got 9007199254740992`]],
    [{ exponential: [1, 2] }, [`exponential: ${duration}, or { base, factor }, got a list of 2`]],
    [{ exponential: { factor: 2 } }, [`exponential.base: ${duration}, got nothing`]],
    [{ exponential: { base: 1, factor: -2 } }, ['exponential.factor: expected a number >= 0, got -2']],
    [
      { exponential: { base: 1, step: 2 } },
      ['exponential.step: expected one of the keys base, factor, got 2']
    ],
    [{ linear: [1] }, [`linear: ${duration}, or { base, step }, got a list of 1`]],
    [{ linear: { step: 2 } }, [`linear.base: ${duration}, got nothing`]],
    [{ delays: '1s' }, ['delays: expected a list of durations, got "1s"']],
    [{ delays: ['1s', 'x', null] }, [`delays.1: ${duration}, got "x"`, `delays.2: ${duration}, got null`]],
    [{ immediate: false }, ['immediate: expected true, got false']],
    [{ custom: 'cubes' }, ['custom: expected a name in the registry\'s schedules (squares), got "cubes"']],
    [
      { custom: 'toString' },
      ['custom: expected a name in the registry\'s schedules (squares), got "toString"']
    ],
    [{ andThen: [{ fixed: 1 }] }, ['andThen: expected a list of two or more policies, got a list of 1']],
    [{ when: 'A' }, ['when: expected { condition, policy, otherwise }, got "A"']],
    [
      { when: {} },
      [
        `when.condition: ${condition}, got nothing`,
        'when.policy: expected a policy, got nothing',
        'when.otherwise: expected a policy, got nothing'
      ]
    ],
    [{ mapDelay: 'half' }, ['mapDelay: expected { name, policy }, got "half"']],
    [
      { mapDelay: {} },
      [
        "mapDelay.name: expected a name in the registry's delays (half), got nothing",
        'mapDelay.policy: expected a policy, got nothing'
      ]
    ],
    [
      { fixed: 1, delayFrom: 'retryAfter' },
      ['delayFrom: expected { hint, max }, or a list of these, got "retryAfter"']
    ],
    [{ both: [{ fixed: 1 }, 2] }, ['both.1: expected a policy, got 2']],
    [{ both: [{ fixed: 1 }, { fixed: 'x' }] }, [`both.1.fixed: ${duration}, got "x"`]],
    [{ fixed: 1, limitRetries: 1.5 }, ['limitRetries: expected a whole number >= 0, got 1.5']],
    [{ fixed: 1, limitRetries: '3' }, ['limitRetries: expected a whole number >= 0, got "3"']],
    [{ fixed: 1, recordFailures: 0 }, ['recordFailures: expected a whole number >= 1, got 0']],
    [
      { fixed: 1, withJitter: 1.1 },
      ['withJitter: expected a number from 0 to 1, full or equal, or a list of these, got 1.1']
    ],
    [
      { fixed: 1, withJitter: [0.1, 'ful'] },
      ['withJitter.1: expected a number from 0 to 1, full or equal, got "ful"']
    ],
    [{ fixed: 1, delayFrom: { hint: 'retryAfter' } }, [`delayFrom.max: ${duration}, got nothing`]],
    [{ fixed: 1, retryOn: '' }, [`retryOn: ${condition}, got ""`]],
    [{ fixed: 1, retryOn: ['A', 3] }, [`retryOn.1: ${condition}, got 3`]],
    [{ fixed: 1, retryOn: { not: { not: 3 } } }, [`retryOn.not.not: ${condition}, got 3`]],
    [
      { fixed: 1, retryOn: {} },
      ['retryOn: expected a key of condition, allOf, not, anyCause, got an object']
    ],
    [
      { fixed: 1, abortOn: [{ condition: 'nope' }] },
      [
        'abortOn.0.condition: expected a name in the registry\'s conditions (Timeout, isTransient), got "nope"'
      ]
    ],
    [
      { fixed: 1, retryUntil: ['isFinal', 'isfinal'] },
      [
        'retryUntil.1: expected the name isFinal, or a name in the registry\'s validators (isFinal, Numbers), got "isfinal"'
      ]
    ]
  ])('%j -> %j', (json, expected) => {
    expect(errors(json)).toEqual(expected)
  })

  it('an unknown key -> names the nearest and all others', () => {
    expect(errors({ fixed: 1, limitRetrys: 3 })).toEqual([
      'limitRetrys: expected the key limitRetries, or one of the keys exponential, linear, fixed, fibonacci, ' +
        'decorrelated, delays, immediate, never, custom, andThen, both, either, when, mapDelay, retryOn, withJitter, ' +
        'delayFrom, floorDelay, capDelay, limitRetries, limitDelay, limitTotalDelay, limitElapsed, abortOn, ' +
        'retryUntil, recordFailures, got 3'
    ])
  })

  it('many errors -> all of them', () => {
    expect(errors({ fixed: 'x', limitRetries: -1, retryOn: [1, { not: 2 }], never: 1 })).toEqual([
      `fixed: ${duration}, got "x"`,
      'limitRetries: expected a whole number >= 0, got -1',
      `retryOn.0: ${condition}, got 1`,
      `retryOn.1.not: ${condition}, got 2`,
      'never: expected true, got 1',
      'configuration: expected only one of fixed, never, got an object'
    ])
  })

  it('an empty registry -> says that there are none', () => {
    const decoded = decodePolicy({})({ custom: 'squares' })
    expect(decoded._tag === 'Left' && decoded.left).toEqual([
      { path: 'custom', value: 'squares', expected: "a name in the registry's schedules (there are none)" }
    ])
  })
})

describe('policyForms', () => {
  const { policy, definitions } = policyForms(hold({}))

  it('schemas -> explain every key', () => {
    expect(Object.keys(definitions.policy['properties'] as object)).toHaveLength(26)
    expect(unexplained({ ...definitions })).toEqual([])
    expect(definitions.policy['description']).toBe('A retry policy: one schedule, and any settings.')
  })

  it('a policy within a policy -> refers to the definition', () => {
    expect(policy.schema).toEqual({ $ref: '#/definitions/policy' })
    expect(definitions.policy).toMatchObject({
      properties: { both: { type: 'array', minItems: 2, items: { $ref: '#/definitions/policy' } } }
    })
  })
})

describe('limits', () => {
  const policyOf = (values: number): unknown => ({ delays: new Array(values - 2).fill(1) })

  it('1000 values -> decoded; 1001 -> refused', () => {
    expect(errors(policyOf(1000))).toEqual([])
    expect(errors(policyOf(1001))).toEqual([
      'configuration: expected a policy of at most 1000 values, got an object'
    ])
  })

  it('a small text that comes to a large policy -> refused', () => {
    // Each `either` gives its new side the conditions of all sides before.
    const some = { both: [{ fixed: 1, retryOn: ['A', 'B', 'C'] }, { fixed: 2 }] }
    const json = { either: [some, ...Array.from({ length: 40 }, () => ({ fixed: 1 }))] }
    expect(errors(json)).toEqual([
      'configuration: expected what is stored as at most 5000 values (1000 in a policy), in 32 levels, got an object'
    ])
  })

  it('what combinations would compare again and again -> each pair once at most', () => {
    let compared = 0
    // No two of these are the same.
    const same = jest.spyOn(Eq, 'sameData').mockImplementation(() => {
      if ((compared += 1) > 940 * 940) throw new Error('compares again and again')
      return false
    })
    const leaf = { fixed: 1, abortOn: Array.from({ length: 940 }, (_, i) => `E${i}`) }
    const json = Array.from({ length: 14 }).reduce<unknown>(
      (policy) => ({ mapDelay: { name: 'half', policy } }),
      leaf
    )
    expect(errors(json)).toEqual([])
    same.mockRestore()
  })
})
