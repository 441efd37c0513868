// A worker that validates the results of its methods.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { rejectedValues, type RetryAlgorithm, withEnv, worker } from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { call, flaky, reasonOf, value } from '../support/methods.js'
import { pause, places } from '../support/resources.js'
import { start } from '../support/task.js'

/** A method that answers with the number of the call, or with that of this call. */
const counter = (from = 1) => flaky(0, (_: number, count) => from - 1 + count)

const greaterThan = (least: number) => (n: number) => n > least

describe('until a result is accepted', () => {
  it('R8 counter 1,2,3..; retryUntil > 2 -> 3', async () => {
    const read = counter()
    const db = worker({ read }, { numRetries: 5, retryUntil: greaterThan(2) })
    expect(await value(db.read(0))).toBe(3)
    expect(read.calls()).toBe(3)
  })

  it('R9 validators [isObject, valid===true]; valid from 3rd -> attempt 3 returned', async () => {
    const answers: ReadonlyArray<unknown> = ['no object', { attempt: 2, valid: false }]
    const read = flaky(0, (_: number, count) => answers[count - 1] ?? { attempt: count, valid: true })
    const isObject = (result: unknown) => typeof result === 'object'
    const isValid = (result: unknown) => (result as { readonly valid: boolean }).valid
    const db = worker({ read }, { numRetries: 5, retryUntil: [isObject, isValid] })
    expect(await value(db.read(0))).toEqual({ attempt: 3, valid: true })
    expect(read.calls()).toBe(3)
  })

  it('R11 1st attempt throws, then 2,3,4; retryUntil > 3; retries 5 -> 4', async () => {
    const read = flaky(1, (_: number, count) => count)
    const db = worker({ read }, { numRetries: 5, retryUntil: greaterThan(3) })
    expect(await value(db.read(0))).toBe(4)
    expect(read.calls()).toBe(4)
  })

  it('R19 retries 15, returns 5+n, retryUntil > 10 -> > 10', async () => {
    const read = counter(6)
    const db = worker({ read }, { numRetries: 15, retryUntil: greaterThan(10) })
    expect(await value(db.read(0))).toBe(11)
    expect(read.calls()).toBe(6)
  })

  it('R25 async fn + validator > 2 -> 3', async () => {
    const next = scripted('R')
    const db = worker({ next }, { numRetries: 5, retryUntil: greaterThan(2) })
    expect(await value(db.next)).toBe(3)
  })

  it('R47 validator false, false, true -> result returned, validator called exactly 3 times', async () => {
    const answers = [false, false, true]
    const validator = jest.fn(() => answers.shift() ?? true)
    const db = worker({ read: counter() }, { numRetries: 5, retryUntil: validator })
    expect(await value(db.read(0))).toBe(3)
    expect(validator).toHaveBeenCalledTimes(3)
  })

  it.each<[RetryAlgorithm, number]>([
    ['linear', 100 + 200],
    ['exponential', 100 + 200],
    ['fibonacci', 100 + 100],
    ['fixed', 100 + 100]
  ])('R50 retryUntil with %s -> success, after %d ms', async (retryAlgorithm, waited) => {
    const options = { numRetries: 3, retryAlgorithm, retryWait: 100, retryJitter: 0 } as const
    const db = worker({ read: counter() }, { ...options, retryUntil: greaterThan(2) })
    expect(await call(db.read(0))).toEqual({ result: E.right(3), elapsed: waited })
  })
})

// Calls in parallel stand for the pool; no more than three of them are at work at once, for 50 ms each.
it('R49 pool of 3 + validator > 0, inputs 1..5 -> [2,4,6,8,10]', async () => {
  const clock = virtualClock()
  const pool = places(3)
  const seen = new Set<number>()
  const double = (n: number) =>
    pool.use(async () => {
      await pause(clock, 50)
      // Every input is answered badly at first.
      const again = seen.has(n)
      seen.add(n)
      return again ? 2 * n : 0
    })
  const options = { numRetries: 3, retryAlgorithm: 'fixed', retryWait: 100, retryJitter: 0 } as const
  const doubles = worker({ double }, { ...options, retryUntil: greaterThan(0) })
  const ends = [1, 2, 3, 4, 5].map((n) => start(pipe(doubles.double(n), withEnv({ clock })), clock))
  await clock.runAll()
  expect(ends.flat().map(({ result }) => result)).toEqual([2, 4, 6, 8, 10].map((n) => E.right(n)))
  expect(ends.flat().map(({ at }) => at)).toEqual([200, 200, 200, 250, 250])
  expect(pool.peak()).toBe(3)
})

