/** How the runtime looks for what other platforms have, or have not; each gets modules of its own. */
import type * as AsyncContext from '../../../src/runtime/asyncContext.js'
import type * as Timers from '../../../src/runtime/timers.js'
import { giveWay } from '../../../src/runtime/timers.js'

afterEach(() => {
  jest.restoreAllMocks()
})

/** Modules as they are when they are loaded on a platform that `setUp` makes. */
const loadedOn = (setUp: () => void) => {
  const real = setImmediate
  const loaded: { asyncContext?: typeof AsyncContext; timers?: typeof Timers } = {}
  jest.isolateModules(() => {
    setUp()
    loaded.asyncContext = jest.requireActual<typeof AsyncContext>('../../../src/runtime/asyncContext.js')
    loaded.timers = jest.requireActual<typeof Timers>('../../../src/runtime/timers.js')
    jest.restoreAllMocks()
    Reflect.set(globalThis, 'setImmediate', real)
  })
  return loaded as Required<typeof loaded>
}

describe('Node', () => {
  it('setImmediate -> is what gives way', () => {
    expect(giveWay).toBe(setImmediate)
  })
})

describe('a browser without a bundler', () => {
  const load = () =>
    loadedOn(() => {
      jest.replaceProperty(globalThis, 'process', undefined as never)
      Reflect.set(globalThis, 'setImmediate', undefined)
    })

  it('no process -> no async context', () => {
    const { asyncContext } = load()
    expect([asyncContext.outside, asyncContext.asyncContext()]).toEqual([undefined, undefined])
  })

  it('no setImmediate -> setTimeout', () => {
    expect(load().timers.giveWay).toBe(setTimeout)
  })

  it('a wait -> ends', async () => {
    const { makeClock } = load().timers
    const clock = makeClock(setImmediate)
    const before = clock.now()
    await new Promise<void>((resolve) => clock.after(5, resolve))
    expect(clock.now() - before).toBeGreaterThanOrEqual(5)
  })
})

describe("a browser with a bundler's stand-in for `process`", () => {
  it('it says no versions -> no async context', () => {
    const { asyncContext } = loadedOn(() => {
      jest.replaceProperty(globalThis, 'process', { env: process.env } as NodeJS.Process)
    })
    expect([asyncContext.outside, asyncContext.asyncContext()]).toEqual([undefined, undefined])
  })
})

/** The async context on a Node that makes such resources. */
const onNode = (node: string, AsyncResource: new () => object): typeof AsyncContext =>
  loadedOn(() => {
    const fake = Object.create(process, {
      versions: { value: { ...process.versions, node } },
      getBuiltinModule: { value: (id: string) => (id === 'async_hooks' ? { AsyncResource } : undefined) }
    }) as NodeJS.Process
    jest.replaceProperty(globalThis, 'process', fake)
  }).asyncContext

/** What each promise is marked with from now on. */
const mark = (...marks: ReadonlyArray<symbol>): void => {
  const symbolsOf = Object.getOwnPropertySymbols
  jest
    .spyOn(Object, 'getOwnPropertySymbols')
    .mockImplementation((value: unknown) => (value instanceof Promise ? [...marks] : symbolsOf(value)))
}

const id = Symbol('id')
const key = Symbol('context_frame')

/** Resources with such a frame, next to what else is of theirs alone. */
const framed = (frame: unknown): new () => object =>
  class {
    constructor() {
      Object.assign(this, { [id]: 1, [key]: frame })
    }
  }

// From 24 on, and before where it is asked for.
describe.each(['24.1.0', '22.12.0'])('Node %s, whose resources have frames', (node) => {
  const load = (frame: unknown) => onNode(node, framed(frame)).asyncContext

  it('an empty frame, and no promise is marked -> no context', () => {
    const asyncContext = load(undefined)
    mark()
    expect(asyncContext()).toBeUndefined()
  })

  it('a frame, or a promise that is marked -> a context', () => {
    const [full, empty] = [load(new Map()), load(undefined)]
    mark()
    expect(full()).toBeDefined()
    mark(Symbol('mark'))
    expect(empty()).toBeDefined()
  })
})

describe('a Node from 24 on, whose resources have no frames', () => {
  it('no promise is marked -> a context all the same', () => {
    const { asyncContext } = onNode('24.0.0', class {})
    mark()
    expect(asyncContext()).toBeDefined()
  })
})

describe('a Node before 24', () => {
  it('no promise is marked -> no context; one is -> a context', () => {
    const { asyncContext } = onNode('20.17.0', class {})
    mark()
    expect(asyncContext()).toBeUndefined()
    mark(Symbol('mark'))
    expect(asyncContext()).toBeDefined()
  })
})
