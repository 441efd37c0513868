import { flow, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  fixed,
  immediate,
  limitRetries,
  type RetryEvent,
  via,
  withAttempt,
  withEnv,
  withObserver,
  withRetry,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { thrown } from '../../support/bad.js'
import { start } from '../../support/task.js'

const broken = (): never => {
  throw 'step'
}

describe('via', () => {
  it('a step on a Right, on a Left -> what the step makes of it', async () => {
    const step = via(
      TE.bimap(
        (e: number) => `left ${e}`,
        (a: number) => `right ${a}`
      )
    )
    expect(await step(scripted('R'))()).toEqual({ _tag: 'Right', right: 'right 1' })
    expect(await step(scripted('L'))()).toEqual({ _tag: 'Left', left: 'left 1' })
  })

  it('the length and name of the task -> kept', () => {
    const load: TE.TaskEither<string, number> = TE.right(1)
    const named = Object.defineProperty(async () => load(), 'name', { value: 'load' })
    const got = via(TE.map((n: number) => n))(named)
    expect([got.length, got.name]).toEqual([0, 'load'])
  })

  it('a task that throws -> Left, for a call from outside', async () => {
    expect(await via(TE.map((n: number) => n))(scripted('T'))()).toEqual({ _tag: 'Left', left: 1 })
  })

  it('around a retry -> observer, clock come through', async () => {
    const clock = virtualClock()
    const events: RetryEvent[] = []
    const task = pipe(
      scripted('LR'),
      withRetry(fixed(100)),
      via(TE.map((n) => n * 10)),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await clock.runAll()
    expect(ends).toEqual([{ at: 100, result: { _tag: 'Right', right: 20 } }])
    expect(events.map(({ _tag }) => _tag)).toEqual([
      'AttemptStarted',
      'AttemptFailed',
      'RetryScheduled',
      'AttemptStarted',
      'Succeeded'
    ])
  })

  it('a step around, without via -> the observer hears nothing', async () => {
    const events: RetryEvent[] = []
    const task = pipe(
      scripted('R'),
      withRetry(immediate),
      TE.map((n) => n * 10),
      withObserver((event) => events.push(event))
    )
    expect(await task()).toEqual({ _tag: 'Right', right: 10 })
    expect(events).toEqual([])
  })

  it('a step that runs its task twice -> both in the context', async () => {
    const seen: number[] = []
    const act = withAttempt(({ attempt }) => async () => {
      seen.push(attempt)
      return 1
    })
    const twice = <E, A>(task: TE.TaskEither<E, A>): TE.TaskEither<E, A> =>
      pipe(
        task,
        TE.flatMap(() => task)
      )
    await pipe(act, via(twice), withRetry(immediate))()
    expect(seen).toEqual([1, 1])
  })

  it('in a flow, with arguments -> the attempts count up', async () => {
    const seen: unknown[] = []
    const act = withAttempt(({ attempt }) => (id: string) => {
      seen.push([id, attempt])
      return TE.left('no')
    })
    const run = flow(act, via(TE.mapLeft((text) => `${text}!`)), withRetry(pipe(immediate, limitRetries(1))))
    const result = await run('a')()
    expect(seen).toEqual([
      ['a', 1],
      ['a', 2]
    ])
    expect(result).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'Exhausted', failures: [{ error: 'no!' }, { error: 'no!' }] }
    })
  })

  it('a task and a step -> both are called without arguments', async () => {
    const seen: unknown[] = []
    const noting =
      (name: string, then: () => Promise<unknown>) =>
      (...args: unknown[]) => {
        seen.push([name, args])
        return then()
      }
    const task = noting('task', async () => ({ _tag: 'Right', right: 1 })) as TE.TaskEither<never, number>
    const step = (inner: TE.TaskEither<never, number>): TE.TaskEither<never, number> =>
      noting('step', () => inner()) as TE.TaskEither<never, number>
    expect(await via(step)(task)()).toEqual({ _tag: 'Right', right: 1 })
    expect(seen).toEqual([
      ['step', []],
      ['task', []]
    ])
  })

  it('a step that throws, inside a retry -> Threw, retried', async () => {
    const result = await pipe(scripted('R'), via(broken), withRetry(pipe(immediate, limitRetries(1))))()
    expect(result).toMatchObject({
      _tag: 'Left',
      left: {
        _tag: 'Exhausted',
        failures: [
          { _tag: 'Threw', error: 'step' },
          { _tag: 'Threw', error: 'step' }
        ]
      }
    })
  })

  it('a step that throws, by itself and under a timeout -> Left, not a throw; no timer left behind', async () => {
    const clock = virtualClock()
    const alone = via(broken)(scripted('R'))
    const timed = pipe(scripted('R'), via(broken), withTimeout(1000), withEnv({ clock }))
    const outcome = (task: () => Promise<unknown>) =>
      Promise.resolve()
        .then(task)
        .catch((error: unknown) => ({ thrown: error }))
    expect([await outcome(alone), await outcome(timed), clock.pending()]).toEqual([
      { _tag: 'Left', left: 'step' },
      { _tag: 'Left', left: 'step' },
      0
    ])
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: via: action must be …, got undefined'],
    [3, 'RangeError: via: action must be …, got 3']
  ])('a task that is %p -> %s', (input, message) => {
    expect(thrown(() => via((task: TE.TaskEither<never, never>) => task)(input as never))).toBe(message)
  })
})
