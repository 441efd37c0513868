/** `withHedge` with timeouts and retries, around it and inside. */
import { pipe } from 'fp-ts/lib/function.js'
import { fixed, limitRetries, recordFailures, withEnv, withHedge, withRetry, withTimeout } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { begun, planned, right } from '../../support/hedges.js'
import { start } from '../../support/task.js'

describe('withHedge', () => {
  describe('with timeouts', () => {
    it('inside -> each attempt has the time for itself', async () => {
      const clock = virtualClock()
      const { task, log } = planned(clock, 'P')
      const all = pipe(task, withTimeout(150), withHedge({ delay: 100 }), withEnv({ clock }))
      const ends = start(all, clock)
      await clock.runAll()
      expect(ends).toMatchObject([{ at: 250, result: { left: { _tag: 'TimedOut', timeout: 150 } } }])
      expect(log).toEqual([
        ...begun(0, 100),
        '150: call 1 aborted, TimeoutError',
        '250: call 2 aborted, TimeoutError'
      ])
    })

    it('outside -> TimedOut, with the number of calls; all signals', async () => {
      const clock = virtualClock()
      const { task, log } = planned(clock, 'P')
      const ends = start(
        pipe(task, withHedge({ delay: 100, max: 3 }), withTimeout(250), withEnv({ clock })),
        clock
      )
      await clock.advance(250)
      expect(clock.pending()).toBe(0)
      expect(ends).toEqual([
        {
          at: 250,
          result: {
            _tag: 'Left',
            left: { _tag: 'TimedOut', attempts: 3, elapsed: 250, failures: [], omitted: 0, timeout: 250 }
          }
        }
      ])
      expect(log).toEqual([
        ...begun(0, 100, 200),
        ...[1, 2, 3].map((call) => `250: call ${call} aborted, TimeoutError`)
      ])
    })
  })

  describe('with retries', () => {
    it('inside withRetry -> each attempt is hedged, and its attempts share a number', async () => {
      const clock = virtualClock()
      const { task, log } = planned(clock, 'L150 L20 P R10')
      const all = pipe(task, withHedge({ delay: 100 }), withRetry(fixed(50)), withEnv({ clock }))
      const ends = start(all, clock)
      await clock.runAll()
      expect(ends).toEqual([{ at: 310, result: right(4) }])
      expect(log).toEqual([
        '0: call 1 of attempt 1',
        '100: call 2 of attempt 1',
        '200: call 3 of attempt 2',
        '300: call 4 of attempt 2',
        '310: call 3 aborted, AbortError'
      ])
    })

    it('outside -> each hedge has retries of its own; those of the loser end', async () => {
      const clock = virtualClock()
      const { task, log } = planned(clock, 'L40 L40 L40 R80 R80')
      const all = pipe(
        task,
        withRetry(pipe(fixed(20), limitRetries(5))),
        withHedge({ delay: 100 }),
        withEnv({ clock })
      )
      const ends = start(all, clock)
      await clock.advance(1000)
      expect(log).toEqual([
        '0: call 1 of attempt 1',
        '60: call 2 of attempt 2',
        // The hedge.
        '100: call 3 of attempt 1',
        '120: call 4 of attempt 3',
        '160: call 5 of attempt 2',
        '200: call 5 aborted, AbortError'
      ])
      expect(ends).toEqual([{ at: 200, result: right(4) }])
      expect(clock.pending()).toBe(0)
    })

    it('outside, the loser waits for its next attempt -> that never comes', async () => {
      const clock = virtualClock()
      const { task, log } = planned(clock, 'L40 R80 R0')
      const all = pipe(task, withRetry(fixed(1000)), withHedge({ delay: 100 }), withEnv({ clock }))
      const ends = start(all, clock)
      await clock.advance(180)
      expect(clock.pending()).toBe(0)
      await clock.advance(10_000)
      expect(ends).toEqual([{ at: 180, result: right(2) }])
      expect(log).toEqual(begun(0, 100))
    })

    it('outside, and a timeout around both -> the calls and failures of all', async () => {
      const clock = virtualClock()
      const { task } = planned(clock, 'L0')
      const all = pipe(
        task,
        withRetry(fixed(60)),
        withHedge({ delay: 100 }),
        withTimeout(150),
        withEnv({ clock })
      )
      const ends = start(all, clock)
      await clock.runAll()
      expect(ends).toMatchObject([
        {
          at: 150,
          result: {
            left: {
              _tag: 'TimedOut',
              attempts: 4,
              elapsed: 150,
              // The calls at 0, 60 and 120 ms, and that of the hedge at 100 ms.
              failures: [
                { error: 1, attempt: 1 },
                { error: 2, attempt: 2 },
                { error: 4, attempt: 3 },
                { error: 3, attempt: 1 }
              ],
              omitted: 0
            }
          }
        }
      ])
    })
  })

  it('outside of a retry and its timeout, which has ended one of two -> its calls and failures count too', async () => {
    const clock = virtualClock()
    const { task } = planned(clock, 'L0')
    const all = pipe(
      task,
      withRetry(pipe(fixed(60), recordFailures(1))),
      withTimeout(130),
      withHedge({ delay: 100 }),
      withTimeout(170),
      withEnv({ clock })
    )
    const ends = start(all, clock)
    await clock.runAll()
    // Calls at 0, 60 and 120 ms, and of the hedge at 100 and 160 ms.
    expect(ends).toMatchObject([
      {
        at: 170,
        result: {
          left: {
            _tag: 'TimedOut',
            timeout: 170,
            attempts: 5,
            failures: [
              { error: 4, attempt: 3 },
              { error: 5, attempt: 2 }
            ],
            omitted: 3
          }
        }
      }
    ])
  })
})
