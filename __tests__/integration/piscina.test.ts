/** A real pool of real threads. What is awaited is an event, or a counter in memory that both sides see. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { pipe } from 'fp-ts/lib/function.js'
import { Piscina } from 'piscina'
import {
  anyCause,
  fixed,
  immediate,
  limitRetries,
  type RetryEvent,
  retryOn,
  runOrThrow,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { poolFunctions, poolWorker, workerCrashed } from 'reprise/piscina'
import type * as Tasks from '../support/poolTasks.js'
import { root } from '../support/built.js'

const limit = 30_000

const folder = mkdtempSync(join(tmpdir(), 'reprise-piscina-'))
const filename = join(folder, 'tasks.mjs')

// Threads load plain JavaScript; the tsconfig says where 'reprise/piscina' is.
beforeAll(
  () =>
    build({
      entryPoints: [join(root, '__tests__/support/poolTasks.ts')],
      outfile: filename,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error'
    }),
  limit
)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Node crashes where a thread ends in the middle of a `require` of such a module. Versions without the option do not have that.
const execArgv = process.allowedNodeEnvironmentFlags.has('--experimental-require-module')
  ? ['--no-experimental-require-module']
  : []

const pools: Piscina[] = []
const newPool = (options: object = {}): Piscina => {
  const pool = new Piscina({ filename, execArgv, minThreads: 1, maxThreads: 1, ...options })
  pools.push(pool)
  return pool
}
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.destroy()
})

const newCounter = (): Tasks.Counter => new Int32Array(new SharedArrayBuffer(4))

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Resolves when somebody counts on. */
const countsOn = async (counter: Tasks.Counter): Promise<void> => {
  const before = Atomics.load(counter, 0)
  await until(() => Atomics.load(counter, 0) !== before)
}

/** Resolves when nobody counts any more: a thread takes a while to end. */
const stopped = async (counter: Tasks.Counter): Promise<void> => {
  for (let [before, now] = [NaN, Atomics.load(counter, 0)]; now !== before;) {
    before = now
    await new Promise((resolve) => setTimeout(resolve, 100))
    now = Atomics.load(counter, 0)
  }
}

const on = (pool: Piscina) => poolFunctions<typeof Tasks>(pool)
const once = limitRetries(1)(immediate)

describe('results', () => {
  test('functions of a number, a tuple, nothing -> tasks with their results', async () => {
    const { double, add, ping } = on(newPool())(['double', 'add', 'ping'])
    expect(await double(4)()).toEqual({ _tag: 'Right', right: 8 })
    expect(await add([1, 2])()).toEqual({ _tag: 'Right', right: 3 })
    expect(await ping()).toEqual({ _tag: 'Right', right: 'pong' })
  })

  test('an Either -> a typed failure, or the result', async () => {
    const { half } = on(newPool())(['half'])
    expect(await half(4)()).toEqual({ _tag: 'Right', right: 2 })
    expect(await half(3)()).toEqual({ _tag: 'Left', left: { _tag: 'Odd', n: 3 } })
  })

  test('a worker of them -> events under the names of the methods', async () => {
    const events: RetryEvent[] = []
    const tasks = poolWorker<typeof Tasks>(newPool())(['double', 'half'], {
      numRetries: { '*': 0, half: 1 },
      retryWait: 1,
      observer: (event) => events.push(event)
    })
    expect(await runOrThrow(tasks.double(4))).toBe(8)
    expect(await tasks.half(3)()).toMatchObject({ left: { _tag: 'Exhausted', attempts: 2 } })
    expect(events.map(({ _tag, name, args }) => [_tag, name, args[0]])).toEqual([
      ['AttemptStarted', 'double', 4],
      ['Succeeded', 'double', 4],
      ['AttemptStarted', 'half', 3],
      ['AttemptFailed', 'half', 3],
      ['RetryScheduled', 'half', 3],
      ['AttemptStarted', 'half', 3],
      ['AttemptFailed', 'half', 3],
      ['GaveUp', 'half', 3]
    ])
  })

  test('two threads -> two calls run at once', async () => {
    const { meet } = on(newPool({ minThreads: 2, maxThreads: 2 }))(['meet'])
    const come = newCounter()
    const both = [meet([come, 2]), pipe(meet, withTimeout(limit))([come, 2])]
    const results = await Promise.all(both.map((task) => runOrThrow<unknown, number>(task)))
    expect(results.sort()).toEqual([1, 2])
  })

  test('calls that cannot be aborted -> share a thread, as the pool allows', async () => {
    const pool = newPool({ concurrentTasksPerWorker: 2, atomics: 'disabled' })
    const { add } = on(pool)(['add'])
    const results = await Promise.all([1, 2, 3].map((n) => runOrThrow(add([n, n]))))
    expect(results).toEqual([2, 4, 6])
    expect(pool.threads).toHaveLength(1)
  })
})

