import type { Scenario } from 'reprise/lab'
import { aftermathOf, isComparable, spellOf, toFleet } from '../../../src/cli/Fleets.js'
import { fleetOf, resultOf } from '../../support/fleets.js'

const world = { clients: 5, arrivals: { every: '1s' }, duration: '5s' } as const
const server = { capacity: 1, latency: 5 }

describe('spellOf', () => {
  test.each<[string, Scenario, unknown]>([
    ['no outage', { ...world, server }, undefined],
    ['contention', { clients: 5, contention: { message: 5 } }, undefined],
    [
      'two outages -> from the first to the last',
      {
        ...world,
        server: {
          ...server,
          outages: [
            { from: '3s', to: 4000, mode: 'silent' },
            { from: '2s', to: '2.5s', mode: 'down' }
          ]
        }
      },
      { from: 2000, to: 4000 }
    ]
  ])('%s', (_, scenario, expected) => expect(spellOf(scenario)).toEqual(expected))
})

/** An outage in the second second; the last request comes in the fourth. */
const spell = { from: 1000, to: 2000 }
const result = resultOf({}, [
  [10, 10, 10, 0],
  [10, 40, 0, 5],
  [10, 30, 2, 6],
  [10, 10, 6, 2],
  [0, 5, 9, 9]
])

describe('aftermathOf', () => {
  test('a run -> what came between the outage and the last request', () => {
    expect(aftermathOf([result], spell)).toEqual({ length: 2000, amplification: 2, failureRatio: 0.5 })
  })

  test('two runs -> of both', () => {
    const calm = resultOf({}, [
      [10, 10, 10, 0],
      [10, 10, 0, 10],
      [20, 20, 16, 0]
    ])
    // 60 calls for 40 requests, and 8 of 32 failed.
    expect(aftermathOf([result, calm], spell)).toEqual({
      length: 2000,
      amplification: 1.5,
      failureRatio: 0.25
    })
  })

  test('requests after the outage, none of which has ended -> none has failed', () => {
    const open = resultOf({}, [
      [10, 10, 10, 0],
      [10, 10, 0, 10],
      [10, 20, 0, 0]
    ])
    expect(aftermathOf([open], spell)).toEqual({ length: 1000, amplification: 2, failureRatio: 0 })
  })

  test('no request after the outage -> nothing', () => {
    expect(aftermathOf([result], { from: 1000, to: 4000 })).toBeUndefined()
    expect(aftermathOf([], spell)).toBeUndefined()
  })
})

describe('isComparable', () => {
  test.each([
    ['calls before, and requests after', spell, true],
    ['nothing before', { from: 0, to: 2000 }, false],
    ['the first bin is not over', { from: 999, to: 2000 }, false],
    ['no requests after', { from: 1000, to: 4000 }, false]
  ])('%s -> %s', (_, between, expected) => expect(isComparable([result], between)).toBe(expected))
})

describe('toFleet', () => {
  test('what was ranked -> with the bounds that it does not keep, in words', () => {
    const { measured, results } = fleetOf('a', resultOf())
    expect(
      toFleet('a.yaml', [
        { measure: 'calls', relation: '<=', value: 9 },
        { measure: 'p50', relation: '<=', value: 10 }
      ])({ name: 'a', score: 5, measured, misses: ['calls 10 is above 9'], results })
    ).toEqual({ name: 'a', file: 'a.yaml', measured, misses: ['calls 10, not <= 9'], results })
  })
})
