import { interval } from '../../../src/interop/Options.js'

const most = 1e15

describe('interval', () => {
  // What the package `ms` makes of these.
  it.each<[unknown, number | undefined]>([
    [1, 1],
    [0.5, 0.5],
    [1e15, 1e15],
    ['100', 100],
    ['100ms', 100],
    ['5 msecs', 5],
    ['1 millisecond', 1],
    ['1.1s', 1100],
    ['.5s', 500],
    ['30 seconds', 30_000],
    ['2 MINS', 120_000],
    ['1m', 60_000],
    ['3 hrs', 10_800_000],
    ['1h', 3_600_000],
    ['2 days', 172_800_000],
    ['1d', 86_400_000],
    ['1 week', 604_800_000],
    ['2w', 1_209_600_000],
    ['1y', 31_557_600_000],
    ['1 yr', 31_557_600_000],
    [0, undefined],
    ['0s', undefined],
    [-1, undefined],
    ['-1s', undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [2e15, undefined],
    ['99999 years', undefined],
    ['', undefined],
    ['s', undefined],
    ['1  s', undefined],
    ['1 s ', undefined],
    ['1 fortnight', undefined],
    ['1e3', undefined],
    ['1.', undefined],
    ['1'.repeat(400), undefined],
    [null, undefined],
    [{}, undefined]
  ])('%j -> %s', (value, expected) => expect(interval(most).read(value)).toBe(expected))
})
