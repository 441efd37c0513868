import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { systemClock, systemRandom } from 'reprise'
import {
  type Callable,
  type Env,
  entry,
  type Run,
  toAction,
  toCallable,
  toMethod,
  toResult,
  toRun,
  toTotalAction,
  toWrapper,
  withArguments
} from '../../../src/action/entry.js'
import { newFlight } from '../../../src/action/Interrupt.js'
import { decide } from '../../../src/policy/step.js'
import { message, thrown } from '../../support/bad.js'

const env: Env = { clock: systemClock, random: systemRandom, decide }

const right = (value: unknown) => ({ _tag: 'Right', right: value })
const left = (error: unknown) => ({ _tag: 'Left', left: error })

describe('toResult', () => {
  it.each<[string, object]>([
    ['a Left', { _tag: 'Left', left: 1 }],
    ['a Right', { _tag: 'Right', right: undefined }],
    ['a frozen Right', Object.freeze({ right: 1, _tag: 'Right' })],
    ['a Left without a prototype', Object.assign(Object.create(null) as object, { _tag: 'Left', left: 1 })]
  ])('%s -> that very Either', (_, value) => {
    expect(toResult(value)).toBe(value)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'Right'],
    ['a list', ['Right', 1]],
    ['a Left without its left', { _tag: 'Left' }],
    ['a Right with a left', { _tag: 'Right', left: 1 }],
    ['a Right with both', { _tag: 'Right', right: 1, left: 2 }],
    ['a Right with a third property', { _tag: 'Right', right: 1, at: 5 }],
    ['an inherited right', Object.assign(Object.create({ right: 1 }) as object, { _tag: 'Right' })],
    ['an inherited tag', Object.assign(Object.create({ _tag: 'Right' }) as object, { right: 1 })],
    ['another tag', { _tag: 'Some', value: 1 }],
    ['another tag, with a left', { _tag: 'Some', left: 1 }],
    ['a tag in lower case', { _tag: 'right', right: 1 }],
    [
      'a getter that throws',
      {
        get _tag() {
          throw new Error('getter')
        }
      }
    ]
  ])('%s -> a Right of it', (_, value) => {
    const result = toResult(value)
    expect(result._tag === 'Right' && Object.is(result.right, value)).toBe(true)
  })
})

describe('toRun', () => {
  it.each<[string, () => unknown, unknown]>([
    ['a plain value', () => 1, right(1)],
    ['undefined', () => undefined, right(undefined)],
    ['a promise', async () => 2, right(2)],
    ['a promise of a Left', async () => left('e'), left('e')],
    ['a Left, unpromised', () => left('e'), left('e')],
    ['a thenable', () => ({ then: (resolve: (n: number) => void) => resolve(3) }), right(3)],
    ['a TaskEither', () => TE.right(4), right(4)],
    ['a task', () => async () => 5, right(5)]
  ])('a function that gives %s -> its outcome', async (_, fn, expected) => {
    expect(await toRun(fn)(env, [])).toEqual(expected)
  })

  it.each<[string, Callable]>([
    [
      'throws',
      () => {
        throw 'e'
      }
    ],
    ['rejects', () => Promise.reject('e')],
    [
      'gives a thenable that rejects',
      () => ({ then: (_: unknown, reject: (e: string) => void) => reject('e') })
    ],
    [
      'gives a task that throws',
      () => () => {
        throw 'e'
      }
    ]
  ])('a function that %s -> rejects, not throws', async (_, fn) => {
    await expect(toRun(fn)(env, [])).rejects.toBe('e')
  })

  it('arguments -> handed on to the function, none to the task that it gives', async () => {
    const seen: unknown[] = []
    const fn = ((...args: unknown[]) => {
      seen.push(args)
      return (...more: unknown[]) => {
        seen.push(more)
        return TE.right(1)()
      }
    }) as Callable
    await toRun(fn)(env, [1, 'a'])
    expect(seen).toEqual([[1, 'a'], []])
  })

  it.each<[string, Callable]>([
    ['resolves', async () => 1],
    ['rejects', () => Promise.reject('e')],
    [
      'throws',
      () => {
        throw 'e'
      }
    ]
  ])('a function that %s -> its flight has landed then', async (_, fn) => {
    const flight = newFlight(undefined)
    await toRun(fn)({ ...env, flight }, []).catch(() => undefined)
    expect(flight.state).toBe('landed')
  })

  it('a function that waits -> its flight is out', () => {
    const flight = newFlight(undefined)
    void toRun(() => new Promise(() => undefined))({ ...env, flight }, [])
    expect(flight.state).toBe('out')
  })

  it('a function that gives an action -> that is entered, with the environment', async () => {
    const seen: Env[] = []
    const inner = toAction(
      () => 1,
      async (given, args) => {
        seen.push(given)
        return { _tag: 'Right', right: [...args] }
      }
    )
    expect(await toRun(() => inner)(env, [1])).toEqual(right([]))
    expect(seen.map((each) => each === env)).toEqual([true])
  })

  it('a function with an entry -> the entry itself', () => {
    const run: Run = async () => ({ _tag: 'Right', right: 1 })
    expect(toRun(toAction(() => 0, run))).toBe(run)
  })
})

