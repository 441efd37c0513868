/** How the runtime looks for what other platforms have, or have not; each gets modules of its own. */
import type * as AsyncContext from '../../../src/runtime/asyncContext.js'
import type * as Timers from '../../../src/runtime/timers.js'

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
    const clock = makeClock(() => performance.now(), setImmediate)
    const before = clock.now()
    await new Promise<void>((resolve) => clock.after(5, resolve))
    expect(clock.now() - before).toBeGreaterThanOrEqual(5)
  })
})

/** The async context on a Node that makes such resources. */
const onNode = (node: string, AsyncResource: new () => object): typeof AsyncContext =>
  loadedOn(() => {
    const fake = Object.create(process, {
      versions: { value: { ...process.versions, node } },
      getBuiltinModule: { value: () => ({ AsyncResource }) }
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

describe('a Node from 24 on, whose resources have frames', () => {
  const key = Symbol('context_frame')
  const load = (frame: unknown) =>
    onNode(
      '24.1.0',
      class {
        constructor() {
          Object.assign(this, { [key]: frame })
        }
      }
    ).asyncContext

  it('an empty frame, and no promise is marked -> no context', () => {
    const asyncContext = load(undefined)
    mark()
    expect(asyncContext()).toBeUndefined()
  })

  it('a frame, or a promise that is marked -> a context', () => {
    const [framed, empty] = [load(new Map()), load(undefined)]
    mark()
    expect(framed()).toBeDefined()
    mark(Symbol('mark'))
    expect(empty()).toBeDefined()
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
