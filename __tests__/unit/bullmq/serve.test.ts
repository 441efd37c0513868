/** What a server does with a job, with a BullMQ that only keeps what it is told. */
import { circuitBreaker, fixed, limitRetries, limitSet, resourceLimit, type WorkerOptions } from 'reprise'
import { queueWorker } from 'reprise/bullmq'
import { begin, type JobCall } from '../../../src/bullmq/JobCall.js'
import { startServing } from '../../../src/bullmq/serve.js'
import { type Served, toServed } from '../../../src/bullmq/Served.js'

interface MockWorker {
  readonly processor: (job: object, token?: string) => Promise<unknown>
  readonly options: object
  readonly listeners: Map<string, (error: Error) => void>
  readonly delayed: Array<ReadonlyArray<unknown>>
}
const mockWorkers: MockWorker[] = []

jest.mock('bullmq', () => ({
  ...jest.requireActual<object>('bullmq'),
  Worker: class {
    readonly backend
    readonly listeners = new Map()
    readonly delayed: unknown[] = []
    constructor(_: string, processor: never, options: object) {
      this.backend = {
        moveToDelayed: async (...args: ReadonlyArray<unknown>) => {
          this.delayed.push(args)
        }
      }
      mockWorkers.push({ processor, options, listeners: this.listeners, delayed: this.delayed } as never)
    }
    on(name: string, listener: unknown) {
      this.listeners.set(name, listener)
    }
    waitUntilReady = () => Promise.reject(new Error('away'))
    close = () => Promise.reject(new Error('away'))
  }
}))

const settings = { connection: {}, queue: 'q' }

const serving = (
  functions: ReadonlyMap<string, Served>,
  options: Parameters<typeof startServing>[2] = {},
  more: Partial<Parameters<typeof startServing>[1]> = {}
) => {
  const served = startServing(functions, { ...settings, ...more }, options)
  return { ...served, worker: mockWorkers[mockWorkers.length - 1]! }
}
const serve = (functions: object, options: WorkerOptions = {}) => serving(toServed(functions, options)).worker

/** A job of `read`, which keeps the data that is written. */
const jobOf = (data: unknown, more: object = {}) => {
  const written: Array<{ readonly call: JobCall }> = []
  const job = {
    id: 'j',
    name: 'read',
    data,
    stalledCounter: 0,
    updateData: async (next: { readonly call: JobCall }) => {
      written.push(next)
    },
    extendLock: async () => 1,
    ...more
  }
  return { job, written }
}
const down = () => Promise.reject(new Error('down'))
const read = async (id: number) => `row ${id}`

describe('a job', () => {
  test('arguments -> the result; that an attempt began is written before', async () => {
    const { job, written } = jobOf({ args: [7] })
    expect(await serve({ read }).processor(job, 't')).toEqual({ result: 'row 7' })
    expect(written).toMatchObject([{ args: [7], call: { attempts: 1, startedAt: 0 } }])
  })

  test.each<[string, object, object, string]>([
    ['no data of a call', { args: 5 }, {}, 'the data of the job is not that of a call'],
    ['another function', { args: [] }, { name: 'write' }, "this process has no function 'write'"]
  ])('%s -> failed for good', async (_, data, more, message) => {
    await expect(serve({ read }).processor(jobOf(data, more).job)).rejects.toMatchObject({
      name: 'UnrecoverableError',
      message
    })
  })

  test('a failure, and retries left -> put to sleep, with what is remembered; no id, no token -> none', async () => {
    const { job } = jobOf({ args: [] }, { id: undefined })
    const { delayed, processor } = serve({ read: down }, { numRetries: 2, retryWait: '5s', retryJitter: 0 })
    await expect(processor(job)).rejects.toMatchObject({ name: 'DelayedError' })
    const [id, , delay, token, { fieldsToUpdate }] = delayed[0] as [
      string,
      number,
      number,
      string,
      { fieldsToUpdate: { data: string } }
    ]
    expect([id, token]).toEqual(['', ''])
    expect(delay).toBeGreaterThanOrEqual(0)
    expect(JSON.parse(fieldsToUpdate.data)).toMatchObject({
      call: { attempts: 1, startedAt: null, failures: [{}] }
    })
  })

  test('a failure, and none left -> failed for good, and how it ended is written', async () => {
    const { job, written } = jobOf({ args: [] })
    await expect(serve({ read: down }).processor(job, 't')).rejects.toMatchObject({
      name: 'UnrecoverableError',
      message: expect.stringMatching(/^gave up after 1 attempt in \d+ ms: down$/) as string
    })
    expect(written[written.length - 1]).toMatchObject({ call: { ended: { stalled: 0 } } })
  })

  test('a Left of a TaskEither -> a failure', async () => {
    const { job, written } = jobOf({ args: [7] })
    const { processor } = serve({ read: (id: number) => async () => ({ _tag: 'Left', left: `no ${id}` }) })
    await expect(processor(job, 't')).rejects.toMatchObject({ name: 'UnrecoverableError' })
    expect(written[written.length - 1]).toMatchObject({
      call: { failures: [{ _tag: 'Failed', error: 'no 7' }] }
    })
  })

  test('a result that cannot travel -> failed for good, and not tried again', async () => {
    const { job } = jobOf({ args: [] })
    const { processor } = serve({ read: async () => 10n }, { numRetries: 5 })
    await expect(processor(job, 't')).rejects.toMatchObject({
      message: expect.stringMatching(/^not retryable after 1 attempt/) as string
    })
  })

  test('what belongs to each attempt -> around each', async () => {
    const set = limitSet([resourceLimit({ key: 'place', capacity: 1 })])()
    const breaker = circuitBreaker({ consecutiveFailures: 1 })()
    const { processor } = serve(
      { read: async (id: number) => [id, set.available()] },
      { limits: set, circuitBreaker: breaker, attemptTimeout: '1m' }
    )
    expect(await processor(jobOf({ args: [7] }).job)).toEqual({ result: [7, { place: 0 }] })
    expect([set.available(), breaker.status()]).toMatchObject([{ place: 1 }, { _tag: 'Closed' }])
  })
})

