import {
  type Failure,
  isAborted,
  isBudgetExhausted,
  isExhausted,
  isInvalidResult,
  isNotRetryable,
  isPolicyFault,
  isRetryError,
  isTimedOut,
  lastError,
  lastFailure,
  match,
  reasonsOf,
  rejectedValues,
  type RetryError,
  toError
} from 'reprise'

const times = { attempt: 1, startedAt: 0, duration: 0, delay: undefined }
const threw = (error: unknown): Failure<unknown, unknown> => ({ _tag: 'Threw', error, ...times })
const failed = (error: unknown): Failure<unknown, unknown> => ({ _tag: 'Failed', error, ...times })
const rejected = (value: unknown, ...reasons: string[]): Failure<unknown, unknown> => ({
  _tag: 'Rejected',
  value,
  reasons,
  ...times
})

const history = (...failures: ReadonlyArray<Failure<unknown, unknown>>) => ({
  attempts: 2,
  elapsed: 1500.4,
  failures,
  omitted: 0
})

const down = new Error('down')
const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

const exhausted: RetryError<unknown, unknown> = {
  _tag: 'Exhausted',
  ...history(threw(down)),
  hint: undefined
}
const notRetryable: RetryError<unknown, unknown> = { _tag: 'NotRetryable', ...history(failed('no')) }
const aborted: RetryError<unknown, unknown> = { _tag: 'Aborted', ...history(threw(down)), reason: 'enough' }
const policyFault: RetryError<unknown, unknown> = {
  _tag: 'PolicyFault',
  ...history(threw(down)),
  fault: new TypeError('bug')
}
const budgetExhausted: RetryError<unknown, unknown> = { _tag: 'BudgetExhausted', ...history(threw(down)) }
const timedOut = { _tag: 'TimedOut', ...history(threw(down)), timeout: 30 } as const

const all = { exhausted, notRetryable, aborted, policyFault, budgetExhausted, timedOut }

/** The names of the values that a guard accepts. */
const accepted = (guard: (u: unknown) => boolean): ReadonlyArray<string> =>
  Object.entries(all).flatMap(([name, value]) => (guard(value) ? [name] : []))

const throwing = Object.defineProperty({ ...exhausted }, 'failures', {
  get: () => {
    throw new Error('getter')
  }
})

const nearMisses: ReadonlyArray<readonly [name: string, value: unknown]> = [
  ['undefined', undefined],
  ['null', null],
  ["the text 'Exhausted'", 'Exhausted'],
  ['a number', 3],
  ['a function', () => undefined],
  ['the tag alone', { _tag: 'Exhausted' }],
  ['failures no list', { ...exhausted, failures: {} }],
  ['no failures', { _tag: 'Exhausted', attempts: 1, elapsed: 0, omitted: 0 }],
  ['attempts a text', { ...exhausted, attempts: '2' }],
  ['attempts NaN', { ...exhausted, attempts: NaN }],
  ['no elapsed', { ...exhausted, elapsed: undefined }],
  ['elapsed infinite', { ...exhausted, elapsed: Infinity }],
  ['omitted null', { ...exhausted, omitted: null }],
  ['a tag in another case', { ...exhausted, _tag: 'exhausted' }],
  ['no tag', { ...exhausted, _tag: undefined }],
  ['a getter that throws', throwing],
  ['an Error', new Error('Exhausted')]
]

const guards = {
  isExhausted,
  isNotRetryable,
  isAborted,
  isPolicyFault,
  isBudgetExhausted,
  isTimedOut,
  isRetryError
}

describe('isExhausted, isNotRetryable, isAborted, isPolicyFault, isBudgetExhausted, isTimedOut, isRetryError', () => {
  it.each<[keyof typeof guards, string[]]>([
    ['isExhausted', ['exhausted']],
    ['isNotRetryable', ['notRetryable']],
    ['isAborted', ['aborted']],
    ['isPolicyFault', ['policyFault']],
    ['isBudgetExhausted', ['budgetExhausted']],
    ['isTimedOut', ['timedOut']],
    ['isRetryError', ['exhausted', 'notRetryable', 'aborted', 'policyFault', 'budgetExhausted']]
  ])('%s -> of all errors, true for %j alone', (name, names) => {
    expect(accepted(guards[name])).toEqual(names)
  })

  it.each(nearMisses)('%s -> false, by every guard', (_, value) => {
    expect(Object.values(guards).map((guard) => guard(value))).toEqual(Array(7).fill(false))
  })

  it('more properties than its own -> true', () => {
    expect(isExhausted({ ...exhausted, more: 1 })).toBe(true)
  })

  it('revived from JSON -> true', () => {
    expect(isExhausted(JSON.parse(JSON.stringify(exhausted)))).toBe(true)
  })

  it('isRetryError, a tag that is no text: a list, an object that cannot be made one -> false', () => {
    const tags: ReadonlyArray<unknown> = [['Exhausted'], Object.create(null)]
    expect(tags.map((_tag) => isRetryError({ ...exhausted, _tag }))).toEqual([false, false])
  })
})

