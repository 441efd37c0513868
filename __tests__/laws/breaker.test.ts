/** A circuit breaker does what a slow, obvious one does, whatever happens to it. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { circuitBreaker, isCircuitOpen, withCircuitBreaker, withEnv, withSignal } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { toPlan } from '../../src/resource/BreakerOptions.js'
import {
  admits,
  type BreakerState,
  type BreakerStatus,
  closed,
  shift,
  statusOf,
  transition
} from '../../src/resource/BreakerState.js'
import { decodeBreakerState } from '../../src/resource/decodeBreakerState.js'
import {
  breakerModel,
  type Model,
  type Period,
  settings,
  type Settings,
  toOptions
} from '../support/breakerModel.js'
import { law, unless } from '../support/law.js'
import { deferred, turn } from '../support/task.js'

// --- what happens

type As = 'success' | 'failure' | 'nothing'

/** What happens to a breaker. Calls under way are chosen by a number. */
type Happening =
  | { readonly do: 'call' }
  | { readonly do: 'end'; readonly which: number; readonly as: As }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'isolate' }
  | { readonly do: 'reset' }
  | { readonly do: 'restart' }

const call: Happening = { do: 'call' }
const wait = (ms: number): Happening => ({ do: 'wait', ms })
const end = (which: number, as: As): Happening => ({ do: 'end', which, as })
// Picked from the end, a call just begun is the one that ends.
const newest = -1

/** Happenings in small groups: a whole call with its length, or one thing alone, more or less of them failures. */
const groups = (failures: number): fc.Arbitrary<ReadonlyArray<Happening>> => {
  const as = fc.oneof(
    { weight: failures, arbitrary: fc.constant<As>('failure') },
    { weight: 20 - failures, arbitrary: fc.constant<As>('success') },
    { weight: 1, arbitrary: fc.constant<As>('nothing') }
  )
  const ms = fc.constantFrom(1, 3, 7, 11, 30, 61, 90, 400)
  const group = <T extends [unknown, ...unknown[]]>(
    weight: number,
    given: { [K in keyof T]: fc.Arbitrary<T[K]> },
    make: (...values: T) => ReadonlyArray<Happening>
  ) => ({ weight, arbitrary: fc.tuple(...given).map((values) => make(...(values as T))) })
  return fc.oneof(
    group(12, [as], (each) => [call, end(newest, each)]),
    group(5, [ms, as], (length, each) => [call, wait(length), end(newest, each)]),
    group(9, [fc.integer({ min: 1, max: 4 })], (count) => Array<Happening>(count).fill(call)),
    group(5, [fc.nat(20), as], (which, each) => [end(which, each)]),
    group(7, [ms], (length) => [wait(length)]),
    group(1, [fc.boolean()], (first) => [...(first ? [{ do: 'isolate' } as const] : []), { do: 'reset' }]),
    group(1, [fc.nat(2)], (kind) => [kind === 0 ? { do: 'isolate' } : { do: 'restart' }])
  )
}

const sequences = (maxLength: number): fc.Arbitrary<ReadonlyArray<Happening>> =>
  fc
    .constantFrom(2, 6, 10, 17)
    .chain((failures) => fc.array(groups(failures), { minLength: 1, maxLength, size: 'max' }))
    .map((all) => all.flat())
const happenings = sequences(120)

const numRuns = Number(process.env['LAW_RUNS'] ?? 1000)

/** In how many runs something came to pass. */
const counter = (): { readonly note: (what: Set<string>) => void; readonly all: Record<string, number> } => {
  const all = { Closed: 0, Open: 0, HalfOpen: 0, Isolated: 0, 'one probe too many': 0, 'too late': 0 }
  return {
    all,
    note: (what) => {
      for (const each of what) all[each as keyof typeof all] += 1
    }
  }
}

/** How the model stands, as a breaker would say it. */
const statusOfModel = (model: Model, now: number): BreakerStatus => {
  const { kind, until } = model.period()
  const calls = model.counted(now)
  return {
    _tag: kind,
    calls: calls.length,
    failures: calls.filter(({ failed }) => failed).length,
    slow: calls.filter(({ slow }) => slow).length,
    retryAfter: kind === 'Isolated' ? Number.MAX_SAFE_INTEGER : kind === 'Open' ? Math.max(0, until - now) : 0
  }
}

const differs = (given: Settings, found: BreakerStatus, wanted: BreakerStatus): string | undefined => {
  // Slow calls are not counted among failures in a row.
  const { slow, ...rest } = found
  const compared = 'inARow' in given.window ? { ...rest, slow: wanted.slow } : { slow, ...rest }
  const keys = ['_tag', 'calls', 'failures', 'slow', 'retryAfter'] as const
  return keys.every((key) => compared[key] === wanted[key])
    ? undefined
    : `${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`
}

// --- the pure core

interface Under {
  readonly began: number
  readonly number: number
  readonly period: Period
}

