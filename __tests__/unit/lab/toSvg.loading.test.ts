/** What is made of what Vega says, with a Vega that says it; `toSvg.test.ts` draws with the real one. */
import type { ChartFault, ChartSpec } from 'reprise/lab'
import type { LoggerInterface } from 'vega'
import type * as ToSvg from '../../../src/lab/toSvg.js'

type Says = (logger: LoggerInterface) => void

interface Given {
  /** What is said when the chart is compiled, and when it is drawn. */
  readonly compiling?: Says
  readonly drawing?: Says
  /** Why Vega cannot be loaded. */
  readonly missing?: unknown
}

/** Draws with a Vega that gives this text, or cannot be loaded. */
const draw = async (spec: object, svg: string, { compiling, drawing, missing }: Given = {}) => {
  jest.resetModules()
  jest.doMock('vega-lite', () => {
    if (missing !== undefined) throw missing
    const compile = (_: unknown, { logger }: { readonly logger: LoggerInterface }) => {
      compiling?.(logger)
      return { spec: {} }
    }
    return { __esModule: true, compile }
  })
  jest.doMock('vega', () => {
    function View(this: object, _: unknown, { logger }: { readonly logger: LoggerInterface }) {
      const toSVG = async () => {
        drawing?.(logger)
        return svg
      }
      Object.assign(this, { toSVG, finalize: () => undefined })
    }
    return { __esModule: true, parse: () => ({}), View }
  })
  const { toSvg } = jest.requireActual<typeof ToSvg>('../../../src/lab/toSvg.js')
  return toSvg(spec as ChartSpec)()
}

const refused = (error: unknown) => ({ _tag: 'Left', left: { _tag: 'ChartRefused', error } })

describe('toSvg', () => {
  it('parts that others refer to -> counted from 1 on, in each picture', async () => {
    const svg =
      '<svg ><p id="clip17"/><q clip="url(#clip17)"/><r id="gradient_24"/><s fill="url(#gradient_24)"/></svg>'
    const expected =
      '<svg ><p id="clip1"/><q clip="url(#clip1)"/><r id="gradient_2"/><s fill="url(#gradient_2)"/></svg>'
    expect(await draw({}, svg)).toEqual({ _tag: 'Right', right: expected })
  })

  it('a description -> said to those who do not see', async () => {
    expect(await draw({ description: 'a < b\nc' }, '<svg ></svg>')).toEqual({
      _tag: 'Right',
      right: '<svg role="graphics-document" aria-label="a &#60; b c" ></svg>'
    })
  })

  it('what is logged -> asked for by nobody, unless it is an error', async () => {
    const levels: unknown[] = []
    const compiling: Says = (logger) => {
      levels.push(logger.level())
      logger.level(3)
      // It gives itself, as that of Vega.
      levels.push(logger.info().debug().warn('odd', 1, 2).level())
    }
    expect(await draw({}, '<svg >', { compiling })).toEqual({ _tag: 'Right', right: '<svg >' })
    expect(levels).toEqual([1, 3])
  })

  it('errors -> ChartRefused with the first', async () => {
    const compiling: Says = (logger) => {
      logger.error('bad', 'in truth').error('worse')
    }
    expect(await draw({}, '<svg >', { compiling })).toEqual(refused('bad'))
  })

  it('what could not be loaded, as it is drawn -> ChartRefused with the error', async () => {
    const drawing: Says = (logger) => {
      logger.warn('Loading failed', 'a.json', 'gone')
    }
    expect(await draw({}, '<svg >', { drawing })).toEqual(refused('gone'))
  })

  it('what is thrown -> ChartRefused with it', async () => {
    const compiling = (): never => {
      throw 'nonsense'
    }
    expect(await draw({}, '<svg >', { compiling })).toEqual(refused('nonsense'))
  })

  const coded = (code: string) => Object.assign(new Error(code), { code })

  it.each(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'])('%s -> VegaMissing', async (code) => {
    const missing = coded(code)
    const left: ChartFault = {
      _tag: 'VegaMissing',
      message: 'a chart is drawn by Vega: npm install vega vega-lite',
      error: missing
    }
    expect(await draw({}, '', { missing })).toEqual({ _tag: 'Left', left })
  })

  it('broken -> ChartRefused', async () => {
    const missing = coded('ERR_BROKEN')
    expect(await draw({}, '', { missing })).toEqual(refused(missing))
  })

  it('cannot be required -> imported, which says why it cannot be, here', async () => {
    const { left } = (await draw({}, '', { missing: coded('ERR_REQUIRE_ESM') })) as { left: ChartFault }
    expect(left).toMatchObject({
      _tag: 'ChartRefused',
      error: { code: expect.stringMatching(/^ERR_VM_DYNAMIC_IMPORT/) as string }
    })
  })

  it('cannot be required, where import is as Node has it -> both are imported', async () => {
    const vega = {
      parse: () => ({}),
      View: jest.fn(() => ({ toSVG: () => '<svg >', finalize: () => undefined }))
    }
    const lite = { compile: () => ({ spec: {} }) }
    const packages: Readonly<Record<string, unknown>> = { vega, 'vega-lite': lite }
    const real = Function
    const made = jest
      .spyOn(globalThis, 'Function')
      .mockImplementation((...of) =>
        of[1] === 'return import(name)' ? (name: string) => packages[name] : real(...of)
      )
    try {
      expect(await draw({}, '', { missing: coded('ERR_REQUIRE_ESM') })).toEqual({
        _tag: 'Right',
        right: '<svg >'
      })
      expect(made).toHaveBeenCalledWith('name', 'return import(name)')
    } finally {
      made.mockRestore()
    }
  })
})