describe('match', () => {
  const handle = match<unknown, unknown, readonly unknown[]>({
    Exhausted: (e) => ['E', e.hint, e.attempts],
    NotRetryable: (e) => ['N', e.failures.length],
    Aborted: (e) => ['A', e.reason],
    PolicyFault: (e) => ['P', String(e.fault)],
    BudgetExhausted: (e) => ['B', e.omitted]
  })

  it.each([
    ['Exhausted', exhausted, ['E', undefined, 2]],
    ['Exhausted at a hint of 5 s', { ...exhausted, hint: 5000 }, ['E', 5000, 2]],
    ['NotRetryable', notRetryable, ['N', 1]],
    ['Aborted', aborted, ['A', 'enough']],
    ['PolicyFault', policyFault, ['P', 'TypeError: bug']],
    ['BudgetExhausted', budgetExhausted, ['B', 0]]
  ])('%s -> its handler, with the error', (_, error, expected) => {
    expect(handle(error)).toEqual(expected)
  })
})

describe('lastFailure', () => {
  it('two failures -> the second, by identity', () => {
    const last = failed('b')
    const got = lastFailure(history(threw('a'), last))
    expect(got).toEqual({ _tag: 'Some', value: last })
    expect(got._tag === 'Some' && got.value).toBe(last)
  })

  it('none -> None', () => {
    expect(lastFailure(history())).toEqual({ _tag: 'None' })
  })
})

describe('lastError', () => {
  it.each<[string, ReadonlyArray<Failure<unknown, unknown>>, unknown]>([
    ['no failures', [], { _tag: 'None' }],
    ['only rejected results', [rejected(1), rejected(2)], { _tag: 'None' }],
    ['a Left, then a throw', [failed('a'), threw('b')], { _tag: 'Some', value: 'b' }],
    ['a throw, then a Left', [threw('b'), failed('a')], { _tag: 'Some', value: 'a' }],
    ['a throw, then a rejected result', [threw('b'), rejected(1)], { _tag: 'Some', value: 'b' }],
    ['undefined thrown', [threw(undefined)], { _tag: 'Some', value: undefined }]
  ])('%s -> the newest error, or None', (_, failures, expected) => {
    expect(lastError(history(...failures))).toStrictEqual(expected)
  })

  it('leaves the failures in order', () => {
    const error = history(threw('a'), failed('b'))
    lastError(error)
    expect(error.failures.map(({ _tag }) => _tag)).toEqual(['Threw', 'Failed'])
  })
})

describe('rejectedValues', () => {
  it.each<[string, ReadonlyArray<Failure<unknown, unknown>>, unknown[]]>([
    ['no failures', [], []],
    ['1, an error, 2', [rejected(1), threw('a'), rejected(2)], [1, 2]],
    ['lists, undefined', [rejected([1, 2]), rejected(undefined)], [[1, 2], undefined]]
  ])('%s -> the values, in order', (_, failures, expected) => {
    expect(rejectedValues(history(...failures))).toEqual(expected)
  })
})

const invalidResult = {
  _tag: 'InvalidResult',
  value: { a: '1', b: null },
  errors: ['of the decoder'],
  reasons: ['a: expected number, got "1"', 'b: expected string, got null']
} as const

describe('isInvalidResult', () => {
  it.each<[string, unknown, boolean]>([
    ['an InvalidResult', invalidResult, true],
    ['an InvalidResult without reasons', { ...invalidResult, reasons: [] }, true],
    ['the tag alone', { _tag: 'InvalidResult' }, false],
    ['reasons alone', { reasons: [] }, false],
    ['another error', exhausted, false],
    ['undefined', undefined, false]
  ])('%s -> %s', (_, value, expected) => {
    expect(isInvalidResult(value)).toBe(expected)
  })
})

