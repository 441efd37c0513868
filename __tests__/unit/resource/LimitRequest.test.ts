import { callLimit } from '../../../src/index.js'
import { toAsked } from '../../../src/resource/LimitRequest.js'

describe('toAsked', () => {
  const limits = [callLimit({ key: 'constructor', capacity: 5, per: '1s' })]

  it('a limit with a key that every object has, not named -> one', () => {
    expect(toAsked('request', limits, {}).amounts).toEqual([1])
  })

  it('the same, named -> its amount', () => {
    expect(toAsked('request', limits, { constructor: 3 }).amounts).toEqual([3])
  })
})
