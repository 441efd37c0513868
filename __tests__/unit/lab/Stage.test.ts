import { newStage } from '../../../src/lab/Stage.js'

describe('newStage', () => {
  it('a script of nothing -> begins at 0, and stays there', () => {
    const { begun, clock, told } = newStage({ attempts: [], others: [] } as never)
    expect([clock.now(), clock.now(), begun()]).toEqual([0, 0, 0])
    expect(told()).toEqual({ events: [], waits: [] })
  })
})
