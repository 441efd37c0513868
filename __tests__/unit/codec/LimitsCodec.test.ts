import { callLimit, type Limit, limitSet, rateLimit, resourceLimit } from 'reprise'
import { decodeLimits, encodeLimits, showConfigError } from 'reprise/codec'
import { parse } from 'yaml'
import { limitsForm } from '../../../src/codec/LimitsCodec.js'
import { said } from '../../support/bad.js'
import { unexplained } from '../../support/schemas.js'

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decodeLimits(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError).map(said) : []
}

const json = (limits: ReadonlyArray<Limit>): unknown => {
  const encoded = encodeLimits(limits)
  return encoded._tag === 'Left' ? encoded.left.map(showConfigError).map(said) : encoded.right
}

const file = `
- rateLimit: { key: tokens, capacity: 1000.5, per: 1m }
- callLimit: { capacity: 60, per: 1m, algorithm: slidingWindow }
- callLimit: { key: bursts, capacity: 5, per: 250ms }
- resourceLimit: { key: connections, capacity: 10 }
`

describe('decodeLimits', () => {
  it('a file -> what the constructors give', () => {
    expect(decodeLimits(parse(file))).toEqual({
      _tag: 'Right',
      right: [
        { _tag: 'rateLimit', key: 'tokens', capacity: 1000.5, per: 60_000, algorithm: 'tokenBucket' },
        { _tag: 'callLimit', key: 'calls', capacity: 60, per: 60_000, algorithm: 'slidingWindow' },
        { _tag: 'callLimit', key: 'bursts', capacity: 5, per: 250, algorithm: 'tokenBucket' },
        { _tag: 'resourceLimit', key: 'connections', capacity: 10 }
      ]
    })
  })

  it('limits -> a set of them', () => {
    const decoded = decodeLimits([{ resourceLimit: { key: 'places', capacity: 2 } }])
    expect(decoded._tag === 'Right' && limitSet(decoded.right)().available()).toEqual({ places: 2 })
  })

  it('none -> none', () => {
    expect(decodeLimits([])).toEqual({ _tag: 'Right', right: [] })
  })

  const kinds = 'rateLimit, callLimit, resourceLimit'

  it.each<[unknown, ReadonlyArray<string>]>([
    [null, ['configuration: expected a list of limits, got null']],
    [{ callLimit: { capacity: 1, per: 1 } }, ['configuration: expected a list of limits, got an object']],
    [['callLimit'], ['0: expected a limit, got "callLimit"']],
    [[{}], [`0: expected a key of ${kinds}, got an object`]],
    [
      [{ calLimit: {} }],
      [
        `0.calLimit: expected the key callLimit, or one of the keys ${kinds}, got an object`,
        `0: expected a key of ${kinds}, got an object`
      ]
    ],
    [
      [{ callLimit: { capacity: 1, per: 1 }, resourceLimit: { key: 'a', capacity: 1 } }],
      ['0: expected only one of callLimit, resourceLimit, got an object']
    ],
    [
      [{ rateLimit: { capacity: -1, per: 'x' } }],
      [
        '0.rateLimit.key: expected a text, got nothing',
        '0.rateLimit.capacity: expected a number >= 0, got -1',
        `0.rateLimit.per: expected milliseconds >= 0 or a text like '2s', got "x"`
      ]
    ],
    [
      [{ rateLimit: 1 }, { callLimit: 2 }, { resourceLimit: 3 }],
      [
        '0.rateLimit: expected { key, capacity, per, algorithm }, got 1',
        '1.callLimit: expected { key, capacity, per, algorithm }, got 2',
        '2.resourceLimit: expected { key, capacity }, got 3'
      ]
    ],
    [
      [{ callLimit: {} }, { resourceLimit: {} }],
      [
        '0.callLimit.capacity: expected a whole number >= 1, got nothing',
        `0.callLimit.per: expected milliseconds >= 0 or a text like '2s', got nothing`,
        '1.resourceLimit.key: expected a text, got nothing',
        '1.resourceLimit.capacity: expected a whole number >= 1, got nothing'
      ]
    ],
    [
      [{ rateLimit: { key: 'a', capacity: 0, per: 1 } }],
      [
        '0.rateLimit: expected options that fit together (rateLimit: capacity must be …, got 0), got an object'
      ]
    ],
    [
      [{ callLimit: { capacity: 0.5, per: 0 } }],
      ['0.callLimit.capacity: expected a whole number >= 1, got 0.5']
    ],
    [
      [{ callLimit: { capacity: 1, per: '0s' } }],
      ['0.callLimit: expected options that fit together (callLimit: per must be …, got 0), got an object']
    ],
    [
      [{ callLimit: { capacity: 1, per: 1, algorithm: 'bucket' } }],
      [
        '0.callLimit.algorithm: expected one of tokenBucket, leakyBucket, slidingWindow, fixedWindow, gcra, got "bucket"'
      ]
    ],
    [
      [{ resourceLimit: { key: '', capacity: 1, per: 1 } }],
      [
        '0.resourceLimit.key: expected a text, got ""',
        '0.resourceLimit.per: expected one of the keys key, capacity, got 1'
      ]
    ],
    [
      [{ callLimit: { capacity: 1, per: 1 } }, { resourceLimit: { key: 'calls', capacity: 1 } }],
      [
        "configuration: expected options that fit together (limitSet: limits must have a key each, got 'calls' twice), got a list of 2"
      ]
    ]
  ])('%j -> %j', (input, expected) => {
    expect(errors(input)).toEqual(expected)
  })

  it('more than can be stored again, once all is said -> Left', () => {
    // 4,501 values come in; with the algorithms it would be 5,401.
    const many = Array.from({ length: 900 }, (_, i) => ({
      callLimit: { key: String(i), capacity: 1, per: 1 }
    }))
    expect(errors(many)).toEqual([
      'configuration: expected what is stored as at most 5000 values (1000 in a policy), in 32 levels, got a list of 900'
    ])
  })
})

