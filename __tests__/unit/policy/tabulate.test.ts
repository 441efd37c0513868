import { flow, pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  type AnyPolicy,
  capDelay,
  custom,
  decorrelated,
  delayFrom,
  delays,
  exponential,
  fixed,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  retryOn,
  withJitter
} from 'reprise'
import { sketch, tabulate } from '../../../src/policy/tabulate.js'

describe('tabulate', () => {
  type Row = readonly [from: number, to: number, latest: number]

  it.each<[string, AnyPolicy, ReadonlyArray<Row>, boolean]>([
    [
      'exact waits -> their sums',
      exponential(100),
      [
        [100, 100, 100],
        [200, 200, 300],
        [400, 400, 700],
        [800, 800, 1500]
      ],
      true
    ],
    [
      'a list -> its end',
      delays([10, 20]),
      [
        [10, 10, 10],
        [20, 20, 30]
      ],
      false
    ],
    [
      // The last row is that of waits of 300, 600, 1000 and 1000 ms, since longer ones stop.
      'jitter and limitDelay -> the latest start of calls that drew just within the limit',
      pipe(exponential(200), withJitter(0.5), limitDelay(1000), limitRetries(4)),
      [
        [100, 300, 300],
        [200, 600, 900],
        [400, 1200, 1900],
        [800, 2400, 2900]
      ],
      false
    ],
    ['no retry -> no row', limitRetries(0)(fixed(1)), [], false],
    [
      'as many as rows -> no more',
      limitRetries(4)(fixed(1)),
      [
        [1, 1, 1],
        [1, 1, 2],
        [1, 1, 3],
        [1, 1, 4]
      ],
      false
    ],
    [
      'jitter -> the sums of the longest waits',
      pipe(exponential(100), withJitter(0.5), limitRetries(3)),
      [
        [50, 150, 150],
        [100, 300, 450],
        [200, 600, 1050]
      ],
      false
    ],
    [
      'a limit of time -> no later than that; the window is not cut',
      pipe(fixed(1000), withJitter('full'), limitRetries(3), limitElapsed(1500)),
      [
        [0, 1000, 1000],
        [0, 1000, 1500],
        [0, 1000, 1500]
      ],
      false
    ],
    [
      'the shortest waits -> as many rows as fit',
      pipe(fixed(1000), withJitter(0.5), limitTotalDelay(1700)),
      [
        [500, 1500, 1500],
        [500, 1500, 1700],
        [500, 1500, 1700]
      ],
      false
    ],
    [
      // The first stage may stop after one retry, at any time up to 500, or after more.
      'a change of stage that depends on the draw -> both stages',
      pipe(fixed(1000), withJitter('full'), limitElapsed(500), andThen(delays([100]))),
      [
        [0, 1000, 500],
        [0, 1000, 600],
        [0, 1000, 600],
        [0, 1000, 600]
      ],
      true
    ],
    [
      // The second stage begins at 0 to 1000, and may go on up to twice after its first retry, or not at all.
      'a stage that ends by time after one that ends by count -> every way between',
      pipe(
        fixed(1000),
        withJitter('full'),
        limitRetries(1),
        andThen(pipe(fixed(100), limitElapsed(350))),
        andThen(delays([7]))
      ),
      [
        [0, 1000, 1000],
        [7, 100, 1007],
        [7, 100, 357],
        [7, 100, 357]
      ],
      true
    ],
    [
      // The third can be no longer than 3·675, after 225 and 675; time and draws are looked at apart.
      // After two waits of at least 100, there are less than 801 left for the third.
      'decorrelated under a limit of time -> all that is drawn, and somewhat more',
      pipe(decorrelated(100), limitElapsed(1000), limitRetries(4)),
      [
        [100, 300, 300],
        [100, 900, 1000],
        [100, 2700, 1000],
        [100, 2403, 1000]
      ],
      false
    ],
    [
      'decorrelated under a cap -> scaled into it: from 300·100/900 on',
      pipe(decorrelated(100), capDelay(300), limitRetries(2)),
      [
        [100, 300, 300],
        [100 / 3, 300, 600]
      ],
      false
    ],
    [
      'a schedule that goes by its own waits',
      custom('walk', ({ previousDelay = 10 }) => ({ from: previousDelay, to: previousDelay * 2 })),
      [
        [10, 20, 20],
        [10, 40, 60],
        [10, 80, 140],
        [10, 160, 300]
      ],
      true
    ],
    [
      // A wait of less than 51 ends in time.
      'custom under a limit of time -> goes by the longest wait that ends in time',
      pipe(
        custom('grow', ({ previousDelay = 0 }) => ({ from: previousDelay, to: previousDelay + 100 })),
        limitElapsed(50)
      ),
      [
        [0, 100, 50],
        [0, 151, 50],
        [0, 151, 50],
        [0, 151, 50]
      ],
      true
    ],
    [
      // The second stage begins at up to 500, and again at up to 600 with its second wait.
      'a later stage with a history of its own',
      pipe(fixed(1000), withJitter('full'), limitElapsed(500), andThen(delays([100, 3000]))),
      [
        [0, 1000, 500],
        [0, 3000, 3100],
        [0, 3000, 3600],
        [0, 3000, 3600]
      ],
      true
    ],
    [
      'conditions and hints -> not asked',
      pipe(
        fixed(5),
        retryOn([]),
        delayFrom(() => 50, { max: 60 }),
        limitRetries(1)
      ),
      [[5, 5, 5]],
      false
    ]
  ])('%s', (_, policy, rows, more) => {
    const table = tabulate(policy, 4)
    expect(table.waits.map(({ retry }) => retry)).toEqual(rows.map((_, i) => i + 1))
    const near = (row: Row): unknown => row.map((value) => expect.closeTo(value, 6) as unknown)
    expect(table.waits.map(({ from, to, latest }) => [from, to, latest])).toEqual(rows.map(near))
    expect([table.more, table.faults.length]).toEqual([more, 0])
  })

  it('a schedule that breaks -> its rows up to there, and the fault', () => {
    const { waits, more, faults } = tabulate(
      custom('mine', ({ retry }) => (retry < 1 ? 5 : NaN)),
      4
    )
    expect([waits.length, more]).toEqual([1, false])
    expect(String(faults[0])).toContain("the answer of custom 'mine' must be")
  })

  // The second stage may not have stopped once, but that is one of too many ways: its 15th wait, of up to 2^14, is left out.
  it('more ways between stages than can be followed -> some stand for all', () => {
    const spread = flow(withJitter('full'), limitDelay(50))
    const policy = pipe(
      spread(fixed(100)),
      andThen(spread(exponential(1))),
      andThen(spread(fixed(100))),
      andThen(delays([1000]))
    )
    expect(tabulate(policy, 15).waits[14]).toMatchObject({ from: 0, to: 2 ** 13 })
  })
})

describe('sketch', () => {
  it('a limit within a window -> without calls that drew just within it', () => {
    const policy = pipe(exponential(200), withJitter(0.5), limitDelay(1000), limitRetries(4))
    // 300, 600 and 400 before the last wait, which ends within 1000.
    expect(sketch(policy, 4)).toEqual({
      waits: [
        { retry: 1, from: 100, to: 300, latest: 300 },
        { retry: 2, from: 200, to: 600, latest: 900 },
        { retry: 3, from: 400, to: 1200, latest: 1900 },
        { retry: 4, from: 800, to: 2400, latest: 2300 }
      ],
      more: false,
      faults: []
    })
  })
})
