/** What is measured is told in `__tests__/integration/opentelemetry.test.ts`. */
import { worker } from 'reprise'
import { telemetryObserver, traceWorker } from 'reprise/opentelemetry'

describe('telemetryObserver', () => {
  it('no options, and no telemetry in the process -> the call goes on as if nobody listened', async () => {
    const { ping } = worker({ ping: async () => 'pong' }, { observer: telemetryObserver() })
    expect(await ping()).toEqual({ _tag: 'Right', right: 'pong' })
  })

  it('calls that give up and succeed -> measured as exhausted, with the failure, and as successes', async () => {
    const recorded: unknown[] = []
    const counter = { add: () => undefined }
    const histogram = (name: string) => ({
      record: (_: number, attributes: unknown) => recorded.push([name, attributes])
    })
    const meter = { createCounter: () => counter, createHistogram: histogram } as never
    const { ping, pong } = worker(
      { ping: async () => Promise.reject(new TypeError('no')), pong: async () => 'ping' },
      { observer: telemetryObserver({ meter }) }
    )
    expect(await ping()).toMatchObject({ _tag: 'Left' })
    expect(await pong()).toMatchObject({ _tag: 'Right' })
    expect(recorded).toEqual([
      [
        'reprise.call.duration',
        { 'code.function.name': 'ping', 'reprise.outcome': 'exhausted', 'error.type': 'TypeError' }
      ],
      ['reprise.call.duration', { 'code.function.name': 'pong', 'reprise.outcome': 'success' }]
    ])
  })
})

describe('traceWorker', () => {
  it('methods and what is none -> methods that do the same, and the rest as it is', async () => {
    const traced = traceWorker()({ ...worker({ ping: async () => 'pong' }, {}), version: 5 } as never) as {
      readonly ping: () => Promise<unknown>
      readonly version: number
    }
    expect(await traced.ping()).toEqual({ _tag: 'Right', right: 'pong' })
    expect(traced.version).toBe(5)
  })
})
