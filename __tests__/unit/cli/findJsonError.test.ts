import * as fc from 'fast-check'
import { findJsonError } from '../../../src/cli/findJsonError.js'
import { law, unless } from '../../support/law.js'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('findJsonError', () => {
  test.each([
    ['{"a":1,}', 7, 'a key in double quotes'],
    ['{"a":1 // x\n}', 7, 'a comma or }'],
    ["{'a':1}", 1, 'a key in double quotes or }'],
    ['{a:1}', 1, 'a key in double quotes or }'],
    ['{"a" 1}', 5, 'a colon'],
    ['{"a":}', 5, 'a value'],
    ['{"a":1}}', 7, 'the end of the text'],
    ['{"a":1', 6, 'a comma or }'],
    ['[1,2', 4, 'a comma or ]'],
    ['[1,]', 3, 'a value'],
    ['[1}', 2, 'a comma or ]'],
    ['[,]', 1, 'a value or ]'],
    ['[01]', 1, 'a value or ]'],
    ['[+1]', 1, 'a value or ]'],
    ['[1.]', 1, 'a value or ]'],
    ['[NaN]', 1, 'a value or ]'],
    ['[nulls]', 1, 'a value or ]'],
    ['["a\nb"]', 1, 'a value or ]'],
    ['["\\x"]', 1, 'a value or ]'],
    ['"open', 0, 'a value'],
    ['', 0, 'a value'],
    ['1 2', 2, 'the end of the text']
  ])('%j -> at %d, expected %s', (text, at, expected) => {
    expect(findJsonError(text)).toEqual({ at, expected })
  })

  test('nesting of any depth -> no overflow', () => {
    expect(findJsonError('['.repeat(100_000))).toEqual({ at: 100_000, expected: 'a value or ]' })
    expect(findJsonError('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined()
  })

  test('a quote that is never closed -> found at once', () => {
    expect(findJsonError(`"${'a'.repeat(100_000)}`)).toEqual({ at: 0, expected: 'a value' })
    expect(findJsonError(`"${'\\n'.repeat(100_000)}`)).toEqual({ at: 0, expected: 'a value' })
  })

  // Pieces of JSON in any order, and JSON with one character changed.
  const pieces = fc
    .array(
      fc.constantFrom(
        ...[
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"a"',
          '"\\u00e9\\n"',
          '1',
          '-0.5e+3',
          '01',
          'true',
          'null',
          ' ',
          '\n',
          "'"
        ]
      ),
      { maxLength: 8 }
    )
    .map((all) => all.join(''))
  const changed = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', ']', '}', '1', '\\', ' '))
    .map(([text, n, put]) => {
      const at = n % (text.length + 1)
      return text.slice(0, at) + put + text.slice(at + 1)
    })

  law(
    'finds an error where JSON.parse does, and nowhere else',
    [fc.oneof(fc.json(), pieces, changed)],
    (text) =>
      unless((findJsonError(text) === undefined) === isJson(text), () =>
        JSON.stringify(findJsonError(text) ?? null)
      )
  )
})
