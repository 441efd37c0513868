import retry from 'async-retry'
import { fromCall } from '../support/shapes.js'
import { optionsOf, peer as below } from './retry.js'

export const peer = {
  name: 'async-retry',
  retrying: (options) => {
    const own = optionsOf(options)
    return fromCall((fn) => retry(fn, own))
  },
  firstWait: below.firstWait,
  least: 'default as retry'
}
