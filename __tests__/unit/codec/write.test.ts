/** What is written: one canonical form, with all durations in milliseconds. */
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
  recordFailures,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { encodePolicy, showConfigError } from 'reprise/codec'
import { pipe } from 'fp-ts/lib/function.js'

class Timeout extends Error {}
const isTransient = (): boolean => true
const isFinal = (): boolean => true
const Numbers = t.array(t.number)
const retryAfter = (): number => 100
const squares = ({ retry }: { readonly retry: number }): number => retry ** 2
const half = (delay: number): number => delay / 2

const registry = {
  conditions: { Timeout, transient: isTransient },
  validators: { isFinal, Numbers },
  hints: { retryAfter },
  schedules: { squares },
  delays: { half }
}

const json = (policy: AnyPolicy): unknown => {
  const encoded = encodePolicy(registry)(policy)
  return encoded._tag === 'Right' ? encoded.right : encoded.left
}

const errors = (policy: AnyPolicy): ReadonlyArray<string> => {
  const encoded = encodePolicy(registry)(policy)
  return encoded._tag === 'Left' ? encoded.left.map(showConfigError) : []
}

describe('encodePolicy', () => {
  it.each<[unknown, AnyPolicy]>([
    [{ exponential: 200 }, exponential('200ms')],
    [{ exponential: { base: 1000, factor: 3 } }, exponential('1s', 3)],
    [{ linear: 100 }, linear(100, 100)],
    [{ linear: { base: 100, step: 0 } }, linear(100, 0)],
    [{ fixed: 1500 }, fixed('1.5s')],
    [{ immediate: true }, immediate],
    [{ immediate: true }, fixed(0)],
    [{ fibonacci: 10 }, fibonacci(10)],
    [{ decorrelated: 10 }, decorrelated(10)],
    [{ delays: [1000, 0] }, delays(['1s', 0])],
    [{ never: true }, never],
    [{ custom: 'squares' }, custom('squares', squares)],
    [{ mapDelay: { name: 'half', policy: { fixed: 1 } } }, mapDelay('half', half)(fixed(1))],
    [
      { when: { condition: 'A', policy: { fixed: 1 }, otherwise: { fixed: 2 } } },
      when('A', fixed(1))(fixed(2))
    ],
    [
      { andThen: [{ fixed: 1 }, { fixed: 2 }, { fixed: 3 }] },
      pipe(fixed(1), andThen(fixed(2)), andThen(fixed(3)))
    ],
    [
      { andThen: [{ fixed: 1 }, { andThen: [{ fixed: 2 }, { fixed: 3 }] }] },
      pipe(fixed(1), andThen(pipe(fixed(2), andThen(fixed(3)))))
    ],
    [
      { both: [{ both: [{ fixed: 1 }, { fixed: 2 }], limitRetries: 3 }, { fixed: 3 }] },
      pipe(fixed(1), both(fixed(2)), limitRetries(3), both(fixed(3)))
    ],
    [
      { either: [{ fixed: 1 }, { fixed: 2 }, { fixed: 3 }] },
      pipe(fixed(1), either(fixed(2)), either(fixed(3)))
    ],
    [
      { either: [{ both: [{ fixed: 1 }, { fixed: 2 }] }, { fixed: 3 }] },
      pipe(fixed(1), both(fixed(2)), either(fixed(3)))
    ],
    [
      {
        fixed: 1,
        withJitter: [0.3, 'full'],
        floorDelay: 1,
        capDelay: 2,
        limitRetries: 3,
        limitDelay: 4,
        limitTotalDelay: 5,
        limitElapsed: 6,
        recordFailures: 7
      },
      pipe(
        fixed(1),
        withJitter(0.3),
        withJitter('full'),
        floorDelay(1),
        capDelay(2),
        limitRetries(3),
        limitDelay(4),
        limitTotalDelay(5),
        limitElapsed(6),
        recordFailures(7)
      )
    ],
    [
      { fixed: 1, delayFrom: { hint: 'retryAfter', max: 60_000 } },
      delayFrom(retryAfter, { max: '1m' })(fixed(1))
    ],
    [{ fixed: 1, retryUntil: ['isFinal', 'Numbers'] }, retryUntil([isFinal, Numbers])(fixed(1))],
    [{ fixed: 1, retryOn: { condition: 'transient' } }, retryOn(isTransient)(fixed(1))],
    [
      { fixed: 1, retryOn: ['A', { condition: 'Timeout' }, { allOf: [{ not: 'B' }, { anyCause: ['C'] }] }] },
      retryOn(['A', Timeout, allOf([not('B'), anyCause(['C'])])])(fixed(1))
    ],
    [{ fixed: 1, abortOn: 'A' }, abortOn('A')(fixed(1))],
    [{ fixed: 1, abortOn: [['A']] }, abortOn(['A'])(fixed(1))],
    [{ fixed: 1, abortOn: ['A', ['B', 'C']] }, pipe(fixed(1), abortOn('A'), abortOn(['B', 'C']))]
  ])('%j', (expected, policy) => {
    expect(json(policy)).toEqual(expected)
  })

  it('what is written is plain JSON', () => {
    const written = json(pipe(exponential(1, 3), retryOn({ _tag: 'named', name: 'A' })))
    expect(JSON.parse(JSON.stringify(written))).toStrictEqual(written)
  })
})

