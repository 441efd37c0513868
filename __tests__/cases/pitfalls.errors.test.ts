import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  abortOn,
  custom,
  delayFrom,
  fixed,
  immediate,
  lastError,
  lastFailure,
  limitRetries,
  mapDelay,
  never,
  not,
  type Observer,
  onRetry,
  type RetryError,
  retryOn,
  type RetryPolicy,
  retryUntil,
  runOrThrow,
  via,
  when,
  withAttempt,
  withDecoder,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { instantClock, scenario, scripted } from 'reprise/testing'
import { heard } from '../support/process.js'

/** Runs a task to its `Left`. */
const leftOf = async <Err>(task: TE.TaskEither<Err, unknown>): Promise<Err> => {
  const result = await task()
  if (result._tag === 'Right') throw new Error('a result where an error was due')
  return result.left
}

describe('P12 an observer that fails', () => {
  const observers: ReadonlyArray<[string, Observer]> = [
    [
      'throws',
      () => {
        throw new Error('observer')
      }
    ],
    ['rejects', async () => Promise.reject(new Error('observer'))],
    [
      'rejects later',
      async () => {
        await new Promise((resolve) => setImmediate(resolve))
        throw new Error('observer')
      }
    ],
    [
      'gives a thenable that throws',
      () => ({
        then: () => {
          throw new Error('observer')
        }
      })
    ],
    [
      'gives an object whose `then` throws',
      () => ({
        get then() {
          throw new Error('observer')
        }
      })
    ],
    ['never settles', async () => new Promise(() => undefined)]
  ]
  const calls: ReadonlyArray<[string, string, RetryPolicy]> = [
    ['a call that succeeds', 'LTR', fixed(100)],
    ['a call that gives up', 'L', pipe(fixed(100), limitRetries(2))],
    ['a call that is not worth a retry', 'L', pipe(fixed(100), retryOn(Error))],
    ['a call whose policy fails', 'L', custom('odd', () => NaN)]
  ]

  test.each(observers.flatMap(([name, observer]) => calls.map((call) => [name, ...call, observer] as const)))(
    'P12 an observer %s, in %s -> same result, nothing unhandled',
    async (_, _call, script, policy, observer) => {
      const plain = await pipe(scripted(script), withRetry(policy), withEnv({ clock: instantClock() }))()
      const told: string[] = []
      let watched: unknown
      const unhandled = await heard('unhandledRejection', async () => {
        watched = await pipe(
          scripted(script),
          withRetry(policy),
          withObserver((event) => {
            told.push(event._tag)
            return observer(event)
          }),
          withEnv({ clock: instantClock() })
        )()
      })
      expect(watched).toEqual(plain)
      expect(unhandled).toEqual([])
      expect(told.length).toBeGreaterThanOrEqual(3)
    }
  )

  test('P12 an observer throws -> the others are told all the same', async () => {
    const [inner, outer]: [string[], string[]] = [[], []]
    const broken = withObserver(() => {
      throw new Error('observer')
    })
    await pipe(
      scripted('LR'),
      withRetry(immediate),
      withObserver(({ _tag }) => inner.push(_tag)),
      broken,
      withObserver(({ _tag }) => outer.push(_tag))
    )()
    expect(inner).toEqual([
      'AttemptStarted',
      'AttemptFailed',
      'RetryScheduled',
      'AttemptStarted',
      'Succeeded'
    ])
    expect(outer).toEqual(inner)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('observer')
      }
    ],
    ['rejects', async () => Promise.reject(new Error('observer'))]
  ])('P12 onRetry %s -> same result, nothing unhandled', async (_, f) => {
    let result: unknown
    const unhandled = await heard('unhandledRejection', async () => {
      result = await pipe(scripted('LLR'), withRetry(immediate), onRetry(f))()
    })
    expect({ result, unhandled }).toEqual({ result: { _tag: 'Right', right: 3 }, unhandled: [] })
  })
})

