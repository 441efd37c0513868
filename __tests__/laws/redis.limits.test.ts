/**
 * Limits that processes share: first their pure rules, then processes with all that can go wrong between them and Redis, on a
 * virtual clock. What must hold is stated by counting what was granted, not by what the rules say of themselves.
 */
import * as fc from 'fast-check'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  isLimitExceeded,
  type Limit,
  type LimitAlgorithm,
  type LimitExceeded,
  type LimitRequest,
  limitSet,
  type LimitSet,
  type Permit,
  rateLimit,
  type RateLimit,
  resourceLimit,
  type ResourceLimit,
  withEnv,
  withTimeout
} from 'reprise'
import { seededRandom, type VirtualClock, virtualClock } from 'reprise/testing'
import { toConnection } from '../../src/redis/RedisClient.js'
import { newStore, type RedisStore, type WhenAway } from '../../src/redis/RedisStore.js'
import { sharedLimits } from '../../src/redis/sharedLimits.js'
import { sharedLimitsRules, type SharedLimitsState, type Turn } from '../../src/redis/SharedLimitsState.js'
import { type FakeRedis, fakeRedis } from '../support/fakeRedis.js'
import { law, unless } from '../support/law.js'

const algorithms = ['tokenBucket', 'leakyBucket', 'gcra', 'slidingWindow', 'fixedWindow'] as const
const algorithm: fc.Arbitrary<LimitAlgorithm> = fc.constantFrom(...algorithms)

// --- what is promised

interface Granted {
  readonly at: number
  readonly amount: number
}

const [capacity, per] = [4, 40]

/**
 * Where more was granted than a rate of 4 in 40 ms promises, if anywhere; what is granted may be used `late` ms later. Counted
 * as somebody would who watches the server.
 */
const excess = (rule: LimitAlgorithm, all: ReadonlyArray<Granted>, late = 0): string | undefined => {
  for (let from = 0; from < all.length; from++) {
    let sum = 0
    for (let to = from; to < all.length; to++) {
      sum += all[to]!.amount
      const length = all[to]!.at - all[from]!.at
      const most =
        rule === 'slidingWindow' || rule === 'fixedWindow'
          ? // As many windows as the stretch can touch, one more where they begin with the first request.
            (Math.floor((length + late + 1e-6) / per) + (rule === 'fixedWindow' ? 2 : 1)) * capacity
          : capacity + ((length + late) * capacity) / per
      if (sum > most + 1e-6) return `${sum} in ${length} ms, ${most} at most: ${JSON.stringify(all)}`
    }
  }
  return undefined
}

// --- the pure rules

const limitsOf = (rule: LimitAlgorithm): ReadonlyArray<Limit> => [
  rateLimit({ key: 'rate', capacity, per, algorithm: rule }),
  resourceLimit({ key: 'places', capacity: 3 })
]

interface Move {
  readonly who: 'a' | 'b' | 'c' | 'd'
  readonly pause: number
  readonly wants: ReadonlyArray<{ readonly amounts: readonly [number, number]; readonly waits: boolean }>
  /** How many places it gives back. */
  readonly back: number
}

const wants = fc.array(
  fc.record({ amounts: fc.tuple(fc.nat(4), fc.nat(3)), waits: fc.constantFrom(true, true, false) }),
  { maxLength: 3 }
)
const moves: fc.Arbitrary<ReadonlyArray<Move>> = fc.array(
  fc.record({
    who: fc.constantFrom('a', 'b', 'c', 'd'),
    pause: fc.constantFrom(0, 0, 1, 4, 15, 60),
    wants,
    back: fc.nat(3)
  }),
  { maxLength: 25 }
)

/** States go through JSON, as they do in Redis. */
const stored = <S>(state: S): S => JSON.parse(JSON.stringify(state)) as S

interface Moved {
  readonly move: Move
  readonly turn: Turn
  readonly now: number
  readonly before: SharedLimitsState
  readonly after: SharedLimitsState
  readonly granted: ReadonlyArray<boolean>
  /** Places that are out, by who holds them. */
  readonly held: ReadonlyMap<string, number>
}

const lease = 1000

const playMoves = (
  rule: LimitAlgorithm,
  all: ReadonlyArray<Move>,
  pauses: (move: Move) => number = ({ pause }) => pause
): ReadonlyArray<Moved> => {
  const rules = sharedLimitsRules(limitsOf(rule), lease)
  const held = new Map<string, number>()
  let state = rules.start(0)
  let now = 0
  return all.map((move) => {
    now += pauses(move)
    const own = Math.max(0, (held.get(move.who) ?? 0) - move.back)
    const turn: Turn = { id: move.who, held: [0, own], settled: [], wants: move.wants }
    const before = state
    const { state: after, granted } = rules.takeTurn(before, turn, now)
    state = stored(after)
    held.set(
      move.who,
      move.wants.reduce((sum, { amounts }, i) => sum + (granted[i] === true ? amounts[1] : 0), own)
    )
    return { move, turn, now, before, after: state, granted, held: new Map(held) }
  })
}

