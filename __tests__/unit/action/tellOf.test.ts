import { systemClock, systemRandom } from 'reprise'
import type { AttemptInfo, Env } from '../../../src/action/entry.js'
import { contextOfCall, tellOf } from '../../../src/action/tellOf.js'
import { decide } from '../../../src/policy/step.js'

const env: Env = { clock: systemClock, random: systemRandom, decide }
const previous = { _tag: 'Threw', error: 'e', attempt: 2, startedAt: 40, duration: 5, delay: 55 } as const

describe('contextOfCall', () => {
  it.each<[string, AttemptInfo | undefined, object]>([
    ['no retry around', undefined, { attempt: 1, elapsed: 7, previousDelay: undefined }],
    [
      'a first attempt',
      { attempt: 1, elapsed: 0, previous: undefined, name: 'outer' },
      { attempt: 1, elapsed: 7, previousDelay: undefined }
    ],
    [
      'a third attempt, which began after 100 ms',
      { attempt: 3, elapsed: 100, previous, name: 'outer' },
      { attempt: 3, elapsed: 107, previousDelay: 55 }
    ]
  ])('%s, 7 ms ago -> a context, every field', (_, attempt, expected) => {
    expect(contextOfCall({ ...env, attempt }, 'load', ['a', 1], 7)).toStrictEqual({
      ...expected,
      name: 'load',
      args: ['a', 1]
    })
  })
})

describe('tellOf', () => {
  it('nobody watches -> nothing to tell with', () => {
    expect(tellOf(env, 'load', [])).toBeUndefined()
  })

  it('somebody does -> is told the context and the news', () => {
    const told: unknown[] = []
    const tell = tellOf({ ...env, report: (...what) => told.push(what) }, 'load', ['a'])
    tell?.({ _tag: 'HedgeStarted', hedge: 1 }, 30)
    expect(told).toStrictEqual([
      [
        { attempt: 1, elapsed: 30, name: 'load', args: ['a'], previousDelay: undefined },
        { _tag: 'HedgeStarted', hedge: 1 }
      ]
    ])
  })
})
