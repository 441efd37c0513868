/** A retry budget does what a slow, obvious one does, whatever happens to it. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  limitRetries,
  retryBudget,
  type RetryBudgetOptions,
  type RetryEvent,
  withEnv,
  withObserver,
  withRetry,
  withRetryBudget
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import type { BudgetInput } from '../../src/action/entry.js'
import { type BudgetRules, ratioOfCalls, tokensOfFailures } from '../../src/resource/BudgetRules.js'
import { law, unless } from '../support/law.js'
import { start, turn } from '../support/task.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 1000)

// --- the model: a list of all that ever happened, looked through from the start each time, in whole numbers

interface Happened {
  readonly at: number
  readonly input: BudgetInput
}

type List = ReadonlyArray<Happened>

const count = (list: List, input: BudgetInput): number => list.filter((each) => each.input === input).length

/** Hundredths of a retry for each call, tenths of a retry in a second, and a window in milliseconds. */
interface Ratio {
  readonly hundredths: number
  readonly tenths: number
  readonly window: number
}

// In this unit, all of the amounts are whole: a ten-thousandth of a retry.
const unit = 10_000

const floorOf = ({ tenths, window }: Ratio): number => tenths * window

/** The tenth of a window that a moment is in. */
const tenthOf = ({ window }: Ratio, at: number): number => Math.floor((at * 10) / window)

/** What happened in the ten tenths up to that of a moment. */
const lately = (given: Ratio, list: List, now: number): List =>
  list.filter(({ at }) => tenthOf(given, at) > tenthOf(given, now) - 10)

const unitsLeft = (given: Ratio, list: List, now: number): number => {
  const counted = lately(given, list, now)
  return floorOf(given) + given.hundredths * 100 * count(counted, 'called') - unit * count(counted, 'retried')
}

/** Thousandths of tokens: how many there are at most, and how many a success gives back. */
interface Tokens {
  readonly most: number
  readonly back: number
}

const tokensLeft = ({ most, back }: Tokens, list: List): number =>
  list.reduce((left, { input }) => {
    if (input === 'failed') return Math.max(0, left - 1000)
    return input === 'succeeded' ? Math.min(most, left + back) : left
  }, most)

/** What both kinds of budget come to. */
interface Model {
  readonly options: RetryBudgetOptions
  readonly balance: (list: List, now: number) => number
  readonly allows: (list: List, now: number) => boolean
}

const modelOfRatio = (given: Ratio): Model => ({
  options: { ratio: given.hundredths / 100, minimumPerSecond: given.tenths / 10, window: given.window },
  balance: (list, now) => Math.max(0, unitsLeft(given, list, now)) / unit,
  allows: (list, now) => unitsLeft(given, list, now) >= unit
})

const modelOfTokens = (given: Tokens): Model => ({
  options: { maxTokens: given.most / 1000, tokenRatio: given.back / 1000 },
  balance: (list) => tokensLeft(given, list) / 1000,
  allows: (list) => 2 * tokensLeft(given, list) > given.most
})

// --- what is generated

const ratios: fc.Arbitrary<Ratio> = fc.record({
  hundredths: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 20, 29, 100, 250)),
  tenths: fc.constantFrom(0, 0, 1, 3, 5, 10, 25),
  window: fc.constantFrom(10, 100, 1000, 5000)
})

const tokens: fc.Arbitrary<Tokens> = fc.record({
  most: fc.oneof(fc.integer({ min: 1, max: 12_000 }), fc.constantFrom(1000, 2000, 3000, 10_000)),
  back: fc.oneof(fc.integer({ min: 1, max: 2500 }), fc.constantFrom(1, 100, 500, 1000, 20_000))
})

/** Inputs, waits in hundredths of a window, and retries that are made only if they are allowed. */
type Happening = BudgetInput | number | 'retry'

const happenings: fc.Arbitrary<ReadonlyArray<Happening>> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Happening>('called') },
    { weight: 4, arbitrary: fc.constantFrom<Happening>('succeeded', 'failed') },
    { weight: 5, arbitrary: fc.constant<Happening>('retry') },
    { weight: 1, arbitrary: fc.constant<Happening>('retried') },
    { weight: 4, arbitrary: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(10, 50, 90, 100, 250)) }
  ),
  { minLength: 1, maxLength: 60, size: 'max' }
)

