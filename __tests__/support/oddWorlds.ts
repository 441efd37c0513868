/** Clocks, randomness, observers and signals that break their word; and what is put around a call to meet them. */
import {
  type AnyFunction,
  type Clock,
  onRetry,
  type RetryEvent,
  withEnv,
  withObserver,
  withSignal
} from 'reprise'
import type { VirtualClock } from 'reprise/testing'
import { type Named, oddValues } from './oddValues.js'

const fail = (what: string): never => {
  throw new Error(what)
}

// --- clocks

/** A clock that tells its n-th time, counted from 0, as `tell` says. */
const telling = (tell: (time: number, nth: number) => unknown): ((clock: Clock) => Clock) => {
  let asked = 0
  return (clock) => ({ ...clock, now: () => tell(clock.now(), asked++) as number })
}

const waking =
  (after: (clock: Clock, delay: number, wake: () => void) => unknown): ((clock: Clock) => Clock) =>
  (clock) => ({ ...clock, after: (delay, wake) => after(clock, delay, wake) as () => void })

/** Each changes a clock that is as it should be. */
const oddClocks: ReadonlyArray<Named<() => (clock: Clock) => Clock>> = [
  ['a clock that stalls', () => telling(() => 0)],
  ['a clock that runs backwards', () => telling((time, nth) => time - 1000 * nth)],
  ['a clock that jumps ahead', () => telling((time, nth) => time + 1e9 * nth)],
  ['a clock that jumps about', () => telling((_, nth) => (nth % 2 ? -1e12 : 1e12))],
  ['a clock that tells NaN', () => telling(() => NaN)],
  ['a clock that tells NaN now and then', () => telling((time, nth) => (nth % 3 === 1 ? NaN : time))],
  ['a clock that tells Infinity', () => telling(() => Infinity)],
  ['a clock that tells -Infinity', () => telling(() => -Infinity)],
  ['a clock that tells nothing', () => telling(() => undefined)],
  ['a clock that tells texts', () => telling((time) => `${time}`)],
  ['a clock that tells the largest number', () => telling(() => Number.MAX_VALUE)],
  ['a clock that throws', () => telling(() => fail('now'))],
  [
    'a clock that throws from the second time on',
    () => telling((time, nth) => (nth > 0 ? fail('now') : time))
  ],
  [
    'a clock that throws from the fourth time on',
    () => telling((time, nth) => (nth > 2 ? fail('now') : time))
  ],
  ['a clock that throws now and then', () => telling((time, nth) => (nth % 3 === 2 ? fail('now') : time))],
  ['a clock whose `after` throws', () => waking(() => fail('after'))],
  [
    'a clock that wakes twice',
    () => waking((clock, delay, wake) => clock.after(delay, () => [wake(), wake()]))
  ],
  [
    'a clock that wakes again later',
    () => waking((clock, delay, wake) => [clock.after(delay, wake), clock.after(delay + 5, wake)][0])
  ],
  ['a clock that wakes at once', () => waking((_, __, wake) => [wake(), () => undefined][1])],
  ['a clock that wakes too early', () => waking((clock, _, wake) => clock.after(0, wake))],
  [
    'a clock that gives nothing to cancel with',
    () => waking((clock, delay, wake) => void clock.after(delay, wake))
  ],
  [
    'a clock whose cancelling throws',
    () => waking((clock, delay, wake) => [clock.after(delay, wake), () => fail('cancel')][1])
  ],
  [
    'a clock whose cancelling does nothing',
    () => waking((clock, delay, wake) => [clock.after(delay, wake), () => undefined][1])
  ]
]

// --- randomness

const oddRandoms: ReadonlyArray<Named<() => number>> = [
  ['random that throws', () => fail('random')],
  ...oddValues()
    .filter(([, value]) => !(typeof value === 'number' && value >= 0 && value < 1))
    .map(([name, value]) => [`random that gives ${name}`, () => value as number] as const)
]

// --- observers

