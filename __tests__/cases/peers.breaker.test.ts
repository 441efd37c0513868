// Circuit breakers. "Refused" is CircuitOpen, and the function is not called; a backoff is a policy for the open times.
import { pipe } from 'fp-ts/lib/function.js'
import {
  type BreakerEvent,
  circuitBreaker,
  type CircuitBreakerOptions,
  delays,
  immediate,
  limitRetries,
  retryOn,
  withCircuitBreaker,
  withEnv,
  withRetry
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { thrown } from '../support/bad.js'
import { ending } from '../support/play.js'
import { deferred, turn } from '../support/task.js'

/** A breaker, and calls through it that come to what a letter says: F fails, S succeeds. */
const guarded = (options: CircuitBreakerOptions) => {
  const clock = virtualClock()
  const breaker = circuitBreaker(options)()
  let ran = 0
  const act = async (letter: string): Promise<string> => {
    ran += 1
    if (letter === 'F') throw new Error(`failure ${ran}`)
    return 'done'
  }
  const call = pipe(act, withCircuitBreaker(breaker), withEnv({ clock }))
  return {
    clock,
    breaker,
    ran: () => ran,
    /** Makes calls one after the other; gives where the breaker stands after each. */
    play: async (letters: string): Promise<ReadonlyArray<string>> => {
      const tags: string[] = []
      for (const letter of letters) {
        await call(letter)()
        tags.push(breaker.status()._tag)
      }
      return tags
    },
    call: async (letter: string) => call(letter)()
  }
}

const refused = (retryAfter: number) => ({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter } })
const done = { _tag: 'Right', right: 'done' }

// --- consecutive failures

it('B-01 closed -> calls pass', async () => {
  const { call, play, ran } = guarded({ consecutiveFailures: 2 })
  expect(await call('S')).toEqual(done)
  expect(await call('F')).toMatchObject({ left: { message: 'failure 2' } })
  expect(await play('S')).toEqual(['Closed'])
  expect(ran()).toBe(3)
})

it('B-02 2 consecutive failures, threshold 2 -> closed, open, third refused without running; one break event', async () => {
  const events: BreakerEvent[] = []
  const { breaker, call, play, ran } = guarded({
    consecutiveFailures: 2,
    openTime: 1000,
    observer: (event) => events.push(event)
  })
  expect(await play('FF')).toEqual(['Closed', 'Open'])
  expect(await call('S')).toEqual(refused(1000))
  expect(ran()).toBe(2)
  expect(events.map(({ _tag }) => _tag)).toEqual(['CircuitOpened', 'CircuitRefused'])
  expect(breaker.lastFailure()).toEqual({
    _tag: 'Some',
    value: { _tag: 'Threw', error: new Error('failure 2') }
  })
})

it('B-04 half-open call fails -> open again', async () => {
  const { clock, play, ran } = guarded({ consecutiveFailures: 2, openTime: 1000 })
  await play('FF')
  await clock.advance(1000)
  expect(await play('FS')).toEqual(['Open', 'Open'])
  expect(ran()).toBe(3)
})

it('B-05 reopening waits by backoff [1000, 2000]: second time, after only 1000 -> refused; after 2000 half-open', async () => {
  const { call, clock, play } = guarded({ consecutiveFailures: 2, openTime: delays([1000, 2000]) })
  await play('FF')
  await clock.advance(1000)
  expect(await play('F')).toEqual(['Open'])
  await clock.advance(1000)
  expect(await call('S')).toEqual(refused(1000))
  await clock.advance(1000)
  expect(await call('S')).toEqual(done)
})

