import {
  chartOf,
  colourAt,
  columnsFor,
  counted,
  emptyChart,
  grouped,
  lines,
  listed,
  literal,
  populationOf,
  significant,
  titleOf
} from '../../../src/lab/ChartSpec.js'
import { message } from '../../support/bad.js'
import { draw, fleetResult, textsOf } from '../../support/charts.js'

describe('chartOf', () => {
  it('parts -> with the version, the description and the title', () => {
    expect(chartOf('a', ['b'], 'c', { mark: 'bar' })).toMatchObject({
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      description: 'c',
      title: { text: 'a', subtitle: ['b'] },
      mark: 'bar',
      config: { background: 'white', font: 'sans-serif' }
    })
  })
})

describe('emptyChart', () => {
  it('a reason -> is what is drawn, without warnings', async () => {
    const chart = emptyChart('Waits', 'None at all.')
    const [drawn] = await draw([chart])
    expect(drawn?.warnings).toEqual([])
    expect(textsOf(drawn?.svg)).toEqual(expect.arrayContaining(['Waits', 'None at all.']))
  })
})

describe('significant', () => {
  it.each<[number, number | null]>([
    [1 / 3, 0.333333],
    [1_234_567.8, 1_234_570],
    [-0, 0],
    [NaN, null],
    [Infinity, null]
  ])('%d -> %d', (value, rounded) => {
    expect(significant(value)).toBe(rounded)
  })
})

describe('texts', () => {
  it('grouped: numbers -> with commas', () => {
    expect([0, 999, 1000, 1_234_567, 1234.5678].map(grouped)).toEqual([
      '0',
      '999',
      '1,000',
      '1,234,567',
      '1,234.5678'
    ])
  })

  it('counted: 1 and others -> one and many', () => {
    expect([counted(1, 'call'), counted(0, 'call'), counted(2, 'retry', 'retries')]).toEqual([
      '1 call',
      '0 calls',
      '2 retries'
    ])
  })

  it('listed: names -> with commas and an and', () => {
    expect([listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      'a',
      'a and b',
      'a, b and c'
    ])
  })

  it('literal: what would end a line -> written with its number', () => {
    expect(literal('a\u2028b\u2029c')).toBe('"a\\u2028b\\u2029c"')
  })

  it('lines: a text -> broken between words only', () => {
    expect(lines('one two three', 7)).toEqual(['one two', 'three'])
    expect(lines('one two three', 6)).toEqual(['one', 'two', 'three'])
    expect(lines('unbreakable', 3)).toEqual(['unbreakable'])
    expect(lines('', 3)).toEqual([''])
  })

  it('populationOf: results -> their clients, if they are the same', () => {
    const one = fleetResult({ clients: 1, requests: 2000 })
    expect(populationOf([one, one])).toEqual(['1 client, 2,000 requests'])
    expect(populationOf([one, fleetResult()])).toEqual([])
  })
})

describe('sizes and colours', () => {
  it('columnsFor: labels -> as many as fit, at least one', () => {
    // 40 pixels, and 8 for each letter.
    expect([
      columnsFor(['abcde', 'a'], 240),
      columnsFor(['abcde'], 239),
      columnsFor(['a'.repeat(99)], 10)
    ]).toEqual([3, 2, 1])
  })

  it('colourAt: seven indices -> seven colours, then again', () => {
    const colours = [0, 1, 2, 3, 4, 5, 6, 7].map(colourAt)
    expect(new Set(colours).size).toBe(7)
    expect(colours[7]).toBe('#0072b2')
  })
})

describe('titleOf', () => {
  it('a title, or none -> it, or the other', () => {
    expect([titleOf('chart', { title: 'mine' }, 'theirs'), titleOf('chart', {}, 'theirs')]).toEqual([
      'mine',
      'theirs'
    ])
  })

  it.each<[unknown, string]>([
    [null, 'TypeError: chart: options must be an object, got null'],
    [7, 'RangeError: chart: options must be an object, got 7'],
    [{ title: 7 }, 'RangeError: chart: title must be a text, got 7']
  ])('%p -> %s', (options, text) => {
    expect(message(() => titleOf('chart', options as never, 'theirs'))).toBe(text)
  })
})
