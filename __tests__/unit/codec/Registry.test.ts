import * as t from 'io-ts'
import { circuitBreaker, limitSet, rateLimit, resourceLimit, retryBudget } from 'reprise'
import { decodePolicy, type Registry } from 'reprise/codec'
import { bareSet, hold } from '../../../src/codec/Registry.js'
import { message, thrown } from '../../support/bad.js'

const isTransient = (): boolean => true
class Timeout extends Error {}

describe('hold', () => {
  it('a registry -> things by name, and names by thing', () => {
    const { conditions, schedules } = hold({ conditions: { isTransient, Timeout } })
    expect([...conditions.all]).toEqual([
      ['isTransient', isTransient],
      ['Timeout', Timeout]
    ])
    expect([...conditions.of]).toContainEqual([Timeout, 'Timeout'])
    expect(schedules.all.size).toBe(0)
  })

  it('predicates and decoders of results -> held, each by itself', () => {
    const { validators } = hold({ validators: { isTransient, Text: t.string } })
    expect([validators.all.get('isTransient'), validators.all.get('Text')]).toEqual([isTransient, t.string])
    expect([validators.of.get(isTransient), validators.of.get(t.string)]).toEqual(['isTransient', 'Text'])
  })

  it('two names for one thing -> both are read, the first is written', () => {
    const { conditions } = hold({ conditions: { first: isTransient, second: isTransient } })
    expect([...conditions.all.keys()]).toEqual(['first', 'second'])
    expect(conditions.of.get(isTransient)).toBe('first')
  })

  it('inherited things -> not held', () => {
    const { conditions } = hold({
      conditions: Object.create({ isTransient }) as Record<string, () => boolean>
    })
    expect(conditions.all.size).toBe(0)
  })

  it('resources -> held as they are, sets alone or with what is asked of them', () => {
    const breaker = circuitBreaker({ consecutiveFailures: 5 })()
    const budget = retryBudget({ ratio: 0.2 })()
    const places = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()
    const tokens = limitSet([rateLimit({ key: 'tokens', capacity: 9, per: '1s' })])()
    const three = { set: tokens, request: { tokens: 3 } }
    const { limits, circuitBreakers, retryBudgets } = hold({
      limits: { places, three },
      circuitBreakers: { payments: breaker },
      retryBudgets: { shared: budget }
    })
    expect([limits.all.get('places'), limits.all.get('three')]).toEqual([places, three])
    expect([limits.of.get(places), limits.of.get(three), limits.of.get(tokens)]).toEqual([
      'places',
      'three',
      undefined
    ])
    expect([circuitBreakers.of.get(breaker), retryBudgets.of.get(budget)]).toEqual(['payments', 'shared'])
  })

  it.each<[string, unknown, string]>([
    [
      'a text',
      { conditions: { a: 'x' } },
      'RangeError: registry: \'a\' of its conditions must be …, got "x"'
    ],
    ['null', { hints: { a: null } }, "TypeError: registry: 'a' of its hints must be …, got null"],
    [
      'a decoder that is no validator',
      { delays: { a: { name: 'x', decode: () => 1 } } },
      "TypeError: registry: 'a' of its delays must be …, got [object Object]"
    ],
    [
      'a validator that is none',
      { validators: { a: { name: 'x' } } },
      "TypeError: registry: 'a' of its validators must be …, got [object Object]"
    ],
    [
      'a text among schedules',
      { schedules: { a: 'x' } },
      'RangeError: registry: \'a\' of its schedules must be …, got "x"'
    ],
    ['null for all', null, 'TypeError: registry must be …, got null'],
    ['a text for all', 'x', 'RangeError: registry must be …, got "x"'],
    ['null for a kind', { conditions: null }, 'TypeError: registry: its conditions must be …, got null'],
    [
      'a misspelt kind',
      { condition: { isTransient } },
      'TypeError: registry: there is no kind condition; there are conditions, validators, schedules, delays, hints, limits, circuitBreakers, retryBudgets'
    ],
    [
      'two misspelt kinds',
      { condition: {}, hint: {} },
      'TypeError: registry: there is no kind condition, hint; there are conditions, validators, schedules, delays, hints, limits, circuitBreakers, retryBudgets'
    ],
    [
      'a limit that is in no set',
      { limits: { a: resourceLimit({ key: 'place', capacity: 2 }) } },
      "TypeError: registry: 'a' of its limits must be …, got [object Object]"
    ],
    [
      'no set beside a request',
      { limits: { a: { set: undefined, request: { tokens: 1 } } } },
      "TypeError: registry: 'a' of its limits must be …, got undefined"
    ],
    [
      'options of a circuit breaker',
      { circuitBreakers: { a: { consecutiveFailures: 5 } } },
      "TypeError: registry: 'a' of its circuitBreakers must be …, got [object Object]"
    ],
    [
      'a budget among circuit breakers',
      { circuitBreakers: { a: retryBudget({ ratio: 0.2 })() } },
      "TypeError: registry: 'a' of its circuitBreakers must be …, got [object Object]"
    ],
    [
      'options of a budget',
      { retryBudgets: { a: { ratio: 0.2 } } },
      "TypeError: registry: 'a' of its retryBudgets must be …, got [object Object]"
    ],
    [
      'null among budgets',
      { retryBudgets: { a: null } },
      "TypeError: registry: 'a' of its retryBudgets must be …, got null"
    ],
    [
      'an empty name',
      { hints: { '': () => 1 } },
      'RangeError: registry: the name of one of its hints must be …, got ""'
    ]
  ])('%s -> throws', (_, registry, message) => {
    expect(thrown(() => hold(registry as Registry))).toBe(message)
    expect(thrown(() => decodePolicy(registry as Registry))).toBe(message)
  })
})

describe('hold, what it expects', () => {
  it.each<[Registry, string]>([
    [null as never, 'TypeError: registry must be an object, got null'],
    [
      { conditions: { a: 1 as never } },
      "RangeError: registry: 'a' of its conditions must be a function, got 1"
    ],
    [
      { validators: { a: { decode: 1 } as never } },
      "TypeError: registry: 'a' of its validators must be a function or a decoder, got [object Object]"
    ]
  ])('%j -> %s', (registry, expected) => {
    expect(message(() => hold(registry))).toBe(expected)
  })
})

describe('bareSet', () => {
  const set = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()
  const asking = { set, request: { place: 2 } }
  const using = { set, usage: () => ({}) }

  it.each([
    ['a set', set, set],
    ['a set in an object of its own', { set, request: undefined }, set],
    ['with a request', asking, asking],
    ['with a usage', using, using]
  ])('%s -> what it is known by', (_, limits, expected) => {
    expect(bareSet(limits)).toBe(expected)
  })
})