describe('a job that comes up again', () => {
  const begun = begin(undefined, Date.now() - 1000)
  const waits: JobCall = { ...begun, startedAt: null, elapsed: 500 }

  test('too early -> back to sleep, and not called', async () => {
    const fn = jest.fn()
    const { delayed, processor } = serve({ read: fn })
    const call = { ...waits, due: Date.now() + 1e9 }
    await expect(processor(jobOf({ args: [], call }).job, 't')).rejects.toMatchObject({
      name: 'DelayedError'
    })
    expect(delayed[0]?.[2]).toBeGreaterThan(0)
    expect(fn).not.toHaveBeenCalled()
  })

  test('in time -> its next attempt, which is told of the last failure', async () => {
    const failure = { _tag: 'Failed', error: 'down', attempt: 1, startedAt: 0, duration: 5, delay: 5 }
    const { job, written } = jobOf({ args: [7], call: { ...waits, failures: [failure] } })
    expect(await serve({ read }).processor(job)).toEqual({ result: 'row 7' })
    expect(written).toMatchObject([{ call: { attempts: 2 } }])
  })

  test('its attempt was lost with its process -> a failure', async () => {
    const { job, written } = jobOf({ args: [7], call: begun })
    await expect(serve({ read }).processor(job)).rejects.toMatchObject({ name: 'UnrecoverableError' })
    expect(written).toMatchObject([{ call: { failures: [{ error: { _tag: 'AttemptLost' } }] } }])
  })

  test('a lost attempt that is accepted all the same -> the result', async () => {
    const served = { settle: () => ({ _tag: 'Accept', value: 5 }) } as unknown as Served
    const { worker } = serving(new Map([['read', served]]))
    expect(await worker.processor(jobOf({ args: [], call: begun }).job)).toEqual({ result: 5 })
  })

  const over: JobCall = { ...waits, attempts: 1, ended: { error: { _tag: 'Exhausted' }, stalled: 0 } }

  test('ended, but the process did not come to say so -> said', async () => {
    const fn = jest.fn()
    const { job } = jobOf({ args: [], call: over }, { stalledCounter: 1 })
    await expect(serve({ read: fn }).processor(job)).rejects.toMatchObject({ name: 'UnrecoverableError' })
    expect(fn).not.toHaveBeenCalled()
  })

  test('ended, and started again by hand -> afresh', async () => {
    const { job, written } = jobOf({ args: [7], call: over })
    expect(await serve({ read }).processor(job)).toEqual({ result: 'row 7' })
    expect(written).toMatchObject([{ call: { attempts: 1, ended: null } }])
  })
})

describe('startServing', () => {
  const functions = toServed({ read }, {})

  test('what BullMQ is told', () => {
    const { worker } = serving(
      functions,
      { concurrency: 4, limiter: { max: 5, duration: 1000 }, lockDuration: '1s', random: () => 0 },
      { prefix: 'p' }
    )
    expect(worker.options).toMatchObject({
      prefix: 'p',
      concurrency: 4,
      lockDuration: 1000,
      stalledInterval: 30_000,
      limiter: { max: 5, duration: 1000 }
    })
  })

  test('of a queue, with no options -> one attempt at once', () => {
    queueWorker({ read }, {}, settings).serve()
    expect(mockWorkers[mockWorkers.length - 1]?.options).toMatchObject({
      concurrency: 1,
      lockDuration: 30_000
    })
  })

  test('its own randomness -> draws the waits', async () => {
    const { worker } = serving(toServed({ read: down }, { policy: limitRetries(1)(fixed(100)) }), {
      random: () => 0.5
    })
    await expect(worker.processor(jobOf({ args: [] }).job)).rejects.toMatchObject({ name: 'DelayedError' })
  })

  test('errors -> told, if anybody listens; ready and close never reject', async () => {
    const onError = jest.fn()
    const error = new Error('lock lost')
    const { close, ready, worker } = serving(functions, {}, { onError })
    worker.listeners.get('error')?.(error)
    serving(functions).worker.listeners.get('error')?.(error)
    await ready()
    await close()
    expect(onError.mock.calls).toEqual([[error]])
  })
})
