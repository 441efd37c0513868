/** A breaker that processes share: alone it is as any other; with others there are never more trials than there may be. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type BreakerEvent,
  type BreakerStatus,
  type CircuitBreaker,
  circuitBreaker,
  withCircuitBreaker,
  withEnv,
  withSignal
} from 'reprise'
import { seededRandom, virtualClock, type VirtualClock } from 'reprise/testing'
import { breakerReplica } from '../../src/redis/BreakerReplica.js'
import { breakerRules } from '../../src/redis/BreakerRules.js'
import type { WhenAway } from '../../src/redis/RedisStore.js'
import { toPlan } from '../../src/resource/BreakerOptions.js'
import { type Entered, gateOf, type SharedPass } from '../../src/resource/CircuitBreaker.js'
import { settings, type Settings, toOptions } from '../support/breakerModel.js'
import { fakeRedis } from '../support/fakeRedis.js'
import { type Process, startProcess, timeout, type Way } from '../support/sharedCells.js'
import { deferred, turn } from '../support/task.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 100)

/** In how many runs something came to pass. */
const tally = (...names: ReadonlyArray<string>) => {
  const all = new Map(names.map((name) => [name, 0]))
  return {
    note: (seen: Iterable<string>): void => {
      for (const name of new Set(seen)) all.set(name, (all.get(name) ?? 0) + 1)
    },
    seldom: () => [...all].filter(([, times]) => times < numRuns / 50)
  }
}

const open = (
  given: Settings,
  process: Process,
  clock: VirtualClock,
  { lease = 1e9, observer, whenAway = 'local' }: Partial<Opening> = {}
): CircuitBreaker => {
  const plan = toPlan({ ...toOptions(given), observer })
  const rules = breakerRules(plan)
  const settings = { background: clock, lease, whenAway }
  return breakerReplica(plan, rules, process.open(rules, 50), settings).breaker
}

interface Opening {
  readonly lease: number
  readonly observer: (event: BreakerEvent) => unknown
  readonly whenAway: WhenAway
}

// --- alone

type As = 'success' | 'failure' | 'nothing'

type Happening =
  | { readonly do: 'call' }
  | { readonly do: 'end'; readonly which: number; readonly as: As }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'isolate' | 'reset' | 'restart' }

const as = fc.oneof(
  { weight: 10, arbitrary: fc.constant<As>('failure') },
  { weight: 8, arbitrary: fc.constant<As>('success') },
  { weight: 1, arbitrary: fc.constant<As>('nothing') }
)
const waits = fc.constantFrom(1, 3, 7, 11, 30, 61, 90, 400)
const happenings: fc.Arbitrary<ReadonlyArray<Happening>> = fc
  .array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: as.map((each): ReadonlyArray<Happening> => [
          { do: 'call' },
          { do: 'end', which: -1, as: each }
        ])
      },
      {
        weight: 5,
        arbitrary: fc.integer({ min: 1, max: 4 }).map((n) => Array<Happening>(n).fill({ do: 'call' }))
      },
      {
        weight: 5,
        arbitrary: fc
          .tuple(fc.nat(20), as)
          .map(([which, each]): ReadonlyArray<Happening> => [{ do: 'end', which, as: each }])
      },
      { weight: 7, arbitrary: waits.map((ms): ReadonlyArray<Happening> => [{ do: 'wait', ms }]) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('isolate' as const, 'reset' as const, 'restart' as const)
          .map((each): ReadonlyArray<Happening> => [
            { do: each },
            { do: each === 'isolate' ? 'reset' : 'call' }
          ])
      }
    ),
    { minLength: 1, maxLength: 40, size: 'max' }
  )
  .map((all) => all.flat())

/** What can be seen of a breaker from outside. */
interface Seen {
  readonly results: ReadonlyArray<unknown>
  readonly events: ReadonlyArray<BreakerEvent>
  readonly statuses: ReadonlyArray<BreakerStatus>
}

const play = async (
  make: (clock: VirtualClock, observer: (event: BreakerEvent) => unknown) => CircuitBreaker,
  all: ReadonlyArray<Happening>,
  before: (i: number) => void = () => undefined
): Promise<Seen> => {
  const clock = virtualClock()
  const [results, events, statuses]: [unknown[], BreakerEvent[], BreakerStatus[]] = [[], [], []]
  const breaker = make(clock, (event) => events.push(event))
  let under: ReadonlyArray<(as: As) => void> = []
  for (const [i, each] of all.entries()) {
    before(i)
    if (each.do === 'call') {
      const { promise, reject, resolve } = deferred<number>()
      const controller = new AbortController()
      const end = (how: As): void => {
        if (how === 'success') resolve(i)
        else if (how === 'failure') reject(i)
        else controller.abort()
      }
      const task = pipe(
        () => {
          under = [...under, end]
          return promise
        },
        withCircuitBreaker(breaker),
        withSignal(controller.signal),
        withEnv({ clock, random: () => 0.5 })
      )
      void task().then((result) => results.push([i, result]))
    } else if (each.do === 'end') {
      const end = under.at(each.which % under.length)
      under = under.filter((other) => other !== end)
      end?.(each.as)
    } else if (each.do === 'wait') await clock.advance(each.ms)
    else if (each.do === 'restart') expect(breaker.restore(breaker.save())()._tag).toBe('Right')
    else breaker[each.do]()
    await turn()
    statuses.push(breaker.status())
    await turn()
  }
  return { results, events, statuses }
}