// Peers let the second wait for the first. Here it is refused at once.
it('B-08 half-open, two calls at once, first fails -> the second is refused, not run', async () => {
  const clock = virtualClock()
  const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: 1000 })()
  const first = deferred<string>()
  let ran = 0
  const task = pipe(
    () => {
      ran += 1
      return ran === 1 ? Promise.reject(new Error('down')) : first.promise
    },
    withCircuitBreaker(breaker),
    withEnv({ clock })
  )
  await task()
  await clock.advance(1000)
  const one = task()
  const other = task()
  expect(await other).toEqual(refused(0))
  expect(breaker.status()._tag).toBe('HalfOpen')
  first.reject(new Error('still down'))
  expect(await one).toMatchObject({ left: { message: 'still down' } })
  expect(breaker.status()._tag).toBe('Open')
  expect(ran).toBe(2)
})

it.each<[string, object, string]>([
  [
    'sample calls 0',
    { countWindow: 0, failureRatio: 0.5 },
    'RangeError: circuitBreaker: countWindow must be …, got 0'
  ],
  [
    'threshold -.1',
    { countWindow: 5, failureRatio: -0.1 },
    'RangeError: circuitBreaker: failureRatio must be …, got -0.1'
  ],
  [
    'threshold 1',
    { countWindow: 5, failureRatio: 1 },
    'RangeError: circuitBreaker: failureRatio must be …, got 1'
  ],
  [
    'threshold NaN',
    { countWindow: 5, failureRatio: NaN },
    'RangeError: circuitBreaker: failureRatio must be …, got NaN'
  ],
  [
    'threshold missing',
    { countWindow: 5 },
    'TypeError: circuitBreaker: failureRatio must be …, got undefined'
  ]
])('B-12 %s -> refused at construction', (_, options, message) => {
  expect(thrown(() => circuitBreaker(options as never))).toBe(message)
})

it('B-15 one failure, saved, restored, one more failure -> open: the failure count survives', async () => {
  const before = guarded({ consecutiveFailures: 2 })
  await before.play('F')
  const text = JSON.stringify(before.breaker.save())
  const after = guarded({ consecutiveFailures: 2 })
  expect(after.breaker.restore(JSON.parse(text))()).toEqual({ _tag: 'Right', right: undefined })
  expect(await after.play('F')).toEqual(['Open'])
})

// The breaker is asked after each call whether it is open. The fourth call began before it opened, or it would be refused.
it('B-18 consecutive 3: F F F F S F F F -> false false true true - false false true', async () => {
  const clock = virtualClock()
  const breaker = circuitBreaker({ consecutiveFailures: 3, openTime: 1000 })()
  const ends = Array.from({ length: 4 }, () => deferred<string>())
  const call = pipe((end: Promise<string>) => end, withCircuitBreaker(breaker), withEnv({ clock }))
  const open: boolean[] = []
  const note = (): number => open.push(breaker.status()._tag === 'Open')

  const calls = ends.map(({ promise }) => call(promise)())
  for (const [i, end] of ends.entries()) {
    end.reject(new Error('down'))
    await calls[i]
    note()
  }
  await clock.advance(1000)
  await call(Promise.resolve('done'))()
  for (let i = 0; i < 3; i++) {
    await call(Promise.reject(new Error('down')))()
    note()
  }
  expect(open).toEqual([false, false, true, true, false, false, true])
})

it('B-29 threshold 3: F S F F / then F -> closed / open', async () => {
  const { play } = guarded({ consecutiveFailures: 3 })
  expect(await play('FSFF')).toEqual(['Closed', 'Closed', 'Closed', 'Closed'])
  expect(await play('F')).toEqual(['Open'])
})

// --- windows

it('B-20 count 100, minimum 50, threshold .5: 49 failures -> stays closed', async () => {
  const { breaker, play } = guarded({ countWindow: 100, minimumCalls: 50, failureRatio: 0.5 })
  await play('F'.repeat(49))
  expect(breaker.status()).toEqual({ _tag: 'Closed', calls: 49, failures: 49, slow: 0, retryAfter: 0 })
  expect(await play('F')).toEqual(['Open'])
})

