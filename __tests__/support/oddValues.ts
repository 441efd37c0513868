/** Values that are hard on whoever reads them, by what they are. None of them is shared between two runs. */

export type Named<A> = readonly [name: string, value: A]

const trapped = (target: object, message: string): object => {
  const trap = (): never => {
    throw new Error(message)
  }
  const traps = Object.getOwnPropertyNames(Reflect).filter(
    (key) => typeof Reflect.get(Reflect, key) === 'function'
  )
  return new Proxy(target, Object.fromEntries(traps.map((key) => [key, trap])))
}

const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

/** Gives the object with getters that throw, under these keys. */
const throwingAt = <T extends object>(target: T, ...keys: ReadonlyArray<string>): T => {
  for (const key of keys)
    Object.defineProperty(target, key, {
      enumerable: true,
      configurable: true,
      get: () => {
        throw new Error(`the getter of ${key}`)
      }
    })
  return target
}

const cyclic = (): Error => {
  const error: Error & { errors?: unknown } = new Error('cyclic')
  error.cause = error
  error.errors = [error, { cause: error }]
  return error
}

const history = { attempts: 1, elapsed: 1, omitted: 0 }

/** Numbers at the edges of what there is. */
const oddNumbers: ReadonlyArray<Named<number>> = [
  ...[NaN, Infinity, -Infinity, -1, -0, 0.5, 2 ** 53, 1e308, Number.MIN_VALUE, 0, 1].map(
    (n) => [Object.is(n, -0) ? '-0' : String(n), n] as const
  )
]

/** Anything that may be thrown, or be handed over by callers without types. */
export const oddValues = (): ReadonlyArray<Named<unknown>> => [
  ...oddNumbers,
  ...['', 'x', '1s', '-1s', '9e9h', '*', '__proto__', '\u0000'].map(
    (text) => [JSON.stringify(text), text] as const
  ),
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['10n', 10n],
  ['a symbol', Symbol('odd')],
  ['{}', {}],
  ['[]', []],
  ['[undefined]', [undefined]],
  ['a function', () => 7],
  ['a class', class Odd {}],
  ['a date that is none', new Date(NaN)],
  ['a map', new Map([['_tag', 'Left']])],
  ['no prototype', Object.create(null)],
  ['a frozen error', Object.freeze(new Error('frozen'))],
  ['an error without prototype', Object.setPrototypeOf(new Error('bare'), null)],
  ['an error that is its own cause', cyclic()],
  ['an error with throwing getters', throwingAt(new Error(), 'stack', 'message', 'name', 'cause', 'code')],
  ['an error whose message is a symbol', Object.assign(new Error(), { message: Symbol('message') })],
  ['throwing tags', throwingAt({}, '_tag', 'name', 'code', 'status', 'failures', 'left', 'right')],
  ['throwing getters behind a tag', throwingAt({ _tag: 'Exhausted' }, 'failures', 'attempts', 'reasons')],
  ['a message that is no text', { message: throwingAt({}, 'toString'), name: Object.create(null), code: 1n }],
  [
    'toString, toJSON and valueOf throw',
    throwingAt({}, 'toString', 'toJSON', 'valueOf', Symbol.toPrimitive.toString())
  ],
  ['a proxy whose traps throw', trapped({}, 'a trap')],
  ['a proxy of an error whose traps throw', trapped(new Error('inside'), 'a trap')],
  ['a proxy of a list whose traps throw', trapped([], 'a trap')],
  ['a revoked proxy', revoked({})],
  ['a revoked proxy of an error', revoked(new Error('inside'))],
  ['a revoked proxy of a list', revoked([])],
  ['like an Exhausted', { _tag: 'Exhausted', ...history, failures: [null, undefined, 7, revoked({})] }],
  ['like an Aborted', { _tag: 'Aborted', ...history, failures: [] }],
  ['like a TimedOut', { _tag: 'TimedOut', ...history, failures: revoked([]) }],
  ['like an InvalidResult', { _tag: 'InvalidResult', reasons: [Symbol('reason'), Object.create(null)] }],
  ['like a LimitExceeded', { _tag: 'LimitExceeded', key: 'k', reason: 'toString' }],
  ['like a bare LimitExceeded', { _tag: 'LimitExceeded', key: 'k', reason: 'waitedTooLong' }],
  ['like a CircuitOpen', { _tag: 'CircuitOpen', retryAfter: NaN }],
  ['like an HttpError', throwingAt({ _tag: 'HttpError', status: 503 }, 'headers', 'response')],
  ['headers that throw', { status: 429, headers: trapped({ get: 1 }, 'headers') }],
  ['headers that are none', { status: 429, headers: { 'Retry-After': Symbol('later') } }]
]

/** Functions that are hard to call, though they are functions; revoked or trapped. */
export const oddFunctions = (): ReadonlyArray<Named<unknown>> => [
  ['a function proxy whose traps throw', trapped(() => 7, 'a trap')],
  ['a revoked function', revoked(() => 7)]
]
