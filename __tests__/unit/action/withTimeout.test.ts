import { pipe } from 'fp-ts/lib/function.js'
import { fixed, limitRetries, withEnv, withRetry, withTimeout } from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { badDurations, refuses } from '../../support/bad.js'
import { start } from '../../support/task.js'

const policy = pipe(fixed(100), limitRetries(2))

describe('withTimeout', () => {
  it.each<[number | '50ms' | '0.05s', number]>([
    [50, 50],
    ['50ms', 50],
    ['0.05s', 50],
    [0, 0]
  ])('%p, a function that never ends -> TimedOut, every field', async (timeout, at) => {
    const clock = virtualClock()
    const ends = start(pipe(scripted('P'), withTimeout(timeout), withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toStrictEqual([
      {
        at,
        result: {
          _tag: 'Left',
          left: { _tag: 'TimedOut', attempts: 1, elapsed: at, failures: [], omitted: 0, timeout: at }
        }
      }
    ])
  })

  it('around a retry, out in its second wait -> TimedOut, with both failures', async () => {
    const clock = virtualClock()
    const ends = start(pipe(scripted('L'), withRetry(policy), withTimeout(150), withEnv({ clock })), clock)
    await clock.runAll()
    const failure = { _tag: 'Failed', duration: 0, delay: 100 }
    expect(ends).toStrictEqual([
      {
        at: 150,
        result: {
          _tag: 'Left',
          left: {
            _tag: 'TimedOut',
            attempts: 2,
            elapsed: 150,
            failures: [
              { ...failure, error: 1, attempt: 1, startedAt: 0 },
              { ...failure, error: 2, attempt: 2, startedAt: 100 }
            ],
            omitted: 0,
            timeout: 150
          }
        }
      }
    ])
    expect(clock.pending()).toBe(0)
  })

  it('inside a retry -> each attempt has the time for itself, and TimedOut is retried', async () => {
    const clock = virtualClock()
    const ends = start(pipe(scripted('PPR'), withTimeout(30), withRetry(policy), withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toEqual([{ at: 260, result: { _tag: 'Right', right: 3 } }])
  })

  it.each<[string, unknown]>([
    ['R', { _tag: 'Right', right: 1 }],
    ['L', { _tag: 'Left', left: 1 }],
    ['T', { _tag: 'Left', left: 1 }]
  ])('in time, %s -> that outcome, and no timer left', async (script, result) => {
    const clock = virtualClock()
    const fn = scripted(script, { duration: 10, clock })
    const ends = start(pipe(fn, withTimeout(50), withEnv({ clock })), clock)
    await clock.advance(10)
    expect(ends).toEqual([{ at: 10, result }])
    expect(clock.pending()).toBe(0)
  })

  it('30 ms around 50 ms, and the other way round -> the shorter one, its error as a result of the longer', async () => {
    const clock = virtualClock()
    const outerShort = start(pipe(scripted('P'), withTimeout(50), withTimeout(30), withEnv({ clock })), clock)
    const innerShort = start(pipe(scripted('P'), withTimeout(30), withTimeout(50), withEnv({ clock })), clock)
    await clock.runAll()
    expect([outerShort, innerShort]).toMatchObject([
      [{ at: 30, result: { left: { _tag: 'TimedOut', timeout: 30 } } }],
      [{ at: 30, result: { left: { _tag: 'TimedOut', timeout: 30 } } }]
    ])
    expect(clock.pending()).toBe(0)
  })

  it('each run of a task -> the whole time anew', async () => {
    const clock = virtualClock()
    const task = pipe(scripted('P'), withTimeout(50), withEnv({ clock }))
    const first = start(task, clock)
    await clock.advance(40)
    const second = start(task, clock)
    await clock.runAll()
    expect([first[0]?.at, second[0]?.at]).toEqual([50, 90])
  })

  refuses('withTimeout: timeout', badDurations, (input) => withTimeout(input))
})
