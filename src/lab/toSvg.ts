/** Makes a picture of a chart, with Vega. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type * as Vega from 'vega'
import type * as Lite from 'vega-lite'
import { read } from '../policy/Failure.js'
import type { ChartSpec } from './ChartSpec.js'

// --- model

/**
 * Why there is no picture: `vega` and `vega-lite` are not installed; or they could not make one of it, with what they said.
 *
 * @category model
 * @since 0.3.0
 */
export type ChartFault =
  | { readonly _tag: 'VegaMissing'; readonly message: string; readonly error: unknown }
  | { readonly _tag: 'ChartRefused'; readonly error: unknown }

// --- charting

/**
 * Gives a chart as the text of an SVG file. Needs the packages `vega` and `vega-lite`, which are loaded when it runs; a `Left`
 * says so if they are missing, and what they said if they refuse the specification. The same chart gives the same text, with
 * the same versions of these packages.
 *
 * *Gotcha*: a page is better served by `vega-embed`, which draws the same specification.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, limitRetries } from 'reprise'
 * import { toSvg, waitsChart } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const svg = await toSvg(waitsChart({ 'three retries': pipe(fixed('1s'), limitRetries(3)) }))()
 * assert(svg._tag === 'Right' && svg.right.startsWith('<svg'))
 *
 * @category charts
 * @since 0.3.0
 */
export const toSvg =
  (spec: ChartSpec): TaskEither<ChartFault, string> =>
  async () => {
    const loaded = await load()
    if ('_tag' in loaded) return { _tag: 'Left', left: loaded }
    const [vega, lite] = loaded
    try {
      const errors: unknown[] = []
      const logger = silent(errors)
      // It is checked by Vega-Lite, and by nobody better.
      const compiled = lite.compile(spec as unknown as Lite.TopLevelSpec, { logger })
      const view = new vega.View(vega.parse(compiled.spec), { logger })
      const svg = await view.toSVG()
      view.finalize()
      return errors.length > 0
        ? { _tag: 'Left', left: { _tag: 'ChartRefused', error: errors[0] } }
        : { _tag: 'Right', right: described(renumbered(svg), spec['description']) }
    } catch (error) {
      return { _tag: 'Left', left: { _tag: 'ChartRefused', error } }
    }
  }

// --- loading

type Loaded = readonly [vega: typeof Vega, lite: typeof Lite]

const load = async (): Promise<Loaded | ChartFault> => {
  try {
    return await modules()
  } catch (error) {
    return ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(String(read(error, 'code')))
      ? { _tag: 'VegaMissing', message: 'a chart is drawn by Vega: npm install vega vega-lite', error }
      : { _tag: 'ChartRefused', error }
  }
}

const modules = async (): Promise<Loaded> => {
  try {
    // As it is, it can be followed by bundlers.
    return await Promise.all([import('vega'), import('vega-lite')])
  } catch (error) {
    if (!String(read(error, 'code')).startsWith('ERR_REQUIRE_')) throw error
    // In the CommonJS build, TypeScript has made it `require`, which cannot load these modules. What is in a text stays.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const importOf = new Function('name', 'return import(name)') as (name: string) => Promise<unknown>
    return (await Promise.all([importOf('vega'), importOf('vega-lite')])) as unknown as Loaded
  }
}

// --- rendering

/** Vega writes to the console unless it is given something else to write to. */
const silent = (errors: unknown[]): Vega.LoggerInterface => {
  let level = 1
  const logger: Vega.LoggerInterface = {
    level: (to?: number) => {
      if (to === undefined) return level
      level = to
      return logger
    },
    error: (...args) => {
      errors.push(args[0])
      return logger
    },
    // What could not be loaded is a warning only, and its chart is empty.
    warn: (...args) => {
      if (args[0] === 'Loading failed') errors.push(args[2])
      return logger
    },
    info: () => logger,
    debug: () => logger
  }
  return logger
}

/** Vega counts the parts that others refer to over all pictures that it makes: here they are counted in each. */
const renumbered = (svg: string): string => {
  const ids = new Map<string, string>()
  return svg.replace(
    /( id="|"url\(#)((clip|gradient_)\d+)\b/g,
    (_, before: string, id: string, kind: string) => {
      const known = ids.get(id) ?? `${kind}${ids.size + 1}`
      ids.set(id, known)
      return before + known
    }
  )
}

/** Says what can be seen, as Vega does in a page. */
const described = (svg: string, description: unknown): string =>
  typeof description === 'string'
    ? svg.replace('<svg ', () => `<svg role="graphics-document" aria-label="${escaped(description)}" `)
    : svg

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`).replace(/[\0-\x1f]/g, ' ')
