import { paintOf } from '../../../src/cli/Paint.js'
import { placeOf, type Problem } from '../../../src/cli/Problem.js'
import { renderProblems } from '../../../src/cli/renderProblems.js'

const render = (problems: ReadonlyArray<Problem>, width = 80, file = 'a.yaml') =>
  renderProblems(paintOf(false), width)(file, problems).split('\n')

const text = 'fixed: 1s\nlimitRetries: -1 # few\n'

describe('renderProblems', () => {
  test('a problem -> one line', () => {
    expect(render([{ message: 'the file is empty' }])).toEqual(['a.yaml: error: the file is empty', ''])
  })

  test('a place -> line and column, and the line with a mark', () => {
    expect(render([{ message: 'limitRetries: expected more', place: placeOf(text, 10, 26) }])).toEqual([
      'a.yaml:2:1: error: limitRetries: expected more',
      '  2 | limitRetries: -1 # few',
      '    | ^^^^^^^^^^^^^^^^',
      ''
    ])
  })

  test('several -> their number', () => {
    expect(
      render([
        { message: 'one', place: placeOf(text, 7, 9) },
        { message: 'other', file: 'registry.mjs' }
      ])
    ).toEqual([
      'a.yaml:1:8: error: one',
      '  1 | fixed: 1s',
      '    |        ^^',
      'registry.mjs: error: other',
      '',
      '2 errors',
      ''
    ])
  })

  test('standard input -> by name', () => {
    expect(render([{ message: 'the file is empty' }], 80, '-')).toEqual([
      'standard input: error: the file is empty',
      ''
    ])
  })

  test('a long line -> the part around the mark', () => {
    const long = `${'a'.repeat(100)}X${'b'.repeat(100)}`
    expect(render([{ message: 'here', place: placeOf(long, 100) }], 36)).toEqual([
      'a.yaml:1:101: error: here',
      `  1 | ${'a'.repeat(15)}X${'b'.repeat(14)}`,
      `    | ${' '.repeat(15)}^`,
      ''
    ])
  })

  test('a mark longer than the line has room -> cut', () => {
    const [, line, mark] = render([{ message: 'here', place: placeOf('a'.repeat(100), 0, 100) }], 36)
    expect([line, mark]).toEqual([`  1 | ${'a'.repeat(30)}`, `    | ${'^'.repeat(30)}`])
  })

  test('tabs and control characters of the file -> nothing that moves the mark, or the terminal', () => {
    const hostile = '\ta: \u001b[2J\u0007x'
    expect(render([{ message: 'bad \u001b[31m value', place: placeOf(hostile, 9, 10) }])).toEqual([
      'a.yaml:1:10: error: bad \\u001b[31m value',
      '  1 |  a:  [2J x',
      '    |          ^',
      ''
    ])
  })

  test('in colour', () => {
    expect(renderProblems(paintOf(true), 80)('a', [{ message: 'empty' }])).toBe(
      'a: \u001b[1m\u001b[31merror\u001b[39m\u001b[22m: empty\n'
    )
  })
})
