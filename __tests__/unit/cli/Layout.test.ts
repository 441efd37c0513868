import { counted, printable, table, wrap } from '../../../src/cli/Layout.js'

describe('table', () => {
  test('columns are as wide as their widest text, and aligned', () => {
    expect(
      table([
        { heading: 'retry', align: 'right', cells: ['1', '10'] },
        { heading: 'what', align: 'left', cells: ['fails', 'ok'] },
        { heading: 'wait', align: 'right', cells: ['1.25 s', '1 s'] }
      ])
    ).toEqual({
      heading: 'retry  what     wait',
      rows: ['    1  fails  1.25 s', '   10  ok        1 s']
    })
  })

  test('a column of fewer cells -> blanks below', () => {
    const { rows } = table([
      { heading: 'a', align: 'right', cells: ['1', '…'] },
      { heading: 'b', align: 'right', cells: ['2'] }
    ])
    expect(rows).toEqual(['1  2', '…  '])
  })

  test('no cells -> the heading alone', () => {
    expect(table([{ heading: 'a', align: 'left', cells: [] }])).toEqual({ heading: 'a', rows: [] })
  })
})

describe('wrap', () => {
  test.each([
    ['one two three', 20, ['one two three']],
    ['one two three', 13, ['one two three']],
    ['one two three', 12, ['one two', '  three']],
    ['one two three', 7, ['one two', '  three']],
    ['one two three', 1, ['one', '  two', '  three']],
    ['', 10, ['']]
  ])('%j in %d columns -> %j', (text, width, lines) => {
    expect(wrap(text, width, '  ')).toEqual(lines)
  })
})

describe('printable', () => {
  test.each([
    ['plain, ä, 日本, 😀', 'plain, ä, 日本, 😀'],
    ['\u001b[31mred\u0007', '\\u001b[31mred\\u0007'],
    ['a\nb\tc', 'a\\u000ab c'],
    ['\u009b\u202e\u2066', '\\u009b\\u202e\\u2066']
  ])('%j -> %j', (text, expected) => {
    expect(printable(text)).toBe(expected)
  })
})

describe('counted', () => {
  test.each([
    [0, '0 errors'],
    [1, '1 error'],
    [2, '2 errors']
  ])('%d -> %s', (count, expected) => {
    expect(counted(count, 'error')).toBe(expected)
  })
})