describe('turns', () => {
  law('rates: never more than the algorithm promises', [algorithm, moves], (rule, all) =>
    excess(
      rule,
      playMoves(rule, all).flatMap(({ move, granted, now }) =>
        move.wants.flatMap(({ amounts: [amount] }, i) => (granted[i] === true ? [{ at: now, amount }] : []))
      )
    )
  )

  law('resources: never more out than there are', [algorithm, moves], (rule, all) => {
    const most = playMoves(rule, all).map(({ held }) =>
      [...held.values()].reduce((sum, each) => sum + each, 0)
    )
    return unless(
      most.every((each) => each <= 3),
      () => `${most.join()} of 3`
    )
  })

  law(
    'what somebody in line waits for comes no later because others take their turns',
    [algorithm, moves],
    (rule, all) => {
      const rules = sharedLimitsRules(limitsOf(rule), lease * 1000)
      for (const { before, after, now, move } of playMoves(rule, all)) {
        for (const { id, wants } of before.members) {
          if (id === move.who || wants === null || after.members.every((member) => member.id !== id)) continue
          const [was, is] = [rules.dueAt(before, id, now), rules.dueAt(after, id, now)]
          if (is > was + 1e-6)
            return `${id} was due at ${was}, and is at ${is}, after ${move.who} at ${now}\n${JSON.stringify(before)}\n${JSON.stringify(after)}`
        }
      }
      return undefined
    }
  )

  law('nobody else in line, and enough there -> granted', [algorithm, moves], (rule, all) => {
    const rules = sharedLimitsRules(limitsOf(rule), lease)
    const wrong = playMoves(rule, all).find(({ before, turn, now, granted }) => {
      const others = before.members.some(({ id, wants }) => id !== turn.id && wants !== null)
      const [first] = turn.wants
      if (others || first === undefined) return false
      const idle = rules.takeTurn(before, { ...turn, wants: [] }, now).state
      const [rate, places] = rules
        .slotsOf(idle, now)
        .map((slot) => slot.algorithm!.available(slot.rule, slot.state, now))
      const isThere = rate! >= first.amounts[0]! - 1e-9 && places! >= first.amounts[1]!
      return isThere !== granted[0] && (isThere || rule !== 'fixedWindow')
    })
    return unless(wrong === undefined, () => JSON.stringify(wrong))
  })

  law('a turn that is taken twice holds the same as one taken once', [algorithm, moves], (rule, all) => {
    const rules = sharedLimitsRules(limitsOf(rule), lease)
    const wrong = playMoves(rule, all).find(({ after, turn, now, held }) => {
      const again = rules.takeTurn(after, { ...turn, held: [0, held.get(turn.id)!], wants: [] }, now).state
      const thrice = rules.next(again, { ...turn, held: [0, held.get(turn.id)!], wants: [] }, now)
      const places = again.members.find(({ id }) => id === turn.id)?.held['places'] ?? 0
      return places !== held.get(turn.id) || thrice !== again
    })
    return unless(wrong === undefined, () => JSON.stringify(wrong))
  })

  law('no turn for a lease -> nothing held, and not in line', [algorithm, moves], (rule, all) => {
    const rules = sharedLimitsRules(limitsOf(rule), lease)
    const last = playMoves(rule, all).at(-1)
    if (last === undefined) return undefined
    const now = last.now + lease
    const [, places] = rules
      .slotsOf(last.after, now)
      .map((slot) => slot.algorithm!.available(slot.rule, slot.state, now))
    const { members } = rules.takeTurn(
      last.after,
      { id: 'e', held: [0, 1], settled: [], wants: [] },
      now
    ).state
    return unless(
      places === 3 && members.length === 1,
      () => `${places} of 3 places, ${JSON.stringify(members)}`
    )
  })

  law('after forgetAfter -> as new', [algorithm, moves, wants], (rule, all, next) => {
    const rules = sharedLimitsRules(limitsOf(rule), lease)
    const last = playMoves(rule, all).at(-1)
    if (last === undefined) return undefined
    const now = last.now + rules.forgetAfter(last.after, last.now)
    const turn: Turn = { id: 'e', held: [0, 0], settled: [], wants: next }
    const [old, fresh] = [last.after, rules.start(now)].map(
      (state) => rules.takeTurn(state, turn, now).granted
    )
    return unless(JSON.stringify(old) === JSON.stringify(fresh), () => `${String(old)}, not ${String(fresh)}`)
  })

  law(
    'what is stored -> is read as the same; anything else -> a Left',
    [algorithm, moves, fc.anything()],
    (rule, all, u) => {
      const rules = sharedLimitsRules(limitsOf(rule), lease)
      const state = playMoves(rule, all).at(-1)?.after ?? rules.start(0)
      const back = rules.decode(stored(state))
      const other = rules.decode(u)
      return unless(
        back._tag === 'Right' &&
          JSON.stringify(back.right) === JSON.stringify(stored(state)) &&
          other._tag === 'Left',
        () => JSON.stringify([back, other])
      )
    }
  )
})

