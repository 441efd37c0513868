import promiseRetry from 'promise-retry'
import { fromCall } from '../support/shapes.js'
import { optionsOf, peer as below } from './retry.js'

export const peer = {
  name: 'promise-retry',
  retrying: (options) => {
    const own = optionsOf(options)
    return fromCall((fn) => promiseRetry((retry) => fn().catch(retry), own))
  },
  firstWait: below.firstWait,
  least: 'default as retry'
}