it('B-21 25 ok + 25 failures (exactly 50 %) -> closed: the threshold must be exceeded', async () => {
  const { breaker, play } = guarded({ countWindow: 100, minimumCalls: 50, failureRatio: 0.5 })
  await play('S'.repeat(25) + 'F'.repeat(25))
  expect(breaker.status()).toMatchObject({ _tag: 'Closed', calls: 50, failures: 25 })
  expect(await play('F')).toEqual(['Open'])
})

it('B-23 window of 5 with 9 results -> wraps: last five results only', async () => {
  const { breaker, play } = guarded({ countWindow: 5, failureRatio: 0.9 })
  await play('FFFFSSFSS')
  expect(breaker.status()).toMatchObject({ _tag: 'Closed', calls: 5, failures: 1 })
})

it('B-24 success in half-open -> counters cleared (failures 0, successes 1)', async () => {
  const { breaker, clock, play } = guarded({
    countWindow: 5,
    minimumCalls: 2,
    failureRatio: 0.5,
    openTime: 1000
  })
  expect(await play('SFF')).toEqual(['Closed', 'Closed', 'Open'])
  await clock.advance(1000)
  expect(await play('S')).toEqual(['Closed'])
  expect(breaker.status()).toMatchObject({ calls: 1, failures: 0 })
})

// A round is a success and a failure; the window holds those of a second.
it.each([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])(
  'B-27 alternating ok/fail at 250 ms for %d rounds, then one failure -> opens on exactly that one',
  async (rounds) => {
    const { clock, play } = guarded({ timeWindow: 1000, minimumCalls: 3, failureRatio: 0.5 })
    for (let round = 0; round < rounds; round++) {
      expect(await play('SF')).toEqual(['Closed', 'Closed'])
      await clock.advance(250)
    }
    expect(await play('F')).toEqual(['Open'])
  }
)

// 3 of 4 is more than a half of the last 4.
it('B-31 ratio 3 of 4, alternating 20 times -> stays closed', async () => {
  const { breaker, play } = guarded({ countWindow: 4, failureRatio: 0.5 })
  await play('SF'.repeat(20))
  expect(breaker.status()).toMatchObject({ _tag: 'Closed', calls: 4, failures: 2 })
  expect(await play('SFF')).toEqual(['Closed', 'Closed', 'Open'])
})

// --- half-open

// With failures in a row, one failed trial is enough; a ratio is that of all trials.
it('B-32 half-open, threshold 3, three failures / half-open default, one success -> open / closed', async () => {
  const three = guarded({ countWindow: 3, failureRatio: 0.9, trials: 3, openTime: 1000 })
  await three.play('FFF')
  await three.clock.advance(1000)
  expect(await three.play('FFF')).toEqual(['HalfOpen', 'HalfOpen', 'Open'])

  const one = guarded({ countWindow: 3, failureRatio: 0.9, openTime: 1000 })
  await one.play('FFF')
  await one.clock.advance(1000)
  expect(await one.play('S')).toEqual(['Closed'])
})

it('B-34 open with delay 100: permit before / after 110 -> refused / given, state half-open', async () => {
  const { breaker, call, clock, play } = guarded({ consecutiveFailures: 1, trials: 2, openTime: 100 })
  await play('F')
  await clock.advance(99)
  expect(await call('S')).toEqual(refused(1))
  await clock.advance(11)
  expect(await call('S')).toEqual(done)
  expect(breaker.status()).toMatchObject({ _tag: 'HalfOpen', calls: 1 })
})

it('B-35 remaining delay: closed / open / elapsed / half-open -> 0 / > 0 and shrinking / 0 / 0', async () => {
  const { breaker, clock, play } = guarded({ consecutiveFailures: 1, trials: 2, openTime: 100 })
  const remaining = [breaker.status().retryAfter]
  await play('F')
  for (const ms of [0, 40, 50, 20]) {
    await clock.advance(ms)
    remaining.push(breaker.status().retryAfter)
  }
  await play('S')
  remaining.push(breaker.status().retryAfter)
  expect(breaker.status()._tag).toBe('HalfOpen')
  expect(remaining).toEqual([0, 100, 60, 10, 0, 0])
})