describe('limitsForm', () => {
  it('its schema -> explains every key', () => {
    const { properties } = limitsForm.schema['items'] as { readonly properties: object }
    expect(Object.keys(properties)).toEqual(['rateLimit', 'callLimit', 'resourceLimit'])
    expect(unexplained(limitsForm.schema)).toEqual([])
  })
})

describe('encodeLimits', () => {
  it('limits -> all that they hold, in milliseconds', () => {
    expect(
      json([
        rateLimit({ key: 'tokens', capacity: 0.5, per: '1m' }),
        callLimit({ capacity: 60, per: '1s', algorithm: 'gcra' }),
        resourceLimit({ key: 'connections', capacity: 10 })
      ])
    ).toEqual([
      { rateLimit: { key: 'tokens', capacity: 0.5, per: 60_000, algorithm: 'tokenBucket' } },
      { callLimit: { key: 'calls', capacity: 60, per: 1000, algorithm: 'gcra' } },
      { resourceLimit: { key: 'connections', capacity: 10 } }
    ])
  })

  it.each<[string, ReadonlyArray<Limit>, ReadonlyArray<string>]>([
    [
      'no bound',
      [resourceLimit({ key: 'a', capacity: 1 }), callLimit({ capacity: Infinity, per: 1 })],
      [expect.stringMatching(/^1\.callLimit\.capacity: expected JSON .*, got Infinity$/) as never]
    ],
    [
      'no limit',
      [{ capacity: 1 } as never],
      [
        'configuration: expected options that fit together (limitSet: limit must be …, got [object Object]), got a list of 1'
      ]
    ],
    [
      'no list',
      null as never,
      ['configuration: expected options that fit together (limitSet: limits must be …, got null), got null']
    ]
  ])('%s -> Left', (_, limits, expected) => {
    expect(json(limits)).toEqual(expected)
  })
})
