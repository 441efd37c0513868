import { pipe } from 'fp-ts/lib/function.js'
import { fixed, immediate, limitRetries, withEnv, withRetry, withSignal, withTimeout } from 'reprise'
import { poolFunctions, poolWorker, type ThreadPool } from 'reprise/piscina'
import { virtualClock } from 'reprise/testing'

interface Run {
  readonly task: unknown
  readonly name: string
  readonly signal?: AbortSignal
}

/** A pool that notes what it is to run, and does what it is told. */
const fakePool = (answer: (run: Run) => unknown = () => 'done'): ThreadPool & { readonly runs: Run[] } => {
  const runs: Run[] = []
  return {
    runs,
    run: async (task, options) => {
      const run = { task, ...options }
      runs.push(run)
      return answer(run)
    }
  }
}

interface Tasks {
  load(id: number): string
  ping(): string
}

const names = ['load', 'ping'] as const

describe('poolFunctions', () => {
  it('names -> a frozen record of functions, which are named', () => {
    const functions = poolFunctions<Tasks>(fakePool())(names)
    expect(Object.entries(functions).map(([key, { name, length }]) => [key, name, length])).toEqual([
      ['load', 'load', 0],
      ['ping', 'ping', 0]
    ])
    expect(Object.isFrozen(functions)).toBe(true)
  })

  it('a call -> nothing before it runs; then its name and argument, without a signal', async () => {
    const pool = fakePool()
    const { load, ping } = poolFunctions<Tasks>(pool)(names)
    const task = load(7)
    expect(pool.runs).toEqual([])
    expect(await task()).toEqual({ _tag: 'Right', right: 'done' })
    expect(await ping()).toEqual({ _tag: 'Right', right: 'done' })
    expect(await pipe(load, withRetry(immediate))(8)()).toEqual({ _tag: 'Right', right: 'done' })
    expect(pool.runs).toEqual([
      { task: 7, name: 'load' },
      { task: undefined, name: 'ping' },
      { task: 8, name: 'load' }
    ])
  })

  it('a call that can be aborted -> a signal of its own for each attempt, which aborts', async () => {
    const clock = virtualClock()
    const pool = fakePool(() => new Promise(() => {}))
    const { load } = poolFunctions<Tasks>(pool)(names)
    const task = pipe(load, withTimeout(10), withRetry(limitRetries(1)(fixed(5))), withEnv({ clock }))
    const pending = task(7)()
    await clock.runAll()
    expect(await pending).toMatchObject({ left: { _tag: 'Exhausted', attempts: 2 } })
    const signals = pool.runs.map(({ signal }) => signal)
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true])
    expect(signals[0]).not.toBe(signals[1])
    expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' })
  })

  it('a signal that has aborted before -> the pool is not asked', async () => {
    const pool = fakePool()
    const { ping } = poolFunctions<Tasks>(pool)(names)
    expect(await pipe(ping, withSignal(AbortSignal.abort('late')))()).toMatchObject({
      left: { reason: 'late' }
    })
    expect(pool.runs).toEqual([])
  })

  it('a pool that throws at once -> a failure', async () => {
    const error = new Error('no file name')
    const run = () => {
      throw error
    }
    const { ping } = poolFunctions<Tasks>({ run })(names)
    expect(await ping()).toEqual({ _tag: 'Left', left: error })
  })

  const abort = (cause: unknown) =>
    Object.assign(new Error('The task has been aborted', { cause }), { name: 'AbortError' })
  const terminated = new Error('Terminating worker thread')

  it.each<[string, Error, unknown]>([
    ['is destroyed', terminated, terminated],
    ['closes', abort('queue is being terminated'), 'queue is being terminated']
  ])('a pool that %s -> aborted after so long, which is not retried', async (_, error, reason) => {
    const clock = virtualClock()
    const pool = fakePool(() => new Promise((_resolve, reject) => void clock.after(40, () => reject(error))))
    const { ping } = poolFunctions<Tasks>(pool)(names)
    const pending = pipe(ping, withRetry(fixed(1)), withEnv({ clock }))()
    await clock.runAll()
    const failure = { _tag: 'Aborted', attempts: 1, elapsed: 40, omitted: 0, failures: [], reason }
    expect(await pending).toMatchObject({
      left: { _tag: 'NotRetryable', failures: [{ _tag: 'Threw', error: failure }] }
    })
    expect(pool.runs).toHaveLength(1)
  })

  it('a pool whose abort has no cause -> the error is the reason', async () => {
    const error = abort(undefined)
    const { ping } = poolFunctions<Tasks>(fakePool(() => Promise.reject(error)))(names)
    expect(await ping()).toMatchObject({ left: { _tag: 'Aborted', reason: error } })
  })

  it.each<[string, unknown]>([
    [
      'an AbortError of the function itself',
      Object.assign(new Error('The user left'), { name: 'AbortError' })
    ],
    ['an error that says so under another name', new Error('The task has been aborted')]
  ])('%s -> a failure like another', async (_, error) => {
    const { ping } = poolFunctions<Tasks>(fakePool(() => Promise.reject(error)))(names)
    expect(await ping()).toEqual({ _tag: 'Left', left: error })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an object that does not run', {}]
  ])('%s for a pool -> throws', (_, pool) => {
    expect(() => poolFunctions(pool as never)).toThrow(/^poolFunctions: pool must be a pool of threads, got /)
    expect(() => poolWorker(pool as never)).toThrow(/^poolWorker: pool must be a pool of threads, got /)
  })

  it.each<[string, unknown, string]>([
    ['no list', 'ping', 'poolFunctions: names must be a list of names, got "ping"'],
    ['an empty name', ['ping', ''], 'poolFunctions: name must be a text, got ""'],
    ['a number', [7], 'poolFunctions: name must be a text, got 7']
  ])('%s for names -> throws', (_, given, message) => {
    expect(() => poolFunctions<Tasks>(fakePool())(given as never)).toThrow(message)
  })
})

describe('poolWorker', () => {
  it('options -> those of a worker, for each method', async () => {
    let calls = 0
    const pool = fakePool(({ name }) => {
      calls += 1
      if (name === 'load' && calls === 1) throw new Error('down')
      return 'done'
    })
    const tasks = poolWorker<Tasks>(pool)(names, { numRetries: { '*': 0, load: 1 }, retryWait: 0 })
    expect(await tasks.load(7)()).toEqual({ _tag: 'Right', right: 'done' })
    expect(pool.runs.map(({ task }) => task)).toEqual([7, 7])
  })

  it('no options -> no retries', async () => {
    const tasks = poolWorker<Tasks>(fakePool(() => Promise.reject(new Error('down'))))(names)
    expect(await tasks.ping()).toMatchObject({ left: { _tag: 'Exhausted', attempts: 1 } })
  })

  it('bad names and options -> throw', () => {
    expect(() => poolWorker<Tasks>(fakePool())([''] as never)).toThrow(
      'poolWorker: name must be a text, got ""'
    )
    expect(() => poolWorker<Tasks>(fakePool())(names, { numRetry: 1 } as never)).toThrow(
      "worker: there is no option 'numRetry'"
    )
  })
})
