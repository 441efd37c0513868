import { type Axis, axisOf, type Bar, barOf, type Range, scaleOf } from '../../../src/cli/Bars.js'

const wait = (from: number, to = from): Range => ({ from, to })

/** The picture of some waits on their scale. */
const drawn = (ranges: ReadonlyArray<Range>, width: number): ReadonlyArray<string> => {
  const scale = scaleOf(ranges)
  if (scale === undefined) return ['nothing to draw']
  const { labels, ruler }: Axis = axisOf(scale, width)
  const show = ({ solid, light }: Bar): string => '█'.repeat(solid) + '░'.repeat(light)
  return [labels, ruler, ...ranges.map(barOf(scale, width)).map(show)]
}

describe('scaleOf', () => {
  test('a wait that no calendar has steps for -> one step', () => {
    expect(scaleOf([wait(1e18)])).toEqual({ logarithmic: false, least: 0, most: 1e18, ticks: [0] })
  })

  test('a wait shorter than all ticks -> begins at a tenth of it', () => {
    expect(scaleOf([wait(0.005), wait(1)])).toEqual({
      logarithmic: true,
      least: 0.0005,
      most: 1,
      ticks: [0.0005, 0.01, 0.1]
    })
  })
})

describe('bars', () => {
  test('a linear scale begins at 0 and ends at the longest wait -> lengths are as the waits', () => {
    expect(drawn([wait(1000), wait(2000), wait(4000)], 20)).toEqual([
      '0  1 s  2 s      4 s',
      '├───┼────┼────┼────┤',
      '█████',
      '██████████',
      '████████████████████'
    ])
  })

  test('certain is solid, the window is lighter', () => {
    expect(drawn([wait(50, 150), wait(100, 300), wait(200, 600)], 24)).toEqual([
      '0    200 ms       600 ms',
      '├──────┼───────┼───────┤',
      '██░░░░',
      '████░░░░░░░░',
      '████████░░░░░░░░░░░░░░░░'
    ])
  })

  test('waits of more than 32 to 1 are drawn on a logarithmic scale -> a factor is a step to the right', () => {
    expect(drawn([wait(100), wait(1000), wait(10_000)], 30)).toEqual([
      '10 ms  100 ms     1 s     10 s',
      '├────────┼─────────┼─────────┤',
      '██████████',
      '████████████████████',
      '██████████████████████████████'
    ])
  })

  test('growth with jitter, and a cap, on a logarithmic scale', () => {
    const waits = [100, 400, 1600, 6400, 25_600].map((ms) =>
      wait(Math.min(ms, 10_000) / 2, Math.min(ms, 10_000))
    )
    expect(drawn(waits, 30)).toEqual([
      '10 ms  100 ms     1 s     10 s',
      '├────────┼─────────┼─────────┤',
      '███████░░░',
      '█████████████░░░',
      '███████████████████░░░',
      '█████████████████████████░░░',
      '███████████████████████████░░░'
    ])
  })

  test('a window from 0 is light throughout', () => {
    expect(drawn([wait(0, 500), wait(0, 1000)], 12)).toEqual([
      '0        1 s',
      '├┼──┼─┼──┼─┤',
      '░░░░░░',
      '░░░░░░░░░░░░'
    ])
  })

  test('what is not 0 can be seen, a window beside a solid part too; 0 is nothing', () => {
    expect(drawn([wait(0), wait(100, 101), wait(3000)], 12).slice(2)).toEqual(['', '░', '████████████'])
    expect(drawn([wait(2990, 3000), wait(3000)], 12).slice(2)).toEqual(['███████████░', '████████████'])
  })

  test.each([
    ['no waits', []],
    ['waits of 0', [wait(0), wait(0)]]
  ])('%s -> nothing to draw', (_title, ranges) => {
    expect(drawn(ranges, 20)).toEqual(['nothing to draw'])
  })
})

describe('scaleOf', () => {
  test.each([
    ['1 : 32', [wait(100), wait(3200)], false, 0],
    ['1 : 33', [wait(100), wait(3300)], true, 10],
    ['zeros beside', [wait(0), wait(100), wait(200)], false, 0],
    ['windows that begin lower', [wait(50, 150), wait(5000)], true, 10],
    // A start of next to nothing counts as a hundredth of the shortest wait.
    ['windows that begin at next to nothing', [wait(0.001, 1000), wait(1e6)], true, 1],
    ['windows that begin at 0', [wait(0, 1000), wait(0, 1e6)], true, 100],
    ['the longest time there is', [wait(1), wait(2 ** 53 - 1)], true, 0.1]
  ])('%s', (_title, ranges, logarithmic, least) => {
    expect(scaleOf(ranges)).toMatchObject({ logarithmic, least })
  })

  test.each([
    [1000, [0, 200, 400, 600, 800]],
    [1001, [0, 500, 1000]],
    [45_000, [0, 10_000, 20_000, 30_000, 40_000]],
    [90_000, [0, 30_000, 60_000]],
    [3_600_000, [0, 900_000, 1_800_000, 2_700_000]],
    [1.5, [0, 1]],
    [0.5, [0]]
  ])('ticks up to %d ms -> %j', (most, ticks) => {
    expect(scaleOf([wait(most)])?.ticks).toEqual(ticks)
  })
})

describe('axisOf', () => {
  const scale = scaleOf([wait(10_000)])
  const labels = (width: number): string => (scale === undefined ? '' : axisOf(scale, width).labels)

  test.each([
    [50, '0       2 s       4 s       6 s       8 s     10 s'],
    [36, '0    2 s    4 s     6 s    8 s  10 s'],
    [24, '0  2 s  4 s         10 s'],
    [12, '0  4 s  10 s'],
    [5, ' 10 s']
  ])('%d cells -> %j: as many labels as there is room for, the last always', (width, expected) => {
    expect(labels(width)).toBe(expected)
    expect(labels(width)).toHaveLength(width)
  })
})
