/** What is made of what Vega says, with a Vega that says it; `toSvg.test.ts` draws with the real one. */
import type { ChartFault, ChartSpec } from 'reprise/lab'
import type * as ToSvg from '../../../src/lab/toSvg.js'

interface Logger {
  readonly level: (to?: number) => unknown
  readonly error: (...args: ReadonlyArray<unknown>) => unknown
  readonly warn: (...args: ReadonlyArray<unknown>) => unknown
  readonly info: () => unknown
  readonly debug: () => unknown
}

/** Draws with a Vega that gives this text, or cannot be loaded. */
const draw = async (
  spec: object,
  svg: string,
  { says, missing }: { readonly says?: (logger: Logger) => void; readonly missing?: unknown } = {}
) => {
  jest.resetModules()
  jest.doMock('vega-lite', () => {
    if (missing !== undefined) throw missing
    const compile = (_: unknown, { logger }: { readonly logger: Logger }) => {
      says?.(logger)
      return { spec: {} }
    }
    return { __esModule: true, compile }
  })
  jest.doMock('vega', () => {
    function View(this: object) {
      Object.assign(this, { toSVG: async () => svg, finalize: () => undefined })
    }
    return { __esModule: true, parse: () => ({}), View }
  })
  const { toSvg } = jest.requireActual<typeof ToSvg>('../../../src/lab/toSvg.js')
  return toSvg(spec as ChartSpec)()
}

const refused = (error: unknown) => ({ _tag: 'Left', left: { _tag: 'ChartRefused', error } })

describe('toSvg', () => {
  it('parts that others refer to -> counted from 1 on, in each picture', async () => {
    const svg = '<svg ><p id="clip7"/><q clip="url(#clip7)"/><r id="gradient_4"/></svg>'
    const expected = '<svg ><p id="clip1"/><q clip="url(#clip1)"/><r id="gradient_2"/></svg>'
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
    const says = (logger: Logger): void => {
      levels.push(logger.level(), logger.level(3), logger.level())
      logger.info()
      logger.debug()
      logger.warn('odd', 1, 2)
    }
    expect(await draw({}, '<svg >', { says })).toEqual({ _tag: 'Right', right: '<svg >' })
    expect([levels[0], levels[2]]).toEqual([1, 3])
  })

  it('an error, or what could not be loaded -> ChartRefused with it', async () => {
    expect(await draw({}, '<svg >', { says: ({ error }) => error('bad', 'other') })).toEqual(refused('bad'))
    expect(
      await draw({}, '<svg >', { says: ({ warn }) => warn('Loading failed', 'a.json', 'gone') })
    ).toEqual(refused('gone'))
  })

  it('what is thrown -> ChartRefused with it', async () => {
    const says = (): never => {
      throw 'nonsense'
    }
    expect(await draw({}, '<svg >', { says })).toEqual(refused('nonsense'))
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
})
