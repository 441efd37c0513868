import { countText, percentText, timeText } from '../../../docs/lab/units.js'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('timeText', () => {
  test.each([
    [0, '0 ms'],
    [0.12345, '0.123 ms'],
    [63.94, '63.9 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1500, '1.5 s'],
    [44_567, '44.6 s'],
    [99_940, '99.9 s'],
    [99_960, '1 min 40 s'],
    [120_000, '2 min'],
    [600_000, '10 min']
  ])('%d -> %s', (ms, text) => expect(plain(timeText(ms))).toBe(text))
})

describe('percentText', () => {
  test.each([
    [0, '0 %'],
    [0.305, '30.5 %'],
    [0.0001, '0.01 %'],
    [0.9994, '> 99.9 %'],
    [1, '100 %']
  ])('%d -> %s', (part, text) => expect(plain(percentText(part))).toBe(text))
})

describe('countText', () => {
  test.each([
    [3.169, '3.17'],
    [1, '1'],
    [794, '794'],
    [1234.5, '1,235'],
    [1_234_567, '1,234,567']
  ])('%d -> %s', (value, text) => expect(countText(value)).toBe(text))
})

test('a number -> stays with its unit', () => expect(timeText(1500)).toBe('1.5\u00a0s'))
