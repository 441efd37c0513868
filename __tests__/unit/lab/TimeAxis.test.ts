import { logTimeAxis, timeAxis } from '../../../src/lab/TimeAxis.js'

const labels = ({ labelExpr, values }: ReturnType<typeof timeAxis>): ReadonlyArray<string> => {
  const [texts, numbers] = (labelExpr as string)

    .replace(', datum.value)]', '')
    .split('[indexof(')
    .map((part) => JSON.parse(part) as unknown)
  expect(numbers).toEqual(values)
  return texts as ReadonlyArray<string>
}

describe('timeAxis', () => {
  it.each<[most: number, count: number, ReadonlyArray<string>]>([
    [0.5, 5, ['0', '0.1 ms', '0.2 ms', '0.3 ms', '0.4 ms', '0.5 ms']],
    [7, 4, ['0', '2 ms', '4 ms', '6 ms']],
    [12, 4, ['0', '5 ms', '10 ms']],
    [2000, 4, ['0', '500 ms', '1000 ms', '1500 ms', '2000 ms']],
    [2001, 4, ['0', '1 s', '2 s']],
    [182_000, 8, ['0', '30 s', '60 s', '90 s', '120 s', '150 s', '180 s']],
    [300_000, 3, ['0', '100 s', '200 s', '300 s']],
    [300_001, 6, ['0', '1 min', '2 min', '3 min', '4 min', '5 min']],
    [7_200_000, 4, ['0', '30 min', '60 min', '90 min', '120 min']],
    [10_800_000, 2, ['0', '100 min']],
    [10_800_001, 3, ['0', '2 h']],
    [259_200_000, 4, ['0', '20 h', '40 h', '60 h']],
    [259_200_001, 4, ['0', '1 d', '2 d', '3 d']]
  ])('%d ms, %d ticks -> %j', (most, count, texts) => {
    expect(labels(timeAxis(most, count))).toEqual(texts)
  })

  it('ticks -> at their time in milliseconds', () => {
    expect(timeAxis(60_000, 3)['values']).toEqual([0, 20_000, 40_000, 60_000])
  })
})

describe('logTimeAxis', () => {
  it.each<[least: number, most: number, ReadonlyArray<string>]>([
    [1, 1, ['0', '1 ms']],
    [0.5, 999, ['0', '1 ms', '10 ms', '100 ms']],
    [1000, 3_600_000, ['0', '1 s', '10 s', '1 min', '10 min', '1 h']],
    [2, 9, ['0']]
  ])('%d to %d ms -> %j', (least, most, texts) => {
    expect(labels(logTimeAxis(least, most))).toEqual(texts)
  })

  it('the longest times -> every second or third, eight and 0 at most', () => {
    expect(labels(logTimeAxis(0.001, 2 ** 53 - 1))).toEqual([
      '0',
      '0.001 ms',
      '1 ms',
      '1 s',
      '10 min',
      '10 d',
      '100 years',
      '100,000 years'
    ])
  })
})
