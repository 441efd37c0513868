// A worker's options: what they mean, how they come together, and what is said of those that cannot be meant.
import * as E from 'fp-ts/lib/Either.js'
import { configure, lastError, policyOf, rejectedValues, type RetryAlgorithm, waits, worker } from 'reprise'
import { call, failing, flaky, reasonOf, value } from '../support/methods.js'
import { ending } from '../support/play.js'

const read = async (n: number) => n

describe('the waits', () => {
  /** Tests that the policy says these waits, and that the calls keep to them. */
  const keepsTo = async (
    retryAlgorithm: RetryAlgorithm,
    retryWait: '1s' | '2s',
    seconds: ReadonlyArray<number>
  ) => {
    const options = { retryAlgorithm, retryWait, retryJitter: 0, numRetries: seconds.length }
    const db = worker({ read: failing() }, options)
    const milliseconds = seconds.map((each) => each * 1000)
    expect(waits(policyOf(db, 'read'), 100)).toEqual(milliseconds)

    const { result } = await call(db.read(1))
    const delays = result._tag === 'Left' && result.left.failures.map(({ delay }) => delay)
    expect(delays).toEqual([...milliseconds, undefined])
  }

  it('C1 fibonacci, b=1, jitter 0 -> 1,1,2,3,5,8,13,21', () =>
    keepsTo('fibonacci', '1s', [1, 1, 2, 3, 5, 8, 13, 21]))

  it('C2 exponential, b=1 -> 1,2,4,8', () => keepsTo('exponential', '1s', [1, 2, 4, 8]))

  it('C3 linear, b=2 -> 2,4,6,8', () => keepsTo('linear', '2s', [2, 4, 6, 8]))

  // There, any jitter above 0 was full jitter: uniform on [0, 4]. Here 0.3 is ± 30 %: uniform on [2.8, 5.2], mean 4.
  it('C4 jitter 0.3, 10^4 draws for n=3, exponential b=1 -> uniform on [2.8, 5.2], mean ~4', () => {
    const db = worker(
      { read },
      { numRetries: 3, retryAlgorithm: 'exponential', retryWait: '1s', retryJitter: 0.3 }
    )
    const draws = Array.from({ length: 10_000 }, (_, seed) => waits(policyOf(db, 'read'), 3, seed)[2]!)
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(2800)
    expect(Math.max(...draws)).toBeLessThanOrEqual(5200)
    // Five standard errors: of the mean 6.9 ms, of a tenth of the draws 30.
    expect(Math.abs(draws.reduce((sum, draw) => sum + draw, 0) / 10_000 - 4000)).toBeLessThan(35)
    const tenths = Array.from({ length: 10 }, (_, i) => {
      const [from, to] = [2800 + i * 240, 2800 + (i + 1) * 240]
      return draws.filter((draw) => from <= draw && draw < to).length
    })
    for (const tenth of tenths) expect(Math.abs(tenth - 1000)).toBeLessThan(150)
  })
})

describe('records of methods', () => {
  const threeMethods = () => ({ fast: failing(), slow: failing(), other: failing() })

  it('C5 options {a:5} without "*" -> error naming the option and the keys given', () => {
    const numRetries = { a: 5 } as unknown as { '*': number }
    expect(() => worker({ a: read, b: read }, { numRetries })).toThrow(
      /^worker: numRetries must have a '\*' .* a$/
    )
  })

  it('C6 {"*":0, nope:5} -> error listing unknown and valid names', () => {
    const numRetries: { readonly [method: string]: number; readonly '*': number } = {
      '*': 0,
      nope: 5,
      fast: 1,
      neither: 2
    }
    expect(() => worker(threeMethods(), { numRetries })).toThrow(
      new TypeError(
        'worker: numRetries names no method of the functions: nope, neither; there are fast, slow, other'
      )
    )
  })

  it('C7 {"*":5, fast:0} -> fast: calls 1; others: 6', async () => {
    const functions = threeMethods()
    const { fast, slow, other } = worker(functions, { numRetries: { '*': 5, fast: 0 } })
    await Promise.all([call(fast(1)), call(slow(1)), call(other(1))])
    expect([functions.fast.calls(), functions.slow.calls(), functions.other.calls()]).toEqual([1, 6, 6])
  })

  it('C8 retries {"*":0,x:3}, wait 2 single -> x: 3 retries with wait 2; others 1 call', async () => {
    const functions = { x: failing(), y: failing() }
    const { x, y } = worker(functions, {
      numRetries: { '*': 0, x: 3 },
      retryWait: '2s',
      retryAlgorithm: 'fixed',
      retryJitter: 0
    })
    expect((await call(x(1))).elapsed).toBe(2000 + 2000 + 2000)
    expect((await call(y(1))).elapsed).toBe(0)
    expect([functions.x.calls(), functions.y.calls()]).toEqual([4, 1])
  })

  // The levels there were global, mode and option: here the defaults of `configure`, '*', and the method's own.
  it('C16 global retries 3, mode 5, option 7 -> 7; without option 5; other modes 3', () => {
    const make = configure({ numRetries: 3 })
    const mode = make({ named: read, unnamed: read }, { numRetries: { '*': 5, named: 7 } })
    const other = make({ named: read })
    expect(policyOf(mode, 'named').limitRetries).toBe(7)
    expect(policyOf(mode, 'unnamed').limitRetries).toBe(5)
    expect(policyOf(other, 'named').limitRetries).toBe(3)
    // Nothing global has changed.
    expect(policyOf(worker({ named: read }), 'named').limitRetries).toBe(0)
  })
})