/** Plays what happens; gives all that did, and when it differed from the model. */
const play = <S>(
  rules: BudgetRules<S>,
  model: Model,
  all: ReadonlyArray<Happening>,
  hundredth: number,
  began = 0
): { readonly list: List; readonly state: S; readonly now: number; readonly found: string | undefined } => {
  const list: Happened[] = []
  let state = rules.start
  let now = began
  for (const [i, each] of all.entries()) {
    if (typeof each === 'number') now += each * hundredth
    else if (each !== 'retry' || rules.allows(state, now)) {
      const input = each === 'retry' ? 'retried' : each
      state = rules.next(state, input, now)
      list.push({ at: now, input })
    }
    const found = [rules.allows(state, now), rules.balance(state, now)].join(', ')
    const wanted = [model.allows(list, now), model.balance(list, now)].join(', ')
    if (found !== wanted) return { list, state, now, found: `happening ${i}: ${found}, not ${wanted}` }
  }
  return { list, state, now, found: undefined }
}

/** How often an answer was given, over all runs: a law that never gets there says nothing. */
const tally = <K extends string>(...keys: ReadonlyArray<K>) => {
  const all = new Map(keys.map((key) => [key, 0]))
  return {
    note: (key: K): void => {
      all.set(key, (all.get(key) ?? 0) + 1)
    },
    seldom: (): ReadonlyArray<K> => keys.filter((key) => (all.get(key) ?? 0) < numRuns / 10)
  }
}

// --- the rules

describe('a ratio of the calls', () => {
  const rulesOf = (given: Ratio) =>
    ratioOfCalls(given.hundredths / 100, ((given.tenths / 10) * given.window) / 1000, given.window)
  const reached = tally('allowed by the ratio alone', 'refused', 'retries without their calls')
  const moments = fc.constantFrom(0, 1, 99, 12_345, 1e9 + 7)

  law('allows, and has left, what the model has', [ratios, happenings, moments], (given, all, began) => {
    const { found, list, now } = play(rulesOf(given), modelOfRatio(given), all, given.window / 100, began)
    const left = unitsLeft(given, list, now)
    if (left < unit) reached.note('refused')
    else if (floorOf(given) < unit) reached.note('allowed by the ratio alone')
    if (left < 0) reached.note('retries without their calls')
    return found
  })

  it('has been everywhere meanwhile', () => {
    expect(reached.seldom()).toEqual([])
  })

  const allowedOnly = happenings.map((all) => all.filter((each) => each !== 'retried'))

  law(
    'the ten tenths that end with any retry have no more than a ratio of the calls and the floor',
    [ratios, allowedOnly],
    (given, all) => {
      const { list } = play(rulesOf(given), modelOfRatio(given), all, given.window / 100)
      const excess = list.findIndex(
        ({ at, input }, i) => input === 'retried' && unitsLeft(given, list.slice(0, i + 1), at) < 0
      )
      return unless(excess < 0, () => `not for ${JSON.stringify(list.slice(0, excess + 1))}`)
    }
  )

  law(
    'over any time, retries <= the ratio of all calls, and a floor for each window',
    [ratios, allowedOnly],
    (given, all) => {
      const { list, now } = play(rulesOf(given), modelOfRatio(given), all, given.window / 100)
      const windows = Math.floor(tenthOf(given, now) / 10) + 1
      const most = given.hundredths * 100 * count(list, 'called') + windows * floorOf(given)
      return unless(unit * count(list, 'retried') <= most, () => `${count(list, 'retried')} retries`)
    }
  )

  law('a window that has passed -> as at the start', [ratios, happenings], (given, all) => {
    const rules = rulesOf(given)
    const { now, state } = play(rules, modelOfRatio(given), all, given.window / 100)
    const after = rules.balance(state, now + given.window)
    return unless(after === rules.balance(rules.start, 0), () => `${after} left`)
  })

  law(
    'a state and a clock shifted alike -> the same answers',
    // Whole times, so that none of them is rounded.
    [ratios.map((each) => ({ ...each, window: 1000 })), happenings, happenings, fc.integer()],
    (given, all, more, by) => {
      const rules = rulesOf(given)
      const { now, state } = play(rules, modelOfRatio(given), all, given.window / 100)
      let [one, other, later] = [state, rules.shift(state, by), now]
      for (const each of more) {
        if (typeof each === 'number') later += (each * given.window) / 100
        else if (each !== 'retry') {
          one = rules.next(one, each, later)
          other = rules.next(other, each, later + by)
        }
        const [a, b] = [rules.balance(one, later), rules.balance(other, later + by)]
        if (a !== b) return `${a}, shifted ${b}`
      }
      return undefined
    }
  )
})

