import { type Band, bandsOf, shadeOf, stripOf } from '../../../src/lab/OutageBands.js'

describe('bandsOf', () => {
  it('outages -> what can be seen of them until the end, and what they are', () => {
    expect(
      bandsOf(
        [
          { mode: 'down', from: '1s', to: '2s' },
          { mode: 'slow', factor: 2.5, from: 3000, to: '1m' },
          { mode: 'failing', ratio: 1 / 3, from: 4500, to: 4600 },
          { mode: 'silent', from: 5000, to: 6000 }
        ],
        5000
      )
    ).toEqual([
      { from: 1000, to: 2000, label: 'down' },
      { from: 3000, to: 5000, label: 'slow: 2.5 times as long' },
      { from: 4500, to: 4600, label: 'failing: 33.3 %' }
    ])
  })
})

describe('shadeOf', () => {
  it('bands, an axis -> over the whole height, so faint that lines are seen', () => {
    expect(shadeOf([{ from: 200, to: 600, label: 'down' }], { type: 'quantitative' })).toEqual({
      data: { values: [{ from: 200, to: 600 }] },
      mark: { type: 'rect', color: '#000000', opacity: 0.09 },
      encoding: { x: { type: 'quantitative', field: 'from' }, x2: { field: 'to' } }
    })
  })
})

describe('stripOf', () => {
  const band = (from: number, to: number, label = 'down'): Band => ({ from, to, label })
  /** In a strip of 100 pixels for 1,000 ms: a letter takes 60 ms. */
  const placed = (bands: ReadonlyArray<Band>) => {
    const { data, height } = stripOf(bands, 100, 1000)
    const { values } = data as unknown as { values: ReadonlyArray<{ at: number; row: number }> }
    return [height, ...values.map(({ at, row }) => [at, row])]
  }

  it('a wide band -> its label in the middle', () => {
    expect(placed([band(200, 600)])).toEqual([17, [280, 0]])
  })

  it('a narrow band at an end -> its label within the strip', () => {
    expect(placed([band(0, 10), band(990, 1000)])).toEqual([17, [0, 0], [760, 0]])
  })

  it('labels that would meet -> in rows below each other', () => {
    expect(placed([band(400, 410), band(500, 510), band(600, 610)])).toEqual([
      51,
      [285, 0],
      [385, 1],
      [485, 2]
    ])
  })

  it('labels with less than 6 pixels between them -> in rows; with 6 -> side by side', () => {
    // Labels of 240 ms, from 280 to 520.
    expect(placed([band(200, 600), band(659, 900)])).toEqual([34, [280, 0], [660, 1]])
    expect(placed([band(200, 600), band(660, 900)])).toEqual([17, [280, 0], [660, 0]])
  })

  it('bands from right to left -> the same', () => {
    expect(placed([band(659, 900), band(200, 600)])).toEqual([34, [660, 0], [280, 1]])
    expect(placed([band(660, 900), band(200, 600)])).toEqual([17, [660, 0], [280, 0]])
  })

  it('a label that is longer than its band, to the right or to the left of another -> in rows', () => {
    // Labels from 760, left of their band, and from 285 to 525, on both sides of it.
    expect(placed([band(900, 910), band(400, 740)])).toEqual([34, [760, 0], [450, 1]])
    expect(placed([band(560, 900), band(400, 410)])).toEqual([34, [610, 0], [285, 1]])
  })

  it('its drawing -> bands in grey, with what they were in black, on the time of the panels', () => {
    const x = { type: 'quantitative', axis: null, scale: { domain: [0, 1000], nice: false } }
    const y = {
      field: 'row',
      type: 'ordinal',
      axis: null,
      scale: { domain: [0, 1], paddingInner: 0.1, paddingOuter: 0 }
    }
    expect(stripOf([band(200, 600), band(300, 700)], 100, 1000)).toEqual({
      title: { text: 'Outages', fontSize: 12, color: '#333333', offset: 6 },
      width: 100,
      height: 34,
      data: {
        values: [
          { from: 200, to: 600, label: 'down', at: 280, row: 0 },
          { from: 300, to: 700, label: 'down', at: 380, row: 1 }
        ]
      },
      layer: [
        {
          mark: { type: 'rect', color: '#d0d0d0' },
          encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' }, y }
        },
        {
          mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 11, color: '#000000' },
          encoding: { x: { ...x, field: 'at' }, y, text: { field: 'label', type: 'nominal' } }
        }
      ]
    })
  })

  it('bands that overlap -> in rows; what has room again stands above', () => {
    expect(placed([band(0, 400), band(300, 500), band(700, 1000)])).toEqual([34, [80, 0], [280, 1], [730, 0]])
  })
})
