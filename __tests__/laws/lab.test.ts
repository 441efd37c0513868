// The lab against models that are plainly right and slow: a sorted list for the agenda, textbook recursions for the server.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { exponential, fixed, limitRetries, withJitter, withRetry, withTimeout } from 'reprise'
import { type Arrivals, type Outage, runFleet, type Scenario } from 'reprise/lab'
import { seededRandom } from 'reprise/testing'
import { type Agenda, newAgenda } from '../../src/lab/Agenda.js'
import { newDueQueue } from '../../src/lab/DueQueue.js'
import { newRecorder } from '../../src/lab/Recorder.js'
import { worldOf } from '../../src/lab/World.js'
import { law, unless } from '../support/law.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 1000)

/** The same for what takes promises. */
const asyncLaw = <A>(
  title: string,
  given: fc.Arbitrary<A>,
  check: (value: A) => Promise<string | undefined>,
  runs = numRuns
): void => {
  it(
    title,
    async () => {
      await fc.assert(
        fc.asyncProperty(given, async (value) => {
          const found = await check(value)
          if (found !== undefined) throw new Error(found)
        }),
        { seed, numRuns: runs }
      )
    },
    60_000
  )
}

const same = (real: unknown, model: unknown): string | undefined =>
  unless(
    fc.stringify(real) === fc.stringify(model),
    () => `${fc.stringify(real)}\nagainst ${fc.stringify(model)}`
  )

const unguarded = { goOn: () => true, moves: () => true }

// --- what is due when

/** Adds an entry, cancels one of those added so far, or takes the next. */
type Command = { readonly add: number } | { readonly cancel: number } | { readonly take: true }

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ add: fc.oneof(fc.nat(5), fc.double({ min: 0, max: 5, noNaN: true })) })
  },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat(1000) }) },
  { weight: 3, arbitrary: fc.constant({ take: true as const }) }
)

/** What a queue does: the numbers of the entries that act, and what is due before each command. */
const queued = (commands: ReadonlyArray<Command>): ReadonlyArray<string> => {
  const queue = newDueQueue()
  const log: string[] = []
  const cancels: Array<() => void> = []
  for (const each of commands) {
    log.push(`due ${queue.nextDue()}`)
    if ('add' in each) {
      const number = cancels.length
      const slot = queue.add(each.add, (subject: number) => log.push(`acts ${subject}`) > 0, number)
      cancels.push(queue.canceller(slot))
    } else if ('cancel' in each) cancels[each.cancel % cancels.length]?.()
    else queue.actNext()
  }
  return log
}

/** The same by a list that is searched each time. */
const listed = (commands: ReadonlyArray<Command>): ReadonlyArray<string> => {
  const log: string[] = []
  let waiting: ReadonlyArray<{ readonly due: number; readonly number: number }> = []
  let added = 0
  for (const each of commands) {
    const first = waiting.reduce<(typeof waiting)[number] | undefined>(
      (least, other) => (least === undefined || other.due < least.due ? other : least),
      undefined
    )
    log.push(`due ${first?.due ?? Infinity}`)
    if ('add' in each) waiting = [...waiting, { due: each.add, number: added++ }]
    else if ('cancel' in each) waiting = waiting.filter(({ number }) => number !== each.cancel % added)
    else if (first !== undefined) {
      log.push(`acts ${first.number}`)
      waiting = waiting.filter((other) => other !== first)
    }
  }
  return log
}

law(
  'any adding, cancelling and taking: a queue of what is due -> as a list that is searched',
  [fc.array(command, { maxLength: 80 })],
  (commands) => same(queued(commands), listed(commands))
)

it('thousands at once, of which many are cancelled: a queue of what is due -> as a list that is searched', () => {
  const random = seededRandom(seed)
  const next = (adding: number): Command =>
    random() < adding
      ? { add: Math.floor(random() * 1000) }
      : random() < 0.8
        ? { cancel: Math.floor(random() * 1e6) }
        : { take: true }
  const commands = Array.from({ length: 12_000 }, (_, i) => next(i < 4000 ? 0.9 : 0.35))
  const end = Array.from({ length: 4000 }, (): Command => ({ take: true }))
  expect(queued([...commands, ...end])).toEqual(listed([...commands, ...end]))
})

// --- agendas

/** An act or a timer, which when it happens cancels a timer, and plans others. */
interface Deed {
  readonly kind: 'act' | 'timer'
  readonly delay: number
  readonly cancels: number | undefined
  readonly plans: ReadonlyArray<Deed>
}