describe('P12 a function of the policy that fails', () => {
  const fault = new Error('fault')
  const fail = (): never => {
    throw fault
  }
  const policies: ReadonlyArray<[string, RetryPolicy]> = [
    ['retryOn', pipe(fixed(100), retryOn(fail))],
    ['retryOn, in a list', pipe(fixed(100), retryOn(['other', fail]))],
    ['retryOn, under not', pipe(fixed(100), retryOn(not(fail)))],
    ['abortOn', pipe(fixed(100), abortOn(fail))],
    ['when', pipe(fixed(100), when(fail, fixed(50)))],
    ['delayFrom', pipe(fixed(100), delayFrom(fail, { max: '1m' }))],
    ['custom', custom('failing', fail)],
    ['mapDelay', pipe(fixed(100), mapDelay('failing', fail))]
  ]
  const original = new TypeError('original')

  test.each(
    policies.flatMap((each) => (['L', 'T'] as const).map((script) => [each[0], script, each[1]] as const))
  )(
    'P12 %s throws after %s -> PolicyFault with the fault and the original error',
    async (_, script, policy) => {
      const { calls, waits, events, result } = await scenario({
        policy,
        script,
        left: () => original,
        thrown: () => original
      })
      expect({ calls, waits }).toEqual({ calls: 1, waits: [] })
      const error = result._tag === 'Left' ? result.left : undefined
      expect(error).toMatchObject({
        _tag: 'PolicyFault',
        attempts: 1,
        failures: [{ attempt: 1, delay: undefined }]
      })
      expect(error?._tag === 'PolicyFault' && error.fault).toBe(fault)
      expect(error && lastError(error)).toEqual(O.some(original))
      expect(events.map(({ _tag }) => _tag)).toEqual(['AttemptStarted', 'AttemptFailed', 'GaveUp'])
    }
  )

  test('P12 a condition throws at the third failure -> PolicyFault with all three', async () => {
    const policy = pipe(
      fixed(100),
      retryOn((_, { attempt }) => (attempt < 3 ? true : fail()))
    )
    const { calls, result } = await scenario({ policy, script: 'L' })
    expect(calls).toBe(3)
    expect(result).toMatchObject({
      left: { _tag: 'PolicyFault', failures: [{ error: 1 }, { error: 2 }, { error: 3 }] }
    })
  })

  test('P12 an async condition -> PolicyFault, for its promise would always be true', async () => {
    const condition = (async () => false) as unknown as () => boolean
    const { calls, result } = await scenario({ policy: pipe(fixed(100), retryOn(condition)), script: 'L' })
    expect(calls).toBe(1)
    expect(result).toMatchObject({ left: { _tag: 'PolicyFault', failures: [{ error: 1 }] } })
  })

  test('P12 a validator throws -> Rejected, with its message as the reason', async () => {
    const policy = pipe(immediate, limitRetries(1), retryUntil(fail))
    const { calls, result } = await scenario({ policy, script: 'R' })
    expect(calls).toBe(2)
    const rejected = { _tag: 'Rejected', reasons: [expect.stringContaining('fault')] }
    expect(result).toMatchObject({
      left: {
        _tag: 'Exhausted',
        failures: [
          { ...rejected, value: 1 },
          { ...rejected, value: 2 }
        ]
      }
    })
  })
})

