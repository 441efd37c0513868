/** `withHedge` with limits and budgets, which hedges draw on as retries do. */
import { pipe } from 'fp-ts/lib/function.js'
import {
  circuitBreaker,
  immediate,
  limitRetries,
  limitSet,
  resourceLimit,
  retryBudget,
  withCircuitBreaker,
  withEnv,
  withHedge,
  withLimits,
  withRetry,
  withRetryBudget,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, type VirtualClock, virtualClock } from 'reprise/testing'
import { type BudgetInput, toWrapper } from '../../../src/action/entry.js'
import { begun, left, planned, right } from '../../support/hedges.js'
import { deferred, start } from '../../support/task.js'

describe('withHedge', () => {
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
})