describe('tokens', () => {
  const rulesOf = (given: Tokens) => tokensOfFailures(given.most / 1000, given.back / 1000)
  const reached = tally('full', 'refused', 'none')

  law('allow, and are, what the model has', [tokens, happenings], (given, all) => {
    const { found, list } = play(rulesOf(given), modelOfTokens(given), all, 1)
    const left = tokensLeft(given, list)
    if (left === given.most) reached.note('full')
    if (2 * left <= given.most) reached.note('refused')
    if (left === 0) reached.note('none')
    return found
  })

  it('have been everywhere meanwhile', () => {
    expect(reached.seldom()).toEqual([])
  })

  const any = fc.double({ min: 1e-6, max: 1e9, noNaN: true })
  law(
    'of any number, with any given back -> within 0 and their maximum',
    [any, any, happenings],
    (most, back, all) => {
      const rules = tokensOfFailures(most, back)
      let state = rules.start
      for (const each of all) {
        if (typeof each === 'string' && each !== 'retry') state = rules.next(state, each, 0)
        if (!(state >= 0 && state <= most)) return `${state} tokens`
      }
      return undefined
    }
  )
})

// --- through the wrapper

/** A call: begins so long after the one before, fails so often, and is retried so often, after so long. */
const calls = (maxLength: number) =>
  fc.array(
    fc.record({
      gap: fc.constantFrom(0, 0, 1, 40, 170, 900),
      failures: fc.integer({ min: 0, max: 4 }),
      retries: fc.integer({ min: 0, max: 4 }),
      delay: fc.constantFrom(0, 1, 30, 110, 1000)
    }),
    { minLength: 1, maxLength, size: 'max' }
  )

const models = fc.oneof(ratios.map(modelOfRatio), tokens.map(modelOfTokens))

it('withRetryBudget allows and refuses as the model does, with any calls at once', async () => {
  const reached = tally<RetryEvent['_tag'] | 'refused'>('Succeeded', 'RetryScheduled', 'GaveUp', 'refused')
  const property = fc.asyncProperty(models, calls(8), async (model, all) => {
    const clock = virtualClock()
    const budget = retryBudget(model.options)()
    const list: Happened[] = []
    const note = (input: BudgetInput): void => {
      list.push({ at: clock.now(), input })
    }
    // What an observer throws is dropped, so it is looked at later.
    const differences: string[] = []
    const observe = (event: RetryEvent): void => {
      reached.note(event._tag)
      if (event._tag === 'AttemptStarted' && event.attempt === 1) note('called')
      if (event._tag === 'Succeeded') note('succeeded')
      if (event._tag === 'AttemptFailed') note('failed')
      const refused = event._tag === 'GaveUp' && event.error._tag === 'BudgetExhausted'
      if (refused) reached.note('refused')
      const decided = refused || event._tag === 'RetryScheduled'
      if (decided && refused === model.allows(list, clock.now()))
        differences.push(`${event._tag} at ${clock.now()}`)
      if (event._tag === 'RetryScheduled') note('retried')
    }
    const compare = (): void => {
      expect(differences).toEqual([])
      expect(budget.balance()).toBe(model.balance(list, clock.now()))
    }
    for (const { gap, failures, retries, delay } of all) {
      await clock.advance(gap)
      const policy = pipe(fixed(delay), limitRetries(retries))
      const fn = scripted(`${'L'.repeat(failures)}R`)
      start(
        pipe(fn, withRetry(policy), withObserver(observe), withRetryBudget(budget), withEnv({ clock })),
        clock
      )
      await turn()
      compare()
    }
    await clock.runAll()
    compare()
  })
  await fc.assert(property, { seed, numRuns })
  expect(reached.seldom()).toEqual([])
}, 60_000)

it('N callers that always fail -> calls * (1 + ratio) + floor attempts, or as many as their policies make', async () => {
  const reached = tally('by the budget', 'by the policies')
  const callers = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0, 7, 50)), {
    minLength: 1,
    maxLength: 12,
    size: 'max'
  })
  // All is over within a tenth of the window.
  const given = ratios.map((each): Ratio => ({ ...each, window: 5000 }))
  const property = fc.asyncProperty(given, callers, async (ratio, all) => {
    const clock = virtualClock()
    const budget = retryBudget(modelOfRatio(ratio).options)()
    const fns = all.map(([retries, delay]) => {
      const fn = scripted('L')
      const policy = pipe(fixed(delay), limitRetries(retries))
      start(pipe(fn, withRetry(policy), withRetryBudget(budget), withEnv({ clock })), clock)
      return fn
    })
    await clock.runAll()
    const attempts = fns.reduce((sum, fn) => sum + fn.calls(), 0)
    const wanted = all.reduce((sum, [retries]) => sum + retries, 0)
    const allowed = Math.floor((ratio.hundredths * 100 * all.length + floorOf(ratio)) / unit)
    reached.note(allowed < wanted ? 'by the budget' : 'by the policies')
    expect(attempts).toBe(all.length + Math.min(wanted, allowed))
  })
  await fc.assert(property, { seed, numRuns })
  expect(reached.seldom()).toEqual([])
}, 60_000)
