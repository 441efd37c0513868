/** What stops: limits of counts and of time. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  fixed,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  PolicyEq,
  type RetryPolicy,
  waits
} from 'reprise'
import { failures, histories, policies, times } from '../support/arbitraries.js'
import { attempts, law, type Ran, run, unless } from '../support/law.js'

const same = (a: RetryPolicy, b: RetryPolicy): string | undefined =>
  unless(PolicyEq.equals(a, b), () => 'not the same data')

interface Wait {
  readonly delay: number
  /** When it begins, from the start of the call. */
  readonly elapsed: number
}

const retries = (steps: ReadonlyArray<Ran>): ReadonlyArray<Wait> =>
  steps.flatMap(({ decision, elapsed }) =>
    decision._tag === 'Retry' ? [{ delay: decision.delay, elapsed }] : []
  )

/** Limit: calls of more than 2^53 - 1 ms, or 285,000 years, are not timed to the millisecond. */
const endsInTime = ({ delay, elapsed }: Wait): boolean => elapsed + delay <= Number.MAX_SAFE_INTEGER

describe('a limit twice is the smaller', () => {
  const counts = fc.nat(9)

  law('limitRetries', [policies, counts, counts], (a, x, y) =>
    same(pipe(a, limitRetries(x), limitRetries(y)), pipe(a, limitRetries(Math.min(x, y))))
  )

  law('limitDelay', [policies, times, times], (a, x, y) =>
    same(pipe(a, limitDelay(x), limitDelay(y)), pipe(a, limitDelay(Math.min(x, y))))
  )

  law('limitTotalDelay', [policies, times, times], (a, x, y) =>
    same(pipe(a, limitTotalDelay(x), limitTotalDelay(y)), pipe(a, limitTotalDelay(Math.min(x, y))))
  )

  law('limitElapsed', [policies, times, times], (a, x, y) =>
    same(pipe(a, limitElapsed(x), limitElapsed(y)), pipe(a, limitElapsed(Math.min(x, y))))
  )
})

describe('an outermost limit', () => {
  law(
    'limitRetries: that many retries and no more',
    [policies, fc.nat(6), histories],
    (a, count, history) => {
      const limited = attempts(pipe(a, limitRetries(count)), history)
      return unless(limited === Math.min(attempts(a, history), count + 1), () => `${limited} attempts`)
    }
  )

  law(
    'limitRetries raised: never fewer attempts',
    [policies, fc.nat(6), fc.nat(6), histories],
    (a, count, more, history) => {
      const [few, many] = [count, count + more].map((n) => attempts(pipe(a, limitRetries(n)), history))
      return unless(few! <= many!, () => `${few} attempts, then ${many}`)
    }
  )

  law('limitDelay: no longer wait', [policies, times, histories], (a, max, history) =>
    unless(
      retries(run(pipe(a, limitDelay(max)), history)).every((wait) => wait.delay <= max || !endsInTime(wait)),
      () => 'a longer wait'
    )
  )

  law('limitElapsed: no wait ends later', [policies, times, histories], (a, max, history) =>
    unless(
      retries(run(pipe(a, limitElapsed(max)), history)).every(({ delay, elapsed }) => elapsed + delay <= max),
      () => 'a wait that ends later'
    )
  )

  law('limitTotalDelay: the waits sum up to no more', [policies, times, histories], (a, max, history) => {
    const waits = retries(run(pipe(a, limitTotalDelay(max)), history))
    const sum = waits.reduce((total, { delay }) => total + delay, 0)
    return unless(sum <= max || !waits.every(endsInTime), () => `${sum} ms`)
  })

  law(
    'time limits cut no wait: what goes on goes on as before',
    [policies, times, times, times, histories],
    (a, x, y, z, history) => {
      const limited = pipe(a, limitDelay(x), limitTotalDelay(y), limitElapsed(z))
      const [before, after] = [a, limited].map((policy) => retries(run(policy, history)))
      return unless(
        after!.every(({ delay }, i) => delay === before![i]?.delay),
        () => `${fc.stringify(before)} against ${fc.stringify(after)}`
      )
    }
  )

  law('limitTotalDelay: stops only beyond it', [policies, times, histories], (a, max, history) => {
    const all = retries(run(a, history))
    if (!all.every(endsInTime)) return undefined
    const waits = all.map(({ delay }) => delay)
    const fits = (n: number): boolean => waits.slice(0, n + 1).reduce((sum, wait) => sum + wait, 0) <= max
    const allowed = waits.findIndex((_, n) => !fits(n))
    const made = retries(run(pipe(a, limitTotalDelay(max)), history)).length
    return unless(made === (allowed < 0 ? waits.length : allowed), () => `${made} retries, not ${allowed}`)
  })

  law(
    'limitTotalDelay: ending exactly at it is allowed, whatever the elapsed time',
    [fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 8 }), failures],
    (delay, count, history) => {
      const made = retries(run(pipe(fixed(delay), limitTotalDelay(count * delay)), history)).length
      return unless(made === Math.min(count, history.length), () => `${made} retries`)
    }
  )

  it('limit: only outermost; raised inside, limitRetries can make fewer attempts -> 5, then 2', () => {
    const staged = (count: number) =>
      pipe(fixed(100), limitRetries(count), andThen(fixed(10)), limitTotalDelay(130))
    expect(waits(staged(1), 9)).toEqual([100, 10, 10, 10])
    expect(waits(staged(2), 9)).toEqual([100])
  })
})
