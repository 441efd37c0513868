import { isColoured, paintOf } from '../../../src/cli/Paint.js'

describe('isColoured', () => {
  test.each([
    ['a terminal', true, {}, true],
    ['a pipe', undefined, {}, false],
    // An empty value says nothing, by no-color.org.
    ['a terminal, NO_COLOR=""', true, { NO_COLOR: '' }, true],
    ['a terminal, NO_COLOR=1', true, { NO_COLOR: '1' }, false],
    ['a terminal, NO_COLOR=0', true, { NO_COLOR: '0' }, false],
    ['a terminal, TERM=dumb', true, { TERM: 'dumb' }, false],
    ['a pipe under CI, FORCE_COLOR=1', false, { CI: 'true', FORCE_COLOR: '1' }, false]
  ])('%s -> %s', (_title, isTerminal, env, expected) => {
    expect(isColoured(isTerminal, env)).toBe(expected)
  })
})

describe('paintOf', () => {
  test('true -> colours, each ended', () => {
    const { solid, light, bad } = paintOf(true)
    expect([solid('█'), light('░'), bad('error')]).toEqual([
      '\u001b[36m█\u001b[39m',
      '\u001b[2m\u001b[36m░\u001b[39m\u001b[22m',
      '\u001b[1m\u001b[31merror\u001b[39m\u001b[22m'
    ])
  })

  test('false -> texts as they are', () => {
    expect(
      Object.values<(text: string) => string>({ ...paintOf(false) }).map((paint) => paint('text'))
    ).toEqual(Array(7).fill('text'))
  })
})
