/** The run-time shape of an action, which is the same for all wrappers. */
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  immediate,
  limitRetries,
  via,
  withDecoder,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { thrown } from '../../support/bad.js'

const policy = pipe(immediate, limitRetries(2))

const right = (value: unknown) => ({ _tag: 'Right', right: value })

// Wrappers that change nothing here.
const wrappers: ReadonlyArray<readonly [string, (fn: unknown) => (...args: unknown[]) => unknown]> = [
  ['withRetry', withRetry(policy) as never],
  ['withTimeout', withTimeout(60_000) as never],
  ['withSignal', withSignal(new AbortController().signal) as never],
  ['withEnv', withEnv({}) as never],
  ['withObserver', withObserver(() => undefined) as never],
  ['withDecoder', withDecoder({ decode: (u) => ({ _tag: 'Right', right: u }) }) as never]
]

const load = async (id: number, deep: boolean): Promise<unknown> => [id, deep]
const loadTask = (id: number, deep: boolean): TE.TaskEither<string, unknown> => TE.right([id, deep])
const reader: ReaderTaskEither<{ readonly db: string }, string, string> = (env) => TE.right(env.db)

describe.each(wrappers)('the shape of an action in %s', (_, wrap) => {
  it('() => Promise -> runs when called', async () => {
    const task = wrap(async () => 1)
    const promise = task()
    expect(promise).toBeInstanceOf(Promise)
    expect(await promise).toEqual(right(1))
  })

  it('a TaskEither -> runs when called; fp-ts calls it with one undefined', async () => {
    const task = wrap(TE.right(2))
    expect(await task(undefined)).toEqual(right(2))
  })

  it('(...args) => Promise -> a function to a TaskEither', async () => {
    const task = wrap(load)(7, true) as () => Promise<unknown>
    expect(await task()).toEqual(right([7, true]))
  })

  it('(...args) => TaskEither -> a function to a TaskEither', async () => {
    const task = wrap(loadTask)(7, true) as () => Promise<unknown>
    expect(await task()).toEqual(right([7, true]))
  })

  it('a ReaderTaskEither -> a ReaderTaskEither', async () => {
    const task = wrap(reader)({ db: 'pg' }) as () => Promise<unknown>
    expect(await task()).toEqual(right('pg'))
  })

  it('length 2, called with undefined alone -> a TaskEither, not a run', async () => {
    const task = wrap(load)(undefined) as () => Promise<unknown>
    expect(await task()).toEqual(right([undefined, undefined]))
  })

  it('jest.fn() -> a task without arguments, a function with some', async () => {
    const mock = jest.fn((...args: unknown[]) => Promise.resolve(args.length))
    const wrapped = wrap(mock)
    expect(await wrapped()).toEqual(right(0))
    expect(await (wrapped('a', 'b') as () => Promise<unknown>)()).toEqual(right(2))
    expect(mock.mock.calls).toEqual([[], ['a', 'b']])
  })

  it('length and name -> copied', () => {
    expect([load, loadTask, reader].map((fn) => [wrap(fn).length, wrap(fn).name])).toEqual([
      [2, 'load'],
      [2, 'loadTask'],
      [1, 'reader']
    ])
    expect(wrap(jest.fn().mockName('mock')).length).toBe(0)
  })

  it('a marked function -> its name, a length of 1, a TaskEither for no arguments', async () => {
    const wrapped = wrap(
      arrow(async function all(...args: unknown[]) {
        return args.length
      })
    )
    expect([wrapped.length, wrapped.name]).toEqual([1, 'all'])
    expect(await (wrapped() as () => Promise<unknown>)()).toEqual(right(0))
  })

  it.each<[string, () => unknown, unknown]>([
    ['a plain value', () => 1, 1],
    ['undefined', () => undefined, undefined],
    ['an Either', () => ({ _tag: 'Right', right: 1 }), 1],
    ['a promise of an Either', async () => ({ _tag: 'Right', right: 1 }), 1],
    ['a thenable', () => ({ then: (resolve: (n: number) => void) => resolve(1) }), 1],
    ['a TaskEither', () => TE.right(1), 1],
    ['a task of a plain value', () => () => 1, 1]
  ])('a function that gives %s -> Right of the value', async (_title, fn, expected) => {
    expect(await wrap(fn)()).toEqual(right(expected))
  })

  it('wrapped three times -> one result, not three Rights', async () => {
    expect(await (wrap(wrap(wrap(load)))(1, false) as () => Promise<unknown>)()).toEqual(right([1, false]))
  })

  it('around a step by via -> the same', async () => {
    const task = pipe(TE.right(1), via(TE.map((n) => n + 1)))
    expect(await wrap(task)()).toEqual(right(2))
  })

  it('no function -> a TypeError or RangeError that names argument and value', () => {
    expect(
      [undefined, null, {}, 5].map((input) => thrown(() => wrap(input)).replace(/: with\w+/, ''))
    ).toEqual([
      'TypeError: action must be …, got undefined',
      'TypeError: action must be …, got null',
      'TypeError: action must be …, got [object Object]',
      'RangeError: action must be …, got 5'
    ])
  })
})
