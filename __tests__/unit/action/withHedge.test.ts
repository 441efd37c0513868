import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  circuitBreaker,
  fixed,
  immediate,
  latencyWindow,
  limitRetries,
  limitSet,
  recordFailures,
  resourceLimit,
  retryBudget,
  systemRandom,
  withAttempt,
  withCircuitBreaker,
  withEnv,
  withHedge,
  withLimits,
  withObserver,
  withRetry,
  withRetryBudget,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, type VirtualClock, virtualClock } from 'reprise/testing'
import { type BudgetInput, toRun, toWrapper } from '../../../src/action/entry.js'
import { makeInterrupt, newFlight } from '../../../src/action/Interrupt.js'
import { decide } from '../../../src/policy/step.js'
import { badCounts, badDurations, refuses, thrown } from '../../support/bad.js'
import { heard } from '../../support/process.js'
import { type Deferred, deferred, start, turn } from '../../support/task.js'

type Outcome =
  { readonly _tag: 'Left'; readonly left: number } | { readonly _tag: 'Right'; readonly right: number }

/**
 * A task whose calls come to what a plan says: 'R50 L20 T5 P' succeeds with 1 after 50 ms, fails with 2 after 20 ms, throws 3
 * after 5 ms, and is pending from then on. The log says what happened when.
 */
const planned = (clock: VirtualClock, plan: string) => {
  const steps = plan.split(' ')
  const log: string[] = []
  let calls = 0
  const task = withAttempt(({ signal, attempt }) => {
    const call = ++calls
    const step = steps[Math.min(call, steps.length) - 1]!
    log.push(`${clock.now()}: call ${call} of attempt ${attempt}`)
    signal.addEventListener('abort', () => {
      log.push(`${clock.now()}: call ${call} aborted, ${(signal.reason as Error).name}`)
    })
    return (): Promise<Outcome> =>
      new Promise<Outcome>((resolve, reject) => {
        if (step === 'P') return
        clock.after(Number(step.slice(1)), () => {
          if (step.startsWith('T')) reject(call)
          else resolve(step.startsWith('R') ? { _tag: 'Right', right: call } : { _tag: 'Left', left: call })
        })
      })
  })
  return { task, log }
}

const right = (value: number) => ({ _tag: 'Right', right: value })
const left = (error: unknown) => ({ _tag: 'Left', left: error })

/** Runs a plan hedged after 100 ms, to its end. */
const hedged = async (plan: string, max = 1, delay = 100) => {
  const clock = virtualClock()
  const { task, log } = planned(clock, plan)
  const ends = start(pipe(task, withHedge({ delay, max }), withEnv({ clock })), clock)
  await clock.advance(10_000)
  return { ends, log, pending: clock.pending() }
}

const begun = (...times: ReadonlyArray<number>) => times.map((at, i) => `${at}: call ${i + 1} of attempt 1`)