// --- with a retry

// Unless it is told to, a retry does not go on after a refusal: a `retryOn` that accepts everything tells it to.
it('B-37 retry (7 attempts) outside, breaker threshold 3 inside, always fails -> 7 attempts, 3 executions, outcome "open"', async () => {
  const breaker = circuitBreaker({ consecutiveFailures: 3, openTime: 1000 })()
  const clock = virtualClock()
  const all = scripted('L')
  const stubborn = pipe(
    immediate,
    limitRetries(6),
    retryOn(() => true)
  )
  const result = await pipe(all, withCircuitBreaker(breaker), withRetry(stubborn), withEnv({ clock }))()
  expect(result).toMatchObject({ left: { _tag: 'Exhausted', attempts: 7 } })
  expect(ending(result)).toEqual(['Exhausted', { _tag: 'CircuitOpen', retryAfter: 1000 }])
  expect(all.calls()).toBe(3)
})

it('B-37 the same without a retryOn -> fails fast: 4 attempts, 3 executions, outcome "open"', async () => {
  const breaker = circuitBreaker({ consecutiveFailures: 3, openTime: 1000 })()
  const clock = virtualClock()
  const fn = scripted('L')
  const policy = pipe(immediate, limitRetries(6))
  const result = await pipe(fn, withCircuitBreaker(breaker), withRetry(policy), withEnv({ clock }))()
  expect(result).toMatchObject({ left: { _tag: 'NotRetryable', attempts: 4 } })
  expect(ending(result)[1]).toEqual({ _tag: 'CircuitOpen', retryAfter: 1000 })
  expect(fn.calls()).toBe(3)
})

it('B-38 breaker outside, retry inside, 3 failing calls -> the breaker sees one failure, stays closed', async () => {
  const breaker = circuitBreaker({ consecutiveFailures: 2 })()
  const fn = scripted('L')
  const result = await pipe(fn, withRetry(pipe(immediate, limitRetries(2))), withCircuitBreaker(breaker))()
  expect(ending(result)[0]).toBe('Exhausted')
  expect(fn.calls()).toBe(3)
  expect(breaker.status()).toMatchObject({ _tag: 'Closed', failures: 1 })
})

// See B-15 for the count.
it('S-06 breaker state: JSON and back, copies on both sides -> what is changed outside changes nothing', async () => {
  const { breaker, call, play } = guarded({ consecutiveFailures: 1, openTime: delays([1000, 2000]) })
  await play('F')
  const saved = breaker.save() as { until: number; backoff: { retry: number } }
  const text = JSON.stringify(saved)
  expect(breaker.restore(saved)()._tag).toBe('Right')
  saved.until = -5
  saved.backoff.retry = 99
  expect(JSON.stringify({ ...breaker.save(), period: 1 })).toBe(text)
  expect(await call('S')).toEqual(refused(1000))
})

it('the calls of a half-open period that come too late -> change nothing', async () => {
  const clock = virtualClock()
  const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: 100 })()
  const ends = Array.from({ length: 3 }, () => deferred<string>())
  const call = pipe((i: number) => ends[i]!.promise, withCircuitBreaker(breaker), withEnv({ clock }))
  const [early, failing] = [call(0)(), call(1)()]
  ends[1]!.reject(new Error('down'))
  await failing
  await clock.advance(100)
  const trial = call(2)()
  expect(breaker.status()).toMatchObject({ _tag: 'HalfOpen', calls: 0 })
  ends[0]!.reject(new Error('of before'))
  await early
  expect(breaker.status()).toMatchObject({ _tag: 'HalfOpen', calls: 0 })
  ends[2]!.resolve('well')
  await trial
  await turn()
  expect(breaker.status()._tag).toBe('Closed')
})
