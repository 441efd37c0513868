import { gcra } from '../../../src/resource/Gcra.js'
import { after, flowsEvenly } from '../../support/flow.js'

describe('gcra, 10 per second', () => {
  flowsEvenly(gcra)

  it('a state -> plain data', () => {
    expect(after(gcra, [[100, 4]])).toStrictEqual({ arrival: 500 })
  })
})
