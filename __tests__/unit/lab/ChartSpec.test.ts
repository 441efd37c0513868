import {
  chartOf,
  type ChartSpec,
  colourAt,
  colourScale,
  columnsFor,
  counted,
  dashAt,
  emptyChart,
  grouped,
  type Json,
  labelExprOf,
  lines,
  listed,
  literal,
  pixels,
  populationOf,
  significant,
  titleOf
} from '../../../src/lab/ChartSpec.js'
import { message } from '../../support/bad.js'
import { fleetResult } from '../../support/charts.js'

/** How all charts look. */
const config = {
  background: 'white',
  font: 'sans-serif',
  padding: 12,
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: 16,
    subtitleFontSize: 12,
    subtitleColor: '#555555',
    subtitlePadding: 5,
    offset: 12
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelColor: '#333333',
    titleColor: '#333333',
    gridColor: '#e6e6e6',
    domainColor: '#767676',
    tickColor: '#767676'
  },
  legend: { labelFontSize: 12, labelLimit: 0, titleFontSize: 12, symbolStrokeWidth: 3, symbolSize: 200 },
  view: { stroke: null }
}

describe('chartOf', () => {
  it('parts -> with the version, the description, the title and the look of all', () => {
    expect(chartOf('a', ['b'], 'c', { mark: 'bar' })).toEqual<ChartSpec>({
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      description: 'c',
      title: { text: 'a', subtitle: ['b'] },
      mark: 'bar',
      config
    })
  })

  it('no subtitle -> none, which would take room', () => {
    expect(chartOf('a', [], 'c', {})['title']).toEqual({ text: 'a' })
  })
})

describe('emptyChart', () => {
  it('a reason -> is what is drawn', () => {
    expect(emptyChart('Waits', 'None at all.')).toEqual<ChartSpec>({
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      description: 'Waits: None at all.',
      title: { text: 'Waits' },
      width: 300,
      height: 60,
      data: { values: [{ text: 'None at all.' }] },
      mark: { type: 'text', fontSize: 13, color: '#333333' },
      encoding: { text: { field: 'text', type: 'nominal' } },
      config
    })
  })
})

describe('colours', () => {
  it('of seven policies -> those of Okabe and Ito, solid; of more -> again, dashed', () => {
    expect(Array.from({ length: 22 }, (_, i) => `${colourAt(i)} ${dashAt(i).join()}`)).toEqual([
      '#0072b2 1,0',
      '#d55e00 1,0',
      '#009e73 1,0',
      '#cc79a7 1,0',
      '#e69f00 1,0',
      '#56b4e9 1,0',
      '#000000 1,0',
      '#0072b2 7,2',
      '#d55e00 7,2',
      '#009e73 7,2',
      '#cc79a7 7,2',
      '#e69f00 7,2',
      '#56b4e9 7,2',
      '#000000 7,2',
      '#0072b2 2,2',
      '#d55e00 2,2',
      '#009e73 2,2',
      '#cc79a7 2,2',
      '#e69f00 2,2',
      '#56b4e9 2,2',
      '#000000 2,2',
      '#0072b2 1,0'
    ])
  })

  it('colourScale: names -> with their colours, in order', () => {
    expect(colourScale(['b', 'a'])).toEqual({ domain: ['b', 'a'], range: ['#0072b2', '#d55e00'] })
  })
})

describe('significant', () => {
  it.each<[number, number | undefined, number | null]>([
    [1 / 3, undefined, 0.333333],
    [1_234_567.8, undefined, 1_234_570],
    [1_234_567.8, 3, 1_230_000],
    [-0, undefined, 0],
    [NaN, undefined, null],
    [Infinity, undefined, null]
  ])('%d, %d digits -> %d', (value, digits, rounded) => {
    expect(significant(value, digits)).toBe(rounded)
  })
})

describe('texts', () => {
  it('grouped: numbers -> with commas', () => {
    expect([0, 999, 1000, 12_345, 1_234_567, 1234.5678].map(grouped)).toEqual([
      '0',
      '999',
      '1,000',
      '12,345',
      '1,234,567',
      '1,234.5678'
    ])
  })

  it('counted: 1 and others -> one and many', () => {
    expect([counted(1, 'call'), counted(0, 'call'), counted(2000, 'retry', 'retries')]).toEqual([
      '1 call',
      '0 calls',
      '2,000 retries'
    ])
  })

  it('listed: names -> with commas and an and', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c'])
  })

  it('literal: what would end a line -> written with its number', () => {
    expect(literal('a\u2028b\u2029c')).toBe('"a\\u2028b\\u2029c"')
  })

  it('lines: a text -> broken between words only', () => {
    expect(lines('one two three', 7)).toEqual(['one two', 'three'])
    expect(lines('one two three', 6)).toEqual(['one', 'two', 'three'])
    expect(lines('one two three four', 9)).toEqual(['one two', 'three', 'four'])
    expect(lines('one \n two', 9)).toEqual(['one two'])
    expect(lines('unbreakable', 3)).toEqual(['unbreakable'])
    expect(lines('', 3)).toEqual([''])
  })

  it('populationOf: results -> their clients, if they are the same', () => {
    const one = fleetResult({ clients: 1, requests: 2000 })
    expect(populationOf([one, one])).toEqual(['1 client, 2,000 requests'])
    expect(populationOf([one, fleetResult()])).toEqual([])
  })

  it('labelExprOf: values and labels -> an expression that finds the label of a value', () => {
    const ticks: ReadonlyArray<readonly [number, Json]> = [
      [0, '0'],
      [1000, ['1', 's']]
    ]
    expect(labelExprOf(ticks)).toBe('["0",["1","s"]][indexof([0,1000], datum.value)]')
  })
})

describe('sizes', () => {
  it('columnsFor: labels -> as many as fit, at least one', () => {
    // 40 pixels, and 8 for each letter of the longest.
    expect([
      columnsFor(['abcde', 'a'], 240),
      columnsFor(['abcde'], 239),
      columnsFor(['a'.repeat(99)], 10)
    ]).toEqual([3, 2, 1])
  })

  it('pixels: from 1 to 10000 -> that', () => {
    expect([pixels('width', 1), pixels('width', 10_000)]).toEqual([1, 10_000])
  })

  it.each<[unknown, string]>([
    [0.9, 'RangeError: width must be pixels from 1 to 10000, got 0.9'],
    [10_001, 'RangeError: width must be pixels from 1 to 10000, got 10001'],
    [NaN, 'RangeError: width must be pixels from 1 to 10000, got NaN'],
    [null, 'TypeError: width must be pixels from 1 to 10000, got null']
  ])('pixels: %p -> %s', (value, text) => {
    expect(message(() => pixels('width', value as number))).toBe(text)
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