// --- processes

/** A call of a process; it begins at a moment, and takes so long when it has been granted what it asks for. */
interface Call {
  readonly who: number
  readonly at: number
  readonly amounts: { readonly rate: number; readonly places: number }
  readonly lasts: number
  /** It gives up after so long. */
  readonly patience: number
}

/** What goes wrong at a moment, and for how long. */
interface Trouble {
  readonly kind: 'lose' | 'hang' | 'die' | 'mute' | 'set back'
  readonly at: number
  readonly lasts: number
}

const calls: fc.Arbitrary<ReadonlyArray<Call>> = fc.array(
  fc.record({
    who: fc.nat(2),
    at: fc.nat(120),
    amounts: fc.record({ rate: fc.nat(3), places: fc.nat(2) }),
    lasts: fc.constantFrom(0, 3, 20, 90),
    patience: fc.constantFrom(Infinity, Infinity, Infinity, 30, 5)
  }),
  { minLength: 1, maxLength: 16 }
)
const troubles: fc.Arbitrary<ReadonlyArray<Trouble>> = fc.array(
  fc.record({
    kind: fc.constantFrom('lose', 'hang', 'die', 'mute', 'set back'),
    at: fc.nat(200),
    lasts: fc.constantFrom(1, 10, 100, 1500)
  }),
  { maxLength: 3 }
)

/** A call that was granted what it asked for. */
interface Used extends Call {
  readonly number: number
  readonly began: number
  ended: number
}

interface Simulated {
  readonly used: ReadonlyArray<Used>
  readonly refused: ReadonlyArray<string>
  readonly redis: FakeRedis
  readonly clock: VirtualClock
  readonly stores: ReadonlyArray<RedisStore>
}

/** How long a command or a reply is under way at most. */
const slowest = 3

/** So long after its moment what is granted is used: Redis's clock is known to a reply, and a command and a reply follow. */
const late = 3 * slowest

interface Opening {
  readonly random?: () => number
  readonly delay?: () => number
  readonly whenAway?: WhenAway
  readonly timeout?: number
}

const openStore = (redis: FakeRedis, clock: VirtualClock, opening: Opening): RedisStore => {
  const { random = () => 0.5, delay = () => 0, whenAway = 'closed', timeout = 200 } = opening
  return newStore(toConnection('client', redis.client(delay)), {
    prefix: 'test',
    whenAway,
    timeout,
    lease: 600_000,
    clock,
    background: clock,
    random,
    tell: undefined
  })
}

const simulate = async (
  limits: ReadonlyArray<Limit>,
  calls: ReadonlyArray<Call>,
  troubles: ReadonlyArray<Trouble>,
  { seed, ...opening }: Opening & { readonly seed: number }
): Promise<Simulated> => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const random = seededRandom(seed)
  const delay = (): number => random() * slowest
  const stores = [0, 1, 2].map(() => openStore(redis, clock, { ...opening, random, delay }))
  const sets = stores.map((store) => sharedLimits(store, 'all', limits)())
  const used: Array<Used> = []
  const refused: Array<string> = []
  let open = calls.length
  calls.forEach((call, number) => {
    const body = async (): Promise<void> => {
      const each: Used = { ...call, number, began: clock.now(), ended: Infinity }
      used.push(each)
      if (call.lasts > 0) await new Promise<void>((resolve) => clock.after(call.lasts, resolve))
      each.ended = Math.min(each.ended, clock.now())
    }
    const task = sets[call.who]!.use(call.amounts)(body)
    const patient =
      call.patience === Infinity ? task : pipe(task, withTimeout(call.patience), withEnv({ clock }))
    clock.after(call.at, () => {
      void patient().then((result) => {
        open -= 1
        // It gives back what it holds when it gives up, whatever its body goes on doing.
        for (const each of used) if (each.number === number) each.ended = Math.min(each.ended, clock.now())
        if (result._tag === 'Left')
          refused.push(isLimitExceeded(result.left) ? result.left.reason : 'timeout')
      })
    })
  })
  for (const { kind, at, lasts } of troubles) {
    clock.after(at, () => {
      if (kind === 'lose') redis.loseReplies(1 + (lasts % 3))
      else if (kind === 'set back') redis.set(-lasts * 10)
      else if (kind === 'mute') redis.mute(true)
      else if (kind === 'hang') redis.hang()
      else redis.die()
    })
    clock.after(at + lasts, redis.resume)
  }
  for (let waits = 0; open > 0; waits++) {
    await clock.advance(200)
    if (waits === 1000) throw new Error(`${open} calls do not end: ${redis.text('test:limits:all')}`)
  }
  return { used, refused, redis, clock, stores }
}

