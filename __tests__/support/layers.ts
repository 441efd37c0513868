import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  fixed,
  type RetryPolicy,
  via,
  withAttempt,
  withDecoder,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import { deferred, start } from './task.js'

export type Task = TE.TaskEither<unknown, number>
/** What changes neither error nor result, a retry included. */
export type Wrap = (task: Task) => Task

/** Wrappers that change neither error nor result: inside or outside of the retry, abort must go through them. */
const layers: Readonly<Record<string, (task: Task) => Task>> = {
  withTimeout: (task) => pipe(task, withTimeout('10h')),
  withDecoder: (task) => pipe(task, withDecoder(t.number)),
  withAttempt: (task) => withAttempt(() => task),
  withObserver: (task) =>
    pipe(
      task,
      withObserver(() => undefined)
    ),
  withEnv: (task) => pipe(task, withEnv({})),
  via: (task) => pipe(task, via(TE.map((n) => n))),
  'another signal': (task) => pipe(task, withSignal(new AbortController().signal)),
  'five layers': (task) =>
    pipe(
      withAttempt(() => task),
      via(TE.map((n) => n)),
      withDecoder(t.number),
      via(TE.map((n) => n)),
      withTimeout('10h')
    )
}

/** Where a layer may stand. */
export const stacks: ReadonlyArray<[string, (retry: Wrap) => Wrap]> = [
  ['withRetry alone', (retry) => retry],
  ...Object.entries(layers).flatMap(([name, layer]): ReadonlyArray<[string, (retry: Wrap) => Wrap]> => [
    [`${name} inside withRetry`, (retry) => (task) => retry(layer(task))],
    [`${name} around withRetry`, (retry) => (task) => layer(retry(task))]
  ]),
  ['withRetry in withRetry', (retry) => (task) => retry(retry(task))]
]

export const retrying =
  (policy: RetryPolicy): Wrap =>
  (task) =>
    pipe(task, withRetry(policy))

/** A task in a stack, under a signal of its own, on a virtual clock. */
export const running = (task: Task, wrap: Wrap) => {
  const clock = virtualClock()
  const controller = new AbortController()
  const whole = pipe(wrap(task), withSignal(controller.signal), withEnv({ clock }))
  return { clock, ends: start(whole, clock), abort: () => controller.abort(reason) }
}

/** Everything that may stand between a task and what cuts it short. */
export const wraps: ReadonlyArray<[string, Wrap]> = [
  ['no layer, no retry', (task) => task],
  ...Object.entries(layers).map(([name, layer]): [string, Wrap] => [`${name}, no retry`, layer]),
  ...stacks.map(([name, stack]): [string, Wrap] => [name, stack(retrying(fixed(1000)))])
]

/** A task that is settled from outside. */
export const settling = () => {
  const { promise, reject, resolve } = deferred<E.Either<unknown, number>>()
  const calls = { count: 0 }
  const task: Task = () => {
    calls.count += 1
    return promise
  }
  return { task, calls, reject, succeed: () => resolve(E.right(7)), fail: () => resolve(E.left('down')) }
}

/** Why tests abort. */
export const reason = { because: 'no longer needed' }

/** What an aborted task ends with. */
export const aborted = (fields = {}) => ({
  _tag: 'Left',
  left: expect.objectContaining({ _tag: 'Aborted', reason, ...fields })
})
