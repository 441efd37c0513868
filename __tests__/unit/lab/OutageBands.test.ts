import { type Band, bandsOf, stripOf } from '../../../src/lab/OutageBands.js'

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

  it('bands that overlap -> in rows; what has room again stands above', () => {
    expect(placed([band(0, 400), band(300, 500), band(700, 1000)])).toEqual([34, [80, 0], [280, 1], [730, 0]])
  })
})