describe('crashes', () => {
  test('process.exit at first -> a failure of the pool; another thread makes the retry', async () => {
    const failures: unknown[] = []
    const tasks = poolWorker<typeof Tasks>(newPool())(['crashOnce'], {
      numRetries: 2,
      retryWait: 1,
      retryOn: workerCrashed,
      observer: (event) => event._tag === 'AttemptFailed' && failures.push(event.failure)
    })
    expect(await tasks.crashOnce(newCounter())()).toEqual({ _tag: 'Right', right: 'done' })
    expect(failures).toEqual([
      expect.objectContaining({
        _tag: 'Threw',
        error: expect.objectContaining({ message: 'worker exited with code: 3' }) as object
      })
    ])
  })

  test('process.exit always -> gives up as after any other failure', async () => {
    const { crash } = on(newPool())(['crash'])
    const result = await pipe(crash, withRetry(retryOn(workerCrashed)(once)))()
    expect(result).toMatchObject({
      left: { _tag: 'Exhausted', attempts: 2, failures: [{ _tag: 'Threw' }, { _tag: 'Threw' }] }
    })
  })

  test(
    'memory that is full -> a crash, too',
    async () => {
      const { fillMemory } = on(newPool({ resourceLimits: { maxOldGenerationSizeMb: 16 } }))(['fillMemory'])
      const result = await pipe(fillMemory, withRetry(retryOn(workerCrashed)(once)))()
      expect(result).toMatchObject({
        left: {
          _tag: 'Exhausted',
          attempts: 2,
          failures: [{ error: { code: 'ERR_WORKER_OUT_OF_MEMORY' } }, {}]
        }
      })
    },
    limit
  )

  test('what a function throws -> no crash', async () => {
    const { connect } = on(newPool())(['connect'])
    const result = await pipe(connect, withRetry(retryOn(workerCrashed)(once)))('here')()
    expect(result).toMatchObject({ left: { _tag: 'NotRetryable', attempts: 1 } })
  })
})

describe('errors', () => {
  const failure = async (name: 'connect' | 'connectKept') => {
    const result = await on(newPool())([name])[name]('here')()
    return result._tag === 'Left' ? (result.left as Error & { code?: string }) : undefined
  }

  test('as they are -> the message and cause stay; name and code are lost', async () => {
    const error = await failure('connect')
    expect(error).toMatchObject({ name: 'Error', message: 'no here', cause: { message: 'socket' } })
    expect(error?.code).toBeUndefined()
  })

  test('with keepErrors -> an Error with its name, code and cause', async () => {
    const error = await failure('connectKept')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'ConnectionError',
      message: 'no here',
      code: 'ECONNRESET',
      cause: { name: 'Error', message: 'socket', code: 'EPIPE' }
    })
    expect(error?.stack).toMatch(/^ConnectionError: no here\n.*connect/)
  })

  test.each<[string, Parameters<typeof retryOn>[0]]>([
    ['a name', 'ConnectionError'],
    ['a code', ['ECONNRESET']],
    ['a code of the cause', anyCause('EPIPE')]
  ])('with keepErrors, a condition on %s -> matches', async (_, condition) => {
    const { connectKept } = on(newPool())(['connectKept'])
    const result = await pipe(connectKept, withRetry(retryOn(condition as 'x')(once)))('here')()
    expect(result).toMatchObject({ left: { _tag: 'Exhausted', attempts: 2 } })
  })

  test('an argument that cannot be cloned -> a failure', async () => {
    const { double } = on(newPool())(['double'])
    expect(await double((() => 1) as never)()).toMatchObject({ left: { name: 'DataCloneError' } })
  })

  test('a result that cannot be cloned -> a failure, and the pool goes on', async () => {
    const { giveFunction, ping } = on(newPool())(['giveFunction', 'ping'])
    expect(await giveFunction()).toMatchObject({ _tag: 'Left' })
    expect(await ping()).toEqual({ _tag: 'Right', right: 'pong' })
  })

  test('a name that the module does not export -> a failure', async () => {
    const { missing } = poolFunctions<{ missing: () => number }>(newPool())(['missing'])
    const result = await missing()
    expect(result).toMatchObject({
      left: { message: expect.stringContaining('No handler function') as string }
    })
  })
})

