// A worker's retries: how often, after which errors, and what its callers are told in the end.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { type RetryAlgorithm, worker } from 'reprise'
import { scripted } from 'reprise/testing'
import { call, failing, flaky, reasonOf, value } from '../support/methods.js'
import { ending } from '../support/play.js'

class ValueError extends Error {}

const asValueError = (count: number) => new ValueError(`on attempt ${count}`)

describe('how often', () => {
  it('R1 retries 5, linear, wait 10 ms; fails twice then returns 2x10 -> 20, calls 3', async () => {
    const double = flaky(2, (n: number) => 2 * n)
    const { double: retried } = worker(
      { double },
      { numRetries: 5, retryAlgorithm: 'linear', retryWait: 10, retryJitter: 0 }
    )
    expect(await call(retried(10))).toEqual({ result: E.right(20), elapsed: 10 + 20 })
    expect(double.calls()).toBe(3)
  })

  it('R2 retries 2; would need 5 attempts -> the error of attempt 3, calls 3', async () => {
    const read = flaky(4, (n: number) => n)
    const db = worker({ read }, { numRetries: 2 })
    expect(await reasonOf(value(db.read(1)))).toEqual(new Error('on attempt 3'))
    expect(read.calls()).toBe(3)
  })

  it('R3 no options -> first error at once, calls 1', async () => {
    const error = new Error('down')
    const read = failing(() => error)
    const { result, elapsed } = await call(worker({ read }).read(1))
    expect(ending(result)).toEqual(['Exhausted', error])
    expect(result._tag === 'Left' && result.left.failures[0]).toMatchObject({ attempt: 1, error })
    expect(elapsed).toBe(0)
    expect(read.calls()).toBe(1)
  })

  it('R26 retries 0 explicit -> first error, calls 1', async () => {
    const read = failing()
    const { result, elapsed } = await call(worker({ read }, { numRetries: 0 }).read(1))
    expect(ending(result)).toEqual(['Exhausted', new Error('on attempt 1')])
    expect(elapsed).toBe(0)
    expect(read.calls()).toBe(1)
  })

  it('R31 always fails with its attempt number, retries 2 -> surfaced error says attempt 3', async () => {
    const db = worker({ read: failing() }, { numRetries: 2 })
    const { result } = await call(db.read(1))
    expect(ending(result)).toEqual(['Exhausted', new Error('on attempt 3')])
    expect(result).toMatchObject({ left: { attempts: 3 } })
  })
})

describe('the waits', () => {
  it.each<[RetryAlgorithm]>([['linear'], ['exponential'], ['fibonacci']])(
    'R7 %s, retries 3, one failure -> success',
    async (retryAlgorithm) => {
      const read = flaky(1, (n: number) => n)
      const db = worker({ read }, { numRetries: 3, retryAlgorithm, retryWait: 100, retryJitter: 0 })
      expect(await call(db.read(7))).toEqual({ result: E.right(7), elapsed: 100 })
      expect(read.calls()).toBe(2)
    }
  )

  // There, any jitter was full jitter, so the bound was 0.6 s. Here 1 is ± 100 %, windows of up to 0.2, 0.4 and 0.6 s; it
  // is 'full' that has the bound of 0.6 s.
  it.each<[jitter: 1 | 'full', bound: number]>([
    [1, 1200],
    ['full', 600]
  ])(
    'R28 jitter %s, linear 0.1 s, 3 retries -> success, total < 5 s (bound %d ms)',
    async (retryJitter, bound) => {
      const read = flaky(3, (n: number) => n)
      const db = worker({ read }, { numRetries: 3, retryAlgorithm: 'linear', retryWait: '0.1s', retryJitter })
      const { result, elapsed } = await call(db.read(7))
      expect(result).toEqual(E.right(7))
      expect(elapsed).toBeLessThan(bound)
      expect(read.calls()).toBe(4)
    }
  )
})

