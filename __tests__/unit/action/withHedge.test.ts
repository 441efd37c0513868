import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  fixed,
  immediate,
  latencyWindow,
  limitRetries,
  retryBudget,
  withAttempt,
  withEnv,
  withHedge,
  withObserver,
  withRetry,
  withRetryBudget,
  withTimeout
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import { toWrapper } from '../../../src/action/entry.js'
import { badCounts, badDurations, refuses, thrown } from '../../support/bad.js'
import { begun, hedged, left, planned, right } from '../../support/hedges.js'
import { heard } from '../../support/process.js'
import { start } from '../../support/task.js'

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