describe('aborts and timeouts', () => {
  test('an abort -> the thread stops at once, and another serves the next call', async () => {
    const { beat, ping } = on(newPool())(['beat', 'ping'])
    const controller = new AbortController()
    const beats = newCounter()
    const pending = pipe(beat, withRetry(once), withSignal(controller.signal))(beats)()
    await until(() => Atomics.load(beats, 0) > 0)
    controller.abort('enough')
    expect(await pending).toMatchObject({ left: { _tag: 'Aborted', reason: 'enough', attempts: 1 } })
    expect(await ping()).toEqual({ _tag: 'Right', right: 'pong' })
    await stopped(beats)
  })

  test('an abort of a call that queues -> it is never run', async () => {
    const pool = newPool()
    const { beat, crashOnce } = on(pool)(['beat', 'crashOnce'])
    const [first, second] = [new AbortController(), new AbortController()]
    const [beats, calls] = [newCounter(), newCounter()]
    const running = pipe(beat, withSignal(first.signal))(beats)()
    await until(() => Atomics.load(beats, 0) > 0)
    const queued = pipe(crashOnce, withSignal(second.signal))(calls)()
    second.abort()
    expect(await queued).toMatchObject({ left: { _tag: 'Aborted' } })
    await countsOn(beats)
    first.abort()
    await running
    expect(await on(pool)(['ping']).ping()).toEqual({ _tag: 'Right', right: 'pong' })
    expect(Atomics.load(calls, 0)).toBe(0)
  })

  test('a time for each attempt -> each thread is stopped, and another makes the retry', async () => {
    const beats = newCounter()
    const tasks = poolWorker<typeof Tasks>(newPool())(['beat'], {
      numRetries: 1,
      retryWait: 1,
      attemptTimeout: 150
    })
    expect(await tasks.beat(beats)()).toMatchObject({
      left: {
        _tag: 'Exhausted',
        failures: [{ error: { _tag: 'TimedOut' } }, { error: { _tag: 'TimedOut' } }]
      }
    })
    await stopped(beats)
  })

  test('a time for the whole call -> no retry after it', async () => {
    let attempts = 0
    const beats = newCounter()
    const { beat } = on(newPool())(['beat'])
    const result = await pipe(
      beat,
      withRetry(fixed(1)),
      withTimeout(150),
      withObserver(({ _tag }) => (attempts += _tag === 'AttemptStarted' ? 1 : 0))
    )(beats)()
    expect(result).toMatchObject({ left: { _tag: 'TimedOut' } })
    await stopped(beats)
    expect(attempts).toBe(1)
  })
})

describe('the end of a pool', () => {
  test.each(['destroy', 'close'] as const)(
    '%s during a call -> not retried, and nothing is left',
    async (end) => {
      const pool = newPool({ closeTimeout: 50 })
      pool.on('error', () => {}) // it has not closed in time
      const beats = newCounter()
      const { beat } = on(pool)(['beat'])
      const pending = pipe(beat, withRetry(fixed(1)))(beats)()
      await until(() => Atomics.load(beats, 0) > 0)
      await pool[end]()
      expect(await pending).toMatchObject({
        left: {
          _tag: 'NotRetryable',
          attempts: 1,
          failures: [
            { error: { _tag: 'Aborted', attempts: 1, reason: { message: 'Terminating worker thread' } } }
          ]
        }
      })
      expect(pool.threads).toHaveLength(0)
      await stopped(beats)
    }
  )

  test('a call while a pool closes -> aborted', async () => {
    const pool = newPool()
    const closing = pool.close()
    expect(await on(pool)(['ping']).ping()).toMatchObject({
      left: { _tag: 'Aborted', reason: 'queue is being terminated' }
    })
    await closing
  })
})
