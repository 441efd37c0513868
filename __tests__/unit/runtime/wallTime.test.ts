import { wallTime } from '../../../src/runtime/wallTime.js'

describe('wallTime', () => {
  it('that of the machine, faked or not', () => {
    jest.useFakeTimers({ now: 784_111_777_000 })
    expect(wallTime()).toBe(784_111_777_000)
    jest.useRealTimers()
    expect(wallTime()).toBeGreaterThan(1_790_000_000_000)
  })
})