describe('no result is accepted', () => {
  // The validation error is an `Exhausted` whose failures are all `Rejected`.
  it('R10 retries 2, validator never true, results 1,2,3 -> validation error: attempts 3, all results, reasons', async () => {
    const db = worker({ read: counter() }, { numRetries: 2, retryUntil: () => false })
    const { result } = await call(db.read(0))
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted', attempts: 3, omitted: 0 } })
    expect(result._tag === 'Left' && rejectedValues(result.left)).toEqual([1, 2, 3])
    expect(result._tag === 'Left' && result.left.failures).toMatchObject([
      { _tag: 'Rejected', reasons: ["validator 'retryUntil' returned false"] },
      { _tag: 'Rejected', reasons: ["validator 'retryUntil' returned false"] },
      { _tag: 'Rejected', reasons: ["validator 'retryUntil' returned false"] }
    ])
  })

  it('R10 the same for callers without fp-ts -> an Error that says so', async () => {
    const db = worker(
      { read: counter() },
      { numRetries: 2, retryWait: 100, retryJitter: 0, retryUntil: () => false }
    )
    expect(await reasonOf(value(db.read(0)))).toMatchObject({
      name: 'Exhausted',
      message: "gave up after 3 attempts in 300 ms: validator 'retryUntil' returned false"
    })
  })
})

describe('what a validator is given', () => {
  it('R32 validator captures context -> attempt, elapsed, name', async () => {
    const seen: unknown[] = []
    const retryUntil = (result: number, context: unknown) => {
      seen.push(context)
      return result > 2
    }
    const options = { numRetries: 5, retryAlgorithm: 'linear', retryWait: 100, retryJitter: 0 } as const
    const db = worker({ readData: counter() }, { ...options, retryUntil })
    await value(db.readData(7))
    expect(seen).toEqual([
      { attempt: 1, elapsed: 0, name: 'readData', args: [7], previousDelay: undefined },
      { attempt: 2, elapsed: 100, name: 'readData', args: [7], previousDelay: 100 },
      { attempt: 3, elapsed: 300, name: 'readData', args: [7], previousDelay: 200 }
    ])
  })

  // There is nothing to submit a function to: a worker of one function stands for it.
  it.each<[string, ((n: number) => boolean) | ReadonlyArray<(n: number) => boolean>]>([
    ['single', greaterThan(1)],
    ['list', [greaterThan(1)]]
  ])('R36 submit + %s validator -> valid result', async (_, retryUntil) => {
    const db = worker({ submit: counter() }, { numRetries: 3, retryUntil })
    expect(await value(db.submit(0))).toBe(2)
  })

  it('R36 a single io-ts decoder -> valid result', async () => {
    const submit = flaky(0, (_: number, count) => (count < 3 ? String(count) : count) as unknown)
    const db = worker({ submit }, { numRetries: 3, retryUntil: t.number })
    expect(await value(db.submit(0))).toBe(3)
  })

  // A validator with one argument was an error there.
  it('R48 validator with one argument -> simply works', async () => {
    const oneArgument = (n: number) => n > 1
    expect(oneArgument).toHaveLength(1)
    const db = worker({ read: counter() }, { numRetries: 3, retryUntil: oneArgument })
    expect(await value(db.read(0))).toBe(2)
  })
})

describe('R46 validator recorder on a model-backed worker', () => {
  class Account {
    readonly limit = 100
    static readonly open = async () => new Account(0)
    private balance: number
    constructor(balance: number) {
      this.balance = balance
    }
    get connection(): string {
      throw new Error('the getter was read')
    }
    async deposit(amount: number) {
      this.balance += amount
      return this.balance
    }
    async withdraw(amount: number) {
      return this.deposit(-amount)
    }
  }

  class Savings extends Account {
    readonly closed = async () => false
    override async withdraw(amount: number) {
      return (await super.withdraw(amount)) - this.limit
    }
  }

  it('R46 an instance of a class -> sees user methods only, never lifecycle methods', async () => {
    const seen: string[] = []
    const account = worker(new Account(40), {
      retryUntil: (_, { name }) => seen.push(name) > 0
    })
    expect(seen).toEqual([])
    expect(Object.keys(account)).toEqual(['deposit', 'withdraw'])
    expect(await value(account.deposit(5))).toBe(45)
    expect(await value(account.withdraw(3))).toBe(42)
    // `withdraw` calls `deposit` of the account itself, which is not the worker's.
    expect(seen).toEqual(['deposit', 'withdraw'])
  })

  it('R46 an instance of a class that extends another -> the methods of both, the nearest, and its own functions', async () => {
    const seen: string[] = []
    const account = worker(new Savings(40), {
      retryUntil: (_, { name }) => seen.push(name) > 0
    })
    expect(Object.keys(account).sort()).toEqual(['closed', 'deposit', 'withdraw'])
    expect(await value(account.deposit(5))).toBe(45)
    expect(await value(account.withdraw(3))).toBe(-58)
    expect(await value(account.closed)).toBe(false)
    expect(seen).toEqual(['deposit', 'withdraw', 'closed'])
  })
})
