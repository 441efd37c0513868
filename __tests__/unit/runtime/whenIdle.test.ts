import { build } from 'esbuild'
import { join } from 'node:path'
import { node } from '../../support/run.js'
import { root } from '../../support/built.js'

type WhenIdle = (next: () => void) => void

/** Loads the source anew; without `process`, if said, as in a browser. */
const load = (isBrowser: boolean): WhenIdle => {
  const { process } = globalThis
  const loaded: { whenIdle?: WhenIdle } = {}
  try {
    if (isBrowser) Reflect.deleteProperty(globalThis, 'process')
    jest.isolateModules(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is to be loaded right now
      Object.assign(loaded, require('../../../src/runtime/whenIdle.ts'))
    })
  } finally {
    globalThis.process = process
  }
  return loaded.whenIdle!
}

/** A chain of microtasks that notes its end. */
const chain = async (depth: number, end: () => void): Promise<void> => {
  for (let i = 0; i < depth; i++) await Promise.resolve()
  end()
}

describe.each([
  ['in Node', false],
  ['without process', true]
])('whenIdle, %s', (_, isBrowser) => {
  const whenIdle = load(isBrowser)
  const idle = (): Promise<void> => new Promise((resolve) => whenIdle(resolve))

  it('nothing ready -> calls once, later', async () => {
    let calls = 0
    whenIdle(() => (calls += 1))
    expect(calls).toBe(0)
    await idle()
    await idle()
    expect(calls).toBe(1)
  })

  it('microtasks queued before and after, 100 deep -> calls after all of them', async () => {
    const ended: string[] = []
    void chain(100, () => ended.push('before'))
    whenIdle(() => ended.push('idle'))
    void chain(100, () => {
      ended.push('after')
      // They may bring about more.
      void chain(100, () => ended.push('in turn'))
    })
    await idle()
    expect(ended).toEqual(['before', 'after', 'in turn', 'idle'])
  })

  it('several -> in order, and what one makes ready is run before the next that it asks for', async () => {
    const ended: string[] = []
    whenIdle(() => {
      ended.push('first')
      void chain(100, () => ended.push('ready'))
      whenIdle(() => ended.push('third'))
    })
    whenIdle(() => ended.push('second'))
    await idle()
    await idle()
    expect(ended.filter((each) => each !== 'ready')).toEqual(['first', 'second', 'third'])
    expect(ended.filter((each) => each !== 'second')).toEqual(['first', 'ready', 'third'])
  })

  it('10,000 times one from the other -> all of them', async () => {
    let calls = 0
    await new Promise<void>((resolve) => {
      const next = (): void => (++calls < 10_000 ? whenIdle(next) : resolve())
      next()
    })
    expect(calls).toBe(10_000)
  })

  it('faked timers -> no matter', async () => {
    jest.useFakeTimers()
    try {
      await idle()
    } finally {
      jest.useRealTimers()
    }
  })
})

describe('whenIdle, in Node alone', () => {
  it('10,000 times one from the other -> before the event loop turns', async () => {
    const whenIdle = load(false)
    const seen: string[] = []
    await new Promise<void>((resolve) => {
      setImmediate(() => resolve(void seen.push('turn')))
      let calls = 0
      const next = (): void => (++calls < 10_000 ? whenIdle(next) : void seen.push('idle'))
      next()
    })
    expect(seen).toEqual(['idle', 'turn'])
  })
})

/** A channel whose messages are on their way until the test delivers them; `handle` is what is told of its handle. */
const fakeChannel = (handle: object): (() => void) => {
  const messages: Event[] = []
  const port1 = Object.assign(new EventTarget(), { start: () => undefined }, handle)
  const port2 = { postMessage: () => messages.push(new Event('message')) }
  jest.spyOn(globalThis, 'MessageChannel').mockReturnValue({ port1, port2 } as never)
  return () => void port1.dispatchEvent(messages.shift()!)
}

describe('whenIdle, by messages', () => {
  afterEach(() => {
    jest.restoreAllMocks()
  })

  it('two wait, then another -> the process is kept alive while somebody waits', () => {
    const seen: string[] = []
    const deliver = fakeChannel({ ref: () => seen.push('ref'), unref: () => seen.push('unref') })
    const whenIdle = load(true)
    for (const name of ['a', 'b']) whenIdle(() => seen.push(name))
    deliver()
    deliver()
    whenIdle(() => seen.push('c'))
    deliver()
    expect(seen).toEqual(['ref', 'a', 'unref', 'b', 'ref', 'unref', 'c'])
  })

  it('one who asks again when it is called -> waits again', () => {
    const seen: string[] = []
    const deliver = fakeChannel({ ref: () => seen.push('ref'), unref: () => seen.push('unref') })
    const whenIdle = load(true)
    whenIdle(() => whenIdle(() => seen.push('again')))
    deliver()
    deliver()
    expect(seen).toEqual(['ref', 'unref', 'ref', 'unref', 'again'])
  })

  it('ports without handles, as browsers have -> called', () => {
    const seen: string[] = []
    const deliver = fakeChannel({})
    load(true)(() => seen.push('a'))
    expect(seen).toEqual([])
    deliver()
    expect(seen).toEqual(['a'])
  })
})

describe('whenIdle, in a plain Node', () => {
  const run = async (prelude: string, uses: boolean) => {
    const { outputFiles } = await build({
      entryPoints: [join(root, 'src/runtime/whenIdle.ts')],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'own',
      target: 'node20'
    })
    // Nothing else keeps the process alive, and nothing ends it.
    const use = `let calls = 0
      const next = () => (++calls < 3 ? own.whenIdle(next) : print(calls))
      next()`
    const script = `const print = console.log; ${prelude}; ${outputFiles[0]!.text}; ${uses ? use : "print('loaded')"}`
    return node(['-e', script], root, 60_000)
  }
  const browser = 'Reflect.deleteProperty(globalThis, "process")'

  it.each([
    ['used', '', true, '3\n'],
    ['used, without process', browser, true, '3\n'],
    ['not used, without process', browser, false, 'loaded\n'],
    [
      'not used, without process or channels',
      `${browser}; Reflect.deleteProperty(globalThis, "MessageChannel")`,
      false,
      'loaded\n'
    ]
  ])('%s -> what was asked for is called, and the process ends', async (_, prelude, uses, output) => {
    expect(await run(prelude, uses)).toEqual({ code: 0, output })
  })
})
