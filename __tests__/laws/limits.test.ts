/**
 * Each algorithm of a limit against a slow and obvious model, on whole milliseconds: a loop that lets one after the other
 * pass. What is refused, and when it would be granted, must be the same to the millisecond.
 */
import * as fc from 'fast-check'
import { fixedWindow } from '../../src/resource/FixedWindow.js'
import { gcra } from '../../src/resource/Gcra.js'
import { leakyBucket } from '../../src/resource/LeakyBucket.js'
import { places } from '../../src/resource/Places.js'
import { type Algorithm, isPast, type Rule } from '../../src/resource/Rate.js'
import { slidingWindow } from '../../src/resource/SlidingWindow.js'
import { tokenBucket } from '../../src/resource/TokenBucket.js'
import { law, unless } from '../support/law.js'

// --- models

/** A limit as it would be explained: time passes millisecond by millisecond. Amounts are whole, in units of the limit. */
interface Model {
  readonly allows: (amount: number) => boolean
  readonly spend: (amount: number) => void
  readonly refund: (amount: number, at: number) => void
  readonly pass: () => void
  readonly copy: () => Model
}

/** What drips in takes `drip` milliseconds for each unit; it is kept in drops of one millisecond. */
const bucketModel = (capacity: number, drip: number, level = capacity * drip): Model => ({
  allows: (amount) => level >= amount * drip,
  spend: (amount) => void (level -= amount * drip),
  refund: (amount) => void (level = Math.min(capacity * drip, level + amount * drip)),
  pass: () => void (level = Math.min(capacity * drip, level + 1)),
  copy: () => bucketModel(capacity, drip, level)
})

/** All that was ever spent, each unit with its time. */
const slidingModel = (capacity: number, per: number, units: ReadonlyArray<number> = [], now = 0): Model => {
  let spent = [...units]
  return {
    allows: (amount) => spent.filter((at) => at + per > now).length + amount <= capacity,
    spend: (amount) => void (spent = [...spent, ...Array<number>(amount).fill(now)]),
    refund: (amount, at) => {
      for (let i = 0; i < amount; i++) {
        const index = spent.indexOf(at)
        if (index >= 0 && at + per > now) spent.splice(index, 1)
      }
    },
    pass: () => void (now += 1),
    copy: () => slidingModel(capacity, per, spent, now)
  }
}

/** A window that begins with the first request, and hands on what it was overspent. */
const fixedModel = (capacity: number, per: number, used = 0, startedAt = 0, now = 0): Model => ({
  allows: (amount) => used + amount <= capacity,
  spend: (amount) => {
    if (used === 0) startedAt = now
    used += amount
  },
  refund: (amount, at) => {
    if (used > 0 && at >= startedAt) used = Math.max(0, used - amount)
  },
  pass: () => {
    now += 1
    if (used === 0 || now < startedAt + per) return
    used = Math.max(0, used - capacity)
    startedAt = now
  },
  copy: () => fixedModel(capacity, per, used, startedAt, now)
})

const models: ReadonlyArray<
  [name: string, algorithm: Algorithm<unknown>, model: (capacity: number, drip: number) => Model]
> = [
  ['tokenBucket', tokenBucket as Algorithm<unknown>, bucketModel],
  ['leakyBucket', leakyBucket as Algorithm<unknown>, bucketModel],
  ['gcra', gcra as Algorithm<unknown>, bucketModel],
  [
    'slidingWindow',
    slidingWindow as Algorithm<unknown>,
    (capacity, drip) => slidingModel(capacity, capacity * drip)
  ],
  [
    'fixedWindow',
    fixedWindow as Algorithm<unknown>,
    (capacity, drip) => fixedModel(capacity, capacity * drip)
  ]
]

// --- histories

/** A request, how long after the last one, and after how long how much of it turns out to have been used. */
interface Ask {
  readonly pause: number
  readonly amount: number
  /** Whether it comes when it is allowed, rather than be refused. */
  readonly patient: boolean
  readonly used: number | undefined
  readonly lasts: number
}

const asks: fc.Arbitrary<ReadonlyArray<Ask>> = fc.array(
  fc.record({
    pause: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(60)),
    amount: fc.integer({ min: 1, max: 6 }),
    patient: fc.boolean(),
    used: fc.option(fc.nat(14), { nil: undefined }),
    lasts: fc.oneof(fc.constant(0), fc.nat(30))
  }),
  { maxLength: 14 }
)
const rules = fc.record({ capacity: fc.integer({ min: 1, max: 6 }), drip: fc.integer({ min: 1, max: 9 }) })