describe('reasonsOf', () => {
  it.each<[string, Failure<unknown, unknown>, ReadonlyArray<string>]>([
    ['a rejected result', rejected(1, 'odd', 'too small'), ['odd', 'too small']],
    ['a rejected result without reasons', rejected(1), []],
    ['Failed with an InvalidResult', failed(invalidResult), invalidResult.reasons],
    ['Threw an InvalidResult', threw(invalidResult), invalidResult.reasons],
    ['Failed with another error', failed(down), []],
    ['Threw undefined', threw(undefined), []],
    ["a user's error with reasons", failed({ _tag: 'Mine', reasons: ['x'] }), []]
  ])('%s -> its reasons', (_, failure, reasons) => {
    expect(reasonsOf(failure)).toEqual(reasons)
  })
})

describe('toError', () => {
  it.each<[string, unknown, string, string, unknown]>([
    ['Exhausted', exhausted, 'Exhausted', 'gave up after 2 attempts in 1500 ms: down', down],
    [
      'one attempt',
      { ...exhausted, attempts: 1 },
      'Exhausted',
      'gave up after 1 attempt in 1500 ms: down',
      down
    ],
    ['NotRetryable', notRetryable, 'NotRetryable', 'not retryable after 2 attempts in 1500 ms: no', 'no'],
    ['Aborted', aborted, 'Aborted', 'aborted after 2 attempts in 1500 ms: enough', 'enough'],
    [
      'Aborted without a reason',
      { ...aborted, reason: undefined },
      'Aborted',
      'aborted after 2 attempts in 1500 ms: undefined',
      undefined
    ],
    [
      'Aborted before any attempt',
      { _tag: 'Aborted', attempts: 0, elapsed: 0, failures: [], omitted: 0, reason: down },
      'Aborted',
      'aborted after 0 attempts in 0 ms: down',
      down
    ],
    [
      'PolicyFault',
      { ...policyFault, fault: 'bug' },
      'PolicyFault',
      'the policy failed after 2 attempts in 1500 ms: bug',
      'bug'
    ],
    [
      'BudgetExhausted',
      budgetExhausted,
      'BudgetExhausted',
      'the retry budget refused after 2 attempts in 1500 ms: down',
      down
    ],
    ['TimedOut', timedOut, 'TimedOut', 'timed out after 30 ms: down', down]
  ])('%s -> the name, message and cause', (_, error, name, message, cause) => {
    const got = toError(error)
    expect(got).toBeInstanceOf(Error)
    expect([got.name, got.message]).toEqual([name, message])
    expect(got.cause).toBe(cause)
  })

  it.each<[string, object, string]>([
    ['TimedOut, nothing failed yet', { ...timedOut, failures: [] }, 'timed out after 30 ms'],
    ['Exhausted, nothing kept', { ...exhausted, failures: [] }, 'gave up after 2 attempts in 1500 ms'],
    ['TimedOut, a rejected result', { ...timedOut, failures: [rejected(1, 'odd')] }, 'timed out after 30 ms'],
    [
      'Exhausted, rejected for two reasons',
      { ...exhausted, failures: [rejected(1, 'odd', 'too small')] },
      'gave up after 2 attempts in 1500 ms: odd; too small'
    ],
    [
      'Exhausted, rejected for no reason',
      { ...exhausted, failures: [rejected(1)] },
      'gave up after 2 attempts in 1500 ms'
    ],
    ['InvalidResult', invalidResult, 'a: expected number, got "1"; b: expected string, got null'],
    [
      'InvalidResult without reasons',
      { _tag: 'InvalidResult', value: 1, errors: [], reasons: [] },
      '{"_tag":"InvalidResult","value":1,"errors":[],"reasons":[]}'
    ],
    [
      'LimitExceeded',
      {
        _tag: 'LimitExceeded',
        key: 'tokens',
        reason: 'aboveCapacity',
        requested: 20_000,
        capacity: 10_000,
        retryAfter: undefined,
        waited: 0
      },
      "the limit 'tokens' refused: asked for 20000 of 10000"
    ],
    ['CircuitOpen', { _tag: 'CircuitOpen', retryAfter: 10_000 }, 'the circuit is open; retry after 10000 ms'],
    ['data with just the tag of a CircuitOpen', { _tag: 'CircuitOpen' }, '{"_tag":"CircuitOpen"}'],
    [
      'data with just the tag of an InvalidResult',
      { _tag: 'InvalidResult', value: 1 },
      '{"_tag":"InvalidResult","value":1}'
    ]
  ])('%s -> no error behind it: the cause is the data itself', (_, error, message) => {
    const got = toError(error)
    expect(got.message).toBe(message)
    expect(got.cause).toBe(error)
  })

  it.each<[string, unknown, string]>([
    ['an Error without a message', new Error(), 'gave up after 2 attempts in 1500 ms'],
    ['an empty text', '', 'gave up after 2 attempts in 1500 ms'],
    ['undefined', undefined, 'gave up after 2 attempts in 1500 ms: undefined'],
    ['null', null, 'gave up after 2 attempts in 1500 ms: null'],
    ['42', 42, 'gave up after 2 attempts in 1500 ms: 42'],
    ['10n', 10n, 'gave up after 2 attempts in 1500 ms: 10'],
    ['a symbol', Symbol('s'), 'gave up after 2 attempts in 1500 ms: Symbol(s)'],
    ['a function', function broken() {}, 'gave up after 2 attempts in 1500 ms: broken'],
    ['an object', { code: 7 }, 'gave up after 2 attempts in 1500 ms: {"code":7}'],
    [
      'an InvalidResult',
      { ...invalidResult, reasons: ['a: no'] },
      'gave up after 2 attempts in 1500 ms: a: no'
    ],
    [
      'a CircuitOpen',
      { _tag: 'CircuitOpen', retryAfter: 50 },
      'gave up after 2 attempts in 1500 ms: the circuit is open; retry after 50 ms'
    ],
    ['an object with a message', { message: 'm' }, 'gave up after 2 attempts in 1500 ms: m'],
    [
      'an object with a message that is no text',
      { message: 1 },
      'gave up after 2 attempts in 1500 ms: {"message":1}'
    ],
    ['a list', ['a', 1], 'gave up after 2 attempts in 1500 ms: ["a",1]'],
    ['a cycle', cyclic, 'gave up after 2 attempts in 1500 ms: [object Object]'],
    ['no prototype', Object.create(null), 'gave up after 2 attempts in 1500 ms: {}']
  ])('Exhausted on %s -> its text', (_, error, message) => {
    const got = toError({ ...exhausted, failures: [threw(error)] })
    expect(got.message).toBe(message)
    expect(got.cause).toBe(error)
  })

  it.each<[string, unknown, string, string]>([
    ['a text', 'plain', 'Error', 'plain'],
    ['undefined', undefined, 'Error', 'undefined'],
    ["a user's tagged error", { _tag: 'NoUser', message: 'who?' }, 'NoUser', 'who?'],
    ['a tag that is no text', { _tag: 1 }, 'Error', '{"_tag":1}'],
    [
      "a user's error that shares a tag",
      { _tag: 'Exhausted', fuel: 0 },
      'Exhausted',
      '{"_tag":"Exhausted","fuel":0}'
    ]
  ])('%s -> an Error around it', (_, error, name, message) => {
    const got = toError(error)
    expect([got.name, got.message]).toEqual([name, message])
    expect(got.cause).toBe(error)
  })

  it('LimitExceeded, CircuitOpen -> their names', () => {
    const exceeded = { _tag: 'LimitExceeded', key: 'a', reason: 'queueFull' }
    expect([exceeded, { _tag: 'CircuitOpen', retryAfter: 0 }].map((error) => toError(error).name)).toEqual([
      'LimitExceeded',
      'CircuitOpen'
    ])
  })

  it('an Error -> that very Error', () => {
    expect(toError(down)).toBe(down)
  })

  it('an error whose getters throw -> an Error all the same', () => {
    expect(toError(throwing).name).toBe('Exhausted')
  })

  it('what cannot be read at all -> an Error all the same, with it as the cause', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const got = toError(proxy)
    expect([got.name, got.message]).toEqual(['Error', 'object'])
    expect(got.cause === proxy).toBe(true)
  })

  it('an object whose toJSON gives nothing -> a text without `undefined`', () => {
    const odd = { toJSON: () => undefined }
    expect(toError({ ...exhausted, failures: [threw(odd)] }).message).not.toMatch(/undefined/)
  })
})