const deeds = fc.letrec<{ deed: Deed }>((tie) => ({
  deed: fc.record({
    kind: fc.constantFrom('act', 'timer'),
    delay: fc.oneof(fc.constant(0), fc.nat(4), fc.constantFrom(0.5, 1.5)),
    cancels: fc.option(fc.nat(20), { nil: undefined }),
    plans: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constant([]),
      fc.array(tie('deed'), { maxLength: 3 })
    )
  })
})).deed

/** When what happens; deeds are numbered as they are planned. A timer goes on a few microtasks later, as clients do. */
const happened = async (first: ReadonlyArray<Deed>): Promise<ReadonlyArray<string>> => {
  const { clock, plan, run } = newAgenda()
  const log: string[] = []
  const cancels: Array<() => void> = []
  let planned = 0
  const happen = (number: number, { cancels: which, plans }: Deed): void => {
    log.push(`${number} at ${clock.now()}`)
    if (which !== undefined) cancels[which % cancels.length]?.()
    plans.forEach(prepare)
  }
  const prepare = (deed: Deed): void => {
    const number = planned++
    if (deed.kind === 'act') {
      plan(
        deed.delay,
        () => {
          happen(number, deed)
          return false
        },
        undefined
      )
      return
    }
    const later = async (): Promise<void> => {
      for (let i = 0; i < number % 5; i++) await Promise.resolve()
      happen(number, deed)
    }
    cancels.push(clock.after(deed.delay, () => void later()))
  }
  first.forEach(prepare)
  await run(unguarded)
  return log
}

const expectedOf = (first: ReadonlyArray<Deed>): ReadonlyArray<string> => {
  interface Planned {
    readonly number: number
    readonly due: number
    readonly deed: Deed
  }
  const log: string[] = []
  const timers: Planned[] = []
  let waiting: ReadonlyArray<Planned> = []
  let planned = 0
  const prepare =
    (now: number) =>
    (deed: Deed): void => {
      const each = { number: planned++, due: now + deed.delay, deed }
      waiting = [...waiting, each]
      if (deed.kind === 'timer') timers.push(each)
    }
  first.forEach(prepare(0))
  while (waiting.length > 0) {
    const next = waiting.reduce((least, other) => (other.due < least.due ? other : least))
    waiting = waiting.filter((other) => other !== next)
    log.push(`${next.number} at ${next.due}`)
    const { cancels, plans } = next.deed
    if (cancels !== undefined && timers.length > 0) {
      const cancelled = timers[cancels % timers.length]
      waiting = waiting.filter((other) => other !== cancelled)
    }
    plans.forEach(prepare(next.due))
  }
  return log
}

asyncLaw(
  'any acts and timers that plan and cancel others: an agenda -> as a list that is searched',
  fc.array(deeds, { maxLength: 6 }),
  async (first) => same(await happened(first), expectedOf(first))
)

// --- servers

/** When which attempt is answered, and how; attempts are sent at moments in order. */
const answered = async (
  scenario: Scenario,
  sent: ReadonlyArray<number>,
  draws: ReadonlyArray<number> = []
) => {
  const agenda: Agenda = newAgenda()
  const left = [...draws]
  const world = worldOf(scenario)(agenda, () => left.shift() ?? 0.5)
  const log: Array<readonly [attempt: number, at: number, answer: string]> = []
  sent.forEach((at, attempt) =>
    agenda.plan(
      at,
      () => {
        world.send((answer) =>
          log.push([attempt, agenda.clock.now(), answer._tag === 'Right' ? 'Right' : answer.left._tag])
        )
        return false
      },
      undefined
    )
  )
  await agenda.run(unguarded)
  return log.sort(([a], [b]) => a - b)
}

asyncLaw(
  'any arrivals, work, places and room: who is served when -> by the textbook: as soon as one place of all is free, in turn',
  fc.record({
    pauses: fc.array(fc.nat(12), { minLength: 1, maxLength: 25 }),
    work: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 25, maxLength: 25 }),
    capacity: fc.integer({ min: 1, max: 4 }),
    queue: fc.option(fc.nat(4), { nil: undefined })
  }),
  async ({ pauses, work, capacity, queue }) => {
    // Halves, so that nobody comes at the moment at which another is done: which is first then is a matter of taste.
    const sent = pauses.map((_, i) => 0.5 + pauses.slice(0, i + 1).reduce((sum, pause) => sum + pause, 0))
    const free = Array.from({ length: capacity }, () => 0)
    const begins: number[] = []
    const model = sent.map((at, attempt) => {
      const waiting = begins.filter((begin) => begin > at).length
      const place = free.indexOf(Math.min(...free))
      if (free[place]! > at && waiting >= (queue ?? Infinity)) return [attempt, at, 'Overloaded']
      const begin = Math.max(at, free[place]!)
      // Work is drawn when it begins, which is in turn.
      const end = begin + work[begins.push(begin) - 1]! + 0.25
      free[place] = end
      return [attempt, end, 'Right']
    })
    const scenario: Scenario = {
      clients: 1,
      arrivals: 'atOnce',
      server: { capacity, queue, latency: { uniform: [0.25, 1000.25] } }
    }
    return same(
      await answered(
        scenario,
        sent,
        work.map((each) => each / 1000)
      ),
      model
    )
  }
)

