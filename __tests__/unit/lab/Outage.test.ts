import { forecast, outagesOf, toSpells } from '../../../src/lab/Outage.js'
import type { Outage } from '../../../src/lab/Scenario.js'
import { badDurations, message, refuses } from '../../support/bad.js'

const well = { down: false, silent: false, factor: 1, ratio: 0 }

describe('forecast', () => {
  it('no outages -> well, apart from the failures that there are at any time', () => {
    const weather = forecast([], 0.25)
    expect([weather(0), weather(1e9)]).toMatchObject([
      { ...well, ratio: 0.25 },
      { ...well, ratio: 0.25 }
    ])
  })

  it('each mode -> from its start on, and no more at its end', () => {
    const weather = forecast(
      toSpells([
        { from: '1s', to: '2s', mode: 'down' },
        { from: '3s', to: '4s', mode: 'silent' },
        { from: '5s', to: '6s', mode: 'slow', factor: 3 },
        { from: '7s', to: '8s', mode: 'failing', ratio: 0.5 }
      ]),
      0.1
    )
    const usual = { ...well, ratio: 0.1 }
    const down = { ...usual, down: true }
    const silent = { ...usual, silent: true }
    const slow = { ...usual, factor: 3 }
    const failing = { ...usual, ratio: 0.5 }
    const rows = [
      [0, usual],
      [999.99, usual],
      [1000, down],
      [1999.99, down],
      [2000, usual],
      [3000, silent],
      [3999.99, silent],
      [4000, usual],
      [5000, slow],
      [6000, usual],
      [7000, failing],
      [8000, usual],
      [1e6, usual]
    ] as const
    expect(rows.map(([at]) => weather(at))).toMatchObject(rows.map(([, each]) => each))
  })

  it('overlapping, in any order -> all of them count', () => {
    const outages: ReadonlyArray<Outage> = [
      { from: 30, to: 60, mode: 'failing', ratio: 0.3 },
      { from: 0, to: 100, mode: 'slow', factor: 2 },
      { from: 10, to: 50, mode: 'slow', factor: 5 },
      { from: 40, to: 70, mode: 'failing', ratio: 0.2 },
      { from: 45, to: 46, mode: 'down' },
      { from: 46, to: 47, mode: 'silent' }
    ]
    const at = [0, 10, 30, 45, 46, 47, 50, 60, 70, 100]
    const expected = [
      { ...well, factor: 2 },
      { ...well, factor: 10 },
      { ...well, factor: 10, ratio: 0.3 },
      { ...well, factor: 10, ratio: 0.3, down: true },
      { ...well, factor: 10, ratio: 0.3, silent: true },
      { ...well, factor: 10, ratio: 0.3 },
      { ...well, factor: 2, ratio: 0.3 },
      { ...well, factor: 2, ratio: 0.2 },
      { ...well, factor: 2 },
      well
    ]
    expect(at.map(forecast(toSpells(outages), 0))).toMatchObject(expected)
    expect(at.map(forecast(toSpells([...outages].reverse()), 0))).toMatchObject(expected)
  })

  it('asked again at the same moment, and after a long time -> the same, and what is then', () => {
    const weather = forecast(
      toSpells([
        { from: 1, to: 2, mode: 'down' },
        { from: 3, to: 4, mode: 'down' },
        { from: 5, to: 6, mode: 'silent' }
      ]),
      0
    )
    expect([0, 0, 5.5, 5.5, 7].map((at) => [weather(at).down, weather(at).silent])).toEqual([
      [false, false],
      [false, false],
      [false, true],
      [false, true],
      [false, false]
    ])
  })
})

describe('outagesOf', () => {
  const server = { capacity: 1, latency: 1 }
  const scenario = (outages?: ReadonlyArray<Outage>) =>
    ({ clients: 1, arrivals: 'atOnce', server: { ...server, outages } }) as const

  it('none -> undefined; one -> its time; several -> from the first start to the last end', () => {
    expect(outagesOf({ clients: 1, contention: { message: 1 } })).toBeUndefined()
    expect(outagesOf(scenario())).toBeUndefined()
    expect(outagesOf(scenario([]))).toBeUndefined()
    expect(outagesOf(scenario([{ from: '1s', to: '2s', mode: 'down' }]))).toEqual({ from: 1000, to: 2000 })
    expect(
      outagesOf(
        scenario([
          { from: 50, to: 90, mode: 'down' },
          { from: 20, to: 100, mode: 'silent' },
          { from: 60, to: 70, mode: 'silent' }
        ])
      )
    ).toEqual({ from: 20, to: 100 })
  })
})

describe('toSpells, of what makes no sense', () => {
  const at = (outage: object) => () => toSpells([{ from: 1, to: 2, mode: 'down' }, outage as Outage])
  refuses('server.outages[1].from', badDurations, (from) => at({ from, to: 2, mode: 'down' })())
  refuses('server.outages[1].to', badDurations, (to) => at({ from: 1, to, mode: 'down' })())

  it.each([
    [{ from: 2, to: 2, mode: 'down' }, 'RangeError: server.outages[1].to must be after 2 ms, got 2'],
    [
      { from: '2s', to: '1s', mode: 'down' },
      'RangeError: server.outages[1].to must be after 2000 ms, got "1s"'
    ],
    [
      { from: 1, to: 2, mode: 'off' },
      'RangeError: server.outages[1].mode must be down, silent, slow or failing, got "off"'
    ],
    [
      { from: 1, to: 2, mode: 'toString' },
      'RangeError: server.outages[1].mode must be down, silent, slow or failing, got "toString"'
    ],
    [
      { from: 1, to: 2 },
      'TypeError: server.outages[1].mode must be down, silent, slow or failing, got undefined'
    ],
    [
      { from: 1, to: 2, mode: 'slow' },
      'TypeError: server.outages[1].factor must be a number from 0 to 1000000, got undefined'
    ],
    [
      { from: 1, to: 2, mode: 'slow', factor: -1 },
      'RangeError: server.outages[1].factor must be a number from 0 to 1000000, got -1'
    ],
    [
      { from: 1, to: 2, mode: 'slow', factor: Infinity },
      'RangeError: server.outages[1].factor must be a number from 0 to 1000000, got Infinity'
    ],
    [
      { from: 1, to: 2, mode: 'failing', ratio: 1.1 },
      'RangeError: server.outages[1].ratio must be a number from 0 to 1, got 1.1'
    ],
    [
      { from: 1, to: 2, mode: 'failing', ratio: NaN },
      'RangeError: server.outages[1].ratio must be a number from 0 to 1, got NaN'
    ],
    [
      { from: 1, to: 2, mode: 'down', factor: 2 },
      "TypeError: server.outages[1]: there is no option 'factor'; there are from, to, mode"
    ],
    [
      { from: 1, to: 2, mode: 'silent', ratio: 1 },
      "TypeError: server.outages[1]: there is no option 'ratio'; there are from, to, mode"
    ]
  ])('%j -> %s', (outage, error) => {
    expect(message(at(outage))).toBe(error)
  })

  it.each([
    [null, 'TypeError: server.outages must be a list, got null'],
    ['down', 'RangeError: server.outages must be a list, got "down"'],
    [[null], 'TypeError: server.outages[0] must be an object, got null'],
    [[5], 'RangeError: server.outages[0] must be an object, got 5']
  ])('%j -> %s', (outages, error) => {
    expect(message(() => toSpells(outages as unknown as ReadonlyArray<Outage>))).toBe(error)
  })
})
