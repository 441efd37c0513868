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
import { scenario } from 'reprise/testing'
import { thrown } from '../../support/bad.js'

const policy = pipe(immediate, limitRetries(2))

const right = (value: unknown) => ({ _tag: 'Right', right: value })

/** Gives a function that throws when it is called for the first time, and `f` from then on. */
const flaky = <P extends unknown[], R>(f: (...args: P) => R): ((...args: P) => R) => {
  let calls = 0
  return (...args) => {
    calls += 1
    if (calls === 1) throw 'flaky'
    return f(...args)
  }
}

// Wrappers that change nothing here, as the run-time shape is the same for all of them.
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

describe('withRetry', () => {
  it.each<[string, () => unknown]>([
    ['a plain value', flaky(() => 1)],
    ['a promise', flaky(async () => 1)],
    ['a thenable', flaky(() => ({ then: (resolve: (n: number) => void) => resolve(1) }))],
    ['a TaskEither', flaky(() => TE.right(1))]
  ])('throws, then gives %s -> Right', async (_, fn) => {
    expect(await withRetry(policy)(fn as () => Promise<number>)()).toEqual(right(1))
  })

  it('arguments -> the same ones, by identity, for each attempt', async () => {
    const id = { n: 7 }
    const seen: unknown[] = []
    const read = flaky(async (...args: unknown[]) => args)
    const task = pipe(
      arrow((...args: unknown[]) => {
        seen.push(args[0])
        return read(...args)
      }),
      withRetry(policy)
    )
    expect(await task(id, 'x')()).toEqual(right([{ n: 7 }, 'x']))
    expect(seen.map((each) => each === id)).toEqual([true, true])
  })

  it('a function that gives a TaskEither -> called anew for each attempt', async () => {
    let made = 0
    const make = (_id: string): TE.TaskEither<number, never> => TE.left((made += 1))
    const result = await pipe(make, withRetry(policy))('a')()
    expect(result).toMatchObject({ left: { failures: [{ error: 1 }, { error: 2 }, { error: 3 }] } })
  })

  it('a thenable that rejects -> Threw', async () => {
    const fn = () => ({ then: (_: unknown, reject: (e: string) => void) => reject('e') })
    const result = await withRetry(policy)(fn as unknown as () => Promise<number>)()
    expect(result).toMatchObject({
      left: { _tag: 'Exhausted', failures: Array(3).fill({ _tag: 'Threw', error: 'e' }) }
    })
  })

  it('nothing runs before the task does', () => {
    const mock = jest.fn(async (_id: number) => 1)
    pipe(mock, withRetry(policy))(7)
    expect(mock).not.toHaveBeenCalled()
  })

  it('run twice at once -> each has its own count', async () => {
    const task = pipe(async () => Promise.reject<number>('down'), withRetry(policy))
    const results = await Promise.all([task(), task()])
    expect(results.map((result) => result._tag === 'Left' && result.left.attempts)).toEqual([3, 3])
  })

  it('failures of 20 attempts -> the newest 16, 4 omitted', async () => {
    const { result } = await scenario({ policy: pipe(immediate, limitRetries(19)), script: 'L' })
    const error = result._tag === 'Left' ? result.left : undefined
    expect([error?.attempts, error?.failures.length, error?.omitted, error?.failures[0]?.attempt]).toEqual([
      20, 16, 4, 5
    ])
  })

  it('a call of 3 attempts, 5 ms each -> the error, every field', async () => {
    const { result } = await scenario({ policy, script: 'LT', duration: 5 })
    const timed = { duration: 5, delay: 0 }
    expect(result).toStrictEqual({
      _tag: 'Left',
      left: {
        _tag: 'Exhausted',
        attempts: 3,
        elapsed: 15,
        omitted: 0,
        hint: undefined,
        failures: [
          { _tag: 'Failed', error: 1, ...timed, attempt: 1, startedAt: 0 },
          { _tag: 'Threw', error: 2, ...timed, attempt: 2, startedAt: 5 },
          { _tag: 'Threw', error: 3, ...timed, attempt: 3, startedAt: 10, delay: undefined }
        ]
      }
    })
  })

  it.each<[unknown, RegExp]>([
    [undefined, /^TypeError: policy must be .*got undefined$/],
    [null, /^TypeError: policy must be .*got null$/],
    [{}, /^TypeError: policy must be .*got \[object Object\]$/],
    [3, /^RangeError: policy must be .*got 3$|^TypeError: policy must be .*got 3$/]
  ])('a policy that is %p -> an error that names argument and value', (input, message) => {
    expect(thrown(() => withRetry(input as never))).toMatch(message)
  })
})
