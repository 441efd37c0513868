import { systemRandom } from 'reprise'

describe('systemRandom', () => {
  it('is Math.random, read at each call', () => {
    const spy = jest.spyOn(Math, 'random').mockReturnValueOnce(0.25).mockReturnValueOnce(0.75)
    expect([systemRandom(), systemRandom()]).toEqual([0.25, 0.75])
    spy.mockRestore()
  })

  it('a hundred numbers -> in [0, 1)', () => {
    const numbers = Array.from({ length: 100 }, systemRandom)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  })
})
