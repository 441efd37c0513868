/** A budget that processes share: alone it is as any other; with others it decides by what it can have heard of them. */
import * as fc from 'fast-check'
import { retryBudget, type RetryBudget, type RetryBudgetOptions } from 'reprise'
import { seededRandom, virtualClock } from 'reprise/testing'
import type { BudgetInput } from '../../src/action/entry.js'
import { budgetReplica } from '../../src/redis/BudgetReplica.js'
import { withBudgetRules } from '../../src/redis/SharedBudgetRules.js'
import { toBudgetCell, toBudgetPlan } from '../../src/resource/RetryBudget.js'
import { fakeRedis } from '../support/fakeRedis.js'
import { type Process, startProcess } from '../support/sharedCells.js'
import { turn } from '../support/task.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 50)

const pace = 50

const open = (options: RetryBudgetOptions, process: Process): RetryBudget =>
  withBudgetRules(toBudgetPlan(options), (rules, shared) =>
    budgetReplica(rules, process.open(shared, pace), 'local')
  )

// --- alone

type Happening = BudgetInput | number

const happenings: fc.Arbitrary<ReadonlyArray<Happening>> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Happening>('called') },
    { weight: 4, arbitrary: fc.constantFrom<Happening>('succeeded', 'failed') },
    { weight: 4, arbitrary: fc.constant<Happening>('retried') },
    { weight: 4, arbitrary: fc.constantFrom(0, 1, 9, 10, 49, 51, 100, 300, 990, 2500) }
  ),
  { minLength: 1, maxLength: 60, size: 'max' }
)

const options: fc.Arbitrary<RetryBudgetOptions> = fc.oneof(
  fc.record({
    ratio: fc.constantFrom(0, 0.2, 0.29, 1, 2.5),
    minimumPerSecond: fc.constantFrom(0, 1, 10),
    window: fc.constantFrom(100, 1000, 5000)
  }),
  fc.record({ maxTokens: fc.constantFrom(1, 3, 10), tokenRatio: fc.constantFrom(0.1, 0.5, 1) })
)

it('one process alone, which may lose Redis -> what a budget that is not shared does', async () => {
  let refused = 0
  const property = fc.asyncProperty(options, happenings, fc.nat(60), async (given, all, lost) => {
    const clock = virtualClock()
    const process = startProcess(fakeRedis(clock), clock)
    const [one, other] = [retryBudget({ ...given, clock })(), open(given, process)]
    // Before it hears of Redis, it goes by the clock of the machine.
    other.balance()
    await turn()
    const [own, shared] = [toBudgetCell('own', one), toBudgetCell('shared', other)]
    for (const [i, each] of all.entries()) {
      if (i === lost) process.become('refuses')
      if (typeof each === 'number') await clock.advance(each)
      else for (const cell of [own, shared]) cell.note(clock, each)
      expect([shared.allows(clock), other.balance()]).toEqual([own.allows(clock), one.balance()])
      if (!own.allows(clock)) refused += 1
    }
  })
  await fc.assert(property, { seed, numRuns })
  expect(refused).toBeGreaterThan(numRuns)
}, 60_000)

// --- two processes

interface Noted {
  readonly by: number
  readonly at: number
  readonly what: BudgetInput
}

/** A step of both: how often each is called, and would retry; then time passes, so little that news keeps coming. */
const steps = fc.array(
  fc.record({
    calls: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    retries: fc.tuple(fc.nat(2), fc.nat(2)),
    ms: fc.integer({ min: 1, max: 20 })
  }),
  { minLength: 1, maxLength: 60, size: 'max' }
)

// Nothing is forgotten meanwhile. Each sends at least every 70 ms, and hears then what the other has sent.
const given = { ratio: 0.5, minimumPerSecond: 0.002, window: 1_000_000 }

const left = (noted: ReadonlyArray<Noted>): number =>
  noted.reduce((sum, { what }) => (what === 'called' ? sum + 0.5 : sum - 1), 2)

it.each([
  ['at once', 0, 150],
  ['after up to 5 ms each way', 6, 220]
])(
  'two processes, messages %s -> each decides by all of its own, and what the other did up to some moment of the last moments',
  async (_, longest, lag) => {
    const reached = { refused: 0, allowed: 0, over: 0 }
    const property = fc.asyncProperty(steps, fc.nat(), async (all, chance) => {
      const clock = virtualClock()
      const random = seededRandom(chance)
      const redis = fakeRedis(clock)
      const budgets = [0, 1].map(() =>
        open(
          given,
          startProcess(redis, clock, () => Math.floor(random() * longest), undefined, random)
        )
      )
      const cells = budgets.map((budget) => toBudgetCell('shared', budget))
      const noted: Noted[] = []
      const note = (by: number, what: BudgetInput): void => {
        cells[by]!.note(clock, what)
        noted.push({ by, at: clock.now(), what })
      }
      /** Is there a moment not long ago up to which the other has been heard of, so that this is right? */
      const explained = (by: number, allowed: boolean): boolean => {
        const own = noted.filter((each) => each.by === by)
        const others = noted.filter((each) => each.by !== by)
        const sure = others.filter(({ at }) => at <= clock.now() - lag).length
        return Array.from({ length: others.length - sure + 1 }, (_, more) =>
          left([...own, ...others.slice(0, sure + more)])
        ).some((balance) => balance >= 1 === allowed)
      }
      for (const { calls, ms, retries } of all) {
        for (const by of [0, 1]) {
          for (let i = 0; i < calls[by]!; i++) note(by, 'called')
          for (let i = 0; i < retries[by]!; i++) {
            const allowed = cells[by]!.allows(clock)
            expect(explained(by, allowed)).toBe(true)
            reached[allowed ? 'allowed' : 'refused'] += 1
            if (allowed && left(noted) < 1) reached.over += 1
            if (allowed) note(by, 'retried')
          }
        }
        await clock.advance(ms)
      }
      // In the end all know all.
      await clock.advance(2000)
      for (const budget of budgets) budget.balance()
      await clock.advance(1000)
      for (const budget of budgets) expect(budget.balance()).toBe(Math.max(0, left(noted)))
      await turn()
    })
    await fc.assert(property, { seed, numRuns })
    expect(Object.values(reached).every((times) => times > numRuns / 10)).toBe(true)
  },
  60_000
)
