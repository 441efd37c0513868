import { leakyBucket } from '../../../src/resource/LeakyBucket.js'
import { after, flowsEvenly } from '../../support/flow.js'

describe('leakyBucket, 10 per second', () => {
  flowsEvenly(leakyBucket)

  it('a state -> plain data', () => {
    expect(after(leakyBucket, [[100, 4]])).toStrictEqual({ level: 4, at: 100 })
  })
})