/** States are what JSON can hold, and nothing changes them. */
const stored = <S>(state: S): S => {
  const text = JSON.stringify(state)
  const copy = JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' ? Object.freeze(value) : value
  ) as S
  // JSON turns what it cannot hold into null.
  if (text.includes('null')) throw new Error(`a state that JSON cannot hold: ${text}`)
  return copy
}

/** The first whole millisecond from now at which the model allows an amount. */
const allowedAt = (model: Model, amount: number, now: number): number => {
  const ahead = model.copy()
  for (let at = now; at < now + 5000; at++, ahead.pass()) if (ahead.allows(amount)) return at
  return Infinity
}

const differs = (
  algorithm: Algorithm<unknown>,
  model: Model,
  rule: Rule,
  history: ReadonlyArray<Ask>,
  unit: number
): string | undefined => {
  let now = 0
  let state = stored(algorithm.start(rule))
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i++, now++) model.pass()
  }
  for (const { pause, patient, used, lasts, ...ask } of history) {
    pass(pause)
    const amount = Math.min(ask.amount, Math.round(rule.capacity / unit))
    const expected = allowedAt(model, amount, now)
    const ready = algorithm.readyAt(rule, state, amount * unit)
    const found = isPast(rule, ready, now) ? now : ready
    if (Math.abs(found - expected) > 1e-6)
      return `at ${now}, ${amount}: ready at ${found}, not ${expected}; ${JSON.stringify(state)}`
    if (expected > now && !patient) continue
    pass(expected - now)
    const taken = { amount: amount * unit, at: now }
    state = stored(algorithm.take(rule, state, taken.amount, now))
    model.spend(amount)
    if (used === undefined) continue
    pass(lasts)
    state = stored(algorithm.settle(rule, state, taken, used * unit, now))
    if (used > amount) model.spend(used - amount)
    else model.refund(amount - used, taken.at)
  }
  return undefined
}

describe.each(models)('%s', (_, algorithm, model) => {
  law(
    'grants when its model does, refunds and debts included',
    [rules, asks],
    ({ capacity, drip }, history) =>
      differs(algorithm, model(capacity, drip), { capacity, per: capacity * drip }, history, 1)
  )

  law(
    'fractions: grants when its model does, which counts tenths',
    [rules, asks],
    ({ capacity, drip }, history) =>
      differs(
        algorithm,
        model(capacity, drip),
        { capacity: capacity / 10, per: capacity * drip },
        history,
        0.1
      )
  )

  law(
    'settled at once as not used -> as if it had not been asked for',
    [rules, asks],
    ({ capacity, drip }, history) => {
      const rule = { capacity, per: capacity * drip }
      let state = algorithm.start(rule)
      let now = 0
      for (const { pause, amount } of history) {
        now += pause
        state = algorithm.take(rule, state, amount, now)
      }
      const taken = algorithm.take(rule, state, 3, now)
      const back = algorithm.settle(rule, taken, { amount: 3, at: now }, 0, now)
      const [before, after] = [state, back].map((each) => algorithm.available(rule, each, now))
      return unless(Math.abs(before! - after!) < 1e-9, () => `${before}, then ${after}`)
    }
  )
})

// --- promises

interface Granted {
  readonly at: number
  readonly amount: number
}

/** What is granted to requests on any moments, not just whole milliseconds, each as soon as can be. */
const granted = (
  algorithm: Algorithm<unknown>,
  rule: Rule,
  requests: ReadonlyArray<readonly [pause: number, amount: number]>
): ReadonlyArray<Granted> => {
  let state = algorithm.start(rule)
  let now = 0
  return requests.map(([pause, share]) => {
    const amount = share * rule.capacity
    now = Math.max(now + pause, algorithm.readyAt(rule, state, amount))
    state = algorithm.take(rule, state, amount, now)
    return { at: now, amount }
  })
}

/** Stretches from one grant to a later one, with what is granted in them. */
const stretches = (all: ReadonlyArray<Granted>): ReadonlyArray<{ length: number; sum: number }> =>
  all.flatMap((first, i) => {
    let sum = 0
    return all.slice(i).map(({ at, amount }) => ({ length: at - first.at, sum: (sum += amount) }))
  })

