import { formatDuration } from '../../../src/policy/formatDuration.js'

describe('formatDuration', () => {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]

  it.each<[number, string]>([
    [0, '0 ms'],
    [1e-9, '1e-9 ms'],
    [0.00012, '0.0001 ms'],
    [0.5, '0.5 ms'],
    [1.23456, '1.235 ms'],
    [66.5553, '66.6 ms'],
    [250, '250 ms'],
    [999.94, '999.9 ms'],
    [999.96, '1 s'],
    [1500, '1.5 s'],
    [1234.5678, '1.235 s'],
    [59.9994 * second, '59.999 s'],
    [59.9996 * second, '1 min'],
    [2 * minute, '2 min'],
    [1.5 * minute, '1 min 30 s'],
    [minute + 1, '1 min 0.001 s'],
    [hour - 0.4, '1 h'],
    [hour, '1 h'],
    [hour + 1.4 * second, '1 h 1 s'],
    [hour + minute + second, '1 h 1 min 1 s'],
    [day - 1, '1 d'],
    [1.5 * day, '1 d 12 h'],
    [day + 31 * second, '1 d 1 min'],
    [366 * day, '366 d'],
    [730.5 * day, '2 years'],
    [731 * day, '2 years'],
    [Number.MAX_SAFE_INTEGER, '285,421 years']
  ])('%d -> %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})
