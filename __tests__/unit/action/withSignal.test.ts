import { pipe } from 'fp-ts/lib/function.js'
import { fixed, limitRetries, withEnv, withRetry, withSignal } from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { message, thrown } from '../../support/bad.js'
import { start } from '../../support/task.js'

const policy = pipe(fixed(100), limitRetries(2))

/** A signal that counts its listeners. */
const counted = () => {
  const controller = new AbortController()
  const { signal } = controller
  const state = { listeners: 0, most: 0 }
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (...args: [never, never]) => {
    state.listeners += 1
    state.most = Math.max(state.most, state.listeners)
    add(...args)
  }
  signal.removeEventListener = (...args: [never, never]) => {
    if (String(args[0]) === 'abort') state.listeners -= 1
    remove(...args)
  }
  return { controller, signal, state }
}

describe('withSignal', () => {
  it('aborted before -> Aborted, every field; the function is not called', async () => {
    const fn = scripted('R')
    expect(await pipe(fn, withSignal(AbortSignal.abort('no')))()).toStrictEqual({
      _tag: 'Left',
      left: { _tag: 'Aborted', attempts: 0, elapsed: 0, failures: [], omitted: 0, reason: 'no' }
    })
    expect(fn.calls()).toBe(0)
  })

  it('a plain function, aborted after 30 ms -> Aborted, one attempt', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const ends = start(pipe(scripted('P'), withSignal(controller.signal), withEnv({ clock })), clock)
    await clock.advance(30)
    controller.abort('no')
    await clock.runAll()
    expect(ends).toStrictEqual([
      {
        at: 30,
        result: {
          _tag: 'Left',
          left: { _tag: 'Aborted', attempts: 1, elapsed: 30, failures: [], omitted: 0, reason: 'no' }
        }
      }
    ])
  })

  it('a retry, aborted in its second wait -> Aborted with both failures, the last without a wait cut off', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const fn = scripted('L')
    const ends = start(pipe(fn, withRetry(policy), withSignal(controller.signal), withEnv({ clock })), clock)
    await clock.advance(130)
    controller.abort()
    await clock.runAll()
    expect(ends).toMatchObject([
      {
        at: 130,
        result: {
          left: {
            _tag: 'Aborted',
            attempts: 2,
            elapsed: 130,
            failures: [
              { error: 1, startedAt: 0, delay: 100 },
              { error: 2, startedAt: 100, delay: 100 }
            ],
            reason: { name: 'AbortError' }
          }
        }
      }
    ])
    expect(fn.calls()).toBe(2)
  })

  it('reason undefined, null, 0 -> as the signal has it', async () => {
    const reasons = await Promise.all(
      [null, 0, ''].map(async (reason) => {
        const result = await pipe(scripted('R'), withSignal(AbortSignal.abort(reason)))()
        return result._tag === 'Left' && typeof result.left === 'object' && result.left.reason
      })
    )
    expect(reasons).toEqual([null, 0, ''])
  })

  it('twenty calls at once -> one listener while they run, none afterwards', async () => {
    const clock = virtualClock()
    const { signal, state } = counted()
    const task = pipe(scripted('R', { duration: 10, clock }), withSignal(signal), withEnv({ clock }))
    const ends = Array.from({ length: 20 }, () => start(task, clock))
    await clock.advance(5)
    expect(state).toEqual({ listeners: 1, most: 1 })
    await clock.runAll()
    expect(ends.map(({ length }) => length)).toEqual(Array(20).fill(1))
    expect(state).toEqual({ listeners: 0, most: 1 })
  })

  it('one signal aborts -> every call under it', async () => {
    const clock = virtualClock()
    const { controller, signal, state } = counted()
    const task = pipe(scripted('P'), withSignal(signal), withEnv({ clock }))
    const ends = [start(task, clock), start(task, clock)]
    await clock.advance(5)
    controller.abort('no')
    await clock.runAll()
    expect(ends.map(([end]) => end?.result._tag)).toEqual(['Left', 'Left'])
    expect(state.listeners).toBe(0)
  })

  it('one of two calls ends -> the other still hears', async () => {
    const clock = virtualClock()
    const { controller, signal, state } = counted()
    const [quick, slow] = [scripted('R', { duration: 5, clock }), scripted('P')].map((fn) =>
      start(pipe(fn, withSignal(signal), withEnv({ clock })), clock)
    )
    await clock.advance(5)
    expect([quick!.length, slow!.length, state.listeners]).toEqual([1, 0, 1])
    controller.abort('no')
    await clock.runAll()
    expect(slow).toMatchObject([{ result: { left: { _tag: 'Aborted', reason: 'no' } } }])
  })

  it('a signal that cannot be left -> the call ends all the same', async () => {
    const { signal } = new AbortController()
    signal.removeEventListener = () => {
      throw new Error('stay')
    }
    expect(await pipe(scripted('R'), withSignal(signal))()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('a call after others have ended -> listens again', async () => {
    const clock = virtualClock()
    const { controller, signal } = counted()
    await pipe(scripted('R'), withSignal(signal))()
    const ends = start(pipe(scripted('P'), withSignal(signal), withEnv({ clock })), clock)
    controller.abort('no')
    await clock.runAll()
    expect(ends).toMatchObject([{ result: { left: { _tag: 'Aborted', reason: 'no' } } }])
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: withSignal: signal must be …, got undefined'],
    [null, 'TypeError: withSignal: signal must be …, got null'],
    [{}, 'TypeError: withSignal: signal must be …, got [object Object]'],
    [new AbortController(), 'TypeError: withSignal: signal must be …, got [object AbortController]'],
    ['abort', 'RangeError: withSignal: signal must be …, got "abort"']
  ])('%p -> %s', (input, text) => {
    expect(thrown(() => withSignal(input as never))).toBe(text)
  })

  it('no signal -> the error says what has to be', () => {
    expect(message(() => withSignal({} as never))).toBe(
      'TypeError: withSignal: signal must be an AbortSignal, got [object Object]'
    )
  })
})