const anyRule = fc.record({
  capacity: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  per: fc.double({ min: 0.01, max: 1e7, noNaN: true })
})
const requests = fc.array(
  fc.tuple(
    fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true })),
    fc.double({ min: 0.001, max: 1, noNaN: true })
  ),
  { maxLength: 20 }
)

describe('never more than promised', () => {
  for (const [name, algorithm] of models.slice(0, 3)) {
    law(`${name}: in any stretch the capacity, and what flows in it`, [anyRule, requests], (rule, all) => {
      const found = stretches(granted(algorithm, rule, all)).find(
        ({ length, sum }) => sum > (rule.capacity + (length * rule.capacity) / rule.per) * (1 + 1e-9)
      )
      return unless(found === undefined, () => JSON.stringify(found))
    })
  }

  law('slidingWindow: in any stretch of its length the capacity', [anyRule, requests], (rule, all) => {
    const found = stretches(granted(slidingWindow as Algorithm<unknown>, rule, all)).find(
      ({ length, sum }) => length < rule.per * (1 - 1e-9) && sum > rule.capacity * (1 + 1e-9)
    )
    return unless(found === undefined, () => JSON.stringify(found))
  })

  it('slidingWindow, 5,000 requests in a window -> the same, 2,049 entries at most, and a 1,024th of the time lost', () => {
    const rule = { capacity: 5000, per: 1000 }
    let state = slidingWindow.start(rule)
    const all: Granted[] = []
    let [now, entries, lost] = [0, 0, 0]
    for (let i = 0; i < 15_000; i++) {
      now = Math.max(now + 0.15, slidingWindow.readyAt(rule, state, 1))
      state = slidingWindow.take(rule, state, 1, now)
      entries = Math.max(entries, state.older.length - state.from + state.newer.length)
      // An exact log would have granted it when the one 5,000 before it had left the window.
      lost = Math.max(lost, now - Math.max((all.at(-1)?.at ?? 0) + 0.15, (all.at(-5000)?.at ?? -1000) + 1000))
      all.push({ at: now, amount: 1 })
    }
    const most = all.reduce((sum, { at }, i) => {
      const last = all.findIndex((other, j) => j > i && other.at >= at + 1000)
      return i % 500 > 0 ? sum : Math.max(sum, (last < 0 ? all.length : last) - i)
    }, 0)
    expect(most).toBeLessThanOrEqual(5000)
    expect(entries).toBeLessThanOrEqual(2049)
    expect(lost).toBeLessThanOrEqual(1000 / 1024)
  })

  law('fixedWindow: in any stretch of its length twice the capacity', [anyRule, requests], (rule, all) => {
    const found = stretches(granted(fixedWindow as Algorithm<unknown>, rule, all)).find(
      ({ length, sum }) => length < rule.per * (1 - 1e-9) && sum > 2 * rule.capacity * (1 + 1e-9)
    )
    return unless(found === undefined, () => JSON.stringify(found))
  })
})

describe('three ways to count the same', () => {
  law('tokenBucket, leakyBucket and gcra grant at the same moments', [anyRule, requests], (rule, all) => {
    const [a, b, c] = models.slice(0, 3).map(([, algorithm]) => granted(algorithm, rule, all))
    const far = a!.findIndex(({ at }, i) =>
      [b![i]!.at, c![i]!.at].some((other) => Math.abs(at - other) > 1e-6 * Math.max(at, rule.per))
    )
    return unless(far < 0, () => JSON.stringify([a![far], b![far], c![far]]))
  })
})

describe('places', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 })

  law('grants if and only if as many are free', [fc.integer({ min: 1, max: 5 }), steps], (capacity, all) => {
    const rule = { capacity, per: 0 }
    let state = stored(places.start(rule))
    const out: number[] = []
    for (const amount of all) {
      const free = capacity - out.reduce((sum, each) => sum + each, 0)
      if (places.available(rule, state, 0) !== free)
        return `${places.available(rule, state, 0)} free, not ${free}`
      const ready = places.readyAt(rule, state, amount)
      if (ready !== (amount <= free ? -Infinity : Infinity)) return `${amount} of ${free}: ready at ${ready}`
      if (amount <= free) {
        state = stored(places.take(rule, state, amount, 0))
        out.push(amount)
      } else if (out.length > 0) {
        const back = out.shift()!
        state = stored(places.settle(rule, state, { amount: back, at: 0 }, back, 0))
      }
    }
    return undefined
  })
})