describe('conditions and validators', () => {
  it('C9 retries 0 + retryUntil false -> validation error, attempts 1, calls 1', async () => {
    const answers = flaky(0, () => 'draft')
    const { result, elapsed } = await call(
      worker({ answers }, { numRetries: 0, retryUntil: () => false }).answers(1)
    )
    expect(ending(result)).toEqual(['Exhausted', 'draft'])
    expect(result).toMatchObject({ left: { attempts: 1, failures: [{ _tag: 'Rejected' }] } })
    expect(elapsed).toBe(0)
    expect(answers.calls()).toBe(1)
  })

  const boom = new Error('boom')
  const throwing = () => {
    throw boom
  }

  // There, a throwing filter was a "no", and the next was asked. Here it is a `PolicyFault`, which keeps the original error.
  it('C10 filter throws, second filter true -> PolicyFault with the original error, calls 1', async () => {
    const second = jest.fn(() => true)
    const down = new Error('down')
    const functions = { read: failing(() => down) }
    const { result } = await call(worker(functions, { numRetries: 3, retryOn: [throwing, second] }).read(1))
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'PolicyFault', fault: boom, attempts: 1 } })
    expect(ending(result)).toEqual(['PolicyFault', down])
    expect(functions.read.calls()).toBe(1)
    expect(second).not.toHaveBeenCalled()
  })

  it('C11 only filter throws -> PolicyFault with the original error, calls 1', async () => {
    const down = new Error('down')
    const functions = { read: failing(() => down) }
    const { result } = await call(worker(functions, { numRetries: 3, retryOn: throwing }).read(1))
    expect(result).toMatchObject({ left: { _tag: 'PolicyFault', attempts: 1 } })
    expect(result._tag === 'Left' && result.left._tag === 'PolicyFault' && result.left.fault).toBe(boom)
    expect(result._tag === 'Left' && lastError(result.left)).toEqual({ _tag: 'Some', value: down })
    expect(functions.read.calls()).toBe(1)
  })

  it('C11 the same for callers without fp-ts -> an Error that says so, with the fault as its cause', async () => {
    const functions = { read: failing() }
    const reason = await reasonOf(value(worker(functions, { numRetries: 3, retryOn: throwing }).read(1)))
    expect(reason).toMatchObject({ name: 'PolicyFault', cause: boom })
    expect(functions.read.calls()).toBe(1)
  })

  // Our wording of the reason, here and below.
  it(`C12 validator throws Error("boom") -> reason "validator 'v' threw: boom"`, async () => {
    const v = throwing.bind(undefined)
    Object.defineProperty(v, 'name', { value: 'v' })
    const { result } = await call(worker({ read }, { retryUntil: v }).read(1))
    expect(result).toMatchObject({ left: { failures: [{ reasons: ["validator 'v' threw: boom"] }] } })
  })

  it(`C13 validators [v1 false, v2] -> v2 not called; reason "validator 'v1' returned false"`, async () => {
    const v1 = () => false
    const v2 = jest.fn(() => true)
    const { result } = await call(worker({ read }, { retryUntil: [v1, v2] }).read(1))
    expect(result).toMatchObject({ left: { failures: [{ reasons: ["validator 'v1' returned false"] }] } })
    expect(v2).not.toHaveBeenCalled()
  })

  // There, filters were called with the validation error.
  it('C14 last attempt invalid -> conditions never see a rejected result', async () => {
    const condition = jest.fn(() => false)
    const db = worker({ read }, { numRetries: 2, retryOn: condition, retryUntil: () => false })
    expect(ending((await call(db.read(7))).result)).toEqual(['Exhausted', 7])
    expect(condition).not.toHaveBeenCalled()
  })

  // There, the results were lost.
  it('C15 results invalid, last attempt throws -> the throw surfaces; results kept', async () => {
    const down = new Error('down')
    let calls = 0
    const answer = async (_: number) => {
      calls += 1
      if (calls === 3) throw down
      return calls
    }
    const db = worker({ answer }, { numRetries: 2, retryUntil: () => false })
    const { result } = await call(db.answer(1))
    expect(ending(result)).toEqual(['Exhausted', down])
    expect(result._tag === 'Left' && rejectedValues(result.left)).toEqual([1, 2])

    calls = 0
    expect(await reasonOf(value(db.answer(1)))).toBe(down)
  })

  it('C15 a throw between invalid results -> all of them kept, in order', async () => {
    const down = new Error('down')
    let calls = 0
    const answer = async (_: number) => {
      calls += 1
      if (calls === 2) throw down
      return calls
    }
    const db = worker({ answer }, { numRetries: 3, retryUntil: (n: number) => n > 3 })
    const { result } = await call(db.answer(1))
    expect(result).toEqual(E.right(4))
    calls = 0
    const short = worker({ answer }, { numRetries: 2, retryUntil: () => false })
    const ended = await call(short.answer(1))
    expect(ended.result).toMatchObject({
      left: { failures: [{ value: 1 }, { error: down }, { value: 3 }] }
    })
  })
})
