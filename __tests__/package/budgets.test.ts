import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireBuild, root } from '../support/built.js'
import { bundleLeast } from '../support/bundle.js'
import { node } from '../support/run.js'

requireBuild()
jest.setTimeout(120_000)

// Counts and sizes that come out the same at each run, however busy the machine is; never a time. How quick the library is,
// `npm run bench` says.

type Figures = Readonly<Record<string, number>>

interface Budgets {
  /** The version of Node that the bytes are of: other engines have other objects. */
  readonly node: string
  readonly figures: Figures
}

const file = join(__dirname, 'budgets.json')
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Budgets
const renewing = process.env['RENEW_BUDGETS'] !== undefined
const [major = ''] = process.versions.node.split('.')

/** What a script of bench/budgets prints of the build. */
const counted = async (script: string, ...flags: ReadonlyArray<string>): Promise<Figures> => {
  const { code, output } = await node([...flags, join('bench/budgets', script), root], root, 100_000)
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${output}`)
  return JSON.parse(output) as Figures
}

/** Minified, and not compressed, which comes out differently in other versions of zlib. */
const bundled = async (): Promise<Figures> => {
  const { outputFiles } = await bundleLeast()
  return { 'bundle: the least program, minified': outputFiles[0]!.contents.length }
}

let figures: Figures = {}
beforeAll(async () => {
  // No collection may happen while bytes are counted: the young generation is larger than all of them.
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']
  const parts = await Promise.all([
    counted('counts.js'),
    counted('timers.js'),
    counted('bytes.js', ...flags),
    bundled()
  ])
  figures = Object.assign({}, ...parts) as Figures
})

const isBytes = (title: string): boolean => title.startsWith('bytes')

/** Bytes vary a little with what the engine optimizes, and when. */
const mostOf = (title: string, budget: number): number => (isBytes(title) ? budget * 1.03 + 16 : budget)

const rounded = (title: string, figure: number): number =>
  isBytes(title) ? Math.round(figure) : Number(figure.toFixed(3))

const show = (): Figures =>
  Object.fromEntries(Object.entries(figures).map(([title, figure]) => [title, rounded(title, figure)]))

if (renewing) {
  test('RENEW_BUDGETS -> records the present figures', () => {
    writeFileSync(file, JSON.stringify({ node: major, figures: show() }, null, 2) + '\n')
  })
} else {
  test('every figure has a budget, and every budget a figure', () => {
    expect(Object.keys(figures).sort()).toEqual(Object.keys(recorded.figures).sort())
  })

  const isJudged = ([title]: readonly [string, number]): boolean => !isBytes(title) || recorded.node === major
  const budgets = Object.entries(recorded.figures)

  // Nothing, on the version that they were recorded on.
  const others = budgets.filter((budget) => !isJudged(budget))
  if (others.length > 0) test.skip.each(others)(`%s -> at most %d, on Node ${recorded.node}`, () => undefined)

  test.each(budgets.filter(isJudged))('%s -> at most %d', (title, budget) => {
    const figure = rounded(title, figures[title] ?? NaN)
    const renew = 'RENEW_BUDGETS=1 npx jest __tests__/package/budgets'
    if (!(figure <= mostOf(title, budget)))
      throw new Error(
        `${title}: ${figure}, and the budget is ${budget}. If it is worth that, record it: ${renew}`
      )
    // Written past jest's console, which would add a stack trace.
    if (figure < budget * 0.95)
      process.stdout.write(`${title}: ${figure}, of a budget of ${budget}. To keep it so: ${renew}\n`)
  })
}
