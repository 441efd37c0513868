import {
  boundInWords,
  brief,
  grouped,
  missOf,
  percent,
  readBound,
  time,
  written
} from '../../../src/cli/Measures.js'
import { fleetOf, resultOf } from '../../support/fleets.js'

describe('grouped', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567, '1,234,567']
  ])('%d -> %s', (value, expected) => expect(grouped(value)).toBe(expected))
})

describe('brief', () => {
  test.each([
    [0.12345, '0.123'],
    [6.2545, '6.25'],
    [2, '2'],
    [123.6, '124'],
    [1234.5, '1,235']
  ])('%d -> %s', (value, expected) => expect(brief(value)).toBe(expected))
})

describe('percent', () => {
  test.each([
    [1, '100.0 %'],
    // What failed must not go unseen.
    [0.99999, '99.9 %'],
    [0.289, '28.9 %'],
    [0, '0.0 %']
  ])('%d -> %s', (value, expected) => expect(percent(value)).toBe(expected))
})

test('time: three digits -> of 135,510 ms, 2 min 16 s', () => {
  expect([135_510, 17_075.6, 60.68, 0].map(time)).toEqual(['2 min 16 s', '17.1 s', '60.7 ms', '0 ms'])
})

describe('written', () => {
  test.each([
    ['calls', 750_542.4, '750,542'],
    ['amplification', 1, '1.00'],
    ['amplification', 6.2545, '6.25'],
    ['amplification', 12_345.6, '12,346'],
    ['successRatio', 0.75, '75.0 %'],
    ['p99', 172.4, '172 ms'],
    ['p50', Infinity, '–'],
    ['completion', 120_124, '2 min'],
    ['recovery', 0, 'at once'],
    ['recovery', 2000, '2 s'],
    ['recovery', Infinity, 'never']
  ] as const)('%s of %d -> %s', (measure, value, expected) => expect(written(measure, value)).toBe(expected))
})

describe('readBound', () => {
  test.each([
    ['amplification<=1.5', ['amplification', '<=', 1.5], 'amplification <= 1.5'],
    [' calls >= 10 ', ['calls', '>=', 10], 'calls >= 10'],
    ['p99<=2s', ['p99', '<=', 2000], 'p99 <= 2 s'],
    ['recovery<=250', ['recovery', '<=', 250], 'recovery <= 250 ms'],
    ['successRatio>=99.9%', ['successRatio', '>=', 0.999], 'successRatio >= 99.9 %'],
    ['successRatio>=0.07', ['successRatio', '>=', 0.07], 'successRatio >= 7 %']
  ] as const)('%j -> %j', (text, [measure, relation, value], words) => {
    const bound = readBound(text)
    expect(bound).toEqual({ measure, relation, value: expect.closeTo(value, 9) })
    expect(bound && boundInWords(bound)).toBe(words)
  })

  test.each([
    '',
    'calls',
    'calls<5',
    'calls=5',
    'speed<=5',
    'toString<=5',
    'calls<=',
    'calls<=many',
    'calls<=-1',
    'calls<=5s',
    'p99<=soon',
    'successRatio>=1s',
    'successRatio>=%'
  ])('%j -> none', (text) => expect(readBound(text)).toBeUndefined())
})

describe('missOf', () => {
  const { measured } = fleetOf('a', resultOf({ amplification: 2, recovery: undefined }))

  test.each([
    ['amplification<=2', []],
    ['amplification>=2', []],
    ['amplification<=1.99', ['amplification 2.00, not <= 1.99']],
    ['successRatio>=100%', []],
    ['recovery<=5s', ['recovery never, not <= 5 s']],
    ['p99>=1m', ['p99 30 ms, not >= 1 min']]
  ])('%s -> %j', (text, expected) => {
    const bound = readBound(text)
    expect(bound && missOf(measured)(bound)).toEqual(expected)
  })
})