describe('P14 programmer errors and non-Errors', () => {
  const bug = new TypeError('x is undefined')
  const throwing: ReadonlyArray<[string, TE.TaskEither<string, number>]> = [
    ['a rejected promise in a TaskEither', async () => Promise.reject(bug)],
    [
      'a throw before the first await',
      () => {
        throw bug
      }
    ],
    [
      'a throw in a step of fp-ts',
      pipe(
        TE.right<string, number>(1),
        TE.map(() => {
          throw bug
        })
      )
    ],
    [
      'a throw in a function that should give a TaskEither',
      withAttempt((): TE.TaskEither<string, number> => {
        throw bug
      })
    ]
  ]
  const layers: ReadonlyArray<
    [string, (task: TE.TaskEither<string, number>) => TE.TaskEither<unknown, number>]
  > = [
    ['no layer', (task) => task],
    ['withTimeout', (task) => pipe(task, withTimeout('1h'))],
    ['withDecoder', (task) => pipe(task, withDecoder(t.number))],
    ['withAttempt', (task) => withAttempt(() => task)],
    ['withSignal', (task) => pipe(task, withSignal(new AbortController().signal))],
    ['via', (task) => pipe(task, via(TE.mapLeft((e) => e)))]
  ]

  describe.each(layers)('through %s', (_, layer) => {
    test.each(throwing)('P14 %s -> Threw, retried, never unhandled', async (_, task) => {
      let error: RetryError<unknown, number> | undefined
      const unhandled = await heard('unhandledRejection', async () => {
        error = await leftOf(pipe(layer(task), withRetry(limitRetries(2)(immediate))))
      })
      const threw = { _tag: 'Threw', error: bug }
      expect(error).toMatchObject({ _tag: 'Exhausted', attempts: 3, failures: [threw, threw, threw] })
      expect(error && lastError(error)).toEqual(O.some(bug))
      expect(unhandled).toEqual([])
    })

    test.each(throwing)('P14 %s -> judged by the conditions', async (_, task) => {
      const only = (type: typeof Error) => withRetry(pipe(immediate, limitRetries(1), retryOn(type)))
      expect(await leftOf(only(RangeError)(layer(task)))).toMatchObject({ _tag: 'NotRetryable', attempts: 1 })
      expect(await leftOf(only(TypeError)(layer(task)))).toMatchObject({ _tag: 'Exhausted', attempts: 2 })
    })
  })

  test('P14 a function of arguments throws before its first await -> Threw', async () => {
    const read = (id: number): Promise<number> => {
      throw new RangeError(`no ${id}`)
    }
    const error = await leftOf(pipe(read, withRetry(limitRetries(1)(immediate)))(7))
    expect(error).toMatchObject({
      _tag: 'Exhausted',
      failures: [
        { _tag: 'Threw', error: { message: 'no 7' } },
        { _tag: 'Threw', error: { message: 'no 7' } }
      ]
    })
  })

  test('P14 a throw after the first failure, in attempt 2 -> Threw', async () => {
    const { calls, result } = await scenario({ policy: fixed(100), script: 'LTR' })
    expect({ calls, result }).toEqual({ calls: 3, result: E.right(3) })
  })

  const frozen = Object.freeze({ _tag: 'Gone', details: Object.freeze(['a', 'b']) })
  const odd: ReadonlyArray<[string, unknown]> = [
    ["'text'", 'text'],
    ['a frozen object', frozen],
    ['undefined', undefined],
    ['null', null],
    ['0', 0],
    ['NaN', NaN],
    ["''", ''],
    ['a symbol', Symbol('odd')],
    ['a function', () => undefined],
    ['an object without prototype', Object.create(null)],
    [
      'an object whose getters throw',
      Object.defineProperties(
        {},
        Object.fromEntries(
          ['_tag', 'name', 'code', 'message', 'cause'].map((key) => [
            key,
            {
              get: () => {
                throw new Error(`read ${key}`)
              }
            }
          ])
        )
      )
    ]
  ]
  const kinds = ['Failed', 'Threw'] as const
  test.each(odd.flatMap(([name, error]) => kinds.map((kind) => [name, kind, error] as const)))(
    'P14 %s, %s -> works, by identity, never mutated',
    async (_, kind, error) => {
      const before = describeOwn(error)
      const task = async (): Promise<E.Either<unknown, never>> =>
        kind === 'Failed' ? E.left(error) : Promise.reject(error)

      const gaveUp = await leftOf(pipe(task, withRetry(limitRetries(2)(immediate))))
      expect({ ...gaveUp, failures: undefined }).toMatchObject({ _tag: 'Exhausted', attempts: 3 })
      expect(gaveUp.failures.map(({ _tag }) => _tag)).toEqual([kind, kind, kind])
      const last = O.toUndefined(lastFailure(gaveUp))
      expect(last?._tag !== 'Rejected' && Object.is(last?.error, error)).toBe(true)

      const named = await leftOf(pipe(task, withRetry(pipe(immediate, retryOn(['Other', Error])))))
      expect(named._tag).toBe('NotRetryable')

      const thrown: unknown[] = []
      await runOrThrow(pipe(task, withRetry(never))).catch((e: unknown) => thrown.push(e))
      expect(thrown.length === 1 && Object.is(thrown[0], error)).toBe(true)
      expect(describeOwn(error)).toEqual(before)
    }
  )

  test('P14 an error that can be changed -> is not', async () => {
    const error = Object.assign(new Error('down'), { code: 'E1' })
    const before = describeOwn(error)
    await pipe(
      TE.left(error),
      withRetry(limitRetries(3)(immediate)),
      onRetry(() => undefined)
    )()
    expect(describeOwn(error)).toEqual(before)
  })
})

/** The own properties of a value, hidden ones too, without reading a getter. */
const describeOwn = (value: unknown): unknown =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Object.getOwnPropertyDescriptors(value)
    : undefined

describe('P15 the final error', () => {
  const a = new Error('a')
  const b = new Error('b')
  const stacks = [a.stack, b.stack]
  const errors = [a, a, b]
  const policy = pipe(fixed(100), limitRetries(2))

  test.each(['L', 'T'])(
    'P15 errors a, a, b (%s) -> the last is b, its stack untouched, history [a, a, b]',
    async (script) => {
      const of = (call: number): Error => errors[call - 1]!
      const { result } = await scenario({ policy, script, left: of, thrown: of })
      const error = result._tag === 'Left' ? result.left : undefined
      expect(error?._tag).toBe('Exhausted')
      const history = error?.failures.map((failure) =>
        failure._tag === 'Rejected' ? undefined : failure.error
      )
      expect(history?.map((each, i) => each === errors[i])).toEqual([true, true, true])
      expect(O.toUndefined(error ? lastError(error) : O.none)).toBe(b)
      expect([a.stack, b.stack]).toEqual(stacks)
      expect(error?.omitted).toBe(0)
    }
  )

  test('P15 errors a, a, b, run for a caller without fp-ts -> rejects with b itself', async () => {
    let calls = 0
    const task = pipe(
      async () => Promise.reject(errors[calls++]!),
      withRetry(policy),
      withEnv({ clock: instantClock() })
    )
    const thrown: unknown = await runOrThrow(task).catch((e: unknown) => e)
    expect(thrown).toBe(b)
    expect(b.stack).toBe(stacks[1])
  })
})
