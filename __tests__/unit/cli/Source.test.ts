import * as E from 'fp-ts/lib/Either.js'
import { languageOf, parseSource } from '../../../src/cli/Source.js'

const parse = (text: string, language: 'JSON' | 'YAML' = 'YAML') => {
  const parsed = parseSource(text, language)
  if (E.isLeft(parsed)) throw new Error(JSON.stringify(parsed.left))
  return parsed.right
}

/** `'line:column message'`, or the message alone. */
const problem = (text: string, language: 'JSON' | 'YAML' = 'YAML'): string => {
  const parsed = parseSource(text, language)
  if (E.isRight(parsed)) return `fine: ${JSON.stringify(parsed.right.data)}`
  const said = parsed.left.map(
    ({ message, place }) => (place === undefined ? '' : `${place.line}:${place.column} `) + message
  )
  return said.join('\n')
}

describe('languageOf', () => {
  test.each([
    ['a.json', 'JSON'],
    ['A.JSON', 'JSON'],
    ['a.yaml', 'YAML'],
    ['a.yml', 'YAML'],
    ['-', 'YAML'],
    ['a.json.bak', 'YAML']
  ])('%s -> %s', (file, language) => {
    expect(languageOf(file)).toBe(language)
  })
})

describe('parseSource', () => {
  test.each([
    ['exponential: 100ms # a comment\nlimitRetries: 3', { exponential: '100ms', limitRetries: 3 }],
    ['{"fixed": "1s"}', { fixed: '1s' }],
    ['a: &x { b: 1 }\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['a: &x { b: 1, d: 2 }\nc:\n  <<: *x\n  b: 3', { a: { b: 1, d: 2 }, c: { b: 3, d: 2 } }],
    // YAML 1.2: neither is a truth value or a time.
    ['a: no\nb: 12:30', { a: 'no', b: '12:30' }],
    ['200: a', { 200: 'a' }]
  ])('YAML %j -> %j', (text, data) => {
    expect(parse(text).data).toEqual(data)
  })

  test('JSON -> what JSON.parse gives', () => {
    const text = '{\n\t"a": [1, -1.5E+3, true, null, "\\ud83d\\ude00\\/"],\r\n\t"": {}\n}\n'
    expect(parse(text, 'JSON').data).toEqual(JSON.parse(text))
  })

  test('a key __proto__ -> a key like any other', () => {
    const { data } = parse('__proto__: { polluted: true }')
    expect(Object.keys(data as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: true }).polluted).toBeUndefined()
  })

  test.each([
    ['', 'the file is empty'],
    [' \n', 'the file is empty'],
    ['# nothing\n', 'the file is empty'],
    ['a: b: c', '1:4 invalid YAML: nested mappings are not allowed in compact mappings'],
    ['a: 1\n\tb: 2', '2:1 invalid YAML: tabs are not allowed as indentation'],
    ['a: 1\na: 2', '2:1 invalid YAML: map keys must be unique'],
    ['a:\n  - 1\n b: 2', '3:1 invalid YAML: all mapping items must start at the same column'],
    ['a: "x', '1:6 invalid YAML: missing closing "quote'],
    ['a: !secret x', '1:4 invalid YAML: unresolved tag: !secret'],
    ['a: 1\n---\nb: 2', '2:1 invalid YAML: expected only one document'],
    ['numRetries:\n  *: 0', "2:3 invalid YAML: an unquoted * begins an alias: write '*' in quotes"],
    ['numRetries:\n  *: 0\n  a: 3', "2:3 invalid YAML: an unquoted * begins an alias: write '*' in quotes"],
    ['numRetries: { a: 1, *: 0 }', "1:21 invalid YAML: an unquoted * begins an alias: write '*' in quotes"],
    ['a: *x', '1:4 invalid YAML: there is no anchor &x for this alias before it'],
    ['? [a]\n: 1', '1:3 invalid YAML: with stringKeys, all keys must be strings']
  ])('YAML %j -> %s', (text, expected) => {
    expect(problem(text)).toBe(expected)
  })

  test.each([
    ['{\n  "a": 1,\n}', '3:1 invalid JSON: expected a key in double quotes'],
    ['{ "a": 1 } // x', '1:12 invalid JSON: expected the end of the text'],
    ['a: 1', '1:1 invalid JSON: expected a value'],
    ['{"a":1,"a":2}', '1:8 invalid JSON: map keys must be unique']
  ])('JSON %j -> %s', (text, expected) => {
    expect(problem(text, 'JSON')).toBe(expected)
  })

  // Each would make the parser overflow, hang, or take all memory.
  const list = (item: string): string => `[${Array(9).fill(item).join()}]`
  test.each([
    ['brackets', '['.repeat(5000), 'invalid YAML: nested deeper than 100 levels'],
    ['braces', '{a: '.repeat(5000), 'invalid YAML: nested deeper than 100 levels'],
    ['dashes', `${'- '.repeat(5000)}a`, 'invalid YAML: nested deeper than 100 levels'],
    [
      'indents',
      Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'invalid YAML: nested deeper than 100 levels'
    ],
    [
      'many keys',
      Array.from({ length: 20_001 }, (_, i) => `k${i}: 1`).join('\n'),
      'invalid YAML: more than 20000 values'
    ],
    [
      'a billion laughs',
      `a: &a ${list('x')}\n${Array.from('bcdefghi', (to, i) => `${to}: &${to} ${list(`*${'abcdefgh'.charAt(i)}`)}`).join('\n')}`,
      'invalid YAML: excessive alias count indicates a resource exhaustion attack'
    ]
  ])('%s -> a problem', (_title, text, expected) => {
    expect(problem(text)).toBe(expected)
  })
})

describe('placeAt', () => {
  const text =
    'retryOn:\n  - A\n  - 5\nnumRetries:\n  "*": 0\n  a: 7\n  a.b: -1\nwhen: { x: &x { y: 1 } }\nsame: *x\n'
  const { placeAt } = parse(text)

  test.each([
    ['retryOn', '1:1 retryOn:'],
    ['retryOn.1', '3:5 5'],
    ['retryOn.7', '1:1 retryOn:'],
    ['numRetries.*', '5:3 "*": 0'],
    ['numRetries.a.b', '7:3 a.b: -1'],
    ['numRetries.a', '6:3 a: 7'],
    ['numRetries.missing', '4:1 numRetries:'],
    ['when.x.y', '8:17 y: 1'],
    // An alias is marked where it stands, not where what it stands for is.
    ['same.y', '9:1 same: *x'],
    ['numRetries.a.deeper', '6:3 a: 7'],
    ['missing', 'nowhere'],
    ['', 'nowhere']
  ])('%j -> %s', (path, expected) => {
    const place = placeAt(path)
    expect(
      place === undefined
        ? 'nowhere'
        : `${place.line}:${place.column} ${place.text.slice(place.column - 1, place.column - 1 + place.length)}`
    ).toBe(expected)
  })
})

describe('placeAt, of a key without a value', () => {
  test('-> the key', () => {
    expect(parse('{ immediate, limitRetries: 3 }').placeAt('immediate')).toMatchObject({
      line: 1,
      column: 3,
      length: 9
    })
  })
})
