/** What is measured is told in `__tests__/integration/opentelemetry.test.ts`. */
import { worker } from 'reprise'
import { telemetryObserver, traceWorker } from 'reprise/opentelemetry'

describe('telemetryObserver', () => {
  it('no options, and no telemetry in the process -> the call goes on as if nobody listened', async () => {
    const { ping } = worker({ ping: async () => 'pong' }, { observer: telemetryObserver() })
    expect(await ping()).toEqual({ _tag: 'Right', right: 'pong' })
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
