import { placeOf } from '../../../src/cli/Problem.js'

describe('placeOf', () => {
  test.each([
    ['ab\ncd', 0, 1, { line: 1, column: 1, length: 1, text: 'ab' }],
    ['ab\ncd', 4, 5, { line: 2, column: 2, length: 1, text: 'cd' }],
    ['ab\r\ncd\r\n', 5, 6, { line: 2, column: 2, length: 1, text: 'cd' }],
    // The mark ends with the line.
    ['ab: 1\ncd', 0, 8, { line: 1, column: 1, length: 5, text: 'ab: 1' }],
    ['ab\n', 3, 4, { line: 2, column: 1, length: 1, text: '' }],
    ['', 0, 1, { line: 1, column: 1, length: 1, text: '' }]
  ])('%j from %d to %d -> %j', (text, from, to, place) => {
    expect(placeOf(text, from, to)).toEqual(place)
  })
})
