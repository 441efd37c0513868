/** Input that means harm: made from nothing, and of valid input by changes that leave most of it valid, so that it gets deep. */

/** Draws from a list. */
export type Draw = <T>(list: ReadonlyArray<T>) => T

export const drawWith =
  (random: () => number): Draw =>
  (list) =>
    list[Math.floor(random() * list.length)]!

const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: levels }).reduce<unknown>(wrap, 1)

const cyclic = (): unknown => {
  const list: unknown[] = []
  const object = { both: list, fixed: 1 }
  list.push(object, object)
  return object
}

const throwing = (): unknown =>
  new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('ownKeys')
      },
      get: () => {
        throw new Error('get')
      }
    }
  )

const getter = (): unknown => ({
  get fixed(): number {
    throw new Error('getter')
  }
})

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  return proxy
}

const longList = new Array<number>(1e6).fill(1)
const laughs = nested(40, (inner) => [inner, inner])
const deepList = nested(5000, (inner) => [inner])
const deepPolicy = nested(40, (inner) => ({ both: [inner, { fixed: 1 }] }))
const deepCondition = nested(40, (inner) => ({ not: inner }))

/** What no key takes, or few do. */
export const oddJson: ReadonlyArray<() => unknown> = [
  ...[1e308, -1, -0, 0.5, 2 ** 53, Number.MIN_VALUE, 3].map((n) => () => n),
  ...['', 'x', 'full', '1s', '1e9h', '99999999999h', '1'.repeat(400), '__proto__', 'isA', '\u0000'].map(
    (s) => () => s
  ),
  () => null,
  () => true,
  () => [],
  () => ({}),
  () => [[]],
  () => ({ '*': null }),
  () => deepPolicy,
  () => deepCondition
]

/** These, and what is not even JSON. */
export const anything: ReadonlyArray<() => unknown> = [
  ...oddJson,
  ...[NaN, Infinity, -Infinity, undefined, 10n, Symbol('s')].map((value) => () => value),
  () => () => ({ value: 1, expected: 'x' }),
  () => new Date(0),
  () => new Map([['fixed', 1]]),
  () => Object.create({ fixed: 1 }) as unknown,
  throwing,
  getter,
  revoked,
  () => deepList
]

/** What would take for ever, were it not for limits; it takes milliseconds to reach them. */
export const endless: ReadonlyArray<() => unknown> = [cyclic, () => laughs, () => longList]

const keys = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '*', '$schema', '', 'fixd', '0'],
  ...[
    'fixed',
    'exponential',
    'delays',
    'custom',
    'andThen',
    'both',
    'either',
    'when',
    'mapDelay',
    'immediate'
  ],
  ...[
    'retryOn',
    'abortOn',
    'retryUntil',
    'withJitter',
    'delayFrom',
    'limitRetries',
    'capDelay',
    'recordFailures'
  ],
  ...[
    'condition',
    'allOf',
    'not',
    'anyCause',
    'policy',
    'otherwise',
    'name',
    'hint',
    'max',
    'base',
    'factor',
    'step'
  ],
  ...[
    'numRetries',
    'retryWait',
    'retryAlgorithm',
    'retryJitter',
    'maxWait',
    'attemptTimeout',
    'timeout',
    'observer'
  ],
  ...['limits', 'circuitBreaker', 'retryBudget', 'clock', 'countWindow', 'timeWindow', 'failureRatio'],
  ...['slowAfter', 'minimumCalls', 'openTime', 'trials', 'failOn', 'rateLimit', 'callLimit', 'resourceLimit'],
  ...[
    'key',
    'capacity',
    'per',
    'algorithm',
    'ratio',
    'maxTokens',
    '_tag',
    'period',
    'window',
    'words',
    'memory'
  ]
]

/** Sets an own property, as JSON.parse does, whatever its name. */
const put = (object: object, key: string, value: unknown): void => {
  Reflect.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Gives input made from nothing. */
export const wild = (draw: Draw, values: ReadonlyArray<() => unknown>, depth = 3): unknown => {
  const kind = depth === 0 ? 'value' : draw(['value', 'list', 'object', 'object'] as const)
  if (kind === 'value') return draw(values)()
  const size = draw([0, 1, 1, 2, 3])
  if (kind === 'list') return Array.from({ length: size }, () => wild(draw, values, depth - 1))
  const object = {}
  for (let i = 0; i < size; i++) put(object, draw(keys), wild(draw, values, depth - 1))
  return object
}

interface Place {
  readonly parent: Record<string, unknown>
  readonly key: string
}

/** Every place in JSON where a value stands. */
const placesIn = (parent: unknown): ReadonlyArray<Place> =>
  typeof parent === 'object' && parent !== null
    ? Object.keys(parent).flatMap((key) => [
        { parent: parent as Record<string, unknown>, key },
        ...placesIn((parent as Record<string, unknown>)[key])
      ])
    : []

interface Source {
  readonly draw: Draw
  /** A value to put in. */
  readonly value: () => unknown
  /** What stands somewhere in valid JSON. */
  readonly other: () => unknown
}

/** Changes JSON in one place, in place. */
const changes: ReadonlyArray<(source: Source, place: Place) => void> = [
  ({ value }, { parent, key }) => put(parent, key, value()),
  ({ other }, { parent, key }) => put(parent, key, other()),
  (_, { parent, key }) => put(parent, key, [parent[key]]),
  (_, { parent, key }) => put(parent, key, [parent[key], parent[key]]),
  ({ draw }, { parent, key }) =>
    put(parent, key, { [draw(['not', 'anyCause', 'policy', '*', 'x'])]: parent[key] }),
  ({ draw, value }, { parent }) => put(parent, draw(keys), value()),
  ({ draw }, { parent, key }) => {
    put(parent, draw(keys), parent[key])
    Reflect.deleteProperty(parent, key)
  },
  (_, { parent, key }) => {
    Reflect.deleteProperty(parent, key)
  }
]

/** Gives one of some texts of JSON, as JSON with a few changes. */
export const mutated = (
  draw: Draw,
  values: ReadonlyArray<() => unknown>,
  texts: ReadonlyArray<string>
): unknown => {
  const json: unknown = JSON.parse(draw(texts))
  const places = placesIn(json)
  const source: Source = {
    draw,
    value: () => wild(draw, values, draw([0, 0, 2])),
    other: () => {
      const whole: unknown = JSON.parse(draw(texts))
      const some = draw([{ parent: { whole }, key: 'whole' }, ...placesIn(whole)])
      return some.parent[some.key]
    }
  }
  for (let i = draw([1, 1, 2, 3]); i > 0 && places.length > 0; i--) draw(changes)(source, draw(places))
  return json
}
