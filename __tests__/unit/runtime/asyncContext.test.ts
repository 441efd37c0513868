/**
 * In plain Node processes: jest has an async context of its own. The timer that wakes is always somebody else's, who began to
 * sleep in a context of their own, and wakes first.
 */
import { runOnSources } from '../../support/bundle.js'

jest.setTimeout(170_000)

/** Runs the body of a script, and gives what it put into `found`; `before` runs before the library is loaded. */
const run = async (body: string, before = ''): Promise<Readonly<Record<string, unknown>>> => {
  const script = `
    import { AsyncLocalStorage } from 'node:async_hooks'
    ${before}
    const { fixed, immediate, limitRetries, systemClock, withHedge, withRetry, withSignal, withTimeout } =
      await import('reprise')
    const { asyncContext } = await import('./src/runtime/asyncContext.ts')
    const { sleepOn } = await import('./src/runtime/timers.ts')
    const { newSleeper } = await import('./src/runtime/Wheel.ts')
    const storage = new AsyncLocalStorage()
    /** Fails twice, and notes in which context it is called. */
    const noting = (notes) => async () => {
      notes.push(storage.getStore())
      if (notes.length < 3) throw new Error('down')
    }
    const found = {}
    ${body}
    console.log(JSON.stringify(found))`
  const { code, output } = await runOnSources(script, 150_000)
  if (code !== 0) throw new Error(`${code}: ${output}`)
  return JSON.parse(output) as Record<string, unknown>
}

/** Two callers, `a` and `b`, each in a context of their own; what each notes. */
const both = (body: string): string => `
    const notes = { a: [], b: [] }
    const call = async (notes) => { ${body} }
    await Promise.all(['a', 'b'].map((name) => storage.run(name, () => call(notes[name]))))
    Object.assign(found, notes)`

describe('the async context of who sleeps is what it wakes in', () => {
  const cases: ReadonlyArray<[title: string, body: string, times: number]> = [
    ['retries after a wait', 'await withRetry(fixed(20))(noting(notes))()', 3],
    ['retries without a wait', 'await withRetry(immediate)(noting(notes))()', 3],
    [
      'retries that a signal may cut short',
      'await withSignal(new AbortController().signal)(withRetry(fixed(20))(noting(notes)))()',
      3
    ],
    [
      'a timeout, to the listeners of its signal',
      `const { withAttempt } = await import('reprise')
       const hanging = withAttempt(({ signal }) => {
         signal.addEventListener('abort', () => notes.push(storage.getStore()))
         return () => new Promise(() => undefined)
       })
       await withTimeout(20)(hanging)()`,
      1
    ],
    [
      'hedges',
      `const slow = () => {
         notes.push(storage.getStore())
         return notes.length < 3 ? new Promise(() => undefined) : Promise.resolve(1)
       }
       await withHedge({ delay: 20, max: 3 })(slow)()`,
      3
    ],
    [
      'clock.after',
      `await new Promise((resolve) => systemClock.after(20, () => resolve(notes.push(storage.getStore()))))`,
      1
    ],
    [
      'clock.after(0), also where the event loop gets a turn',
      `for (let i = 0; i < 200; i++)
         await new Promise((resolve) => systemClock.after(0, () => resolve(notes.push(storage.getStore()))))`,
      200
    ],
    [
      'a sleeper of its own',
      `await new Promise((resolve) =>
         sleepOn(systemClock, newSleeper(() => resolve(notes.push(storage.getStore()))), 20))`,
      1
    ]
  ]

  test.each(cases)('%s -> those of the caller', async (_, body, times) => {
    const of = (name: string) => Array.from({ length: times }, () => name)
    expect(await run(both(body))).toEqual({ a: of('a'), b: of('b') })
  })

  test('one in no context, woken by the timer of one in a context -> in none', async () => {
    const found = await run(`
      const sleep = (name, delay) => new Promise((resolve) =>
        systemClock.after(delay, () => resolve(found[name] = String(storage.getStore()))))
      await Promise.all([sleep('none', 40), storage.run('a', () => sleep('a', 20))])`)
    expect(found).toEqual({ a: 'a', none: 'undefined' })
  })
})

describe('asyncContext', () => {
  // Whoever sleeps lies in the wheel, unless something is to be done when it wakes.
  const sleep = `
    const sleeper = newSleeper(() => undefined)
    sleepOn(systemClock, sleeper, 20)
    await withRetry(limitRetries(2)(fixed(20)))(noting([]))()
    Object.assign(found, { captured: asyncContext() !== undefined, itself: sleeper.due > 0 })`
  const nothing = { captured: false, itself: true }
  const each = { captured: true, itself: false }

  test.each([
    ['nobody ever had a context', ''],
    ['there is a storage, and nothing ever ran in it', 'new AsyncLocalStorage()']
  ])('%s -> nothing is captured', async (_, had) => {
    expect(await run(`${had}\n${sleep}`)).toEqual(nothing)
  })

  test('who sleeps has a context -> captured', async () => {
    expect(await run(`storage.enterWith(1)\n${sleep}`)).toEqual(each)
  })

  test.each([
    ['a Node that does not give its modules', 'process.getBuiltinModule = undefined'],
    ['no Node', "Reflect.deleteProperty(globalThis, 'process')"]
  ])('%s -> there is none, and all sleep', async (_, before) => {
    const script = `found.none = storage.run(1, asyncContext) === undefined; ${sleep}`
    expect(await run(script, before)).toEqual({ none: true, ...nothing })
  })
})