const outage: fc.Arbitrary<Outage> = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 30 }), fc.constantFrom('down', 'silent', 'slow', 'failing'))
  .map(([from, length, mode]) => ({
    from,
    to: from + length,
    mode,
    ...(mode === 'slow' && { factor: 3 }),
    ...(mode === 'failing' && { ratio: 1 })
  })) as fc.Arbitrary<Outage>

asyncLaw(
  'any outages, network and moment: what comes of an attempt -> as the modes say, one by one',
  fc.record({
    outages: fc.array(outage, { maxLength: 4 }),
    sent: fc.array(fc.nat(80), { minLength: 1, maxLength: 10 }),
    network: fc.nat(3),
    latency: fc.nat(15)
  }),
  async ({ outages, sent, network, latency }) => {
    const during = (mode: Outage['mode'], at: number): number =>
      outages.filter((each) => each.mode === mode && Number(each.from) <= at && at < Number(each.to)).length
    const model = sent.flatMap((at, attempt) => {
      const arrival = at + network
      if (during('silent', arrival) > 0) return []
      if (during('down', arrival) > 0) return [[attempt, arrival + network, 'Unavailable']]
      const done = arrival + latency * 3 ** during('slow', arrival)
      const crash = outages
        .filter(({ mode, from }) => mode === 'down' && arrival < Number(from) && Number(from) <= done)
        .map(({ from }) => Number(from))
        .sort((a, b) => a - b)[0]
      if (crash !== undefined)
        return during('silent', crash) > 0 ? [] : [[attempt, crash + network, 'Unavailable']]
      if (during('silent', done) > 0) return []
      return [[attempt, done + network, during('failing', done) > 0 ? 'Failed' : 'Right']]
    })
    const scenario: Scenario = {
      clients: 1,
      arrivals: 'atOnce',
      network,
      server: { capacity: 10, latency, outages }
    }
    return same(await answered(scenario, sent), model)
  }
)

// --- records

law(
  'any calls over any time: the bins -> add up to what was counted, however often they were merged',
  [
    fc.array(
      fc.record({
        pause: fc.oneof(fc.nat(30), fc.nat(3000), fc.nat(20_000)),
        begins: fc.nat(3),
        calls: fc.nat(3),
        ends: fc.array(fc.tuple(fc.nat(50), fc.constantFrom(undefined, 'A', 'B')), { maxLength: 3 })
      }),
      { maxLength: 12 }
    )
  ],
  (steps) => {
    const state = { now: 0, calls: 0 }
    const recorder = newRecorder(
      { now: () => state.now, after: () => () => undefined },
      { calls: () => state.calls, load: () => ({ running: 0, queued: 0 }) },
      10
    )
    let requests = 0
    let took = 0
    const tags = { A: 0, B: 0, none: 0 }
    for (const { pause, begins, calls, ends } of steps) {
      recorder.moves(state.now + pause)
      state.now += pause
      requests += begins
      for (let i = 0; i < begins; i++) recorder.began()
      state.calls += calls
      for (const [ago, tag] of ends) {
        // No more than have begun.
        if (tags.A + tags.B + tags.none === requests) continue
        recorder.ended(state.now - ago, tag)
        tags[tag ?? 'none'] += 1
        took += tag === undefined ? ago : 0
      }
    }
    const { series, latencies, ...recorded } = recorder.recorded()
    const { bins, width } = series
    const sum = (read: (bin: (typeof bins)[number]) => number): number =>
      bins.reduce((total, bin) => total + read(bin), 0)
    const found = {
      requests: [recorded.requests, sum((bin) => bin.requests)],
      calls: sum((bin) => bin.calls),
      succeeded: [recorded.succeeded, latencies.length, sum((bin) => bin.succeeded)],
      failed: [recorded.failed['A'] ?? 0, recorded.failed['B'] ?? 0, sum((bin) => bin.failed)],
      took: Math.round(sum((bin) => bin.latency * bin.succeeded)),
      underWay: bins.at(-1)?.underWay ?? 0
    }
    const model = {
      requests: [requests, requests],
      calls: state.calls,
      succeeded: [tags.none, tags.none, tags.none],
      failed: [tags.A, tags.B, tags.A + tags.B],
      took,
      underWay: requests - tags.A - tags.B - tags.none
    }
    return (
      same(found, model) ??
      unless(bins.length < 400, () => `${bins.length} bins`) ??
      unless(Number.isInteger(Math.log2(width / 10)), () => `width ${width}`) ??
      unless(
        bins.every(({ time }, i) => time === i * width),
        () => 'bins that do not follow each other'
      )
    )
  }
)

