import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { immediate, limitRetries, withAttempt, withDecoder, withRetry } from 'reprise'
import { message, thrown } from '../../support/bad.js'

const User = t.type({ name: t.string })

/** Gives the length of what it decodes. */
const Length = { decode: (u: unknown) => E.right(String(u).length) }
const Picky = { decode: () => E.left([{ value: 1, context: [], message: 'never' }]) }

describe('withDecoder', () => {
  it('a result that fits -> Right', async () => {
    const task = pipe(async (): Promise<unknown> => ({ name: 'Ada' }), withDecoder(User))
    expect(await task()).toEqual({ _tag: 'Right', right: { name: 'Ada' } })
  })

  it('a decoder that changes the value -> what it gives', async () => {
    expect(await pipe(async () => 'four', withDecoder(Length))()).toEqual({ _tag: 'Right', right: 4 })
  })

  it('a mismatch -> InvalidResult, with the very value and the errors of io-ts', async () => {
    const value = { name: 1 }
    const result = await pipe(async (): Promise<unknown> => value, withDecoder(User))()
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'InvalidResult', errors: [{ value: 1 }] } })
    expect(result._tag === 'Left' && (result.left as { value: unknown }).value).toBe(value)
    expect(result._tag === 'Left' && (result.left as { reasons: unknown }).reasons).toEqual([
      'name: expected string, got 1'
    ])
  })

  it('a decoder of another kind -> its errors as they are', async () => {
    expect(await pipe(async () => 1, withDecoder(Picky))()).toStrictEqual({
      _tag: 'Left',
      left: {
        _tag: 'InvalidResult',
        value: 1,
        errors: [{ value: 1, context: [], message: 'never' }],
        reasons: ['result: never']
      }
    })
  })

  it.each<[string, unknown, ReadonlyArray<string>]>([
    ['a list of texts', ['too short', 'no vowel'], ['too short', 'no vowel']],
    ['a text', 'too short', ['too short']],
    ['an Error', new Error('too short'), ['Error: too short']],
    ['nothing', [], []],
    [
      'errors of io-ts',
      [{ value: 1, context: [{ key: 'a', type: t.string }] }],
      ['a: expected string, got 1']
    ]
  ])('a decoder that says %s -> reasons in words', async (_, errors, reasons) => {
    const decoder = { decode: () => E.left(errors) }
    expect(await pipe(async () => 1, withDecoder(decoder))()).toStrictEqual({
      _tag: 'Left',
      left: { _tag: 'InvalidResult', value: 1, errors, reasons }
    })
  })

  it.each<[string, TE.TaskEither<string, unknown>]>([
    ['a Left', TE.left('e')],
    ['a throw', () => Promise.reject('e')]
  ])('%s -> as it is, the decoder is not asked', async (_, task) => {
    let asked = 0
    const decoder = { decode: (u: unknown) => E.right(((asked += 1), u)) }
    expect(await pipe(task, withDecoder(decoder))()).toEqual({ _tag: 'Left', left: 'e' })
    expect(asked).toBe(0)
  })

  it('a decoder that throws -> Left of what it threw', async () => {
    const decoder = {
      decode: (): E.Either<never, number> => {
        throw 'bug'
      }
    }
    expect(await pipe(async () => 1, withDecoder(decoder))()).toEqual({ _tag: 'Left', left: 'bug' })
  })

  it('decode needs its `this` -> has it', async () => {
    class Codec {
      readonly name = 'Codec'
      readonly factor = 2
      decode(u: unknown): E.Either<never, number> {
        return E.right(Number(u) * this.factor)
      }
    }
    expect(await pipe(async () => 21, withDecoder(new Codec()))()).toEqual({ _tag: 'Right', right: 42 })
  })

  it('a function of arguments -> the same shape, name and length', async () => {
    const load = async (id: number): Promise<unknown> => ({ name: `user ${id}` })
    const loadUser = pipe(load, withDecoder(User))
    expect([loadUser.length, loadUser.name]).toEqual([1, 'load'])
    expect(await loadUser(7)()).toEqual({ _tag: 'Right', right: { name: 'user 7' } })
  })

  it('inside a retry: two mismatches, then a fit -> asked again, the decoded result', async () => {
    const answers: unknown[] = [{}, { name: 5 }, { name: 'Ada' }]
    const task = pipe(
      async (): Promise<unknown> => answers.shift(),
      withDecoder(User),
      withRetry(pipe(immediate, limitRetries(5)))
    )
    expect(await task()).toEqual({ _tag: 'Right', right: { name: 'Ada' } })
    expect(answers).toEqual([])
  })

  it('inside a retry: never fits -> Exhausted, an InvalidResult in each failure', async () => {
    const task = pipe(async () => 3, withDecoder(Picky), withRetry(pipe(immediate, limitRetries(1))))
    expect(await task()).toMatchObject({
      left: {
        _tag: 'Exhausted',
        failures: [
          { _tag: 'Failed', error: { _tag: 'InvalidResult', value: 3 } },
          { _tag: 'Failed', error: { _tag: 'InvalidResult', value: 3 } }
        ]
      }
    })
  })

  it('around withAttempt, inside a retry -> previous is the InvalidResult', async () => {
    const seen: unknown[] = []
    const ask = withAttempt(({ attempt, previous }) => async (question: string): Promise<unknown> => {
      if (previous._tag === 'Some' && previous.value._tag === 'Failed') seen.push(previous.value.error)
      return attempt === 1 ? question : question.length
    })
    const answer = pipe(ask, withDecoder(t.number), withRetry(pipe(immediate, limitRetries(2))))
    expect(await answer('why?')()).toEqual({ _tag: 'Right', right: 4 })
    expect(seen).toMatchObject([{ _tag: 'InvalidResult', value: 'why?', errors: [{ value: 'why?' }] }])
  })

  it('around a retry -> the mismatch ends the call', async () => {
    let calls = 0
    const task = pipe(async () => (calls += 1), withRetry(immediate), withDecoder(Picky))
    expect(await task()).toMatchObject({ left: { _tag: 'InvalidResult', value: 1 } })
    expect(calls).toBe(1)
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: withDecoder: decoder must be …, got undefined'],
    [null, 'TypeError: withDecoder: decoder must be …, got null'],
    [{}, 'TypeError: withDecoder: decoder must be …, got [object Object]'],
    [{ decode: 1 }, 'TypeError: withDecoder: decoder must be …, got [object Object]'],
    ['User', 'RangeError: withDecoder: decoder must be …, got "User"']
  ])('%p -> %s', (input, text) => {
    expect(thrown(() => withDecoder(input as never))).toBe(text)
  })

  it('no decoder -> the error says what has to be', () => {
    expect(message(() => withDecoder({} as never))).toBe(
      'TypeError: withDecoder: decoder must be an io-ts decoder, got [object Object]'
    )
  })

  it('an action that is no function -> TypeError', () => {
    expect(thrown(() => withDecoder(User)(undefined as never))).toBe(
      'TypeError: withDecoder: action must be …, got undefined'
    )
  })
})
