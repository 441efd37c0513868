/** Results of fleets for charts, and what Vega makes of charts. */
import { Ajv, type ValidateFunction } from 'ajv'
import { build } from 'esbuild'
import * as fc from 'fast-check'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChartSpec, FleetResult } from 'reprise/lab'
import { root } from './built.js'
import { bin } from './fleets.js'
import { type Ended, node } from './run.js'

// --- results

/** The result of a fleet of 10 clients, whose 20 requests made 30 calls, but for what is given. */
export const fleetResult = (given: Partial<FleetResult> = {}): FleetResult => ({
  seed: 1,
  clients: 10,
  requests: 20,
  succeeded: 20,
  failed: {},
  successRatio: 1,
  calls: 30,
  amplification: 1.5,
  completion: 1999,
  latency: { mean: 150, p50: 100, p90: 200, p99: 300, max: 400 },
  recovery: undefined,
  series: { width: 1000, bins: [bin(0, { requests: 20, calls: 20, underWay: 5 }), bin(1000, { calls: 10 })] },
  ...given
})

const counts = fc.oneof(fc.nat(5), fc.nat(1e6))
const times = fc.oneof(fc.nat(1000), fc.double({ min: 0, max: 1e9, noNaN: true }))

const moments = fc.record({
  requests: counts,
  calls: counts,
  succeeded: counts,
  failed: counts,
  underWay: counts,
  watched: fc.dictionary(fc.constantFrom('open', 'a b', "it's", '__proto__'), times, { maxKeys: 2 })
})

const bins = fc
  .record({
    width: fc.constantFrom(1, 2.5, 10, 1000, 3_600_000),
    made: fc.oneof(
      { arbitrary: fc.array(moments, { maxLength: 5 }), weight: 9 },
      { arbitrary: fc.array(moments, { minLength: 161, maxLength: 400 }), weight: 1 }
    )
  })
  .map(({ width, made }) => ({ width, bins: made.map((each, i) => bin(i * width, each)) }))

export const fleetResults: fc.Arbitrary<FleetResult> = fc
  .record({
    clients: counts,
    requests: counts,
    calls: counts,
    successRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    amplification: times,
    completion: times,
    latency: fc.option(fc.record({ mean: times, p50: times, p90: times, p99: times, max: times }), {
      nil: undefined
    }),
    recovery: fc.option(times, { nil: undefined }),
    failed: fc.constantFrom({}, { Unfinished: 3 }),
    series: bins
  })
  .map(fleetResult)

/** Names of policies, odd ones too. Vega itself fails at titles that are keys of every object, but for `__proto__`. */
export const names: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(
      'full jitter',
      'requests made',
      '',
      '__proto__',
      'a.b[0]',
      'a \u2028 b',
      `<"it's" \\ & 'x'>`
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.lorem({ maxCount: 20 })
  )
  .filter((name) => name === '__proto__' || !(name in {}))

// --- specifications

/** A list that has what a test looks at, or the test fails. */
type Many<T> = readonly [T, T, T, T, T, T, T, T, ...T[]]

type Row = Readonly<Record<string, string | number | null>>

interface Axis {
  readonly labels: boolean
  readonly values: ReadonlyArray<number>
  readonly labelExpr: string
  readonly labelOffset: unknown
}

interface Channel {
  readonly field: string
  readonly title: string
  readonly scale: {
    readonly domain: Many<string | number>
    readonly range: Many<string | number>
    readonly type?: string
  }
  readonly axis: Axis
}

interface Layer {
  readonly mark: { readonly type: string; readonly color: string }
  readonly data: { readonly values: Many<Row> }
  readonly encoding: Readonly<Record<'x' | 'x2' | 'y' | 'y2' | 'color' | 'strokeDash', Channel>>
}

interface Panel {
  readonly title: { readonly text: string | ReadonlyArray<string>; readonly subtitle: ReadonlyArray<string> }
  readonly width: number
  readonly height: number
  readonly data: { readonly values: Many<Row> }
  readonly layer: Many<Layer>
}

/** The parts of a chart that tests look at, as a reader of the JSON would. */
export interface Seen {
  readonly title: { readonly text: string; readonly subtitle: ReadonlyArray<string> }
  readonly description: string
  readonly columns: number
  readonly data: { readonly values: Many<Row> }
  readonly datasets: { readonly series: Many<Row>; readonly requests: Many<Row> }
  readonly vconcat: Many<Panel>
  readonly concat: Many<Panel>
}

/** Looks at a chart; what is not there is not looked at. */
export const seen = (spec: ChartSpec): Seen => spec as unknown as Seen

// --- Vega

/** What Vega-Lite made of a chart. */
export interface Drawn {
  readonly warnings: ReadonlyArray<string>
  readonly svg: string
}

/** Runs a script in a plain Node, which may import 'reprise', 'reprise/lab' as they are, and Vega. */
export const runWithVega = async (script: string, data: unknown): Promise<Ended> => {
  // Within the repository, where Vega is found.
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, 'node_modules/.cache/reprise-charts-'))
  try {
    await build({
      stdin: { contents: script, resolveDir: root },
      alias: { 'reprise/lab': join(root, 'src/lab/index.ts'), reprise: join(root, 'src/index.ts') },
      outfile: join(folder, 'script.mjs'),
      bundle: true,
      external: ['vega', 'vega-lite'],
      platform: 'node',
      format: 'esm',
      target: 'node20'
    })
    writeFileSync(join(folder, 'data.json'), JSON.stringify(data))
    return await node(['script.mjs'], folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Draws charts. Fails if any of them is refused, or if something is written beside the answer. */
export const draw = async (specs: ReadonlyArray<ChartSpec>): Promise<ReadonlyArray<Drawn>> => {
  const { code, output } = await runWithVega(
    `import { readFileSync } from 'node:fs'
     import { compile } from 'vega-lite'
     import { toSvg } from 'reprise/lab'
     const drawn = []
     for (const spec of JSON.parse(readFileSync('data.json', 'utf8'))) {
       const warnings = []
       const note = (...args) => (warnings.push(args.join(' ')), logger)
       const quiet = () => logger
       const logger = { level: quiet, error: note, warn: note, info: quiet, debug: quiet }
       compile(spec, { logger })
       const { left, right: svg } = await toSvg(spec)()
       if (left !== undefined) throw left.error
       drawn.push({ warnings, svg })
     }
     console.log(JSON.stringify(drawn))`,
    specs
  )
  if (code !== 0) throw new Error(output)
  return JSON.parse(output) as ReadonlyArray<Drawn>
}

/** The texts of a picture, as a reader sees them. */
export const textsOf = (svg: string | undefined): ReadonlyArray<string> =>
  [...(svg ?? '').matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '')

let schema: ValidateFunction | undefined

/** What is wrong with a chart by the JSON Schema of Vega-Lite; `undefined` if nothing is. */
export const faultOf = (spec: ChartSpec): string | undefined => {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  schema ??= ajv.compile(
    JSON.parse(
      readFileSync(join(root, 'node_modules/vega-lite/build/vega-lite-schema.json'), 'utf8')
    ) as object
  )
  return schema(spec) ? undefined : ajv.errorsText(schema.errors?.slice(-5))
}