describe('which errors', () => {
  it('R4 retries 3, retryOn [ValueError]; always ValueError -> ValueError after retries', async () => {
    const read = failing(asValueError)
    const db = worker({ read }, { numRetries: 3, retryOn: [ValueError] })
    const { result } = await call(db.read(1))
    expect(ending(result)).toEqual(['Exhausted', new ValueError('on attempt 4')])
    expect(read.calls()).toBe(4)
  })

  it('R5 same policy, TypeError -> TypeError "on attempt 1", calls 1', async () => {
    const read = failing((count) => new TypeError(`on attempt ${count}`))
    const db = worker({ read }, { numRetries: 3, retryOn: [ValueError] })
    expect(await reasonOf(value(db.read(1)))).toEqual(new TypeError('on attempt 1'))
    expect(read.calls()).toBe(1)
  })

  it('R6 retryOn = message contains "retry" (case-insensitive); fails twice with "Please RETRY.." -> success', async () => {
    const read = flaky(
      2,
      () => 'success',
      () => new Error('Please RETRY..')
    )
    const saysRetry = (error: unknown) => error instanceof Error && /retry/i.test(error.message)
    const db = worker({ read }, { numRetries: 3, retryOn: saysRetry })
    expect(await value(db.read(1))).toBe('success')
    expect(read.calls()).toBe(3)
  })

  it('R6 a message without "retry" -> that error, calls 1', async () => {
    const read = failing(() => new Error('never again'))
    const saysRetry = (error: unknown) => error instanceof Error && /retry/i.test(error.message)
    const db = worker({ read }, { numRetries: 3, retryOn: saysRetry })
    expect(await reasonOf(value(db.read(1)))).toEqual(new Error('never again'))
    expect(read.calls()).toBe(1)
  })

  it.each<[string, () => Error]>([
    ['ValueError', () => new ValueError()],
    ['TypeError', () => new TypeError()]
  ])('R29 retryOn [ValueError, TypeError]: %s -> retried', async (_, error) => {
    const read = flaky(1, (n: number) => n, error)
    const db = worker({ read }, { numRetries: 3, retryOn: [ValueError, TypeError] })
    expect(await value(db.read(7))).toBe(7)
    expect(read.calls()).toBe(2)
  })

  it.each<[string, number, () => Error]>([
    ['ValueError once', 1, () => new ValueError()],
    ['RuntimeError "Custom" 3x', 3, () => new Error('Custom')]
  ])('R30 retryOn [ValueError, predicate "custom"]: %s -> success', async (_, failures, error) => {
    const read = flaky(failures, (n: number) => n, error)
    const isCustom = (thrown: unknown) => thrown instanceof Error && /custom/i.test(thrown.message)
    const db = worker({ read }, { numRetries: 5, retryOn: [ValueError, isCustom] })
    expect(await value(db.read(7))).toBe(7)
    expect(read.calls()).toBe(failures + 1)
  })

  it('R27 filter captures context -> has attempt, elapsed, and name, which is the method', async () => {
    const seen: unknown[] = []
    const retryOn = (_: unknown, context: unknown) => seen.push(context) > 0
    const options = { numRetries: 5, retryAlgorithm: 'linear', retryWait: 100, retryJitter: 0 } as const
    const db = worker({ readData: flaky(3, (n: number) => n) }, { ...options, retryOn })
    expect(await value(db.readData(7))).toBe(7)
    expect(seen).toEqual([
      { attempt: 1, elapsed: 0, name: 'readData', args: [7], previousDelay: undefined },
      { attempt: 2, elapsed: 100, name: 'readData', args: [7], previousDelay: 100 },
      { attempt: 3, elapsed: 300, name: 'readData', args: [7], previousDelay: 200 }
    ])
  })

  // The method takes what it is given and decodes it, as a validated method did there. Nothing is retried but what is named.
  it('R18 method with input schema, fails once; then bad input -> 15; bad input -> schema error, not retried', async () => {
    const Input = t.type({ a: t.number, b: t.number })
    const connection = scripted('LR', { left: () => ({ _tag: 'ConnectionError' }) as const })
    let calls = 0
    const add = (input: unknown) => {
      calls += 1
      return pipe(
        TE.fromEither(Input.decode(input)),
        TE.mapLeft((errors) => ({ _tag: 'SchemaError', errors }) as const),
        TE.chainFirstW(() => connection),
        TE.map(({ a, b }) => a + b)
      )
    }
    const sums = worker({ add }, { numRetries: 3, retryOn: 'ConnectionError' })

    expect((await call(sums.add({ a: 5, b: 10 }))).result).toEqual(E.right(15))
    expect(calls).toBe(2)

    const { result } = await call(sums.add({ a: 5, b: 'ten' }))
    expect(ending(result)).toEqual([
      'NotRetryable',
      { _tag: 'SchemaError', errors: [expect.objectContaining({ value: 'ten' })] }
    ])
    expect(calls).toBe(3)
  })
})