describe('entry', () => {
  it('what can be entered has it under Symbol.for, with a version: copies of the library meet', () => {
    expect(toAction(() => 1, echo)).toHaveProperty([Symbol.for('reprise/entry@2')], echo)
  })

  it('a task has its arguments beside what its function runs', () => {
    const task = toAction((_a) => 1, echo)('a', 'b') as Callable
    expect([task[entry], task.args]).toEqual([expect.any(Function), ['a', 'b']])
    expect(toAction(() => 1, echo)).not.toHaveProperty('args')
  })
})

const echo: Run = async (_, args) => ({ _tag: 'Right', right: [...args] })

describe('toAction', () => {
  it.each<[string, Callable, readonly [number, string]]>([
    ['no parameter', Object.defineProperty(() => 1, 'name', { value: 'zero' }), [0, 'zero']],
    ['two parameters', function two(_a: unknown, _b: unknown) {}, [2, 'two']],
    ['a default after one', function one(_a: unknown, _b = 1) {}, [1, 'one']],
    [
      'no name',
      (
        () => () =>
          1
      )(),
      [0, '']
    ]
  ])('%s -> the same length and name', (_, like, expected) => {
    const { length, name } = toAction(like, echo)
    expect([length, name]).toEqual(expected)
  })

  it.each<[string, readonly unknown[]]>([
    ['nothing', []],
    ['undefined', [undefined]],
    ['undefined twice', [undefined, undefined]]
  ])('length 0, called with %s -> runs, without arguments', async (_, args) => {
    const promise = toAction(() => 1, echo)(...args)
    expect(promise).toBeInstanceOf(Promise)
    expect(await promise).toEqual(right([]))
  })

  it.each<[string, readonly unknown[]]>([
    ['null', [null]],
    ['0', [0]],
    ['undefined and false', [undefined, false]]
  ])('length 0, called with %s -> a TaskEither, with the arguments', async (_, args) => {
    const task = toAction(() => 1, echo)(...args) as () => Promise<unknown>
    expect(typeof task).toBe('function')
    expect(await task()).toEqual(right(args))
  })

  it.each<[string, readonly unknown[]]>([
    ['nothing', []],
    ['undefined', [undefined]],
    ['two', [1, 2]]
  ])('length 1, called with %s -> a TaskEither, with the arguments', async (_, args) => {
    const task = toAction((_a) => 1, echo)(...args) as () => Promise<unknown>
    expect(typeof task).toBe('function')
    expect(await task()).toEqual(right(args))
  })

  it('a TaskEither that it gives -> runs again at each call', async () => {
    let runs = 0
    const count: Run = async () => ({ _tag: 'Right', right: ++runs })
    const task = toAction((_a) => 1, count)('a') as () => Promise<unknown>
    expect(runs).toBe(0)
    expect([await task(), await task()]).toEqual([right(1), right(2)])
  })

  it('a TaskEither that it gives -> can be entered, and keeps its arguments', async () => {
    const task = toAction((_a) => 1, echo)('a') as Callable
    expect(await toRun(task)(env, ['other'])).toEqual(right(['a']))
  })

  it('a run that rejects -> a Left for a call from outside, a rejection for one through the entry', async () => {
    const action = toAction(
      () => 1,
      () => Promise.reject('e')
    )
    expect(await action()).toEqual(left('e'))
    await expect(action[entry]?.(env, [])).rejects.toBe('e')
  })

  it('a call from outside -> the environment of the machine', async () => {
    const seen: Env[] = []
    const look: Run = async (given) => {
      seen.push(given)
      return { _tag: 'Right', right: 0 }
    }
    await toAction(() => 1, look)()
    expect(seen).toEqual([env])
  })
})

