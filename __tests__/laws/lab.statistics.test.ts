/**
 * What happens at random in the lab, against the distributions that its documentation states; all significances are
 * 0.001.
 */
import { never, type Random, withRetry } from 'reprise'
import { runFleet } from 'reprise/lab'
import { seededRandom } from 'reprise/testing'
import { newAgenda } from '../../src/lab/Agenda.js'
import { arrivalsOf } from '../../src/lab/Arrivals.js'
import { type Distribution, sampler } from '../../src/lab/Distribution.js'
import type { ServiceScenario } from '../../src/lab/Scenario.js'
import { dependence, misfit, misfitOf } from '../support/fit.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numDraws = 60_000
const numbers = Float64Array.from({ length: 2 * numDraws }, seededRandom(seed))

/** Gives the numbers of the seed, from the first on. */
const newRandom = (): Random => {
  let index = 0
  return () => numbers[index++]!
}

// The standard normal distribution, to 7.5e-8: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17.
const normalAtMost = (x: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const beyond = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series
  return x < 0 ? beyond : 1 - beyond
}

const exponentialAtMost =
  (mean: number) =>
  (x: number): number =>
    1 - Math.exp(-x / mean)

// --- distributions

type Row = readonly [Distribution, (x: number) => number]
const rows: ReadonlyArray<Row> = [
  [{ uniform: [10, 30] }, (x) => (x - 10) / 20],
  [{ normal: [100, 10] }, (x) => normalAtMost((x - 100) / 10)],
  // What would be below 0 is as much above it.
  [{ normal: [1, 2] }, (x) => normalAtMost((x - 1) / 2) - normalAtMost((-x - 1) / 2)],
  [{ exponential: 50 }, exponentialAtMost(50)],
  [{ logNormal: [50, 0.5] }, (x) => normalAtMost(Math.log(x / 50) / 0.5)],
  [{ logNormal: [50, 1] }, (x) => normalAtMost(Math.log(x / 50))]
]

describe('a distribution', () => {
  const drawn = (distribution: Distribution): ReadonlyArray<number> => {
    const random = newRandom()
    const draw = sampler('latency', distribution)
    return Array.from({ length: numDraws }, () => draw(random))
  }

  it.each(rows)('%j, 60,000 draws -> as stated', (distribution, atMost) => {
    expect(misfitOf(atMost, drawn(distribution))).toBeUndefined()
  })

  it.each(rows)('%j, draws one after the other -> independent', (distribution, atMost) => {
    expect(dependence(drawn(distribution).map(atMost), { size: 2, parts: 10 })).toBeUndefined()
  })

  // What these tests would find.
  it.each<[string, Distribution, (x: number) => number]>([
    ['a mean of 4 % more', { exponential: 52 }, exponentialAtMost(50)],
    ['a deviation of 6 % less', { normal: [100, 9.4] }, (x) => normalAtMost((x - 100) / 10)],
    ['a mean of a tenth of the deviation more', { normal: [101, 10] }, (x) => normalAtMost((x - 100) / 10)],
    ['a median of 2 % less', { logNormal: [49, 0.5] }, (x) => normalAtMost(Math.log(x / 50) / 0.5)],
    ['an end of 2 % more', { uniform: [10, 30.4] }, (x) => Math.min(1, (x - 10) / 20)],
    [
      'none of it below 0',
      { normal: [1, 2] },
      (x) => (normalAtMost((x - 1) / 2) - normalAtMost(-0.5)) / normalAtMost(0.5)
    ]
  ])('%s -> refused', (_title, distribution, atMost) => {
    expect(misfitOf(atMost, drawn(distribution))).toBeDefined()
  })
})

// --- arrivals

const server = { capacity: 1, latency: 0 }

/** Gives the moments at which requests are made. */
const moments = async (scenario: ServiceScenario): Promise<ReadonlyArray<number>> => {
  const agenda = newAgenda()
  const log: number[] = []
  arrivalsOf(scenario).arrive(agenda, newRandom(), () => log.push(agenda.clock.now()))
  await agenda.run({ goOn: () => true, moves: () => true })
  return log
}

describe('arrivals', () => {
  it('each client every 100 ms -> the first at random within them', async () => {
    const first = await moments({ clients: 20_000, arrivals: { every: 100 }, duration: 100, server })
    expect(first).toHaveLength(20_000)
    expect(misfitOf((x) => x / 100, first)).toBeUndefined()
  })

  // Poisson: the pauses are exponential and independent.
  it('500 a second -> at random, independent moments', async () => {
    const all = await moments({ clients: 10, arrivals: { perSecond: 500 }, duration: '80s', server })
    const pauses = all.map((moment, i) => moment - (all[i - 1] ?? 0))
    expect(misfitOf(exponentialAtMost(2), pauses)).toBeUndefined()
    expect(dependence(pauses.map(exponentialAtMost(2)), { size: 2, parts: 10 })).toBeUndefined()
    // As many as come in 80 s: 40,000, with a deviation of 200.
    expect(Math.abs(all.length - 40_000)).toBeLessThan(3.29 * 200)
  })
})

// --- failures

describe('failures', () => {
  it.each([0.5, 0.1])('a part of %d, of 20,000 requests -> so many fail', async (part) => {
    const scenario: ServiceScenario = {
      clients: 20_000,
      arrivals: 'atOnce',
      server: { capacity: 20_000, latency: 1, failures: part }
    }
    const result = await runFleet(scenario, withRetry(never), { seed })()
    const succeeded = result._tag === 'Right' ? result.right.succeeded : NaN
    const outcomes = Array.from({ length: 20_000 }, (_, i) => (i < succeeded ? 0 : 1))
    const stated = new Map([
      [0, 1 - part],
      [1, part]
    ])
    expect(misfit(stated, outcomes)).toBeUndefined()
  })
})
