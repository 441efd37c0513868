import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { immediate, limitRetries, withAttempt, withEnv, withRetry, withSignal, withTimeout } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { runOnSources } from '../support/bundle.js'
import { heard } from '../support/process.js'

const megabyte = 2 ** 20

/** Runs the body of a script, which fills `found`, in a Node of its own. */
const measure = async (body: string): Promise<Readonly<Record<string, unknown>>> => {
  const script = `
    import { exponential, fixed, immediate, limitRetries, never, retryOn, withAttempt, withEnv, withRetry, withSignal } from 'reprise'
    import { instantClock } from 'reprise/testing'
    const heapUsed = () => (gc(), process.memoryUsage().heapUsed)
    const failure = new Error('down')
    const found = {}
    ${body}
    console.log(JSON.stringify(found))`
  const { code, output } = await runOnSources(script, 150_000)
  if (code !== 0) throw new Error(`${code}: ${output}`)
  return JSON.parse(output) as Record<string, unknown>
}

describe('P4 listeners left on a long-lived signal', () => {
  const thrice = pipe(immediate, limitRetries(3))
  const failing = TE.left('down')
  const clock = virtualClock()
  const wraps: ReadonlyArray<[string, (signal: AbortSignal) => () => Promise<unknown>]> = [
    [
      'around withRetry',
      (signal) => pipe(failing, withRetry(thrice), withSignal(signal), withEnv({ clock }))
    ],
    [
      'inside withRetry',
      (signal) => pipe(failing, withSignal(signal), withRetry(thrice), withEnv({ clock }))
    ],
    [
      'around attempts with a timeout that ask for their signal',
      (signal) =>
        pipe(
          withAttempt((attempt) => (attempt.signal.aborted ? TE.right(1) : failing)),
          withTimeout('1h'),
          withRetry(thrice),
          withSignal(signal),
          withEnv({ clock })
        )
    ]
  ]
  const orders: ReadonlyArray<[string, (run: () => Promise<unknown>) => Promise<unknown>]> = [
    [
      'one after another',
      async (run) => {
        for (let call = 0; call < 200; call++) await run()
      }
    ],
    ['at once', (run) => Promise.all(Array.from({ length: 200 }, () => run()))]
  ]

  test.each(
    wraps.flatMap(([name, wrap]) => orders.map(([order, runAll]) => [name, order, wrap, runAll] as const))
  )(
    'P4 a signal %s, 200 calls x 3 retries, %s -> added == removed, no warning',
    async (_, _order, wrap, runAll) => {
      const { signal } = new AbortController()
      const added = jest.spyOn(signal, 'addEventListener')
      const removed = jest.spyOn(signal, 'removeEventListener')
      const warnings = await heard('warning', () => runAll(wrap(signal)))

      expect(added.mock.calls.length).toBeGreaterThan(0)
      expect(removed.mock.calls).toEqual(added.mock.calls)
      expect(warnings.map(String)).toEqual([])
    }
  )

  test('P4 one signal, 1e5 calls -> flat heap', async () => {
    const found = await measure(`
      const { signal } = new AbortController()
      found.calls = 0
      const flaky = async () => {
        if (++found.calls % 2 === 1) throw failure
        return found.calls
      }
      const policy = limitRetries(3)(fixed(100))
      const task = withEnv({ clock: instantClock() })(withSignal(signal)(withRetry(policy)(flaky)))
      const run = async (calls) => {
        for (let call = 0; call < calls; call++) await task()
      }
      await run(10_000)
      const before = heapUsed()
      await run(100_000)
      found.growth = heapUsed() - before`)
    expect(found).toEqual({ calls: 220_000, growth: expect.any(Number) })
    expect(found['growth']).toBeLessThan(megabyte)
  }, 160_000)
})

describe('P19 memory in endless retrying', () => {
  const failing = "async () => ({ _tag: 'Left', left: failure })"
  const throwing = '() => { throw failure }'
  const alone = 'retry(fn)'
  const watched =
    'withSignal(new AbortController().signal)(retry(withAttempt(({ signal }) => (signal.aborted ? undefined : fn))))'

  const nested =
    'withSignal(new AbortController().signal)(retry(withRetry(never)(withSignal(new AbortController().signal)(fn))))'

  test.each([
    [1e6, 'exponential(100), a Left', 'exponential(100)', failing, alone],
    [1e6, 'no wait, a Left', 'immediate', failing, alone],
    [1e5, 'no wait, a throw', 'immediate', throwing, alone],
    [5e4, 'no wait, a signal that each attempt asks for', 'immediate', failing, watched],
    [5e4, 'no wait, a retry and a signal in each attempt', "retryOn('Exhausted')(immediate)", failing, nested]
  ])(
    'P19 %d failures, %s -> flat heap, no stack overflow, bounded history',
    async (attempts, _, policy, fail, task) => {
      // Measured inside attempts, while the call is under way.
      const found = await measure(`
      const attempts = ${attempts}
      const fail = ${fail}
      const heap = {}
      found.calls = 0
      const fn = () => {
        found.calls++
        if (found.calls === attempts / 10 || found.calls === attempts) heap[found.calls] = heapUsed()
        return fail()
      }
      const retry = withRetry(limitRetries(attempts - 1)(${policy}))
      const { left } = await withEnv({ clock: instantClock() })(${task})()
      found.growth = heap[attempts] - heap[attempts / 10]
      found.tag = left._tag
      found.omitted = left.omitted
      found.kept = left.failures.map(({ attempt }) => attempt)`)
      const kept = Array.from({ length: 16 }, (_, i) => attempts - 15 + i)
      const omitted = attempts - 16
      expect(found).toEqual({ calls: attempts, growth: expect.any(Number), tag: 'Exhausted', omitted, kept })
      expect(found['growth']).toBeLessThan(2 * megabyte)
    },
    160_000
  )
})