describe('withHedge', () => {
  it('keeps the shape, the length and the name', () => {
    const read = async (_id: string, _n: number) => 1
    const wrapped = pipe(read, withHedge({ delay: 5 }))
    expect([wrapped.length, wrapped.name, typeof wrapped('a', 1)]).toEqual([2, 'read', 'function'])
  })

  it('hands the arguments to each attempt', async () => {
    const clock = virtualClock()
    const seen: unknown[] = []
    const read = async (...args: readonly [string, number]) => {
      seen.push(args)
      return new Promise<never>(() => undefined)
    }
    start(pipe(read, withHedge({ delay: 5 }), withEnv({ clock }))('a', 1), clock)
    await clock.runAll()
    expect(seen).toEqual([
      ['a', 1],
      ['a', 1]
    ])
  })

  describe('who wins', () => {
    it.each<[string, number, number, object, ReadonlyArray<string>]>([
      ['R50', 1, 50, right(1), begun(0)],
      // Ready at the moment of the delay: the outcome comes first.
      ['R100', 1, 100, right(1), begun(0)],
      ['R900 R20', 1, 120, right(2), [...begun(0, 100), '120: call 1 aborted, AbortError']],
      ['R150 R90', 1, 150, right(1), [...begun(0, 100), '150: call 2 aborted, AbortError']],
      // At the same moment: who began first.
      ['R150 R50', 1, 150, right(1), [...begun(0, 100), '150: call 2 aborted, AbortError']],
      ['P R20', 1, 120, right(2), [...begun(0, 100), '120: call 1 aborted, AbortError']],
      ['R900 R900 R0', 1, 900, right(1), [...begun(0, 100), '900: call 2 aborted, AbortError']],
      [
        'P P P R10',
        3,
        310,
        right(4),
        [...begun(0, 100, 200, 300), ...[1, 2, 3].map((call) => `310: call ${call} aborted, AbortError`)]
      ],
      [
        'P R120 P P',
        3,
        220,
        right(2),
        [...begun(0, 100, 200), ...[1, 3].map((call) => `220: call ${call} aborted, AbortError`)]
      ]
    ])('%s, max %d -> at %d ms', async (plan, max, at, result, log) => {
      expect(await hedged(plan, max)).toEqual({ ends: [{ at, result }], log, pending: 0 })
    })
  })

  describe('failures', () => {
    it.each<[string, number, number, object, ReadonlyArray<string>]>([
      // Before the delay: no hedge.
      ['L50 R0', 3, 50, left(1), begun(0)],
      ['T50 R0', 3, 50, left(1), begun(0)],
      ['L100 R0', 3, 100, left(1), begun(0)],
      // While another runs: dropped.
      ['L150 R90', 1, 190, right(2), begun(0, 100)],
      ['T150 R90', 1, 190, right(2), begun(0, 100)],
      ['R150 L20', 1, 150, right(1), begun(0, 100)],
      ['R150 T20', 1, 150, right(1), begun(0, 100)],
      // More are started as long as one is under way.
      ['P L20 R10', 2, 210, right(3), [...begun(0, 100, 200), '210: call 1 aborted, AbortError']],
      ['L150 P R10', 2, 210, right(3), [...begun(0, 100, 200), '210: call 2 aborted, AbortError']],
      // All of them: the one that came last, at once.
      ['L150 L20', 3, 150, left(1), begun(0, 100)],
      ['L150 L90', 1, 190, left(2), begun(0, 100)],
      ['L150 T90', 1, 190, left(2), begun(0, 100)],
      ['T150 L20', 1, 150, left(1), begun(0, 100)],
      ['L250 L110 L10', 3, 250, left(1), begun(0, 100, 200)]
    ])('%s, max %d -> at %d ms', async (plan, max, at, result, log) => {
      expect(await hedged(plan, max)).toEqual({ ends: [{ at, result }], log, pending: 0 })
    })

    it.each<[string, string, unknown]>([
      ['L150 L20', 'Failed', 1],
      ['T150 L20', 'Threw', 1],
      ['L150 T90', 'Threw', 2]
    ])('%s, inside a retry -> the failure is what came last: %s', async (plan, tag, error) => {
      const clock = virtualClock()
      const { task } = planned(clock, plan)
      const robust = pipe(
        task,
        withHedge({ delay: 100 }),
        withRetry(pipe(immediate, limitRetries(0))),
        withEnv({ clock })
      )
      const ends = start(robust, clock)
      await clock.runAll()
      expect(ends).toMatchObject([{ result: { left: { failures: [{ _tag: tag, error }] } } }])
    })

    it('a loser that rejects later, a hedge that rejects while dropped -> never unhandled', async () => {
      const unhandled = await heard('unhandledRejection', async () => {
        await hedged('T500 R20')
        await hedged('R500 T20')
        await hedged('T500 T450 R20', 2)
      })
      expect(unhandled).toEqual([])
    })

    it('an action that throws where it should reject, as a hedge -> dropped like any failure', async () => {
      const clock = virtualClock()
      let calls = 0
      const task = pipe(
        async () => {
          await new Promise<void>((resolve) => clock.after(150, resolve))
          return 1
        },
        toWrapper('test', (inner) => (env, args) => {
          if (++calls === 2) throw new Error('at once')
          return inner(env, args)
        }) as unknown as <F>(fn: F) => TaskEither<unknown, number>,
        withHedge({ delay: 100, max: 2 }),
        withEnv({ clock })
      )
      const ends = start(task, clock)
      await clock.runAll()
      expect(ends).toEqual([{ at: 150, result: right(1) }])
    })
  })

  describe('a delay of 0', () => {
    it('R50 R20 R30, max 2 -> all at once; the quickest wins', async () => {
      expect(await hedged('R50 R20 R30', 2, 0)).toEqual({
        ends: [{ at: 20, result: right(2) }],
        log: [...begun(0, 0, 0), '20: call 1 aborted, AbortError', '20: call 3 aborted, AbortError'],
        pending: 0
      })
    })

    it('a budget with one retry left, max 3 -> one hedge; it is not asked again', async () => {
      const clock = virtualClock()
      const { task, log } = planned(clock, 'P')
      const budget = retryBudget({ ratio: 0, minimumPerSecond: 0.1 })()
      start(pipe(task, withHedge({ delay: 0, max: 3 }), withRetryBudget(budget), withEnv({ clock })), clock)
      await clock.advance(60_000)
      expect(log).toEqual(begun(0, 0))
    })
  })

  it('on the clock of the machine -> the hedge wins, and the loser is aborted', async () => {
    let calls = 0
    const reasons: unknown[] = []
    const read = withAttempt(({ signal }) => async () => {
      if (++calls === 2) return 'quick'
      return new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason)
          reject(new Error('given up'))
        })
      })
    })
    const began = performance.now()
    expect(await pipe(read, withHedge({ delay: 10 }))()).toEqual({ _tag: 'Right', right: 'quick' })
    expect(performance.now() - began).toBeGreaterThanOrEqual(8)
    expect(reasons).toEqual([new DOMException('another attempt was quicker', 'AbortError')])
  })

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

  describe('with limits inside', () => {
    it('an attempt that lost -> its permit is free at the moment the winner ends', async () => {
      const clock = virtualClock()
      const set = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()
      const { task } = planned(clock, 'P R20')
      const free: number[] = []
      // The next wrapper outside is the first to hear.
      const heardOf = toWrapper('test', (inner) => async (env, args) => {
        const result = await inner(env, args)
        free.push(set.available().place)
        return result
      }) as <F>(fn: F) => F
      const all = pipe(task, withLimits(set), withHedge({ delay: 100 }), heardOf, withEnv({ clock }))
      start(all, clock)
      await clock.advance(110)
      expect(set.available().place).toBe(0)
      await clock.runAll()
      expect(free).toEqual([2])
    })

    it('so too inside a retry and a timeout -> free at the moment the winner ends', async () => {
      const clock = virtualClock()
      const set = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()
      const { task } = planned(clock, 'P R20')
      const free: number[] = []
      const all = pipe(
        task,
        withLimits(set),
        withRetry(immediate),
        withTimeout('1h'),
        withHedge({ delay: 100 }),
        withEnv({ clock })
      )
      void all().then(() => free.push(set.available().place))
      await clock.runAll()
      expect(free).toEqual([2])
    })

    it('a hedge that waits for the permit of the first -> has it as the first ends, and gives it back at once', async () => {
      const clock = virtualClock()
      const set = limitSet([resourceLimit({ key: 'place', capacity: 1 })])()
      const { task, log } = planned(clock, 'R150 R0')
      const after: unknown[] = []
      const all = pipe(task, withLimits(set), withHedge({ delay: 100 }), withEnv({ clock }))
      void all().then((result) => after.push(result, clock.now()))
      await clock.advance(110)
      expect(set.waiting()).toBe(1)
      await clock.advance(40)
      expect([...after, set.available().place, set.waiting()]).toEqual([right(1), 150, 1, 0])
      await clock.runAll()
      expect(log).toEqual([...begun(0, 150), '150: call 2 aborted, AbortError'])
    })

    it('attempts that wait for a permit, and a timeout around them -> leave the queue, not called', async () => {
      const clock = virtualClock()
      const set = limitSet([resourceLimit({ key: 'place', capacity: 1 })])()
      void set.acquire()()
      const { task, log } = planned(clock, 'R0')
      const all = pipe(task, withLimits(set), withHedge({ delay: 100 }), withTimeout(200), withEnv({ clock }))
      const ends = start(all, clock)
      await clock.advance(150)
      expect(set.waiting()).toBe(2)
      await clock.runAll()
      expect([set.waiting(), log]).toEqual([0, []])
      expect(ends).toMatchObject([{ at: 200, result: { left: { _tag: 'TimedOut', attempts: 0 } } }])
    })

    it('limits outside, an abort right after the outcome -> the outcome', async () => {
      const clock = virtualClock()
      const controller = new AbortController()
      const set = limitSet([resourceLimit({ key: 'place', capacity: 1 })], { clock })()
      const call = deferred<number>()
      const all = pipe(
        () => call.promise,
        withHedge({ delay: 100 }),
        withLimits(set),
        withSignal(controller.signal),
        withEnv({ clock })
      )
      const ends = start(all, clock)
      await clock.advance(100)
      call.resolve(7)
      controller.abort('late')
      await clock.advance(1)
      expect(ends).toEqual([{ at: 100, result: right(7) }])
      expect(set.available().place).toBe(1)
    })
  })

  it('a breaker inside -> losers count neither way', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ countWindow: 10, minimumCalls: 10, failureRatio: 0.5, openTime: 1000 })()
    const { task } = planned(clock, 'P R20')
    start(pipe(task, withCircuitBreaker(breaker), withHedge({ delay: 100 }), withEnv({ clock })), clock)
    await clock.runAll()
    expect(breaker.status()).toMatchObject({ calls: 1, failures: 0 })
  })

  describe('with budgets', () => {
    /** Wraps with two budgets: the first allows what it is told to, and all that they are told is written down. */
    const budgeted = (allowed: ReadonlyArray<boolean>, clock: VirtualClock) => {
      const notes: string[] = []
      let asked = 0
      const budget = (name: string, allows: () => boolean) => ({
        note: (_: unknown, input: BudgetInput) => void notes.push(`${clock.now()}: ${name} ${input}`),
        allows
      })
      const wrap = toWrapper(
        'test',
        (inner) => (env, args) =>
          inner(
            {
              ...env,
              budgets: [budget('one', () => allowed[asked++] ?? true), budget('two', () => true)]
            },
            args
          )
      ) as unknown as <F>(fn: F) => F
      return { wrap, notes, asked: () => asked }
    }

    const run = async (plan: string, allowed: ReadonlyArray<boolean>, max = 1) => {
      const clock = virtualClock()
      const { wrap, notes, asked } = budgeted(allowed, clock)
      const { task, log } = planned(clock, plan)
      const ends = start(pipe(task, withHedge({ delay: 100, max }), wrap, withEnv({ clock })), clock)
      await clock.advance(1000)
      return { ends, notes, log, asked: asked(), pending: clock.pending() }
    }
    const both = (at: number, input: BudgetInput) => [`${at}: one ${input}`, `${at}: two ${input}`]

    it('a first attempt in time, or one that fails -> neither asked nor told', async () => {
      for (const plan of ['R50', 'L50', 'T50'])
        expect(await run(plan, [])).toMatchObject({ notes: [], asked: 0, pending: 0 })
    })

    it('a hedge that wins -> retried, and nothing of the loser', async () => {
      expect(await run('P R20', [])).toMatchObject({ notes: both(100, 'retried'), asked: 1 })
    })

    it('refused twice, max 2 -> asked again one delay later, and nothing fails because of that', async () => {
      expect(await run('P R20', [false, false, true], 2)).toEqual({
        ends: [{ at: 320, result: right(2) }],
        notes: both(300, 'retried'),
        log: ['0: call 1 of attempt 1', '300: call 2 of attempt 1', '320: call 1 aborted, AbortError'],
        asked: 3,
        pending: 0
      })
    })

    it('refused, then the first succeeds, or fails -> that is the outcome, no hedge, nothing told', async () => {
      expect(await run('R150', [false])).toMatchObject({
        ends: [{ at: 150, result: right(1) }],
        notes: [],
        log: begun(0),
        pending: 0
      })
      expect(await run('L150', [false])).toMatchObject({
        ends: [{ at: 150, result: left(1) }],
        notes: [],
        pending: 0
      })
    })

    it('max reached -> not asked any more', async () => {
      expect(await run('P', [false, true, false, true], 2)).toMatchObject({
        notes: [...both(200, 'retried'), ...both(400, 'retried')],
        asked: 4,
        pending: 0
      })
    })

    it('failures while others run -> failed each; not the one that ends the call', async () => {
      expect(await run('L350 T120 L20', [], 2)).toMatchObject({
        ends: [{ at: 350, result: left(1) }],
        notes: [
          ...both(100, 'retried'),
          ...both(200, 'retried'),
          ...both(220, 'failed'),
          ...both(220, 'failed')
        ]
      })
    })

    it('a retry inside that gave up while another runs -> its retry has told already', async () => {
      const clock = virtualClock()
      const { wrap, notes } = budgeted([], clock)
      const { task } = planned(clock, 'P L20')
      const all = pipe(
        task,
        withRetry(pipe(immediate, limitRetries(0))),
        withHedge({ delay: 100 }),
        wrap,
        withTimeout(200),
        withEnv({ clock })
      )
      start(all, clock)
      await clock.runAll()
      expect(notes).toEqual(both(100, 'retried'))
    })

    it('an attempt that is aborted from outside -> nothing', async () => {
      const clock = virtualClock()
      const { wrap, notes } = budgeted([], clock)
      const { task } = planned(clock, 'P')
      start(pipe(task, withHedge({ delay: 100 }), wrap, withTimeout(150), withEnv({ clock })), clock)
      await clock.runAll()
      expect(notes).toEqual(both(100, 'retried'))
    })

    it('a ratio with one retry in 10 s, used up -> the hedge comes when the window has passed', async () => {
      const clock = virtualClock()
      const budget = retryBudget({ ratio: 0, minimumPerSecond: 0.1 })()
      start(pipe(scripted('LR'), withRetry(immediate), withRetryBudget(budget), withEnv({ clock })), clock)
      await clock.advance(1)
      expect(budget.balance()).toBe(0)
      const { task, log } = planned(clock, 'P R20')
      const hedgedTask = pipe(task, withHedge({ delay: 4000 }), withRetryBudget(budget), withEnv({ clock }))
      const ends = start(hedgedTask, clock)
      await clock.advance(20_000)
      expect(log.slice(0, 2)).toEqual(['1: call 1 of attempt 1', '12001: call 2 of attempt 1'])
      expect(ends).toEqual([{ at: 12_021, result: right(2) }])
      expect(budget.balance()).toBe(0)
    })

    it('tokens -> a hedge that fails while the first runs takes one', async () => {
      const clock = virtualClock()
      const budget = retryBudget({ maxTokens: 10, tokenRatio: 0.5 })()
      const { task } = planned(clock, 'R150 L20')
      start(pipe(task, withHedge({ delay: 100 }), withRetryBudget(budget), withEnv({ clock })), clock)
      await clock.advance(130)
      expect(budget.balance()).toBe(9)
      await clock.runAll()
      expect(budget.balance()).toBe(9.5)
    })
  })

  describe('a delay by quantile', () => {
    const delayOf = (of: ReturnType<ReturnType<typeof latencyWindow>>, quantile = 0.5) => ({
      quantile,
      of,
      initially: 100
    })

    it('below minimumCalls the initial delay, then the quantile', async () => {
      const clock = virtualClock()
      const latencies = latencyWindow({ minimumCalls: 2 })()
      const { task, log } = planned(clock, 'R40 R60 P R1')
      const all = pipe(task, withHedge({ delay: delayOf(latencies) }), withEnv({ clock }))
      for (let call = 1; call <= 3; call++) {
        start(all, clock)
        await clock.advance(1000)
      }
      expect(log).toEqual([
        '0: call 1 of attempt 1',
        '1000: call 2 of attempt 1',
        '2000: call 3 of attempt 1',
        '2040: call 4 of attempt 1',
        '2041: call 3 aborted, AbortError'
      ])
    })

    it.each<[string, string, object]>([
      ['a success in time: its latency', 'R40', { _tag: 'Some', value: 40 }],
      ['a success after a hedge began: its latency', 'R150 P', { _tag: 'Some', value: 150 }],
      ['a loser: the time that it ran, and nothing of the winner', 'P R20', { _tag: 'Some', value: 120 }],
      ['a loser that ran as long as the delay', 'P R0', { _tag: 'Some', value: 100 }],
      ['a failure in time: nothing', 'L40', { _tag: 'None' }],
      ['a throw in time: nothing', 'T40', { _tag: 'None' }],
      ['a failure after the delay: the time that it ran', 'L150 P', { _tag: 'Some', value: 150 }],
      ['a failure of all: the time that the first ran', 'L150 L90', { _tag: 'Some', value: 150 }],
      ['a failure of a hedge: nothing but the first', 'R150 L20', { _tag: 'Some', value: 150 }],
      ['an abort after the delay: the time that it ran', 'P P', { _tag: 'Some', value: 300 }]
    ])('what is kept of %s', async (_, plan, expected) => {
      for (const quantile of [0, 1]) {
        const clock = virtualClock()
        const latencies = latencyWindow({ size: 3, minimumCalls: 1 })()
        const { task } = planned(clock, plan)
        const all = pipe(task, withHedge({ delay: delayOf(latencies) }), withTimeout(300), withEnv({ clock }))
        start(all, clock)
        await clock.advance(1000)
        expect(latencies.quantile(quantile)()).toEqual(expected)
      }
    })

    it('what is kept of an abort before the delay: nothing', async () => {
      const clock = virtualClock()
      const latencies = latencyWindow({ minimumCalls: 1 })()
      const { task } = planned(clock, 'P')
      start(pipe(task, withHedge({ delay: delayOf(latencies) }), withTimeout(90), withEnv({ clock })), clock)
      await clock.runAll()
      expect(latencies.quantile(1)()).toEqual({ _tag: 'None' })
    })

    it('one window for two functions -> both are kept', async () => {
      const clock = virtualClock()
      const latencies = latencyWindow({ minimumCalls: 2 })()
      for (const plan of ['R40', 'R60']) {
        start(
          pipe(planned(clock, plan).task, withHedge({ delay: delayOf(latencies) }), withEnv({ clock })),
          clock
        )
      }
      await clock.runAll()
      expect([0, 1].map((q) => latencies.quantile(q)())).toEqual([
        { _tag: 'Some', value: 40 },
        { _tag: 'Some', value: 60 }
      ])
    })

    // First attempts take 1 to 100 ms, each as often; hedges 5 ms, and so win nearly always. What keeps only the winners
    // ends up hedging everything; what keeps the hedges too, half as many again as it should at the median.
    it.each<[number, number, number]>([
      [0.9, 1, 90],
      [0.9, 20, 90],
      [0.9, 500, 90],
      [0.5, 1, 50],
      [0.5, 500, 50],
      [0.1, 1, 10],
      [0.1, 500, 10]
    ])(
      'quantile %d, %d ms initially -> settles at %d ms, and hedges the rest',
      async (quantile, initially, at) => {
        const clock = virtualClock()
        const latencies = latencyWindow({ size: 100, minimumCalls: 1 })()
        let calls = 0
        let first = true
        let hedges = 0
        const act = async () => {
          const duration = first ? ((calls++ * 37) % 100) + 1 : 5
          if (!first) hedges += 1
          first = false
          return new Promise<void>((resolve) => clock.after(duration, resolve))
        }
        const delay = { quantile, of: latencies, initially }
        const all = pipe(act, withHedge({ delay }), withEnv({ clock }))
        const rounds: number[] = []
        for (let round = 1; round <= 25; round++) {
          hedges = 0
          for (let call = 1; call <= 100; call++) {
            first = true
            start(all, clock)
            await clock.advance(100)
          }
          rounds.push(hedges)
        }
        expect(latencies.quantile(quantile)()).toEqual({ _tag: 'Some', value: at })
        expect(rounds.slice(-3)).toEqual([100 - at, 100 - at, 100 - at])
      }
    )
  })

  it('the attempt that loses -> its signal says why', async () => {
    const clock = virtualClock()
    const reasons: unknown[] = []
    const task = withAttempt(({ signal }) => {
      const quick = reasons.length > 0
      if (!quick) signal.addEventListener('abort', () => reasons.push(String(signal.reason)))
      reasons.push('begun')
      return () => new Promise<number>((resolve) => clock.after(quick ? 5 : 500, () => resolve(1)))
    })
    start(pipe(task, withHedge({ delay: 100 }), withEnv({ clock })), clock)
    await clock.runAll()
    expect(reasons).toEqual(['begun', 'begun', 'AbortError: another attempt was quicker'])
  })

  describe('bad input', () => {
    refuses(
      'withHedge: delay',
      badDurations.filter(([input]) => typeof input !== 'object' || input === null),
      (delay) => withHedge({ delay })
    )
    refuses(
      'withHedge: max',
      [...badCounts, [0, 'RangeError', '0'] as const].filter(([input]) => input !== undefined),
      (max) => withHedge({ delay: 5, max })
    )
    refuses('withHedge: delay.initially', badDurations, (initially) =>
      withHedge({ delay: { quantile: 0.5, of: latencyWindow()(), initially } })
    )

    const notMade = latencyWindow()
    it.each<[string, unknown, string]>([
      ['nothing', undefined, 'TypeError: withHedge: options must be …, got undefined'],
      ['a delay alone', 100, 'RangeError: withHedge: options must be …, got 100'],
      ['no delay', {}, 'TypeError: withHedge: delay must be …, got undefined'],
      [
        'a misspelt option',
        { delay: 5, mx: 2 },
        "TypeError: withHedge: there is no option 'mx'; there are delay, max"
      ],
      [
        'a misspelt option of the delay',
        { delay: { quantil: 0.5 } },
        "TypeError: withHedge: delay: there is no option 'quantil'; there are quantile, of, initially"
      ],
      [
        'a percentage',
        { delay: { quantile: 95, of: latencyWindow()(), initially: 5 } },
        'RangeError: withHedge: delay.quantile must be …, got 95'
      ],
      [
        'a window not made yet',
        { delay: { quantile: 0.5, of: notMade, initially: 5 } },
        // Its text depends on who has compiled it.
        `TypeError: withHedge: delay.of must be …, got ${String(notMade)}`
      ],
      [
        'no window',
        { delay: { quantile: 0.5, of: null, initially: 5 } },
        'TypeError: withHedge: delay.of must be …, got null'
      ]
    ])('%s -> says so', (_, options, message) => {
      expect(thrown(() => withHedge(options as never))).toBe(message)
    })

    it('not a function -> TypeError', () => {
      expect(thrown(() => withHedge({ delay: 5 })({} as never))).toBe(
        'TypeError: withHedge: action must be …, got [object Object]'
      )
    })
  })
})

describe('what an observer hears', () => {
  it('each hedge that starts, with the attempt around it; nothing of one that a budget refuses', async () => {
    const clock = virtualClock()
    const { task } = planned(clock, 'L5 P P R50')
    const events: unknown[] = []
    const budget = retryBudget({ ratio: 0, minimumPerSecond: 0.3, window: '10s', clock })()
    const pending = pipe(
      task,
      withHedge({ delay: 100, max: 5 }),
      withRetry(pipe(fixed(1000), limitRetries(1))),
      withObserver((event) => {
        if (event._tag === 'HedgeStarted') events.push(event)
      }),
      withRetryBudget(budget),
      withEnv({ clock })
    )()
    await clock.runAll()
    // Three were allowed: the retry and two hedges.
    expect(await pending).toEqual({ _tag: 'Right', right: 4 })
    const of = { _tag: 'HedgeStarted', attempt: 2, name: '', args: [], previousDelay: 1000 }
    expect(events).toEqual([
      { ...of, hedge: 1, elapsed: 1105 },
      { ...of, hedge: 2, elapsed: 1205 }
    ])
  })
})
