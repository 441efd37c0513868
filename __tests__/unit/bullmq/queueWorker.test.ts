/** What needs no Redis: options, and that nothing is opened before it is needed. */
import { pipe } from 'fp-ts/lib/function.js'
import { fixed, retryBudget, withAttempt, withSignal } from 'reprise'
import { isAttemptLost, isQueueFault, queueWorker, withJob } from 'reprise/bullmq'
import { toServed } from '../../../src/bullmq/Served.js'

const settings = { connection: { host: 'localhost', port: 1 }, queue: 'q' }
const functions = { read: async (id: number) => id, ping: async () => 'pong' }

describe('queueWorker', () => {
  test('functions -> a frozen record of the same names and lengths', async () => {
    const { client, close } = queueWorker(functions, {}, settings)
    expect(Object.keys(client)).toEqual(['read', 'ping'])
    expect([client.read.length, client.ping.length, client.read.name]).toEqual([1, 0, 'read'])
    expect(Object.isFrozen(client)).toBe(true)
    await close()
  })

  test('a call after close -> Aborted, closed', async () => {
    const { client, close } = queueWorker(functions, {}, settings)
    await close()
    expect(await client.read(1)()).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'Aborted', attempts: 0, failures: [], reason: { _tag: 'QueueFault', kind: 'closed' } }
    })
  })

  test('closing twice -> nothing', async () => {
    const { close } = queueWorker(functions, {}, settings)
    await close()
    expect(await close()).toBe(undefined)
  })

  // Options that types refuse, from callers without types.
  const made =
    (options: object, where: object = settings) =>
    () =>
      queueWorker(functions, options, where as typeof settings)
  test.each<[string, () => unknown, string]>([
    ['an observer', made({ observer: () => undefined }), "queueWorker: there is no option 'observer'"],
    [
      'a budget',
      made({ retryBudget: retryBudget({ ratio: 0.2 })() }),
      "queueWorker: there is no option 'retryBudget'"
    ],
    ['a bad number', made({ numRetries: -1 }), 'worker: numRetries must be a whole number >= 0, got -1'],
    [
      'an unknown method',
      made({ numRetries: { '*': 0, raed: 1 } }),
      'worker: numRetries names no method of the functions: raed'
    ],
    [
      'both a policy and options',
      made({ policy: fixed(1), numRetries: 1 }),
      'must not have policy and numRetries'
    ],
    ['no queue', made({}, { ...settings, queue: '' }), 'queueWorker: queue must be a text, got ""'],
    [
      'a setting that there is not',
      made({}, { ...settings, name: 'q' }),
      "queueWorker: settings: there is no option 'name'"
    ]
  ])('%s -> throws', (_name, make, message) => expect(make).toThrow(message))
})

describe('serve', () => {
  const { serve } = queueWorker(functions, {}, settings)
  test.each<[string, object, string]>([
    ['no concurrency', { concurrency: 0 }, 'serve: concurrency must be a whole number >= 1, got 0'],
    ['a bad lock', { lockDuration: '1 hour' }, 'serve: lockDuration'],
    ['a lock of 0', { lockDuration: 0 }, 'serve: lockDuration must be a whole number >= 1, got 0'],
    ['an option that there is not', { attempts: 1 }, "serve: there is no option 'attempts'"]
  ])('%s -> throws', (_name, options, message) => expect(() => serve(options)).toThrow(message))
})

describe('withJob', () => {
  test.each<[string, object, string]>([
    [
      'a number as an id',
      { jobId: '12' },
      'withJob: jobId must be a text that is no number, without a colon, got "12"'
    ],
    ['a colon', { jobId: 'a:b' }, 'withJob: jobId'],
    ['an empty id', { jobId: '' }, 'withJob: jobId'],
    ['priority 0', { priority: 0 }, 'withJob: priority must be a whole number >= 1, got 0'],
    [
      'a priority above what BullMQ takes',
      { priority: 2_097_152 },
      'withJob: priority must be at most 2097151'
    ],
    ['a negative delay', { delay: -1 }, 'withJob: delay'],
    ['an option that there is not', { id: 'a' }, "withJob: there is no option 'id'"]
  ])('%s -> throws', (_name, options, message) => expect(() => withJob(options)).toThrow(message))

  test('another function -> as without', async () => {
    const signal = new AbortController().signal
    expect(await pipe(functions.read, withJob({ jobId: 'a' }), withSignal(signal))(3)()).toEqual({
      _tag: 'Right',
      right: 3
    })
  })
})

describe('isAttemptLost, isQueueFault', () => {
  test.each<[unknown, boolean, boolean]>([
    [{ _tag: 'AttemptLost', message: 'gone' }, true, false],
    [{ _tag: 'AttemptLost' }, false, false],
    [{ _tag: 'QueueFault', kind: 'closed' }, false, true],
    [{ _tag: 'QueueFault' }, false, false],
    [undefined, false, false]
  ])('%j -> %s, %s', (value, lost, fault) =>
    expect([isAttemptLost(value), isQueueFault(value)]).toEqual([lost, fault])
  )
})

describe('toServed', () => {
  test('an attempt whose start was not written -> begins at 0', async () => {
    const elapsed: number[] = []
    const fn = withAttempt((attempt) => {
      elapsed.push(attempt.elapsed)
      return async () => 1
    })
    const served = toServed({ read: fn }, {}).get('read')
    const call = { attempts: 1, startedAt: null } as never
    expect(await served?.attempt([], call, undefined, () => 0)).toEqual({ _tag: 'Answered', value: 1 })
    expect(elapsed).toEqual([0])
  })
})

describe('withJob, a priority', () => {
  test('a function that is no method of a queue -> as without', async () => {
    expect(await pipe(async () => 1, withJob({ priority: 5 }))()).toEqual({ _tag: 'Right', right: 1 })
  })
})
