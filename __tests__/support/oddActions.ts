/** Functions that behave badly, and what has to come of them. */
import { type Named, oddFunctions, oddValues } from './oddValues.js'

/** What a function does when it is called; `original` is what has to be found in the result, and on which side. */
export interface OddAction {
  readonly name: string
  readonly call: () => unknown
  /** Only a `Left` will do, only a `Right`, or either. */
  readonly side?: 'Left' | 'Right'
  readonly original?: readonly [unknown]
}

const oops = new Error('oops')
const late = new Error('late')

type Settle = (value: unknown) => void

const thenable = (
  name: string,
  then: (resolve: Settle, reject: Settle) => unknown,
  rest: Partial<OddAction> = {}
) => ({
  name: `a thenable that ${name}`,
  call: () => ({ then }),
  ...rest
})

const thenables: ReadonlyArray<OddAction> = [
  thenable('resolves at once', (resolve) => resolve(7), { side: 'Right', original: [7] }),
  thenable('rejects at once', (_, reject) => reject(oops), { side: 'Left', original: [oops] }),
  thenable('resolves, then rejects', (resolve, reject) => [resolve(7), reject(late)], {
    side: 'Right',
    original: [7]
  }),
  thenable('rejects, then resolves', (resolve, reject) => [reject(oops), resolve(7)], {
    side: 'Left',
    original: [oops]
  }),
  thenable('resolves twice', (resolve) => [resolve(7), resolve(8)], { side: 'Right', original: [7] }),
  thenable('rejects twice', (_, reject) => [reject(oops), reject(late)], { side: 'Left', original: [oops] }),
  thenable('throws', () => fail(oops), { side: 'Left', original: [oops] }),
  thenable('resolves, then throws', (resolve) => [resolve(7), fail(late)], { side: 'Right', original: [7] }),
  thenable('rejects, then throws', (_, reject) => [reject(oops), fail(late)], {
    side: 'Left',
    original: [oops]
  }),
  thenable('never calls back', () => undefined, { side: 'Left' }),
  thenable(
    'gives one that rejects',
    (resolve) => resolve({ then: (_: Settle, reject: Settle) => reject(oops) }),
    {
      side: 'Left',
      original: [oops]
    }
  ),
  thenable('gives a Left', (resolve) => resolve({ _tag: 'Left', left: oops }), {
    side: 'Left',
    original: [oops]
  }),
  {
    name: 'a getter `then` that throws',
    call: () => ({
      get then() {
        return fail(oops)
      }
    }),
    side: 'Left',
    original: [oops]
  },
  { name: 'a getter `then` that throws the second time', call: () => moody() },
  { name: 'a `then` that is no function', call: () => ({ then: 7 }), side: 'Right' },
  { name: 'a promise of another class', call: () => Other.resolve(7), side: 'Right', original: [7] },
  {
    name: 'a rejected promise of another class',
    call: () => Other.reject(oops),
    side: 'Left',
    original: [oops]
  },
  {
    name: 'a promise whose constructor throws',
    call: () => Object.defineProperty(Promise.resolve(7), 'constructor', { get: () => fail(oops) }),
    side: 'Left',
    original: [oops]
  },
  { name: 'a revoked promise', call: () => revokedPromise(), side: 'Left' }
]

class Other<A> extends Promise<A> {}

const fail = (error: unknown): never => {
  throw error
}

const moody = (): unknown => {
  let asked = 0
  return {
    get then() {
      return asked++ > 0 ? fail(oops) : undefined
    }
  }
}

const revokedPromise = (): unknown => {
  const { proxy, revoke } = Proxy.revocable(Promise.resolve(7), {})
  revoke()
  return proxy
}

/** Things that look like an `Either`; those that are not quite are values. */
const eithers: ReadonlyArray<OddAction> = [
  {
    name: 'a frozen Left',
    call: () => Object.freeze({ _tag: 'Left', left: oops }),
    side: 'Left',
    original: [oops]
  },
  {
    name: 'a Left of undefined',
    call: () => ({ _tag: 'Left', left: undefined }),
    side: 'Left',
    original: [undefined]
  },
  {
    name: 'a Right of undefined',
    call: () => ({ _tag: 'Right', right: undefined }),
    side: 'Right',
    original: [undefined]
  },
  {
    name: 'a Left without prototype',
    call: () => Object.assign(Object.create(null) as object, { _tag: 'Left', left: oops }),
    side: 'Left',
    original: [oops]
  },
  { name: 'a Left without left', call: () => ({ _tag: 'Left' }), side: 'Right' },
  { name: 'a Left with more', call: () => ({ _tag: 'Left', left: oops, more: 1 }), side: 'Right' },
  { name: 'a Left with right', call: () => ({ _tag: 'Left', right: 7 }), side: 'Right' },
  {
    name: 'a Left that is inherited',
    call: () => Object.create({ _tag: 'Left', left: oops }) as unknown,
    side: 'Right'
  },
  {
    name: 'a Left in a Right',
    call: () => ({ _tag: 'Right', right: { _tag: 'Left', left: oops } }),
    side: 'Right',
    original: [oops]
  }
]

const others: ReadonlyArray<OddAction> = [
  { name: 'never settles', call: () => new Promise(() => undefined), side: 'Left' },
  { name: 'gives a task that throws', call: () => () => fail(oops), side: 'Left', original: [oops] },
  {
    name: 'gives a task that rejects',
    call: () => () => Promise.reject(oops),
    side: 'Left',
    original: [oops]
  },
  {
    name: 'overflows the stack',
    call: function self(): unknown {
      return [self()]
    },
    side: 'Left'
  },
  {
    name: 'settles twice',
    call: () =>
      new Promise((resolve, reject) => {
        resolve(7)
        reject(late)
        resolve(8)
      }),
    side: 'Right',
    original: [7]
  },
  {
    name: 'rejects, and has another rejection caught later',
    call: () => twoRejections(),
    side: 'Left',
    original: [oops]
  }
]

const twoRejections = async (): Promise<never> => {
  const other = Promise.reject(late)
  other.catch(() => undefined)
  throw oops
}

const ways = ([name, value]: Named<unknown>): ReadonlyArray<OddAction> => [
  { name: `throws ${name}`, call: () => fail(value), side: 'Left', original: [value] },
  { name: `rejects with ${name}`, call: () => Promise.reject(value), side: 'Left', original: [value] },
  {
    name: `gives the Left of ${name}`,
    call: async () => ({ _tag: 'Left', left: value }),
    side: 'Left',
    original: [value]
  },
  { name: `resolves to ${name}`, call: () => Promise.resolve(value) },
  { name: `gives ${name}`, call: () => value }
]

/** Every way to answer badly. */
export const oddActions = (): ReadonlyArray<OddAction> => [
  ...thenables,
  ...eithers,
  ...others,
  ...[...oddValues(), ...oddFunctions()].flatMap(ways)
]

/** A few of them, for where much else varies. */
export const someActions: ReadonlyArray<OddAction> = [
  { name: 'succeeds', call: async () => 7 },
  { name: 'throws', call: () => fail(oops), original: [oops] },
  { name: 'fails', call: async () => ({ _tag: 'Left', left: oops }), original: [oops] },
  { name: 'never settles', call: () => new Promise(() => undefined) }
]
