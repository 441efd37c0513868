/** What a client makes of calls, with a BullMQ that only keeps what it is told. */
import { pipe } from 'fp-ts/lib/function.js'
import { withSignal } from 'reprise'
import { withJob } from 'reprise/bullmq'
import { makeCalling } from '../../../src/bullmq/client.js'
import { toServed } from '../../../src/bullmq/Served.js'
import { deferred, turn } from '../../support/task.js'

interface MockLine {
  readonly options: object
  readonly added: Array<readonly [name: string, data: object, options: { readonly jobId: string }]>
  readonly jobs: Map<string, object>
  readonly listeners: Map<string, Array<(event: never) => void>>
  ready: Promise<unknown>
}
const mockLines: MockLine[] = []
const mockOn = (name: string, listener: (event: never) => void): void => {
  const { listeners } = mockLines[mockLines.length - 1]!
  listeners.set(name, [...(listeners.get(name) ?? []), listener])
}

jest.mock('bullmq', () => ({
  Queue: class {
    readonly line: MockLine
    constructor(_: string, options: object) {
      this.line = { options, added: [], jobs: new Map(), listeners: new Map(), ready: Promise.resolve() }
      mockLines.push(this.line)
    }
    on = mockOn
    add = async (...job: MockLine['added'][number]) => {
      this.line.added.push(job)
    }
    getJob = async (id: string) => this.line.jobs.get(id)
    close = async () => undefined
  },
  QueueEvents: class {
    on = mockOn
    waitUntilReady = () => mockLines[mockLines.length - 1]!.ready
    close = async () => undefined
  }
}))

type Reading = (id: unknown) => () => Promise<unknown>

const start = (settings: object = {}, options: object = {}) => {
  const served = toServed({ read: async (id: unknown) => id }, options)
  const { client, close } = makeCalling(served, { connection: {}, queue: 'q', ...settings })
  return { read: client['read'] as unknown as Reading, close }
}
const line = (): MockLine => mockLines[mockLines.length - 1]!
const tell = (name: string, event: object): void =>
  line()
    .listeners.get(name)
    ?.forEach((each) => each(event as never))
const idOf = (): string => line().added[line().added.length - 1]![2].jobId

const aborted = (kind: string, message: string): object => ({
  _tag: 'Left',
  left: { _tag: 'Aborted', attempts: 0, reason: { _tag: 'QueueFault', kind, message } }
})

describe('a call', () => {
  test('-> a job, and its result', async () => {
    const { read } = start({ prefix: 'p' }, { timeout: '1m' })
    const result = read(7)()
    await turn()
    expect(line().options).toMatchObject({ prefix: 'p' })
    expect(line().added).toMatchObject([['read', { args: [7] }, {}]])
    tell('completed', { jobId: idOf(), returnvalue: { result: 'row 7' } })
    expect(await result).toEqual({ _tag: 'Right', right: 'row 7' })
  })

  test('a job that gives back something else -> a fault', async () => {
    const result = start().read(7)()
    await turn()
    tell('completed', { jobId: idOf(), returnvalue: 5 })
    expect(await result).toMatchObject(aborted('failed', 'the job gave back no result of a call'))
  })

  test('a job that turns out to be of another function -> a conflict', async () => {
    const result = start().read(7)()
    await turn()
    line().jobs.set(idOf(), { name: 'write', data: {}, finishedOn: 1, returnvalue: { result: 1 } })
    tell('failed', { jobId: idOf() })
    expect(await result).toMatchObject(aborted('conflict', "the job is one of 'write'"))
  })

  test('a call that has given up -> its error', async () => {
    const result = start().read(7)()
    await turn()
    const state = { retry: 0, slept: 0, drawn: null, delay: null, memory: [] }
    const ended = { error: { _tag: 'NotRetryable' }, stalled: 0 }
    const call = { began: 0, elapsed: 5, attempts: 1, startedAt: null, due: 0, state, failures: [], ended }
    line().jobs.set(idOf(), { name: 'read', data: { args: [7], call }, finishedOn: 1, returnvalue: null })
    tell('failed', { jobId: idOf() })
    expect(await result).toEqual({
      _tag: 'Left',
      left: { _tag: 'NotRetryable', attempts: 1, elapsed: 5, failures: [], omitted: 1 }
    })
  })

  test('arguments that cannot travel -> a fault', async () => {
    expect(await start().read(1n)()).toMatchObject(
      aborted('arguments', 'the arguments cannot be sent as JSON')
    )
  })

  test('Redis does not answer -> unreachable', async () => {
    const { read } = start()
    const first = read(1)()
    line().ready = Promise.reject(new Error('away'))
    const second = read(2)()
    expect(await second).toMatchObject(aborted('unreachable', 'Redis did not take the job'))
    await turn()
    tell('completed', { jobId: idOf(), returnvalue: { result: 1 } })
    expect(await first).toMatchObject({ _tag: 'Right' })
  })

  test('aborted before the job is there -> no job; what comes later is not heard', async () => {
    const { read } = start()
    void read(0)()
    const ready = deferred<void>()
    line().ready = ready.promise
    await turn()
    const controller = new AbortController()
    const [call, failing] = [0, 1].map(() => withSignal(controller.signal)(read as never)) as unknown as [
      Reading,
      Reading
    ]
    const result = call(1)()
    const unreachable = deferred<void>()
    line().ready = unreachable.promise
    const other = failing(2)()
    controller.abort('enough')
    ready.resolve()
    unreachable.reject(new Error('away'))
    expect([await result, await other]).toMatchObject([
      { left: { _tag: 'Aborted', reason: 'enough' } },
      { left: { _tag: 'Aborted', reason: 'enough' } }
    ])
    await turn()
    expect(line().added.length).toBe(1)
  })
})

describe('a call with a job of its own', () => {
  const own = (read: Reading): Reading => pipe(read as never, withJob({ jobId: 'mine' }))

  test('another function has such a job -> a conflict', async () => {
    const { read } = start()
    void read(0)()
    line().jobs.set('mine', { name: 'write' })
    expect(await own(read)(7)()).toMatchObject(aborted('conflict', "the job is one of 'write'"))
  })

  test('the job has ended before -> its result', async () => {
    const { read } = start()
    void read(0)()
    line().jobs.set('mine', { name: 'read', data: {}, finishedOn: 1, returnvalue: { result: 'row 7' } })
    expect(await own(read)(7)()).toEqual({ _tag: 'Right', right: 'row 7' })
  })

  test('the job is gone at once -> waited for', async () => {
    const result = own(start().read)(7)()
    await turn()
    tell('completed', { jobId: 'mine', returnvalue: { result: 1 } })
    expect(await result).toEqual({ _tag: 'Right', right: 1 })
  })
})

describe('close', () => {
  test('-> whoever waits hears of it, and later calls fail', async () => {
    const { close, read } = start()
    const waits = read(1)()
    await turn()
    await close()
    expect(await waits).toMatchObject(aborted('closed', 'the client was closed before the job ended'))
    expect(await read(2)()).toMatchObject(aborted('closed', 'the client is closed'))
  })

  test('before any call -> nothing was open', async () => {
    const before = mockLines.length
    await start().close()
    expect(mockLines.length).toBe(before)
  })

  test('errors of connections -> told, if anybody listens', async () => {
    const onError = jest.fn()
    void start({ onError }).read(1)()
    tell('error', new Error('away'))
    expect(onError).toHaveBeenCalledTimes(2)
    void start().read(1)()
    tell('error', new Error('away'))
    expect(onError).toHaveBeenCalledTimes(2)
  })
})
