import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  fixed,
  immediate,
  limitRetries,
  never,
  rejectedValues,
  retryUntil,
  succeed,
  withAttempt,
  withDecoder,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scenario } from 'reprise/testing'

describe('P24 a rejected result', () => {
  const policy = pipe(
    fixed(100),
    limitRetries(2),
    retryUntil((n: number) => n > 5)
  )

  test('P24 rejected until retries run out -> Left(Exhausted) with the rejected values', async () => {
    const { calls, result } = await scenario({ policy, script: 'R' })
    expect(calls).toBe(3)
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted', attempts: 3 } })
    expect(result._tag === 'Left' && rejectedValues(result.left)).toEqual([1, 2, 3])
  })

  test('P24 failures between -> only the rejected values', async () => {
    const { result } = await scenario({ policy, script: 'RLR' })
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted' } })
    expect(result._tag === 'Left' && rejectedValues(result.left)).toEqual([1, 3])
  })

  test('P24 no retry at all -> still no success', async () => {
    const { result } = await scenario({
      policy: pipe(
        never,
        retryUntil(() => false)
      ),
      script: 'R'
    })
    expect(result).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'Exhausted', failures: [{ _tag: 'Rejected' }] }
    })
  })

  test('P24 rejected by an io-ts decoder -> Left(Exhausted), the reasons are paths', async () => {
    const decoder = t.type({ id: t.string })
    const task = pipe(
      async (): Promise<{ id: unknown }> => ({ id: 1 }),
      withRetry(pipe(immediate, limitRetries(1), retryUntil(decoder)))
    )
    expect(await task()).toMatchObject({
      left: {
        _tag: 'Exhausted',
        failures: [{ value: { id: 1 } }, { value: { id: 1 }, reasons: ['id: expected string, got 1'] }]
      }
    })
  })

  test('P24 a result that passes in the end -> that result', async () => {
    const { result } = await scenario({
      policy: pipe(
        fixed(100),
        retryUntil((n: number) => n > 2)
      ),
      script: 'R'
    })
    expect(result).toEqual(E.right(3))
  })
})

describe('P29 data that looks like an Either', () => {
  const throwing = {
    get _tag(): string {
      throw new Error('read')
    }
  }
  const trap = new Proxy(
    {},
    {
      get: (_, key) => {
        // A promise looks for `then` in what it resolves to.
        if (key === 'then') return undefined
        throw new Error('read')
      },
      ownKeys: () => {
        throw new Error('listed')
      }
    }
  )
  const inherits = Object.create({ _tag: 'Left', left: 1 }) as object
  const data: ReadonlyArray<[string, unknown]> = [
    ["{ _tag: 'Left', text: 'x' }", { _tag: 'Left', text: 'x' }],
    ["{ _tag: 'Right', text: 'x' }", { _tag: 'Right', text: 'x' }],
    ["{ _tag: 'Left' }", { _tag: 'Left' }],
    ['a Left with more', { _tag: 'Left', left: 1, more: true }],
    ['a Right with a left', { _tag: 'Right', left: 1 }],
    ['a Left by inheritance', inherits],
    ['an array', ['Left']],
    ['an object whose _tag getter throws', throwing],
    ['a proxy that throws', trap]
  ]
  const layers: ReadonlyArray<[string, (fn: () => Promise<unknown>) => () => Promise<unknown>]> = [
    ['withRetry', (fn) => pipe(fn, withRetry(immediate))],
    ['withTimeout', (fn) => pipe(fn, withTimeout('1h'))],
    ['withDecoder', (fn) => pipe(fn, withDecoder(t.unknown))],
    [
      'withTimeout in withRetry in withSignal',
      (fn) => pipe(fn, withTimeout('1h'), withRetry(immediate), withSignal(new AbortController().signal))
    ],
    [
      'withAttempt in withRetry',
      (fn) =>
        pipe(
          withAttempt(() => fn),
          withRetry(immediate)
        )
    ],
    ['withRetry in withRetry', (fn) => pipe(fn, withRetry(immediate), withRetry(immediate))],
    [
      'withObserver, withEnv',
      (fn) =>
        pipe(
          fn,
          withRetry(immediate),
          withObserver(() => undefined),
          withEnv({})
        )
    ]
  ]

  describe.each(layers)('%s', (_, layer) => {
    test.each(data)('P29 a promise of %s -> that very result', async (_, value) => {
      const result = (await layer(async () => value)()) as E.Either<unknown, unknown>
      expect(result._tag).toBe('Right')
      expect(result._tag === 'Right' && result.right === value).toBe(true)
    })

    test.each([
      ['Left', { _tag: 'Left', left: 1 }],
      ['Right', { _tag: 'Right', right: 1 }]
    ])('P29 a promise of succeed({ _tag: %j … }) -> that very result', async (_, value) => {
      const result = (await layer(async () => succeed(value))()) as E.Either<unknown, unknown>
      expect(result).toEqual(E.right(value))
      expect(result._tag === 'Right' && result.right).toBe(value)
    })

    test('P29 a promise of an Either -> that Either', async () => {
      expect(await layer(async () => E.right(1))()).toEqual(E.right(1))
    })
  })

  test('P29 a value that is no Either, validated -> the validator sees the value', async () => {
    const value = { _tag: 'Left', text: 'x' }
    const seen: unknown[] = []
    const policy = pipe(
      immediate,
      retryUntil((result) => seen.push(result) === 2)
    )
    expect(await pipe(async () => value, withRetry(policy))()).toEqual(E.right(value))
    expect(seen).toEqual([value, value])
  })
})