describe('what cannot be stored', () => {
  const other = (): boolean => true
  const among = (kind: string): string =>
    `expected something that the registry has among its ${kind}, got the function other`

  it.each<[string, AnyPolicy, ReadonlyArray<string>]>([
    ['a condition', retryOn(other)(fixed(1)), [`retryOn.condition: ${among('conditions')}`]],
    [
      'an error class',
      retryOn(['A', not(TypeError)])(fixed(1)),
      [
        'retryOn.1.not.condition: expected something that the registry has among its conditions, got the function TypeError'
      ]
    ],
    [
      'all of several',
      pipe(fixed(1), retryOn(other), abortOn('A'), abortOn(other), retryUntil([isFinal, other])),
      [
        `retryOn.condition: ${among('conditions')}`,
        `abortOn.1.condition: ${among('conditions')}`,
        `retryUntil.1: ${among('validators')}`
      ]
    ],
    [
      'a decoder',
      retryUntil(t.string)(fixed(1)),
      ['retryUntil: expected something that the registry has among its validators, got an object']
    ],
    [
      'a hint',
      delayFrom(() => 1, { max: 1 })(fixed(1)),
      ['delayFrom.hint: expected something that the registry has among its hints, got a function']
    ],
    [
      'a custom schedule under another name',
      pipe(fixed(1), andThen(custom('cubes', squares))),
      [
        "andThen.1.custom: expected what the registry has among its schedules as 'cubes', got the function squares"
      ]
    ],
    [
      'a custom schedule of the same name',
      custom('squares', () => 1),
      ["custom: expected what the registry has among its schedules as 'squares', got a function"]
    ],
    [
      'an inherited name',
      mapDelay('toString', half)(fixed(1)),
      ["mapDelay.name: expected what the registry has among its delays as 'toString', got the function half"]
    ],
    [
      'more than 1000 values',
      delays(new Array<number>(999).fill(1)),
      [
        'configuration: expected what is stored as at most 5000 values (1000 in a policy), in 32 levels, got an object'
      ]
    ],
    [
      'what is no policy',
      { schedule: { _tag: 'fixed', delay: 1 } },
      ['configuration: expected a policy made by constructors, got an object']
    ],
    ['null', null as never, ['configuration: expected a policy made by constructors, got null']]
  ])('%s -> says where and what', (_, policy, expected) => {
    expect(errors(policy)).toEqual(expected)
  })

  it('a pipe of 100 combinators of one kind -> stored: no deeper than a list', () => {
    const policy = Array.from({ length: 100 }, (_, i) => fixed(i + 1)).reduce((self, next) =>
      pipe(self, both(next))
    )
    expect(errors(policy)).toEqual([])
  })

  it('a decoder of any size -> stored by its name', () => {
    const large = {
      name: 'large',
      table: new Array(20_000).fill(1),
      decode: (value: unknown) => t.unknown.decode(value)
    }
    const encoded = encodePolicy({ validators: { large } })(retryUntil(large)(fixed(1)))
    expect(encoded).toEqual({ _tag: 'Right', right: { fixed: 1, retryUntil: 'large' } })
  })

  it('nested deeper than what is decoded -> refused', () => {
    const policy = Array.from({ length: 17 }).reduce<AnyPolicy>(
      (self) => mapDelay('half', half)(self),
      fixed(1)
    )
    expect(errors(policy)).toEqual([
      expect.stringContaining(': expected at most 32 levels of nesting, got an object')
    ])
  })

  it('conditions of exponential size, which nobody could look through -> refused', () => {
    const condition = Array.from({ length: 60 }).reduce<ReturnType<typeof not>>(
      (inner) => allOf([inner, inner]),
      not('A')
    )
    expect(errors(retryOn(condition)(fixed(1)))).toEqual([
      'configuration: expected what is stored as at most 5000 values (1000 in a policy), in 32 levels, got an object'
    ])
  })
})
