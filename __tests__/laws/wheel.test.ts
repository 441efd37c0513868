/**
 * A wheel against a list that is searched from end to end, on timers that fire up to 2 ms early or late, or as late as a
 * machine that slept. Programs lay sleepers down and take them out, also while others wake, and wakings throw.
 */
import * as fc from 'fast-check'
import { newSleeper, newWheel, type Sleeper, type Wheel } from '../../src/runtime/Wheel.js'
import { type Machine, machine } from '../support/machine.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 2000)

// --- programs

type Op =
  | { readonly does: 'add'; readonly delay: number; readonly wakes: ReadonlyArray<Waking> }
  /** Takes out one that was laid down ever, be it asleep, awake or taken out already. */
  | { readonly does: 'remove'; readonly which: number }
  | { readonly does: 'advance'; readonly ms: number }
  /** Nothing gets a turn for so long. */
  | { readonly does: 'pass'; readonly ms: number }
  | { readonly does: 'fire'; readonly times: number }

type Waking =
  | Op
  /** The same sleeper once more, which will do nothing else. */
  | { readonly does: 'again'; readonly delay: number }
  | { readonly does: 'throw' }

const limits = [
  63,
  64,
  65,
  4095,
  4096,
  4097,
  2 ** 18,
  2 ** 24,
  2 ** 29,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32
]

const delays = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0.01, max: 5, noNaN: true }) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 200 }) },
  { weight: 3, arbitrary: fc.double({ min: 1, max: 5000, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 2 ** 20 }) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...limits), fc.integer({ min: -3, max: 3 })).map(([a, b]) => a + b)
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 ** 33 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, Infinity) }
)

const spans = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: 0, max: 200, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 5000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 25 }) },
  { weight: 1, arbitrary: fc.constantFrom(64, 128, 4096, 2 ** 24, 2 ** 29, 2 ** 30, 2 ** 32) }
)

const plain = (wakes: fc.Arbitrary<ReadonlyArray<Waking>>): fc.Arbitrary<Op> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('add' as const), delay: delays, wakes }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('remove' as const), which: fc.nat(60) }) }
  )

const wakings = (depth: number): fc.Arbitrary<ReadonlyArray<Waking>> =>
  fc.array(
    fc.oneof<fc.WeightedArbitrary<Waking>[]>(
      { weight: 4, arbitrary: plain(depth > 0 ? wakings(depth - 1) : fc.constant([])) },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('again' as const), delay: delays }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constant('pass' as const), ms: spans }) },
      { weight: 1, arbitrary: fc.constant({ does: 'throw' as const }) }
    ),
    { maxLength: 3, depthIdentifier: 'wakings' }
  )

const programs = fc.array(
  fc.oneof<fc.WeightedArbitrary<Op>[]>(
    { weight: 8, arbitrary: plain(wakings(1)) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('advance' as const), ms: spans }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('pass' as const), ms: spans }) },
    {
      weight: 2,
      arbitrary: fc.record({ does: fc.constant('fire' as const), times: fc.integer({ min: 1, max: 8 }) })
    }
  ),
  { maxLength: 40 }
)

const starts = fc
  .tuple(fc.constantFrom(0, 1000, 2 ** 31, 2 ** 32, 2 ** 40), fc.double({ min: -200, max: 200, noNaN: true }))
  .map(([base, more]) => Math.max(0, base + more))

const offs = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 20 })

// --- the model

interface Bed {
  readonly sleeper: Sleeper
  readonly addedAt: number
  readonly delay: number
  /** The first whole millisecond at which it may wake. */
  readonly due: number
  /** Whether its moment is so near that it is never looked at on the way. */
  readonly near: boolean
}

const furthest = 2 ** 29

const must = (holds: boolean, message: () => string): void => {
  if (!holds) throw new Error(message())
}

