import { resourceLimit } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { newLimitCell } from '../../../src/resource/LimitCell.js'
import { toAsked } from '../../../src/resource/LimitRequest.js'

const limits = [resourceLimit({ key: 'place', capacity: 1 })]
const place = toAsked('test', limits, {})

describe('newLimitCell', () => {
  it('one who gives back as soon as it is granted -> the next is granted after it, in order', () => {
    const clock = virtualClock()
    const cell = newLimitCell(limits, clock, Infinity, Infinity)
    const first = cell.take(clock, place)
    const granted: string[] = []
    for (const name of ['second', 'third', 'fourth']) {
      cell.join(clock, place, (answer) => {
        granted.push(`${name} begins`)
        if (!('_tag' in answer)) cell.settle(answer)
        granted.push(`${name} ends`)
      })
    }
    if (first !== undefined) cell.settle(first)
    expect(granted).toEqual([
      'second begins',
      'second ends',
      'third begins',
      'third ends',
      'fourth begins',
      'fourth ends'
    ])
    expect([cell.available(clock), cell.waiting()]).toEqual([[1], 0])
  })
})
