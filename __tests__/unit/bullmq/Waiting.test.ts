import type { Queue, QueueEvents } from 'bullmq'
import { fixed, limitRetries } from 'reprise'
import { begin, settling } from '../../../src/bullmq/JobCall.js'
import { type Settled, waiting } from '../../../src/bullmq/Waiting.js'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

/** A call that has ended with 'down' at its only attempt. */
const ended = (() => {
  const next = settling(limitRetries(0)(fixed(1)), 'read')(
    begin(undefined, 0),
    { _tag: 'Failed', error: 'down' },
    { wall: 5, elapsed: 5, random: 0, args: [], stalled: 0 }
  )
  return next._tag === 'End' ? next.call : undefined
})()

type Getting = () => Promise<object | undefined>

const start = () => {
  const jobs = new Map<string, Getting>()
  const looked: string[] = []
  const listeners = new Map<string, (event: object) => void>()
  const queue = {
    getJob: (id: string) => {
      looked.push(id)
      return (jobs.get(id) ?? (() => Promise.resolve(undefined)))()
    }
  }
  const events = { on: (name: string, listener: (event: object) => void) => listeners.set(name, listener) }
  const made = waiting(queue as unknown as Queue, events as unknown as QueueEvents)
  const heard: Settled[] = []
  return {
    ...made,
    heard,
    looked,
    wait: (id: string) => made.wait(id, (settled) => heard.push(settled)),
    tell: (name: 'completed' | 'failed', event: object) => listeners.get(name)?.(event),
    put: (id: string, job: object | undefined) => jobs.set(id, () => Promise.resolve(job)),
    get: (id: string, getting: Getting) => jobs.set(id, getting)
  }
}

const fault = (kind: string, message: string, name?: string): object => ({
  _tag: 'Fault',
  name,
  fault: { _tag: 'QueueFault', kind, message, jobId: 'a' }
})

const turns = () => jest.advanceTimersByTimeAsync(0)

describe('waiting: events', () => {
  test('completed, with a result -> heard once; of another job -> not heard', () => {
    const { heard, tell, wait } = start()
    wait('a')
    tell('completed', { jobId: 'b', returnvalue: { result: 1 } })
    tell('completed', { jobId: 'a', returnvalue: { result: 2 } })
    tell('completed', { jobId: 'a', returnvalue: { result: 3 } })
    expect(heard).toEqual([{ _tag: 'Result', name: undefined, value: 2 }])
  })

  test('completed, with something else -> a fault', () => {
    const { heard, tell, wait } = start()
    wait('a')
    tell('completed', { jobId: 'a', returnvalue: 'done' })
    expect(heard).toMatchObject([fault('failed', 'the job gave back no result of a call')])
  })

  test('failed, as its call has ended -> given up, with its failures', async () => {
    const { heard, put, tell, wait } = start()
    put('a', { name: 'read', data: { args: [], call: ended }, finishedOn: 1, returnvalue: null })
    wait('a')
    tell('failed', { jobId: 'a' })
    await turns()
    expect(heard).toMatchObject([
      {
        _tag: 'GivenUp',
        name: 'read',
        error: { _tag: 'Exhausted', attempts: 1, failures: [{ error: 'down' }] }
      }
    ])
  })

  test.each([
    [{ failedReason: 'no such function' }, 'no such function'],
    [{}, 'the job failed']
  ])('failed, of itself, %j -> a fault: %s', async (more, message) => {
    const { heard, put, tell, wait } = start()
    put('a', { name: 'read', data: undefined, finishedOn: 1, returnvalue: null, ...more })
    wait('a')
    tell('failed', { jobId: 'a' })
    await turns()
    expect(heard).toMatchObject([fault('failed', message, 'read')])
  })

  test('failed, of another job -> not looked after; Redis away -> heard later', async () => {
    const { get, heard, looked, put, tell, wait } = start()
    get('a', () => Promise.reject(new Error('away')))
    wait('a')
    tell('failed', { jobId: 'b' })
    tell('failed', { jobId: 'a' })
    await turns()
    expect([looked, heard]).toEqual([['a'], []])
    put('a', { name: 'read', data: {}, finishedOn: 1, returnvalue: { result: 7 } })
    await jest.advanceTimersByTimeAsync(250)
    expect(heard).toEqual([{ _tag: 'Result', name: 'read', value: 7 }])
  })
})

describe('waiting: looks', () => {
  test('a job under way -> looked after less and less often', async () => {
    const { heard, looked, put, stop, wait } = start()
    put('a', { name: 'read', data: {}, returnvalue: null })
    wait('a')
    await jest.advanceTimersByTimeAsync(250 + 500 + 1000 + 2000)
    expect([looked.length, heard]).toEqual([4, []])
    stop()
  })

  test('gone, twice in a row -> removed; nobody waits -> no more looks', async () => {
    const { heard, looked, wait } = start()
    wait('a')
    await jest.advanceTimersByTimeAsync(250)
    expect(heard).toEqual([])
    await jest.advanceTimersByTimeAsync(500)
    expect(heard).toMatchObject([fault('removed', 'the job was removed before its end was seen')])
    await jest.advanceTimersByTimeAsync(60_000)
    expect(looked.length).toBe(2)
    wait('a')
    await jest.advanceTimersByTimeAsync(250)
    expect(looked.length).toBe(3)
  })

  test('Redis away -> looks again', async () => {
    const { get, looked, stop, wait } = start()
    get('a', () => Promise.reject(new Error('away')))
    wait('a')
    await jest.advanceTimersByTimeAsync(750)
    expect(looked.length).toBe(2)
    stop()
  })

  test('who stops waiting hears nothing; others of the same job do', () => {
    const { heard, tell, wait } = start()
    const [first, second] = [wait('a'), wait('a')]
    first()
    first()
    tell('completed', { jobId: 'a', returnvalue: { result: 1 } })
    second()
    expect(heard.length).toBe(1)
    wait('a')()
    tell('completed', { jobId: 'a', returnvalue: { result: 2 } })
    expect(heard.length).toBe(1)
  })
})

describe('waiting: stop', () => {
  test('-> whoever waits hears that it was closed, and nobody looks any more', async () => {
    const { heard, looked, stop, wait } = start()
    wait('a')
    stop()
    stop()
    expect(heard).toMatchObject([fault('closed', 'the client was closed before the job ended')])
    await jest.advanceTimersByTimeAsync(60_000)
    expect(looked).toEqual([])
  })

  test('during a look -> it is the last', async () => {
    const { get, looked, stop, wait } = start()
    let found: (job: undefined) => void = () => undefined
    get('a', () => new Promise((resolve) => (found = resolve)))
    wait('a')
    await jest.advanceTimersByTimeAsync(250)
    stop()
    found(undefined)
    await jest.advanceTimersByTimeAsync(60_000)
    expect(looked).toEqual(['a'])
  })
})
