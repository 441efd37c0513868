import { pipe } from 'fp-ts/lib/function.js'
import { circuitBreaker, type CircuitBreakerOptions, withCircuitBreaker, withSignal } from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { toPlan } from '../../../src/resource/BreakerOptions.js'
import { type Entered, type Pass, withGate } from '../../../src/resource/CircuitBreaker.js'
import { deferred, start, turn } from '../../support/task.js'

const scene = (options: CircuitBreakerOptions) => ({
  clock: virtualClock(),
  breaker: circuitBreaker(options)()
})

describe('a breaker that has to ask others', () => {
  /** One that is answered by hand, and what calls left with. */
  const asking = (first?: Entered) => {
    const answer = deferred<Entered>()
    const left: Array<readonly unknown[]> = []
    const breaker = withGate(scene({ consecutiveFailures: 1 }).breaker, {
      plan: toPlan({ consecutiveFailures: 1 }),
      enter: () => first ?? answer.promise,
      leave: (_clock, _random, pass, call) => left.push([pass, call])
    })
    const fn = scripted('R')
    return { answer, left, fn, task: pipe(fn, withCircuitBreaker(breaker)) }
  }
  const shared = { _tag: 'Pass', period: 3, trial: 'b', alone: 0 } as const
  const success = { failed: false, slow: false }
  const open = { _tag: 'CircuitOpen', retryAfter: 70 } as const

  it.each<[string, Pass]>([
    ['a pass of its own', 3],
    ['one that is shared', shared]
  ])('%s -> the call begins then, and leaves with it', async (_, pass) => {
    const { answer, left, fn, task } = asking()
    const pending = task()
    await turn()
    expect(fn.calls()).toBe(0)
    answer.resolve(pass)
    expect(await pending).toEqual({ _tag: 'Right', right: 1 })
    expect(left).toEqual([[pass, success]])
  })

  it('a shared pass at once -> the call begins, and leaves with it', async () => {
    const { left, task } = asking(shared)
    expect(await task()).toEqual({ _tag: 'Right', right: 1 })
    expect(left).toEqual([[shared, success]])
  })

  it('a refusal -> no call, and nothing to leave with', async () => {
    const { answer, left, fn, task } = asking()
    answer.resolve(open)
    expect(await task()).toEqual({ _tag: 'Left', left: open })
    expect([fn.calls(), left]).toEqual([0, []])
  })

  it.each<[string, Entered, ReadonlyArray<unknown>]>([
    ['a pass', 3, [[3, undefined]]],
    ['a refusal', open, []]
  ])('aborted meanwhile -> ended at once; %s that comes later -> no call', async (_, given, expected) => {
    const { answer, left, fn, task } = asking()
    const controller = new AbortController()
    const ends = start(pipe(task, withSignal(controller.signal)), virtualClock())
    await turn()
    controller.abort('enough')
    await turn()
    expect(ends).toMatchObject([
      { result: { left: { _tag: 'Aborted', attempts: 0, reason: 'enough', failures: [] } } }
    ])
    answer.resolve(given)
    await turn()
    expect([fn.calls(), left]).toEqual([0, expected])
  })
})