/** Each is told of events; `again` calls the function once more. */
const oddObservers: ReadonlyArray<Named<(event: RetryEvent, again: () => unknown) => unknown>> = [
  ['an observer that throws', () => fail('observer')],
  ['an observer that rejects', () => Promise.reject(new Error('observer'))],
  ['an observer that never settles', () => new Promise(() => undefined)],
  ['an observer whose thenable throws', () => ({ then: () => fail('observer') })],
  [
    'an observer whose `then` throws',
    () => ({
      get then() {
        return fail('observer')
      }
    })
  ],
  [
    'an observer that gives a thenable that rejects with one',
    () => ({
      then: (_: unknown, no: (e: unknown) => void) =>
        no(Promise.reject(new Error('x')).catch(() => undefined))
    })
  ],
  ['an observer that calls again', (_, again) => again()],
  ['an observer that changes what it is told', (event) => spoil(event)],
  ...oddValues().map(
    ([name, value]) =>
      [
        `an observer that throws ${name}`,
        () => {
          throw value
        }
      ] as const
  )
]

const spoil = (event: RetryEvent): void => {
  for (const key of Object.keys(event)) Reflect.set(event, key, undefined)
}

// --- signals

const controlled = (change: (controller: AbortController) => void): AbortSignal => {
  const controller = new AbortController()
  change(controller)
  return controller.signal
}

const stub = (own: object): AbortSignal =>
  ({
    aborted: false,
    reason: undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    ...own
  }) as never

const getting = (key: string): AbortSignal => Object.defineProperty(stub({}), key, { get: () => fail(key) })

const oddSignals: ReadonlyArray<Named<() => AbortSignal>> = [
  ['a signal that has aborted', () => AbortSignal.abort()],
  ...oddValues().map(
    ([name, value]) => [`a signal that has aborted with ${name}`, () => AbortSignal.abort(value)] as const
  ),
  ['a signal that aborts twice', () => controlled((c) => [c.abort(1), c.abort(2)])],
  [
    'a signal that aborts when it is listened to',
    () => stub({ addEventListener: (_: string, heard: () => void) => heard() })
  ],
  [
    'a signal that tells of its abort twice',
    () => stub({ addEventListener: (_: string, heard: () => void) => [heard(), heard()] })
  ],
  ['a signal whose listening throws', () => stub({ addEventListener: () => fail('listen') })],
  ['a signal whose forgetting throws', () => stub({ removeEventListener: () => fail('forget') })],
  ['a signal whose `aborted` throws', () => getting('aborted')],
  [
    'a signal whose `reason` throws',
    () => Object.defineProperty(AbortSignal.abort(), 'reason', { get: () => fail('reason') })
  ]
]

// --- worlds

/** What is put around a call, on a clock that is as it should be. */
export interface OddWorld {
  readonly name: string
  readonly around: (clock: VirtualClock, again: () => unknown) => (fn: AnyFunction) => AnyFunction
}

const seconds = { random: () => 0.5 }

export const clockWorlds: ReadonlyArray<OddWorld> = oddClocks.map(([name, make]) => ({
  name,
  around: (clock) => withEnv({ clock: make()(clock), ...seconds }) as never
}))

const inOrder =
  (clock: VirtualClock, wrap: unknown): ((fn: AnyFunction) => AnyFunction) =>
  (fn) =>
    (withEnv({ clock, ...seconds }) as (fn: AnyFunction) => AnyFunction)(
      (wrap as (fn: AnyFunction) => AnyFunction)(fn)
    )

export const otherWorlds: ReadonlyArray<OddWorld> = [
  ...oddRandoms.map(([name, random]) => ({
    name,
    around: (clock: VirtualClock) => withEnv({ clock, random }) as never
  })),
  ...oddObservers.flatMap(([name, observer]) => [
    {
      name,
      around: (clock: VirtualClock, again: () => unknown) =>
        inOrder(
          clock,
          withObserver((event) => observer(event, again))
        )
    },
    {
      name: `${name}, of retries`,
      around: (clock: VirtualClock, again: () => unknown) =>
        inOrder(
          clock,
          onRetry((event) => observer(event, again))
        )
    }
  ]),
  ...oddSignals.map(([name, make]) => ({
    name,
    around: (clock: VirtualClock) => inOrder(clock, withSignal(make()))
  })),
  {
    name: 'an observer that aborts the call',
    around: (clock) => {
      const controller = new AbortController()
      return (fn) =>
        inOrder(
          clock,
          withSignal(controller.signal)
        )((withObserver(() => controller.abort()) as never as (fn: AnyFunction) => AnyFunction)(fn))
    }
  }
]