it('one process alone -> what a breaker that is not shared does, with the same events', async () => {
  const reached = tally('Closed', 'Open', 'HalfOpen', 'Isolated')
  const property = fc.asyncProperty(settings, happenings, async (given, all) => {
    const one = await play(
      (clock, observer) => circuitBreaker({ ...toOptions(given), observer, clock })(),
      all
    )
    const other = await play(
      (clock, observer) => open(given, startProcess(fakeRedis(clock), clock), clock, { observer }),
      all
    )
    reached.note(one.statuses.map(({ _tag }) => _tag))
    expect(other).toEqual(one)
  })
  await fc.assert(property, { seed, numRuns })
  expect(reached.seldom()).toEqual([])
}, 60_000)

it('one process that Redis is lost to, at any time -> what a breaker that is not shared does', async () => {
  const property = fc.asyncProperty(settings, happenings, fc.nat(20), async (given, all, lost) => {
    const one = await play(
      (clock, observer) => circuitBreaker({ ...toOptions(given), observer, clock })(),
      all
    )
    let process: Process | undefined
    const other = await play(
      (clock, observer) => {
        process = startProcess(fakeRedis(clock), clock)
        return open(given, process, clock, { observer })
      },
      all,
      (i) => {
        if (i === lost) process?.become('refuses')
      }
    )
    expect(other).toEqual(one)
  })
  await fc.assert(property, { seed, numRuns })
}, 60_000)

// --- several processes

type Act =
  | { readonly do: 'call' | 'isolate' | 'reset' | 'die'; readonly by: number }
  | { readonly do: 'end'; readonly which: number; readonly as: As }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'way'; readonly by: number; readonly way: Way }

const by = fc.nat(5)
const acting: ReadonlyArray<{ weight: number; arbitrary: fc.Arbitrary<Act> }> = [
  { weight: 20, arbitrary: fc.record({ do: fc.constant('call'), by }) },
  { weight: 14, arbitrary: fc.record({ do: fc.constant('end'), which: fc.nat(20), as }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.oneof(fc.nat(6), waits) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('isolate', 'reset'), by }) }
]
const dying = { weight: 2, arbitrary: fc.record({ do: fc.constant('die' as const), by }) }
const losing = {
  weight: 3,
  arbitrary: fc.record({
    do: fc.constant('way' as const),
    by,
    way: fc.constantFrom<Way>('up', 'up', 'up', 'refuses', 'hangs', 'deaf')
  })
}
const acts = (...more: typeof acting): fc.Arbitrary<ReadonlyArray<Act>> =>
  fc.array(fc.oneof(...acting, ...more), { minLength: 1, maxLength: 120, size: 'max' })

/** How processes are made: how many, how long what they send is under way, and whether messages arrive. */
const worlds = fc.record({
  processes: fc.integer({ min: 2, max: 4 }),
  longest: fc.constantFrom(0, 1, 6, 40),
  messages: fc.constantFrom(0, 0.5, 1),
  whenAway: fc.constantFrom<WhenAway>('local', 'open', 'closed'),
  seed: fc.nat()
})

interface Running {
  readonly by: number
  readonly pass: SharedPass
}

/** Trials of a period of the shared state, and what became of them. */
interface Trial extends Running {
  ended: As | undefined
  endedAt: number
}

