import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fixed, systemRandom, via, withEnv, withRetry, withSignal, withTimeout } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { type Env, handingOn, type Run } from '../../../src/action/entry.js'
import { makeInterrupt, mark, newFlight } from '../../../src/action/Interrupt.js'
import { aborted, notBegun, race, type Rival } from '../../../src/action/race.js'
import { decide } from '../../../src/policy/step.js'
import { start, turn } from '../../support/task.js'

/** A rival that is fired by hand; says how often it was disarmed. */
const rival = () => {
  const state: { fire: (reason: unknown) => void; disarmed: number } = { fire: () => undefined, disarmed: 0 }
  return {
    state,
    arm: (fire: (reason: unknown) => void) => {
      state.fire = fire
      return () => {
        state.disarmed += 1
      }
    },
    error: (progress: object, reason: unknown) => ({ ...progress, reason })
  }
}

const envOf = (): Env => ({ clock: virtualClock(), random: systemRandom, decide })
/** A race of a run. */
const raced = (run: Run, against: Rival): Run => race(handingOn(run), against)

const pending: Run = () => new Promise(() => undefined)

describe('race', () => {
  it('a run that ends -> its result; disarmed once', async () => {
    const { state, ...given } = rival()
    const run = raced(async () => ({ _tag: 'Right', right: 1 }), given)
    expect(await run(envOf(), [])).toEqual({ _tag: 'Right', right: 1 })
    state.fire('late')
    await turn()
    expect(state.disarmed).toBe(1)
  })

  it('a run that rejects -> rejects; disarmed once', async () => {
    const { state, ...given } = rival()
    await expect(raced(() => Promise.reject('e'), given)(envOf(), [])).rejects.toBe('e')
    expect(state.disarmed).toBe(1)
  })

  it('fired twice -> the error of the first', async () => {
    const { state, ...given } = rival()
    const ended = raced(pending, given)(envOf(), [])
    state.fire('first')
    state.fire('second')
    expect(await ended).toEqual({
      _tag: 'Left',
      left: { attempts: 1, elapsed: 0, failures: [], omitted: 0, reason: 'first' }
    })
    expect(state.disarmed).toBe(1)
  })

  it('an interrupt outside that has fired -> Aborted at once; not armed, not run', async () => {
    const flight = newFlight(undefined)
    const interrupt = makeInterrupt(flight)
    interrupt.fire('over')
    let runs = 0
    const run = raced(
      () => {
        runs += 1
        return pending(envOf(), [])
      },
      {
        arm: () => {
          runs += 1
          return () => undefined
        },
        error: () => 'unused'
      }
    )
    expect(await run({ ...envOf(), interrupt, flight }, [])).toEqual({
      _tag: 'Left',
      left: { _tag: 'Aborted', attempts: 0, elapsed: 0, failures: [], omitted: 0, reason: 'over' }
    })
    expect(runs).toBe(0)
  })

  it('fired after 30 ms on a clock that tells 1000 -> 30 ms have passed', async () => {
    const { state, ...given } = rival()
    const clock = virtualClock()
    await clock.advance(1000)
    const ended = raced(pending, given)({ ...envOf(), clock }, [])
    await clock.advance(30)
    state.fire('over')
    expect(await ended).toMatchObject({ left: { elapsed: 30, reason: 'over' } })
  })

  it('an outcome that is on its way when the rival fires -> wins', async () => {
    const { state, ...given } = rival()
    const run: Run = async ({ flight }) => {
      mark(flight, 'landed')
      for (let i = 0; i < 10; i++) await Promise.resolve()
      return { _tag: 'Right', right: 1 }
    }
    const ended = raced(run, given)(envOf(), [])
    state.fire('late')
    expect(await ended).toEqual({ _tag: 'Right', right: 1 })
  })

  it('a run that answers to the rival -> is too late', async () => {
    const { state, ...given } = rival()
    const run: Run = ({ interrupt }) =>
      new Promise((resolve) => {
        interrupt?.listen(() => {
          void Promise.resolve().then(() => resolve({ _tag: 'Right', right: 'mine' }))
          return false
        })
      })
    const ended = raced(run, given)(envOf(), [])
    state.fire('over')
    expect(await ended).toMatchObject({ _tag: 'Left', left: { attempts: 1, reason: 'over' } })
  })

  it('one in another, both fired at once -> the error of who was first', async () => {
    const [inside, outside] = [rival(), rival()]
    const ended = raced(raced(pending, inside), outside)(envOf(), [])
    inside.state.fire('inside')
    outside.state.fire('outside')
    expect(await ended).toMatchObject({ _tag: 'Left', left: { reason: 'inside' } })
  })

  it('arguments and clock -> handed on; an interrupt of its own', async () => {
    const seen: unknown[] = []
    const env = envOf()
    const { state: _, ...given } = rival()
    const run = raced(async (inner, args) => {
      seen.push(args, inner.clock === env.clock, inner.interrupt === undefined)
      return { _tag: 'Right', right: 1 }
    }, given)
    await run(env, ['a', 2])
    expect(seen).toEqual([['a', 2], true, false])
  })
})

describe('aborted', () => {
  it('no progress, a reason -> an Aborted, every field', () => {
    expect(aborted(notBegun, 'no')).toStrictEqual({
      _tag: 'Aborted',
      attempts: 0,
      elapsed: 0,
      failures: [],
      omitted: 0,
      reason: 'no'
    })
  })
})

describe('race, around another around a retry', () => {
  it('the outer one fires first -> its error, with the failures of the retry', async () => {
    const clock = virtualClock()
    const task = pipe(
      () => Promise.reject(new Error('down')),
      withRetry(fixed(50)),
      withSignal(new AbortController().signal),
      withTimeout(120),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await clock.runAll()
    const failures = [{ startedAt: 0 }, { startedAt: 50 }, { startedAt: 100 }]
    expect(ends).toMatchObject([
      { at: 120, result: E.left({ _tag: 'TimedOut', attempts: 3, elapsed: 120, failures }) }
    ])
  })
})

describe('race, a retry cut short whose outcome is changed on its way out', () => {
  it.each<[string, E.Either<unknown, unknown>]>([
    ['another error', E.left('mine')],
    ['a result', E.right(7)]
  ])('%s -> counts as one attempt', async (_, changed) => {
    const clock = virtualClock()
    const task = pipe(
      () => Promise.reject(new Error('down')),
      withRetry(fixed(50)),
      via((retried) => () => retried().then(() => changed)),
      withTimeout(120),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await clock.advance(120)
    expect(ends).toMatchObject([{ at: 120, result: E.left({ _tag: 'TimedOut', attempts: 1, failures: [] }) }])
  })
})