/** What is wrong with what was used, if anything: of places, 2 or 3 at once; and in turn, for each process. */
const wrongUse = (used: ReadonlyArray<Used>, places: number): string | undefined => {
  for (const { began } of used) {
    const out = used.filter((other) => other.began <= began && other.ended > began)
    const sum = out.reduce((total, { amounts }) => total + amounts.places, 0)
    if (sum > places) return `${sum} of ${places} places at ${began}: ${JSON.stringify(out)}`
  }
  for (const who of [0, 1, 2]) {
    const own = used.filter((each) => each.who === who && each.patience === Infinity)
    const late = own.find(({ at, number }, i) => {
      const before = own[i - 1]
      return before !== undefined && (before.at > at || (before.at === at && before.number > number))
    })
    if (late !== undefined) return `out of turn: ${JSON.stringify(own)}`
  }
  return undefined
}

/** What is left over when all calls have ended and all stores are closed. */
const leftOver = async ({ redis, clock, stores }: Simulated): Promise<string | undefined> => {
  redis.resume()
  await clock.advance(10_000)
  const text = redis.text('test:limits:all')
  const state = text === undefined ? undefined : (JSON.parse(text) as { state: SharedLimitsState }).state
  if (state !== undefined && state.members.length > 0) return `members: ${text}`
  const closed = Promise.all(stores.map((store) => store.close()))
  await clock.advance(1000)
  await closed
  const timers = clock.pending()
  return timers > 0 || redis.subscribers() > 0
    ? `${timers} timers, ${redis.subscribers()} connections`
    : undefined
}

const numRuns = Math.ceil(Number(process.env['LAW_RUNS'] ?? 1000) / 10)
const seed = Number(process.env['LAW_SEED'] ?? 20_260)

/** A law of processes, for fewer cases, each of which has many. */
const simulated = <T extends [unknown, ...unknown[]]>(
  title: string,
  given: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => Promise<string | undefined>
): void => {
  it(
    title,
    async () => {
      await fc.assert(
        fc.asyncProperty(...given, async (...values: T) => {
          const found = await check(...values)
          if (found !== undefined) throw new Error(found)
        }),
        { seed, numRuns }
      )
    },
    600_000
  )
}

// --- a process alone

/** What comes of a call, and when. */
type Ending = Readonly<Record<string, unknown>>

/** Plays calls at limits of either kind; some only try, some report what they used. */
const endings = async (
  clock: VirtualClock,
  limits: {
    readonly acquire: LimitSet<Sort>['acquire']
    readonly tryAcquire: (request: LimitRequest<Sort>) => () => unknown
  },
  calls: ReadonlyArray<Asking>
): Promise<ReadonlyArray<Ending>> => {
  const ended: Array<Ending> = []
  // In whole milliseconds, each at a moment of its own: what comes at once may come in any order.
  calls.forEach(({ at, amounts, lasts, tries, used, patience }, i) => {
    clock.after(at * 1000 + i * 31, () => {
      const acquire = limits.acquire(amounts)
      const patient = patience === Infinity ? acquire : withTimeout(patience * 1000 + 500)(acquire)
      const task = tries ? limits.tryAcquire(amounts) : pipe(patient, withEnv({ clock }))
      void Promise.resolve(task()).then((result) => {
        // As the types say, of both kinds.
        const given = result as Either<LimitExceeded | { readonly _tag: 'TimedOut' }, Permit<Sort>>
        const { failures: _, ...what } = { failures: [], ...(given._tag === 'Left' ? given.left : undefined) }
        ended[i] = { at: clock.now(), ...what, ...(given._tag === 'Right' && { waited: given.right.waited }) }
        if (given._tag === 'Left') return
        clock.after(lasts * 1000 + 401 + i * 7, () => {
          if (used !== undefined) given.right.report({ rate: used })
          given.right.release()
        })
      })
    })
  })
  await clock.runAll()
  return ended
}

