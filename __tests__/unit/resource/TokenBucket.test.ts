import { tokenBucket } from '../../../src/resource/TokenBucket.js'
import { after, flowsEvenly } from '../../support/flow.js'

describe('tokenBucket, 10 per second', () => {
  flowsEvenly(tokenBucket)

  it('a state -> plain data', () => {
    expect(after(tokenBucket, [[100, 4]])).toStrictEqual({ tokens: 6, at: 100 })
  })
})