describe('how it is called', () => {
  it('R24 async fn, fails twice -> "attempt 3"', async () => {
    const read = flaky(2, (_: number, count) => `attempt ${count}`)
    expect(await value(worker({ read }, { numRetries: 5 }).read(1))).toBe('attempt 3')
  })

  it('R24 the methods of an object of an interface type, called through the worker -> their `this`', async () => {
    interface Counter {
      readonly start: number
      next(step: number): Promise<number>
    }
    let calls = 0
    const counter: Counter = {
      start: 40,
      async next(step) {
        calls += 1
        if (calls < 3) throw new Error('not yet')
        return this.start + step
      }
    }
    const { next } = worker(counter, { numRetries: 5 })
    expect(await value(next(2))).toBe(42)
    expect(calls).toBe(3)
  })

  // A worker has no mode of its own for callers that block: `runOrThrow` is what gives the value, or throws.
  it('R33 blocking=true -> value, not a future', async () => {
    const read = flaky(1, (n: number) => 2 * n)
    const task = worker({ read }, { numRetries: 1 }).read(21)
    expect(read.calls()).toBe(0)
    expect(await value(task)).toBe(42)
    expect(read.calls()).toBe(2)
  })

  it('R33 without arguments -> the method is itself the task', async () => {
    const ping = scripted('TR', { right: () => 'pong' })
    const db = worker({ ping }, { numRetries: 1 })
    expect(await value(db.ping)).toBe('pong')
    expect(ping.calls()).toBe(2)
  })
})

describe('bad values', () => {
  const read = async (n: number) => n

  it('R41 retries -1 -> configuration error', () => {
    expect(() => worker({ read }, { numRetries: -1 })).toThrow(
      new RangeError('worker: numRetries must be a whole number >= 0, got -1')
    )
  })

  // A wait of 0 is allowed here: it is what `immediate` is.
  it('R42 wait 0 with retries 1 -> retried at once', async () => {
    const flakyRead = flaky(1, (n: number) => n)
    const db = worker({ read: flakyRead }, { numRetries: 1, retryWait: 0 })
    expect(await call(db.read(7))).toEqual({ result: E.right(7), elapsed: 0 })
    expect(flakyRead.calls()).toBe(2)
  })

  it('R42 a negative wait -> configuration error', () => {
    expect(() => worker({ read }, { numRetries: 1, retryWait: -1 })).toThrow(
      /^worker: retryWait must be .* got -1$/
    )
  })

  it.each([[1.5], [-0.1]])('R43 jitter %d -> configuration error', (retryJitter) => {
    expect(() => worker({ read }, { retryJitter })).toThrow(
      new RangeError(`worker: retryJitter must be 0 to 1, 'full' or 'equal', got ${retryJitter}`)
    )
  })

  // A text is a condition here, equal to an error's _tag, name or code; so the bad values are others.
  it.each<[string, unknown]>([
    ['[42]', [42]],
    ["['']", ['']],
    ['[null]', [null]]
  ])('R44 retryOn %s -> configuration error', (_, retryOn) => {
    expect(() => worker({ read }, { retryOn: retryOn as string })).toThrow(/^worker: retryOn must be /)
  })

  it('R44 retryOn ["ECONNRESET"] -> retries what has this code', async () => {
    const flakyRead = flaky(
      1,
      (n: number) => n,
      () => Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    )
    const db = worker({ read: flakyRead }, { numRetries: 1, retryOn: ['ECONNRESET'] })
    expect(await value(db.read(7))).toBe(7)
  })

  it('R45 retryUntil ["text"] -> configuration error', () => {
    const retryUntil = ['text'] as unknown as () => boolean
    expect(() => worker({ read }, { retryUntil })).toThrow(
      new RangeError(
        'worker: retryUntil must be a predicate, an io-ts decoder, or a list of these, got "text"'
      )
    )
  })
})