// --- fleets

const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      clients: fc.integer({ min: 1, max: 12 }),
      processes: fc.integer({ min: 1, max: 3 }),
      arrivals: fc.constantFrom<Arrivals>('atOnce', { every: 300 }, { perSecond: 30 }),
      duration: fc.constant(1000),
      network: fc.constantFrom(0, 5, { normal: [5, 3] as const }),
      server: fc.record({
        capacity: fc.integer({ min: 1, max: 4 }),
        latency: fc.constantFrom(0, 40, { exponential: 30 }, { logNormal: [30, 0.5] as const }),
        queue: fc.constantFrom(undefined, 0, 3),
        failures: fc.constantFrom(0, 0.3),
        rateLimit: fc.constantFrom(undefined, { capacity: 5, per: 200 }),
        outages: fc.array(
          outage.map((each) => ({ ...each, from: Number(each.from) * 10, to: Number(each.to) * 10 })),
          { maxLength: 2 }
        )
      })
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      clients: fc.integer({ min: 1, max: 12 }),
      contention: fc.record({ message: fc.constantFrom(10, { normal: [10, 2] as const }) })
    })
  }
)

const policies = [
  pipe(fixed(20), limitRetries(3)),
  pipe(exponential(10), withJitter('full'), limitRetries(5)),
  pipe(exponential(50), withJitter(0.5), limitRetries(2))
]

asyncLaw(
  'any scenario, policy and seed: a fleet -> the same again to the last byte, and its numbers hold together',
  fc.record({
    scenario: scenarios,
    policy: fc.nat(policies.length - 1),
    timeout: fc.constantFrom(50, 1000),
    seed: fc.maxSafeInteger(),
    until: fc.constantFrom('24h' as const, 500)
  }),
  async ({ scenario, policy, timeout, seed: own, until }) => {
    const task = runFleet(
      scenario,
      (call) => pipe(call, withTimeout(timeout), withRetry(policies[policy]!)),
      {
        seed: own,
        until
      }
    )
    const [one, other] = [await task(), await task()]
    if (JSON.stringify(one) !== JSON.stringify(other)) return 'not the same again'
    if (one._tag === 'Left') return fc.stringify(one.left)
    const { requests, succeeded, failed, calls, completion, latency, series } = one.right
    const { bins } = series
    const sum = (read: (bin: (typeof bins)[number]) => number): number =>
      bins.reduce((total, bin) => total + read(bin), 0)
    const failures = Object.values(failed).reduce((total, each) => total + each, 0)
    const unfinished = failed['Unfinished'] ?? 0
    const server = 'server' in scenario ? scenario.server : undefined
    return (
      same(
        [
          sum((bin) => bin.requests),
          sum((bin) => bin.calls),
          sum((bin) => bin.succeeded),
          sum((bin) => bin.failed)
        ],
        [requests, calls, succeeded, failures - unfinished]
      ) ??
      unless(requests === succeeded + failures, () => 'requests are lost') ??
      unless(unfinished === 0 || until === 500, () => `${unfinished} unfinished`) ??
      unless(unfinished === (bins.at(-1)?.underWay ?? 0), () => 'under way at the end, and finished') ??
      unless(completion <= (until === 500 ? 500 : Infinity), () => `completed at ${completion}`) ??
      unless(calls <= requests * 6, () => `${calls} calls`) ??
      unless((latency === undefined) === (succeeded === 0), () => 'latencies of none') ??
      unless(
        bins.every(
          ({ running, queued: waiting }) =>
            running <= (server?.capacity ?? 0) && waiting <= (server?.queue ?? Infinity)
        ),
        () => 'more than there is room for'
      )
    )
  },
  numRuns / 4
)
