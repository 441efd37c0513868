import { print } from '../../../src/policy/print.js'

describe('print', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)

  it.each<[unknown, string]>([
    [5, '5'],
    [NaN, 'NaN'],
    [10n, '10'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    ['2 s', '"2 s"'],
    ['a "quote"', '"a \\"quote\\""'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: 1 }, '[object Object]'],
    [new Error('no'), 'Error: no'],
    [Symbol('s'), 'Symbol(s)'],
    [function read() {}, 'read'],
    [
      (
        () => () =>
          1
      )(),
      '<function>'
    ],
    [cycle, 'object'],
    [Object.create(null), 'object']
  ])('%p -> %s', (value, text) => {
    expect(print(value)).toBe(text)
  })
})
