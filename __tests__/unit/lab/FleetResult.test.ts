import { type Bin, quantilesOf, recoveryOf } from '../../../src/lab/FleetResult.js'

describe('quantilesOf', () => {
  const upTo = (most: number): Float64Array => Float64Array.from({ length: most }, (_, i) => most - i)

  it.each([
    [[], undefined],
    [[7], { mean: 7, p50: 7, p90: 7, p99: 7, max: 7 }],
    [[3, 1], { mean: 2, p50: 1, p90: 3, p99: 3, max: 3 }],
    [[5, 100, 10, 1], { mean: 29, p50: 5, p90: 100, p99: 100, max: 100 }],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 10], { mean: 1, p50: 0, p90: 0, p99: 10, max: 10 }]
  ])('%j -> %j', (sample, quantiles) => {
    expect(quantilesOf(Float64Array.from(sample))).toEqual(quantiles)
  })

  it.each([
    [10, 5, 9, 10],
    [11, 6, 10, 11],
    [99, 50, 90, 99],
    [100, 50, 90, 99],
    [101, 51, 91, 100],
    [1000, 500, 900, 990],
    [2300, 1150, 2070, 2277]
  ])('1 to %d -> p50 %d, p90 %d, p99 %d: the nearest rank', (most, p50, p90, p99) => {
    expect(quantilesOf(upTo(most))).toEqual({ mean: (most + 1) / 2, p50, p90, p99, max: most })
  })

  it('the sample -> stays as it is', () => {
    const sample = Float64Array.of(3, 1, 2)
    quantilesOf(sample)
    expect([...sample]).toEqual([3, 1, 2])
  })
})

describe('recoveryOf', () => {
  /** Bins of 10 ms, of [succeeded, failed, latency, requests]; there are requests if not said. */
  const series = (rows: ReadonlyArray<readonly [number, number, number, number?]>) => ({
    width: 10,
    bins: rows.map(([succeeded, failed, latency, requests = 1], i): Bin => ({
      time: 10 * i,
      requests,
      calls: 0,
      succeeded,
      failed,
      latency,
      underWay: 0,
      running: 0,
      queued: 0,
      watched: {}
    }))
  })
  const well = [100, 0, 20] as const
  const down = [0, 100, 0] as const
  const slow = [100, 0, 41] as const
  const empty = [0, 0, 0] as const
  const tail = [1, 0, 900, 0] as const
  const outages = { from: 20, to: 40 }

  it.each([
    ['well again at once', [well, well, down, down, well, well], 0],
    ['well all the time', [well, well, well, well, well, well], 0],
    ['two bad bins more', [well, well, down, down, down, slow, well], 20],
    ['bad, well for a while, bad again', [well, well, down, down, slow, well, well, down, well], 40],
    ['bad until the end', [well, well, down, down, well, down], undefined],
    ['slow until the end', [well, well, down, down, slow, slow], undefined],
    // 40 is twice 20; one in a hundred is not too much, two are.
    ['twice as long', [well, well, down, down, [100, 0, 40]], 0],
    ['1 of 100 failed', [well, well, down, down, [99, 1, 20]], 0],
    ['2 of 100 failed', [well, well, down, down, [98, 2, 20], well], 10],
    [
      'never quite well before: no worse than the worst',
      [[90, 10, 20], [100, 0, 50], down, down, [89, 11, 100]],
      0
    ],
    [
      'never quite well before: worse',
      [[90, 10, 20], [100, 0, 50], down, down, [88, 12, 20], [1, 0, 101], well],
      20
    ],
    ['bins that nothing ended in', [well, empty, down, empty, empty, well, empty], 0],
    ['bins that nothing ended in, at the end', [well, empty, down, down, slow, well, empty, empty], 10],
    ['only what was late, after the last request', [well, well, down, down, well, tail, tail], 0],
    ['what was late, before the last request', [well, well, down, down, well, [1, 0, 900], well], 20],
    ['nothing ended before', [empty, empty, down, down, well], undefined],
    ['nothing succeeded before', [down, down, down, down, well], undefined],
    ['nothing ended after', [well, well, down, down, empty], undefined],
    ['nothing ended after, well before the end of the outage', [well, well, down, well, empty], undefined],
    [
      'no requests',
      [
        [100, 0, 20, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [100, 0, 20, 0]
      ],
      undefined
    ],
    ['nothing at all', [], undefined]
  ] as ReadonlyArray<
    [string, ReadonlyArray<readonly [number, number, number, number?]>, number | undefined]
  >)('%s: %j -> %p', (_, rows, recovery) => {
    expect(recoveryOf(series(rows), outages)).toBe(recovery)
  })

  it('an outage that ends within a bin -> from its end to that of the bin, if that was bad', () => {
    expect(recoveryOf(series([well, well, down, down, well]), { from: 20, to: 33 })).toBe(7)
    expect(recoveryOf(series([well, well, down, well, well]), { from: 20, to: 33 })).toBe(0)
  })

  it('an outage that begins within a bin -> the bin does not count as before', () => {
    expect(recoveryOf(series([well, slow, down, down, slow, well]), { from: 19, to: 40 })).toBe(10)
    expect(recoveryOf(series([well, slow, down, down, slow, well]), { from: 20, to: 40 })).toBe(0)
  })
})