/** Lets several processes act; gives what is wrong, and what has come to pass. */
const playTogether = async (
  given: Settings,
  world: typeof worlds extends fc.Arbitrary<infer W> ? W : never,
  all: ReadonlyArray<Act>,
  lease: number
): Promise<ReadonlySet<string>> => {
  const { longest, messages, processes, whenAway } = world
  const random = seededRandom(world.seed)
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const members = Array.from({ length: processes }, () => {
    const events: BreakerEvent[] = []
    const process = startProcess(
      redis,
      clock,
      () => Math.floor(random() * longest),
      () => random() < messages,
      random
    )
    const observer = (event: BreakerEvent): void => {
      if (event._tag !== 'CircuitRefused') events.push(event)
    }
    const breaker = open(given, process, clock, { lease, observer, whenAway })
    return { breaker, gate: gateOf('breaker', breaker), events, process, died: Infinity }
  })
  const seen = new Set<string>()
  const trials: Trial[] = []
  const wrong: string[] = []
  let under: ReadonlyArray<Running> = []

  // Whoever has died has renewed its lease not long before, and what it said last may not have arrived.
  const isLost = ({ by, endedAt }: Trial): boolean => {
    const { died } = members[by]!
    return clock.now() - died > 0.6 * lease && endedAt > died - 1000
  }
  const check = (): void => {
    for (const { pass } of trials) {
      const its = trials.filter((each) => each.pass.period === pass.period)
      const taken = its.filter((each) => each.ended !== 'nothing' && !isLost(each))
      if (taken.length > given.trials) wrong.push(`${taken.length} trials of ${given.trials}`)
      if (taken.length < its.length) seen.add('given back')
    }
  }
  const begin = (by: number, entered: Entered): void => {
    const { died } = members[by]!
    if (died < Infinity || typeof entered === 'number') return
    seen.add(entered._tag === 'CircuitOpen' ? 'refused' : entered.trial === undefined ? 'passed' : 'tried')
    if (entered._tag === 'CircuitOpen') return
    under = [...under, { by, pass: entered }]
    if (entered.trial !== undefined && entered.alone === 0) {
      trials.push({ by, pass: entered, ended: undefined, endedAt: Infinity })
      check()
    }
  }
  const call = async (by: number): Promise<void> => {
    begin(by, await members[by]!.gate.enter(clock, undefined))
  }
  const end = (running: Running, as: As): void => {
    under = under.filter((other) => other !== running)
    const { died, gate } = members[running.by]!
    if (died < Infinity) return
    const trial = trials.find(({ pass }) => pass === running.pass)
    if (trial !== undefined) Object.assign(trial, { ended: as, endedAt: clock.now() })
    gate.leave(
      clock,
      () => 0,
      running.pass,
      as === 'nothing' ? undefined : { failed: as === 'failure', slow: false }
    )
  }

  for (const each of all) {
    if (each.do === 'wait') await clock.advance(each.ms)
    else if (each.do === 'end') {
      const running = under.at(each.which % under.length)
      if (running !== undefined) end(running, each.as)
    } else {
      const by = each.by % processes
      const { breaker, died, process } = members[by]!
      if (died < Infinity) continue
      // One of them lives on.
      if (each.do === 'die' && by > 0) {
        members[by]!.died = clock.now()
        process.become('hangs')
        seen.add('died')
      } else if (each.do === 'way') process.become(each.way)
      else if (each.do === 'call') void call(by)
      else if (each.do === 'isolate' || each.do === 'reset') breaker[each.do]()
      seen.add(process.link.away() === undefined ? 'shared' : 'away')
    }
    if (random() < 0.5) await turn()
  }

  // All is quiet now, and Redis there for all.
  const living = members.filter(({ died }) => died === Infinity)
  for (const { process } of living) process.become('up')
  await clock.advance(2 * timeout)
  for (const running of under) end(running, 'nothing')
  await clock.advance(20_000)
  for (const { breaker } of living) breaker.status()
  await clock.advance(5000)
  check()
  expect(wrong).toEqual([])
  const { _tag, calls, failures, slow } = living[0]!.breaker.status()
  for (const { breaker, events } of living) {
    expect(breaker.status()).toMatchObject({ _tag, calls, failures, slow })
    expect(breaker.save().period).toBe(living[0]!.breaker.save().period)
    // Each change is told once, and the last one is how it stands.
    const tags = events.map((event) => event._tag)
    const twice = tags.find((tag, i) => tag !== 'CircuitOpened' && tag === tags[i + 1])
    expect(twice).toBeUndefined()
    expect(tags.at(-1) ?? 'CircuitClosed').toBe(told[_tag])
  }
  // No place is taken by nobody.
  const [first] = living
  void call(0)
  await clock.advance(1000)
  if (_tag !== 'Isolated') expect(under.at(-1)?.by).toBe(0)
  expect(first!.process.link.away()).toBeUndefined()
  seen.add(_tag)
  return seen
}

const told = {
  Closed: 'CircuitClosed',
  Open: 'CircuitOpened',
  HalfOpen: 'CircuitHalfOpened',
  Isolated: 'CircuitIsolated'
} as const

it('several processes, some of which die -> never too many trials; all agree in the end; no place is lost', async () => {
  const reached = tally('refused', 'passed', 'tried', 'given back', 'died', 'Closed', 'Open', 'HalfOpen')
  const property = fc.asyncProperty(settings, worlds, acts(dying), async (given, world, all) => {
    reached.note(await playTogether(given, world, all, 300))
  })
  await fc.assert(property, { seed, numRuns })
  expect(reached.seldom()).toEqual([])
}, 120_000)

it('several processes, which lose Redis now and then -> the same', async () => {
  const reached = tally('refused', 'passed', 'tried', 'given back', 'away', 'Closed', 'Open', 'HalfOpen')
  const property = fc.asyncProperty(settings, worlds, acts(losing), async (given, world, all) => {
    reached.note(await playTogether(given, world, all, 1e9))
  })
  await fc.assert(property, { seed, numRuns })
  expect(reached.seldom()).toEqual([])
}, 120_000)