type Sort = RateLimit<'rate'> | ResourceLimit<'places'>

interface Asking extends Omit<Call, 'who'> {
  readonly tries: boolean
  readonly used: number | undefined
}

const askings: fc.Arbitrary<ReadonlyArray<Asking>> = fc.array(
  fc.record({
    at: fc.nat(120),
    amounts: fc.record({ rate: fc.nat(5), places: fc.nat(3) }),
    lasts: fc.constantFrom(0, 3, 20, 90),
    patience: fc.constantFrom(Infinity, Infinity, 30, 5),
    tries: fc.constantFrom(false, false, true),
    used: fc.option(fc.nat(6), { nil: undefined })
  }),
  { maxLength: 12 }
)
const queueOptions = fc.record(
  { maxWait: fc.constantFrom(0, 25_500, 70_500), maxQueue: fc.nat(3) },
  { requiredKeys: [] }
)

describe('a process alone', () => {
  simulated(
    'at a Redis that answers at once -> what a limitSet does',
    [algorithm, askings, queueOptions],
    async (rule, calls, options) => {
      const limits = [
        // A power of two, so that nothing is rounded.
        rateLimit({ key: 'rate', capacity, per: 2 ** 15, algorithm: rule }),
        resourceLimit({ key: 'places', capacity: 3 })
      ] as const
      const [here, there] = [virtualClock(), virtualClock()]
      const local = limitSet(limits, { ...options, clock: here })()
      const store = openStore(fakeRedis(there, 0), there, { random: () => 0.5 })
      const shared = sharedLimits(store, 'all', limits, options)()
      const [expected, found] = [await endings(here, local, calls), await endings(there, shared, calls)]
      const i = expected.findIndex((each, at) => JSON.stringify(each) !== JSON.stringify(found[at]))
      return unless(
        i < 0 && found.length === expected.length,
        () => `call ${i}: ${JSON.stringify(found[i])}, not ${JSON.stringify(expected[i])}`
      )
    }
  )
})

describe('processes', () => {
  simulated(
    'no trouble -> all calls end well, never more than allowed, in turn, and nothing is left over',
    [algorithm, calls, fc.nat()],
    async (rule, calls, seed) => {
      const patient = calls.map((call) => ({ ...call, patience: Infinity }))
      const run = await simulate(limitsOf(rule), patient, [], { seed })
      const { used, refused } = run
      if (used.length !== calls.length || refused.length > 0)
        return `${used.length} of ${calls.length}: ${refused.join()}`
      const grants = used.map(({ began, amounts }) => ({ at: began, amount: amounts.rate }))
      return excess(rule, grants, late) ?? wrongUse(used, 3) ?? leftOver(run)
    }
  )

  simulated(
    'calls that give up -> the same for the others',
    [algorithm, calls, fc.nat()],
    async (rule, calls, seed) => {
      const run = await simulate(limitsOf(rule), calls, [], { seed })
      const grants = run.used.map(({ began, amounts }) => ({ at: began, amount: amounts.rate }))
      return excess(rule, grants, late) ?? wrongUse(run.used, 3) ?? leftOver(run)
    }
  )

  simulated(
    'Redis lost and found, closed when away -> never more than allowed, and nothing is left over',
    [algorithm, calls, troubles, fc.nat()],
    async (rule, calls, troubles, seed) => {
      const run = await simulate(limitsOf(rule), calls, troubles, { seed })
      const grants = run.used.map(({ began, amounts }) => ({ at: began, amount: amounts.rate }))
      return excess(rule, grants, 200 + late) ?? wrongUse(run.used, 3) ?? leftOver(run)
    }
  )

  simulated(
    'Redis lost and found, local when away -> no process more than allowed, all calls end well, nothing left over',
    [algorithm, calls, troubles, fc.nat()],
    async (rule, calls, troubles, seed) => {
      const patient = calls.map((call) => ({ ...call, patience: Infinity }))
      const run = await simulate(limitsOf(rule), patient, troubles, { seed, whenAway: 'local' })
      if (run.refused.length > 0) return run.refused.join()
      const wrong = [0, 1, 2].map((who) =>
        wrongUse(
          run.used.filter((each) => each.who === who),
          3
        )
      )
      return wrong.find((each) => each !== undefined) ?? leftOver(run)
    }
  )
})