/** Runs a program on a wheel and on the list; throws where they differ. */
const run = (host: Machine, wheel: Wheel, program: ReadonlyArray<Op>): void => {
  /** In the order of adding. */
  let beds: ReadonlyArray<Bed> = []
  const ever: Sleeper[] = []
  const wakings = new Map<Sleeper, ReadonlyArray<Waking>>()
  /** No later than where the wheel is. */
  let past = 0
  /** When the timer rang that is ringing. */
  let rang: number | undefined
  let thrown = 0
  let faults: ReadonlyArray<Error> = []

  const firstBed = (): Bed | undefined =>
    beds.reduce<Bed | undefined>((best, bed) => (best && best.due <= bed.due ? best : bed), undefined)

  const add = (sleeper: Sleeper, delay: number): void => {
    const addedAt = host.now()
    if (beds.length === 0 && rang === undefined) past = Math.floor(addedAt)
    const due = Math.ceil(addedAt + delay)
    wheel.add(sleeper, delay)
    beds = [...beds, { sleeper, addedAt, delay, due, near: due <= past + furthest }]
  }

  const wake = (sleeper: Sleeper): void => {
    // What is thrown in here would be taken for a waking that throws.
    try {
      const bed = beds.find((each) => each.sleeper === sleeper)
      if (!bed) throw new Error('woken, though not asleep')
      must(sleeper.next === undefined && sleeper.prev === undefined, () => 'woken while in a list')
      must(host.now() >= bed.addedAt + bed.delay, () => `woken before its time, ${bed.due}`)
      must(rang !== undefined && bed.due <= rang, () => `woken with nothing due`)
      const first = firstBed()!
      must(bed.due === first.due, () => `woken before one that is due earlier, ${first.due}`)
      const earlier = beds.slice(0, beds.indexOf(bed)).find(({ due, near }) => near && due === bed.due)
      must(!bed.near || earlier === undefined, () => 'woken before one that was added earlier')
      past = bed.due
      beds = beds.filter((each) => each !== bed)
    } catch (error) {
      faults = [...faults, error as Error]
    }
    const todo = wakings.get(sleeper) ?? []
    wakings.set(sleeper, [])
    for (const each of todo) {
      if (each.does === 'throw') {
        thrown += 1
        throw new Error('thrown by a waking')
      }
      if (each.does !== 'again') act(each)
      else if (sleeper.next === undefined) add(sleeper, each.delay)
    }
  }

  const act = (op: Op): void => {
    switch (op.does) {
      case 'add': {
        const sleeper = newSleeper(wake)
        ever.push(sleeper)
        wakings.set(sleeper, op.wakes)
        add(sleeper, op.delay)
        return
      }
      case 'remove': {
        const sleeper = ever[op.which % ever.length]
        if (!sleeper) return
        wheel.remove(sleeper)
        must(sleeper.next === undefined && sleeper.prev === undefined, () => 'taken out, but in a list')
        beds = beds.filter((each) => each.sleeper !== sleeper)
        return
      }
      case 'pass':
        host.pass(op.ms)
        return
      case 'advance': {
        const until = host.now() + op.ms
        // As many as a day has seconds: those that are years away need not be waited for.
        for (let i = 0; i < 500 && (host.pending()[0]?.at ?? Infinity) <= until; i++) fire()
        host.pass(Math.max(0, until - host.now()))
        return
      }
      case 'fire':
        for (let i = 0; i < op.times; i++) fire()
    }
  }

  const fire = (): void => {
    const timer = host.pending()[0]
    if (!timer) return
    rang = Math.max(host.now(), timer.at)
    const before = thrown
    try {
      host.fire()
    } catch (error) {
      must(thrown === before + 1, () => `the wheel threw: ${(error as Error).stack}`)
    }
    const first = firstBed()
    must(
      !first || first.due > rang || thrown > before,
      () => `one that was due at ${first!.due} slept on at ${rang}`
    )
    rang = undefined
  }

  const check = (): void => {
    if (faults[0]) throw faults[0]
    const [timer] = host.pending()
    must(host.most() <= 1, () => 'more than one timer')
    must((timer === undefined) === (beds.length === 0), () => `${beds.length} asleep, timer ${timer?.delay}`)
    if (!timer) return
    const { delay, setAt } = timer
    must(
      Number.isInteger(delay) && delay >= 0 && delay < 2 ** 31,
      () => `setTimeout was asked for ${delay} ms`
    )
    const { due } = firstBed()!
    must(
      setAt + Math.max(1, delay) <= Math.max(due, setAt) + 1,
      () => `a timer of ${delay}, set at ${setAt}, comes too late for ${due}`
    )
  }

  for (const op of [...program, { does: 'fire', times: 60 } as const]) {
    act(op)
    check()
  }
  for (const sleeper of ever) wheel.remove(sleeper)
  beds = []
  check()
}

describe('newWheel', () => {
  it('any program -> each wakes once, in order, never early, in time, on one timer', () => {
    fc.assert(
      fc.property(starts, offs, programs, (start, late, program) => {
        let draws = 0
        const host = machine(start, () => late[draws++ % late.length]!)
        host.install()
        try {
          run(host, newWheel(), program)
        } finally {
          host.uninstall()
        }
      }),
      { seed, numRuns }
    )
  })
})