describe('the transition function', () => {
  const reached = counter()

  law('is that of the model', [settings, happenings], (given, all) => {
    const plan = toPlan(toOptions(given))
    const next = transition(plan)
    const model = breakerModel(given)
    let state: BreakerState = closed(plan, 0)
    let now = 1000
    let under: ReadonlyArray<Under> = []
    const draws = (): number => 0
    const seen = new Set<string>()

    for (const [i, each] of all.entries()) {
      switch (each.do) {
        case 'call': {
          const admitted = admits(plan, state, now)
          const period = model.enter(now)
          if (admitted !== (period !== undefined))
            return `happening ${i}: ${admitted ? 'admitted' : 'refused'}`
          state = next(state, { _tag: 'Began' }, now, draws)
          if (!admitted && state._tag === 'HalfOpen') seen.add('one probe too many')
          if (period) under = [...under, { began: now, number: state.period, period }]
          break
        }
        case 'end': {
          const ended = under.at(each.which % under.length)
          if (ended === undefined) break
          under = under.filter((other) => other !== ended)
          if (ended.period !== model.period()) seen.add('too late')
          const slow = now - ended.began > given.slowAfter
          const came = each.as === 'nothing' ? undefined : { failed: each.as === 'failure', slow }
          model.leave(ended.period, came, now)
          state = next(state, { _tag: 'Ended', period: ended.number, call: came }, now, draws)
          break
        }
        case 'wait':
          now += each.ms
          break
        case 'isolate':
          model.isolate()
          state = next(state, { _tag: 'Isolate' }, now, draws)
          break
        case 'reset':
          model.reset()
          state = next(state, { _tag: 'Reset' }, now, draws)
          break
        case 'restart': {
          const read = decodeBreakerState(plan, JSON.parse(JSON.stringify(shift(state, -now))))
          if (read._tag === 'Left') return `happening ${i}: ${read.left}`
          state = { ...shift(read.right, now), period: state.period + 1 }
          model.restart()
        }
      }
      seen.add(state._tag)
      if (state._tag === 'HalfOpen' && state.running + state.calls > given.trials) return 'too many trials'
      const found = differs(given, statusOf(plan, state, now), statusOfModel(model, now))
      if (found !== undefined) return `happening ${i}: ${found}`
    }
    reached.note(seen)
    return undefined
  })

  it('has been everywhere meanwhile -> each in a tenth of the runs at least', () => {
    expect(Object.entries(reached.all).filter(([, times]) => times < numRuns / 10)).toEqual([])
  })

  law(
    'a state and a clock shifted alike -> the same answers',
    [settings, happenings, fc.integer()],
    (given, all, by) => {
      const plan = toPlan(toOptions(given))
      const next = transition(plan)
      let [one, other] = [closed(plan, 0), closed(plan, 0)]
      let now = 0
      for (const each of all) {
        if (each.do === 'wait') now += each.ms
        const input =
          each.do === 'call'
            ? ({ _tag: 'Began' } as const)
            : each.do === 'end'
              ? ({
                  _tag: 'Ended',
                  period: one.period,
                  call: { failed: each.as === 'failure', slow: false }
                } as const)
              : ({ _tag: 'Reset' } as const)
        if (each.do === 'call' || each.do === 'end') {
          one = next(one, input, now, () => 0)
          other = next(other, input, now + by, () => 0)
        }
      }
      return unless(
        JSON.stringify(shift(one, by)) === JSON.stringify(other),
        () => `${JSON.stringify(shift(one, by))}, not ${JSON.stringify(other)}`
      )
    }
  )
})

// --- through the wrapper

interface Running {
  readonly began: number
  readonly period: Period
  readonly end: (as: As) => void
  readonly abort: () => void
}

it('withCircuitBreaker lets in, counts and refuses as the model does, with any calls at once', async () => {
  const reached = counter()
  const property = fc.asyncProperty(settings, sequences(40), async (given, all) => {
    const clock = virtualClock()
    const breaker = circuitBreaker(toOptions(given))()
    const model = breakerModel(given)
    const seen = new Set<string>()
    let [calls, refused, wanted, under]: [number, number, number, ReadonlyArray<Running>] = [0, 0, 0, []]

    const begin = async (): Promise<void> => {
      const { promise, reject, resolve } = deferred<number>()
      const controller = new AbortController()
      const task = pipe(
        () => {
          calls += 1
          return promise
        },
        withCircuitBreaker(breaker),
        withSignal(controller.signal),
        withEnv({ clock }),
        TE.mapLeft((error) => {
          if (isCircuitOpen(error)) refused += 1
        })
      )
      void task()
      await turn()
      const period = model.enter(clock.now())
      if (!period && breaker.status()._tag === 'HalfOpen') seen.add('one probe too many')
      if (!period) wanted += 1
      else {
        const end = (as: As): void => (as === 'success' ? resolve(1) : reject(new Error('down')))
        under = [...under, { began: clock.now(), period, end, abort: () => controller.abort() }]
      }
    }

    for (const each of all) {
      const now = clock.now()
      if (each.do === 'call') await begin()
      else if (each.do === 'wait') await clock.advance(each.ms)
      else if (each.do === 'isolate') {
        model.isolate()
        breaker.isolate()
      } else if (each.do === 'reset') {
        model.reset()
        breaker.reset()
      } else if (each.do === 'restart') {
        model.restart()
        expect(breaker.restore(breaker.save())()._tag).toBe('Right')
      } else {
        const running = under.at(each.which % under.length)
        if (!running) continue
        under = under.filter((other) => other !== running)
        if (running.period !== model.period()) seen.add('too late')
        const slow = now - running.began > given.slowAfter
        model.leave(
          running.period,
          each.as === 'nothing' ? undefined : { failed: each.as === 'failure', slow },
          now
        )
        if (each.as === 'nothing') running.abort()
        else running.end(each.as)
        await turn()
      }
      seen.add(breaker.status()._tag)
      expect(differs(given, breaker.status(), statusOfModel(model, clock.now()))).toBeUndefined()
      expect(refused).toBe(wanted)
    }
    expect(calls + refused).toBe(all.filter((each) => each.do === 'call').length)
    reached.note(seen)
  })
  await fc.assert(property, { seed: Number(process.env['LAW_SEED'] ?? 20_260), numRuns: numRuns / 10 })
  expect(Object.entries(reached.all).filter(([, times]) => times < numRuns / 100)).toEqual([])
}, 60_000)
