import { decodePolicy, type Registry } from 'reprise/codec'
import { hold } from '../../../src/codec/Registry.js'
import { thrown } from '../../support/bad.js'

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
    ['null for all', null, 'TypeError: registry must be …, got null'],
    ['a text for all', 'x', 'RangeError: registry must be …, got "x"'],
    ['null for a kind', { conditions: null }, 'TypeError: registry: its conditions must be …, got null'],
    [
      'a misspelt kind',
      { condition: { isTransient } },
      'TypeError: registry: there is no kind condition; there are conditions, validators, schedules, delays, hints'
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
