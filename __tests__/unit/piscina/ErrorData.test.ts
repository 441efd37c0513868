import { runInNewContext } from 'node:vm'
import { fromErrorData, toErrorData } from '../../../src/piscina/ErrorData.js'

/** What arrives on the other side. */
const sent = (thrown: unknown): unknown => fromErrorData(structuredClone(toErrorData(thrown)))

const stacked = <E extends Error>(error: E): E => Object.assign(error, { stack: `${error.name}: at` })

describe('toErrorData', () => {
  it('an error -> its name, message, stack and what else is on it', () => {
    const error = stacked(Object.assign(new RangeError('too far'), { code: 'E1', at: { line: 7 } }))
    expect(toErrorData(error)).toEqual({
      name: 'RangeError',
      message: 'too far',
      stack: 'RangeError: at',
      code: 'E1',
      at: { line: 7 }
    })
  })

  it('an error without a stack -> its first line', () => {
    const error = Object.assign(new Error('no'), { stack: undefined })
    expect(toErrorData(error)).toEqual({ name: 'Error', message: 'no', stack: 'Error: no' })
  })

  it('a name that is no text -> printed', () => {
    const error = Object.assign(new Error('no'), { name: Symbol('odd'), stack: 'at' })
    expect(toErrorData(error)).toEqual({ name: 'Symbol(odd)', message: 'no', stack: 'at' })
  })

  it('what cannot be cloned -> left out', () => {
    const error = stacked(
      Object.assign(new Error('no'), { retry: () => 1, request: { send: () => 1 }, code: 'E1' })
    )
    expect(toErrorData(error)).toEqual({ name: 'Error', message: 'no', stack: 'Error: at', code: 'E1' })
    expect(toErrorData({ _tag: 'Busy', retry: () => 1 })).toEqual({ _tag: 'Busy' })
  })

  it('causes -> data, too', () => {
    const cause = stacked(Object.assign(new Error('socket'), { code: 'EPIPE' }))
    expect(toErrorData(stacked(new Error('no', { cause })))).toMatchObject({
      cause: { name: 'Error', message: 'socket', stack: 'Error: at', code: 'EPIPE' }
    })
    expect(toErrorData(new Error('no', { cause: 'a text' }))).toMatchObject({ cause: 'a text' })
  })

  it('causes that go round -> nine errors', () => {
    const error: Error = new Error('round')
    error.cause = error
    const depth = (data: unknown): number =>
      data === undefined ? 0 : 1 + depth((data as { cause?: unknown }).cause)
    expect(depth(toErrorData(error))).toBe(9)
  })

  it.each<[string, unknown, unknown]>([
    ['a text', 'down', 'down'],
    ['undefined', undefined, undefined],
    ['tagged data', { _tag: 'Busy', n: 1 }, { _tag: 'Busy', n: 1 }],
    ['a symbol', Symbol('down'), 'Symbol(down)']
  ])('%s -> as it is, or in words', (_, thrown, data) => {
    expect(toErrorData(thrown)).toEqual(data)
  })

  it('null, which a pool takes for a result -> an error', () => {
    expect(toErrorData(null)).toMatchObject({ name: 'Error', message: 'null was thrown' })
  })

  it.each<[string, object]>([
    ['an error of another realm', runInNewContext('new TypeError("no")') as object],
    ['a DOMException', new DOMException('no', 'TypeError')]
  ])('%s -> as one of its own', (_, error) => {
    expect(toErrorData(error)).toMatchObject({
      name: 'TypeError',
      message: 'no',
      stack: expect.any(String) as string
    })
  })
})

describe('fromErrorData', () => {
  it('an error that was sent -> an Error that says the same', () => {
    const cause = Object.assign(new Error('socket'), { code: 'EPIPE' })
    const error = Object.assign(new RangeError('too far', { cause }), { code: 'E1' })
    const received = sent(error) as typeof error
    expect(received).toBeInstanceOf(Error)
    expect(received).toMatchObject({ name: 'RangeError', message: 'too far', code: 'E1', stack: error.stack })
    expect(received.cause).toBeInstanceOf(Error)
    expect(received.cause).toMatchObject({ message: 'socket', code: 'EPIPE' })
    expect(Object.keys(received)).toEqual(['code'])
  })

  it('an error without a cause -> none', () => {
    expect(Object.hasOwn(sent(new Error('no')) as object, 'cause')).toBe(false)
  })

  it.each<[string, unknown]>([
    ['a text', 'down'],
    ['null', null],
    ['tagged data', { _tag: 'Busy', message: 'busy' }],
    ['data with no stack', { name: 'a', message: 'b' }],
    ['an error', new Error('no')]
  ])('%s -> that very value', (_, thrown) => {
    expect(fromErrorData(thrown)).toBe(thrown)
  })
})