describe('toTotalAction', () => {
  it('no ending of its own -> that of the run', async () => {
    const action = toTotalAction(() => 1, echo)
    expect(await action()).toEqual(right([]))
    expect(action[entry]).toBe(echo)
  })
})

describe('withArguments', () => {
  it('a plain function -> no entry', () => {
    const marked = withArguments(() => 1)
    expect([marked[entry], Object.getOwnPropertySymbols(marked)]).toEqual([undefined, []])
  })

  it('an action -> its entry', () => {
    expect(withArguments(toAction(() => 1, echo))[entry]).toBe(echo)
  })

  it('a task -> its entry and its arguments', async () => {
    const task = toAction((_a) => 1, echo)('a') as Callable
    expect(await toRun(withArguments(task))(env, ['other'])).toEqual(right(['a']))
  })

  it('arguments -> handed on; the name is kept', () => {
    const marked = withArguments(function all(...args) {
      return args
    })
    expect([marked(1, 2), marked.name]).toEqual([[1, 2], 'all'])
  })

  it('length 0, 3 -> 1, 3', () => {
    expect(withArguments(() => 1).length).toBe(1)
    expect(withArguments((_a, _b, _c) => 1).length).toBe(3)
  })
})

describe('toWrapper', () => {
  const around = toWrapper('around', (inner) => async (given, args) => {
    const result = await inner(given, [...args, 'more'])
    return { _tag: 'Right', right: ['around', result] }
  })

  it('a function -> an action of its shape and name, whose run is around that of the function', async () => {
    const read = async (...args: unknown[]): Promise<unknown> => args
    const wrapped = around(read)
    expect([wrapped.length, wrapped.name]).toEqual([0, 'read'])
    expect(await wrapped()).toEqual(right(['around', right(['more'])]))
    expect(await wrapped[entry]?.(env, [1])).toEqual(right(['around', right([1, 'more'])]))
  })

  it('no function -> an error with the name of the wrapper', () => {
    expect(message(() => around(null))).toBe('TypeError: around: action must be a function, got null')
  })
})

describe('toMethod', () => {
  const owner = {
    url: 'db',
    read(id: unknown): unknown {
      return [this.url, id]
    }
  }

  it('a method -> a function that needs no `this`; its length, the name that is said', () => {
    const method = toMethod(owner.read, 'load', owner)
    expect([method(7), method.length, method.name]).toEqual([['db', 7], 1, 'load'])
    expect([method[entry], Object.getOwnPropertySymbols(method)]).toEqual([undefined, []])
  })

  it('an action -> its entry', () => {
    const action = toAction(() => 1, echo)
    expect(toMethod(action, 'load', owner)[entry]).toBe(echo)
  })

  it('a task -> its entry and its arguments', async () => {
    const task = toAction((_a) => 1, echo)('a') as Callable
    expect(await toRun(toMethod(task, 'load', owner))(env, [])).toEqual(right(['a']))
  })
})

describe('toCallable', () => {
  it('a function -> itself', () => {
    const fn = () => 1
    expect(toCallable('wrap', fn)).toBe(fn)
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: wrap: action must be …, got undefined'],
    [null, 'TypeError: wrap: action must be …, got null'],
    [pipe({ then: () => undefined }), 'TypeError: wrap: action must be …, got [object Object]'],
    [Object.create(null), 'TypeError: wrap: action must be …, got object'],
    [5, 'RangeError: wrap: action must be …, got 5'],
    ['f', 'RangeError: wrap: action must be …, got "f"']
  ])('%p -> %s', (input, text) => {
    expect(thrown(() => toCallable('wrap', input))).toBe(text)
  })

  it('no function -> the error says what has to be', () => {
    expect(message(() => toCallable('wrap', 5))).toBe('RangeError: wrap: action must be a function, got 5')
  })

  it('a promise, already begun -> TypeError', () => {
    expect(thrown(() => toCallable('wrap', Promise.resolve(1)))).toBe(
      'TypeError: wrap: action must be …, got [object Promise]'
    )
  })
})
