/** `withHedge`, aborted from outside, and what it tells those who can abort it. */
import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  limitRetries,
  retryBudget,
  systemRandom,
  withAttempt,
  withEnv,
  withHedge,
  withRetry,
  withRetryBudget,
  withSignal,
  withTimeout
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import { toRun } from '../../../src/action/entry.js'
import { makeInterrupt, newFlight } from '../../../src/action/Interrupt.js'
import { decide } from '../../../src/policy/step.js'
import { begun, left, type Outcome, planned, right } from '../../support/hedges.js'
import { type Deferred, deferred, start, turn } from '../../support/task.js'

describe('withHedge', () => {
  describe('an abort from outside', () => {
    it.each<[string, number, ReadonlyArray<string>, number]>([
      ['before the first hedge', 50, begun(0), 1],
      ['between two hedges', 150, begun(0, 100), 2],
      ['after the last', 250, begun(0, 100, 200), 3]
    ])('%s -> Aborted, all signals, no later call, no timer', async (_, at, log, attempts) => {
      const clock = virtualClock()
      const controller = new AbortController()
      const { task, log: seen } = planned(clock, 'P')
      const all = pipe(
        task,
        withHedge({ delay: 100, max: 2 }),
        withSignal(controller.signal),
        withEnv({ clock })
      )
      const ends = start(all, clock)
      await clock.advance(at)
      controller.abort(new TypeError('no'))
      await turn()
      expect(clock.pending()).toBe(0)
      await clock.advance(1000)
      expect(ends).toEqual([
        {
          at,
          result: {
            _tag: 'Left',
            left: {
              _tag: 'Aborted',
              attempts,
              elapsed: at,
              failures: [],
              omitted: 0,
              reason: new TypeError('no')
            }
          }
        }
      ])
      expect(seen).toEqual([...log, ...log.map((_each, i) => `${at}: call ${i + 1} aborted, TypeError`)])
    })

    it('before it begins -> not called', async () => {
      const { task, log } = planned(virtualClock(), 'P')
      const all = pipe(task, withHedge({ delay: 0 }), withSignal(AbortSignal.abort('no')))
      expect(await all()).toMatchObject({ left: { _tag: 'Aborted', attempts: 0 } })
      expect(log).toEqual([])
    })

    it('by the first attempt itself, delay 0 -> no hedge', async () => {
      const controller = new AbortController()
      let calls = 0
      const suicidal = async () => {
        calls += 1
        controller.abort('no')
        return new Promise<never>(() => undefined)
      }
      const budget = retryBudget({ ratio: 0, minimumPerSecond: 1 })()
      const all = pipe(
        suicidal,
        withHedge({ delay: 0 }),
        withRetryBudget(budget),
        withSignal(controller.signal),
        withEnv({ clock: virtualClock() })
      )
      expect(await all()).toMatchObject({ left: { _tag: 'Aborted', attempts: 1, reason: 'no' } })
      expect([calls, budget.balance()]).toEqual([1, 10])
    })

    it('after the end -> nothing', async () => {
      const clock = virtualClock()
      const controller = new AbortController()
      const { task, log } = planned(clock, 'P R20')
      const all = pipe(task, withHedge({ delay: 100 }), withSignal(controller.signal), withEnv({ clock }))
      const ends = start(all, clock)
      await clock.advance(130)
      controller.abort()
      await clock.runAll()
      expect(ends).toEqual([{ at: 120, result: right(2) }])
      expect(log).toEqual([...begun(0, 100), '120: call 1 aborted, AbortError'])
    })

    it('after one has failed -> Aborted; the one that failed counts', async () => {
      const clock = virtualClock()
      const { task, log } = planned(clock, 'L150 P')
      const ends = start(pipe(task, withHedge({ delay: 100 }), withTimeout(180), withEnv({ clock })), clock)
      await clock.runAll()
      expect(ends).toMatchObject([{ at: 180, result: { left: { _tag: 'TimedOut', attempts: 2 } } }])
      expect(log).toEqual([...begun(0, 100), '180: call 2 aborted, TimeoutError'])
    })
  })

  describe('an abort close to an outcome', () => {
    type Answer = { readonly _tag: 'Left' | 'Right'; readonly left?: string; readonly right?: string }
    const success: Answer = { _tag: 'Right', right: 'settled' }
    const failure: Answer = { _tag: 'Left', left: 'settled' }

    /** Two attempts under way, inside many wrappers, about to be settled by hand. */
    const running = async () => {
      const clock = virtualClock()
      const controller = new AbortController()
      const calls: Array<Deferred<Answer>> = []
      const fn = (): Promise<Answer> => {
        const call = deferred<Answer>()
        calls.push(call)
        return call.promise
      }
      const never = new AbortController().signal
      const all = pipe(
        fn,
        withRetry(pipe(fixed('1h'), limitRetries(1))),
        withTimeout('1h'),
        withSignal(never),
        withHedge({ delay: 100 }),
        withTimeout('1h'),
        withRetry(pipe(fixed('1h'), limitRetries(1))),
        withSignal(never),
        withHedge({ delay: '1h' }),
        withSignal(controller.signal),
        withEnv({ clock })
      )
      const ends = start(all, clock)
      await clock.advance(100)
      return { ends, calls, controller, clock }
    }
    const microtasks = async (count: number) => {
      for (let i = 0; i < count; i++) await Promise.resolve()
    }
    const some = Array.from({ length: 24 }, (_, i) => [i] as const)

    it.each(some)('a success of one, the abort %d microtasks later -> the success', async (count) => {
      for (const which of [0, 1]) {
        const { ends, calls, controller, clock } = await running()
        calls[which]?.resolve(success)
        if (count > 0) await microtasks(count)
        controller.abort('late')
        await clock.advance(1)
        expect(ends).toEqual([{ at: 100, result: success }])
        expect(clock.pending()).toBe(0)
      }
    })

    it.each(some)(
      'a success of one while the other fails and waits, the abort %d microtasks later -> the success',
      async (count) => {
        for (const which of [0, 1]) {
          const { ends, calls, controller, clock } = await running()
          calls[which]?.resolve(success)
          calls[1 - which]?.resolve(failure)
          if (count > 0) await microtasks(count)
          controller.abort('late')
          await clock.advance(1)
          expect(ends).toEqual([{ at: 100, result: success }])
          expect(clock.pending()).toBe(0)
        }
      }
    )

    // The retry in the middle has made one attempt, whatever goes on inside.
    it.each(some)('a failure of one, the abort %d microtasks later -> Aborted', async (count) => {
      for (const which of [0, 1]) {
        const { ends, calls, controller, clock } = await running()
        calls[which]?.resolve(failure)
        if (count > 0) await microtasks(count)
        controller.abort('early enough')
        await clock.advance(1)
        expect(ends).toMatchObject([
          { at: 100, result: { left: { _tag: 'Aborted', attempts: 1, reason: 'early enough' } } }
        ])
        expect(clock.pending()).toBe(0)
      }
    })

    it('the abort, and a success in answer to it -> Aborted', async () => {
      const { ends, calls, controller, clock } = await running()
      controller.abort('first')
      calls[1]?.resolve(success)
      await clock.advance(1)
      expect(ends).toMatchObject([{ result: { left: { _tag: 'Aborted', attempts: 1, reason: 'first' } } }])
    })

    it('attempts that answer to their signals -> Aborted', async () => {
      const clock = virtualClock()
      const polite = withAttempt(({ signal }) => async () => {
        return new Promise<number>((resolve) => {
          signal.addEventListener('abort', () => resolve(1))
        })
      })
      const ends = start(pipe(polite, withHedge({ delay: 100 }), withTimeout(150), withEnv({ clock })), clock)
      await clock.runAll()
      expect(ends).toMatchObject([{ at: 150, result: { left: { _tag: 'TimedOut', attempts: 2 } } }])
    })

    it('both have failed, the abort right after -> the failure that came last', async () => {
      const clock = virtualClock()
      const controller = new AbortController()
      const calls: Array<Deferred<Answer>> = []
      const fn = (): Promise<Answer> => {
        const call = deferred<Answer>()
        calls.push(call)
        return call.promise
      }
      const all = pipe(
        fn,
        withTimeout('1h'),
        withHedge({ delay: 100 }),
        withTimeout('1h'),
        withSignal(controller.signal),
        withEnv({ clock })
      )
      const ends = start(all, clock)
      await clock.advance(100)
      calls[1]?.resolve({ _tag: 'Left', left: 'second' })
      calls[0]?.resolve({ _tag: 'Left', left: 'first' })
      controller.abort('late')
      await clock.advance(1)
      expect(ends).toEqual([{ at: 100, result: { _tag: 'Left', left: 'first' } }])
    })
  })

  describe('how things stand, for what waits outside', () => {
    /** Two attempts under way, in an environment whose flight and interrupt can be looked at. */
    const running = async () => {
      const clock = virtualClock()
      const flight = newFlight(undefined)
      const interrupt = makeInterrupt(flight)
      const calls: Array<Deferred<Outcome>> = []
      const fn = (): Promise<Outcome> => {
        const call = deferred<Outcome>()
        calls.push(call)
        return call.promise
      }
      // What has landed before is of no meaning for what begins.
      flight.state = 'landed'
      const ends: Array<readonly [result: unknown, state: string]> = []
      const run = toRun(pipe(fn, withHedge({ delay: 100, max: 2 })))
      void run({ clock, random: systemRandom, decide, flight, interrupt }, []).then((result) => {
        ends.push([result, flight.state])
      })
      const states: string[] = [flight.state]
      await clock.advance(100)
      return { flight, interrupt, calls, ends, states }
    }

    it('a failure while another runs -> on its way for a moment, then out again', async () => {
      const { flight, calls, states, ends } = await running()
      calls[0]?.resolve({ _tag: 'Left', left: 1 })
      for (let i = 0; i < 20; i++) {
        states.push(flight.state)
        await Promise.resolve()
      }
      expect(states.filter((state, i) => state !== states[i - 1])).toEqual(['out', 'landed', 'out'])
      expect(ends).toEqual([])
    })

    it('a success -> on its way, and so it stays, whatever the losers do', async () => {
      const { flight, calls, ends } = await running()
      calls[1]?.resolve({ _tag: 'Right', right: 2 })
      await turn()
      expect(ends).toEqual([[right(2), 'landed']])
      flight.state = 'out'
      calls[0]?.resolve({ _tag: 'Right', right: 1 })
      await turn()
      expect(flight.state).toBe('out')
    })

    it('the interrupt outside fires -> cut, with its reason', async () => {
      const { interrupt, ends } = await running()
      expect(interrupt.fire('no')).toBe(true)
      await turn()
      expect(ends).toEqual([
        [left({ _tag: 'Aborted', attempts: 2, elapsed: 100, failures: [], omitted: 0, reason: 'no' }), 'cut']
      ])
    })
  })
})
