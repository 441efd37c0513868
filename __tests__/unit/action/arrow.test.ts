import { pipe } from 'fp-ts/lib/function.js'
import { arrow, immediate, limitRetries, type RetryEvent, withObserver, withRetry } from 'reprise'
import { thrown } from '../../support/bad.js'

describe('arrow', () => {
  it.each<[string, (...args: never[]) => unknown, number]>([
    ['no declared parameters', () => 1, 1],
    ['one', (a: number) => a, 1],
    ['three', (a: number, b: number, c: number) => a + b + c, 3],
    ['a default', (a = 1) => a, 1],
    ['rest', (...all: number[]) => all, 1]
  ])('%s -> its length, at least 1', (_, fn, length) => {
    expect(arrow(fn).length).toBe(length)
  })

  it('a named function -> its name; the function itself unchanged', () => {
    function load(): number {
      return 1
    }
    const marked = arrow(load)
    expect([marked.name, load.length, marked === load]).toEqual(['load', 0, false])
  })

  it('called by itself -> what the function gives', () => {
    expect(arrow((...all: number[]) => all.length)(1, 2, 3)).toBe(3)
  })

  it.each<[string, readonly number[], number]>([
    ['nothing', [], 0],
    ['one', [5], 5],
    ['two', [5, 6], 11]
  ])('wrapped, called with %s -> a TaskEither', async (_, args, sum) => {
    const add = pipe(
      arrow(async (...all: number[]) => all.reduce((a, b) => a + b, 0)),
      withRetry(immediate)
    )
    const task = add(...args)
    expect(typeof task).toBe('function')
    expect(await task()).toEqual({ _tag: 'Right', right: sum })
  })

  it('wrapped, called with undefined -> still a TaskEither, told of the argument', async () => {
    const count = pipe(
      arrow(async (...all: unknown[]) => all.length),
      withRetry(immediate)
    )
    expect(await count(undefined, undefined)()).toEqual({ _tag: 'Right', right: 2 })
  })

  it('around a retried task -> the observer outside still hears', async () => {
    const events: RetryEvent[] = []
    const inner = pipe(async () => 1, withRetry(pipe(immediate, limitRetries(1))))
    const outer = pipe(
      arrow(inner),
      withObserver((event) => events.push(event))
    )
    // A marked task takes arguments, as far as anything outside can know.
    const task: unknown = outer()
    expect(await (task as () => Promise<unknown>)()).toEqual({ _tag: 'Right', right: 1 })
    expect(events.map(({ _tag }) => _tag)).toEqual(['AttemptStarted', 'Succeeded'])
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: arrow: action must be …, got undefined'],
    [null, 'TypeError: arrow: action must be …, got null'],
    [{}, 'TypeError: arrow: action must be …, got [object Object]'],
    [3, 'RangeError: arrow: action must be …, got 3'],
    ['fn', 'RangeError: arrow: action must be …, got "fn"']
  ])('%p -> %s', (input, message) => {
    expect(thrown(() => arrow(input as never))).toBe(message)
  })
})
