import { build } from 'esbuild'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fixed } from 'reprise'
import { type ChartSpec, waitsChart } from 'reprise/lab'
import ts from 'typescript'
import { root } from '../../support/built.js'
import { draw, runWithVega } from '../../support/charts.js'
import { node } from '../../support/run.js'

jest.setTimeout(60_000)

const chart = waitsChart({ 'one <second>': fixed('1s') }, { draws: 3 })

/** With parts that others refer to: Vega numbers them. */
const clipped: ChartSpec = {
  $schema: chart.$schema,
  data: { values: [{ a: 1, b: 'x' }] },
  mark: { type: 'bar', clip: true },
  encoding: { x: { field: 'a', type: 'quantitative' }, y: { field: 'b', type: 'nominal' } }
}

describe('toSvg', () => {
  it('a chart -> an SVG with its title, its description, the names of its policies and a white ground', async () => {
    const [drawn] = await draw([chart])
    expect(drawn?.svg).toMatch(
      /^<svg role="graphics-document" aria-label="Waits before each retry, if every /
    )
    expect(drawn?.svg).toContain('one &#60;second&#62; goes on after 10 retries."')
    expect(drawn?.svg).toContain('>Waits before each retry</text>')
    expect(drawn?.svg).toContain('>one &lt;second&gt;</text>')
    expect(drawn?.svg).toContain('fill="white"')
  })

  it('the same charts, once more and at once -> the same bytes, and nothing on the console', async () => {
    const { code, output } = await runWithVega(
      `import { readFileSync } from 'node:fs'
       import { toSvg } from 'reprise/lab'
       const specs = JSON.parse(readFileSync('data.json', 'utf8'))
       const first = await Promise.all(specs.map((spec) => toSvg(spec)()))
       const again = []
       for (const spec of specs) again.push(await toSvg(spec)())
       console.log(JSON.stringify(first) === JSON.stringify(again), first[1].right.includes('url(#clip1)'))`,
      [chart, clipped, clipped]
    )
    expect({ code, output }).toEqual({ code: 0, output: 'true true\n' })
  })

  const bad: ReadonlyArray<[string, unknown, string]> = [
    ['{}', {}, 'Error: Invalid specification {}. Make sure'],
    ['null', null, 'TypeError: Cannot read properties of null'],
    [
      'an expression that is none',
      { ...clipped, transform: [{ calculate: 'f(', as: 'c' }] },
      'Error: Unexpected end of input'
    ],
    [
      'an expression that throws',
      { ...clipped, transform: [{ calculate: 'datum.c.d', as: 'c' }] },
      "TypeError: Cannot read properties of undefined (reading 'd')"
    ],
    ['data that is not there', { ...clipped, data: { url: '/nowhere.json' } }, 'Error: ENOENT: no such file']
  ]
  it('what Vega refuses -> Left, with its error, and nothing on the console', async () => {
    const { code, output } = await runWithVega(
      `import { readFileSync } from 'node:fs'
       import { toSvg } from 'reprise/lab'
       const said = []
       for (const spec of JSON.parse(readFileSync('data.json', 'utf8'))) {
         const { _tag, left } = await toSvg(spec)()
         said.push([_tag, left?._tag, String(left?.error)])
       }
       console.log(JSON.stringify(said))`,
      bad.map(([, spec]) => spec)
    )
    expect(code).toBe(0)
    const said = JSON.parse(output) as ReadonlyArray<[string, string, string]>
    expect(said).toEqual(
      bad.map(([, , text]): unknown => ['Left', 'ChartRefused', expect.stringContaining(text)])
    )
  })
})

describe('toSvg without Vega, or in CommonJS', () => {
  const work = mkdtempSync(join(root, 'node_modules/.cache-charts-'))
  const elsewhere = mkdtempSync(join(tmpdir(), 'reprise-charts-'))
  afterAll(() => {
    for (const folder of [work, elsewhere]) rmSync(folder, { recursive: true, force: true })
  })

  /** As TypeScript makes it for the CommonJS build, with what it imports. */
  const inCommonJs = async (): Promise<string> => {
    const { outputText } = ts.transpileModule(readFileSync(join(root, 'src/lab/toSvg.ts'), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
    })
    expect(outputText).toContain("require('vega')")
    const { outputFiles } = await build({
      stdin: { contents: outputText, resolveDir: join(root, 'src/lab'), loader: 'ts' },
      bundle: true,
      write: false,
      external: ['vega', 'vega-lite'],
      platform: 'node',
      format: 'cjs',
      target: 'node20'
    })
    return outputFiles[0]!.text
  }

  const use = `
    const { toSvg } = require('./toSvg.cjs')
    const spec = JSON.parse(require('node:fs').readFileSync('data.json', 'utf8'))
    toSvg(spec)().then(({ _tag, left, right }) => console.log(_tag, left?._tag, left?.message, right?.slice(0, 4)))`

  const run = async (folder: string, args: ReadonlyArray<string> = []) => {
    writeFileSync(join(folder, 'toSvg.cjs'), await inCommonJs())
    writeFileSync(join(folder, 'use.cjs'), use)
    writeFileSync(join(folder, 'data.json'), JSON.stringify(chart))
    return node([...args, 'use.cjs'], folder)
  }

  it('CommonJS -> Right', async () => {
    expect(await run(work)).toEqual({ code: 0, output: 'Right undefined undefined <svg\n' })
  })

  it('CommonJS, where Node cannot require ES modules -> Right', async () => {
    const old = await run(work, ['--no-experimental-require-module'])
    expect(old).toEqual({ code: 0, output: 'Right undefined undefined <svg\n' })
  })

  it('CommonJS, no Vega -> Left, which says what to install', async () => {
    const output = 'Left VegaMissing a chart is drawn by Vega: npm install vega vega-lite undefined\n'
    expect(await run(elsewhere)).toEqual({ code: 0, output })
  })

  it('ES modules, no Vega -> the same', async () => {
    await build({
      stdin: {
        contents:
          "import { toSvg } from './toSvg.js'\nconst { _tag, left } = await toSvg({})()\nconsole.log(_tag, left._tag, left.message)",
        resolveDir: join(root, 'src/lab'),
        loader: 'ts'
      },
      outfile: join(elsewhere, 'use.mjs'),
      bundle: true,
      external: ['vega', 'vega-lite'],
      platform: 'node',
      format: 'esm',
      target: 'node20'
    })
    const output = 'Left VegaMissing a chart is drawn by Vega: npm install vega vega-lite\n'
    expect(await node(['use.mjs'], elsewhere)).toEqual({ code: 0, output })
  })
})
