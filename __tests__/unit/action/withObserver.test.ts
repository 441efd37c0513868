import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  immediate,
  limitRetries,
  limitSet,
  onRetry,
  resourceLimit,
  type RetryScheduled,
  withEnv,
  withLimits,
  withObserver,
  withRetry
} from 'reprise'
import { instantClock, scripted } from 'reprise/testing'
import { message, thrown } from '../../support/bad.js'

const policy = pipe(immediate, limitRetries(1))

describe('withObserver', () => {
  it('two around a retry -> both hear all; the inner one first, report by report', async () => {
    const seen: string[] = []
    const task = pipe(
      scripted('LR'),
      withRetry(policy),
      withObserver(({ _tag }) => seen.push(`inner ${_tag}`)),
      withObserver(({ _tag }) => seen.push(`outer ${_tag}`))
    )
    await task()
    expect(seen).toEqual([
      'inner AttemptStarted',
      'outer AttemptStarted',
      'inner AttemptFailed',
      'inner RetryScheduled',
      'outer AttemptFailed',
      'outer RetryScheduled',
      'inner AttemptStarted',
      'outer AttemptStarted',
      'inner Succeeded',
      'outer Succeeded'
    ])
  })

  it('between two retries -> hears the inner one alone', async () => {
    const [inner, outer]: [string[], string[]] = [[], []]
    const task = pipe(
      scripted('R'),
      withRetry(policy),
      withObserver(({ _tag }) => inner.push(_tag)),
      withRetry(policy),
      withObserver(({ _tag }) => outer.push(_tag))
    )
    await task()
    expect(inner).toEqual(['AttemptStarted', 'Succeeded'])
    expect(outer).toEqual(['AttemptStarted', 'AttemptStarted', 'Succeeded', 'Succeeded'])
  })

  it('inside of a retry, around a plain function -> nothing to hear', async () => {
    let heard = 0
    const task = pipe(
      scripted('LR'),
      withObserver(() => (heard += 1)),
      withRetry(policy)
    )
    expect(await task()).toEqual({ _tag: 'Right', right: 2 })
    expect(heard).toBe(0)
  })

  it('inside of a retry, around limits -> hears those, of each attempt', async () => {
    const [inner, outer]: [string[], string[]] = [[], []]
    const task = pipe(
      scripted('LR'),
      withLimits(limitSet([resourceLimit({ key: 'place', capacity: 1 })])()),
      withObserver(({ _tag, attempt }) => inner.push(`${_tag} ${attempt}`)),
      withRetry(policy),
      withObserver(({ _tag, attempt }) => outer.push(`${_tag} ${attempt}`))
    )
    await task()
    expect(inner).toEqual(['LimitGranted 1', 'LimitGranted 2'])
    expect(outer).toEqual([
      'AttemptStarted 1',
      'LimitGranted 1',
      'AttemptFailed 1',
      'RetryScheduled 1',
      'AttemptStarted 2',
      'LimitGranted 2',
      'Succeeded 2'
    ])
  })

  it('an observer that never ends -> is not waited for', async () => {
    const task = pipe(
      scripted('LR'),
      withRetry(policy),
      withObserver(() => new Promise(() => undefined))
    )
    expect(await task()).toEqual({ _tag: 'Right', right: 2 })
  })

  it('an observer that gives a thenable which throws -> dropped', async () => {
    const task = pipe(
      scripted('R'),
      withRetry(policy),
      withObserver(() => ({
        then: () => {
          throw new Error('then')
        }
      }))
    )
    expect(await task()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('a function of arguments -> the same shape, name and length', async () => {
    const add = async (a: number, b: number): Promise<number> => a + b
    const got = pipe(
      add,
      withObserver(() => undefined)
    )
    expect([got.length, got.name]).toEqual([2, 'add'])
    expect(await got(1, 2)()).toEqual({ _tag: 'Right', right: 3 })
  })

  it('around a function that throws -> Left', async () => {
    const task = pipe(
      scripted('T'),
      withObserver(() => undefined)
    )
    expect(await task()).toEqual({ _tag: 'Left', left: 1 })
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: withObserver: observer must be …, got undefined'],
    [null, 'TypeError: withObserver: observer must be …, got null'],
    [{ next: () => 1 }, 'TypeError: withObserver: observer must be …, got [object Object]'],
    ['log', 'RangeError: withObserver: observer must be …, got "log"']
  ])('%p -> %s', (input, text) => {
    expect(thrown(() => withObserver(input as never))).toBe(text)
  })

  it('no function -> the error says what has to be', () => {
    expect(message(() => withObserver({} as never))).toBe(
      'TypeError: withObserver: observer must be a function of an event, got [object Object]'
    )
  })

  it('an action that is no function -> TypeError', () => {
    expect(thrown(() => withObserver(() => 1)(null as never))).toBe(
      'TypeError: withObserver: action must be …, got null'
    )
  })
})

describe('onRetry', () => {
  it('two retries of 30 ms -> two events, every field', async () => {
    const seen: RetryScheduled[] = []
    const task = pipe(
      scripted('L', { left: (call) => `error ${call}` }),
      withRetry(pipe(fixed(30), limitRetries(2))),
      onRetry((event) => seen.push(event)),
      withEnv({ clock: instantClock() })
    )
    await task()
    const failure = { _tag: 'Failed', duration: 0, delay: 30 }
    expect(seen).toStrictEqual([
      {
        _tag: 'RetryScheduled',
        name: 'task',
        args: [],
        attempt: 1,
        elapsed: 0,
        previousDelay: undefined,
        delay: 30,
        failure: { ...failure, error: 'error 1', attempt: 1, startedAt: 0 }
      },
      {
        _tag: 'RetryScheduled',
        name: 'task',
        args: [],
        attempt: 2,
        elapsed: 30,
        previousDelay: 30,
        delay: 30,
        failure: { ...failure, error: 'error 2', attempt: 2, startedAt: 30 }
      }
    ])
  })

  it('no retry -> not called', async () => {
    let calls = 0
    await pipe(
      scripted('R'),
      withRetry(policy),
      onRetry(() => (calls += 1))
    )()
    expect(calls).toBe(0)
  })

  it('throws, rejects -> dropped', async () => {
    const task = pipe(
      scripted('LLR'),
      withRetry(pipe(immediate, limitRetries(2))),
      onRetry(({ attempt }) => {
        if (attempt === 1) throw 'e'
        return Promise.reject('e')
      })
    )
    expect(await task()).toEqual({ _tag: 'Right', right: 3 })
  })

  it('undefined, an object, a text -> errors that say what has to be', () => {
    expect([undefined, {}, 'log'].map((input) => message(() => onRetry(input as never)))).toEqual([
      'TypeError: onRetry: f must be a function of an event, got undefined',
      'TypeError: onRetry: f must be a function of an event, got [object Object]',
      'RangeError: onRetry: f must be a function of an event, got "log"'
    ])
  })
})
