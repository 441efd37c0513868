/** Bad input for the constructors of policies, and what is said of it. */

/** An error as text, without what was expected: it is the argument and the value that count. */
export const said = (error: unknown): string =>
  String(error).replace(/ must be .*?, got /s, ' must be …, got ')

/** What calling `f` throws, whole. */
export const message = (f: () => unknown): string => {
  try {
    f()
  } catch (error) {
    return String(error)
  }
  return 'nothing'
}

/** What calling `f` throws, as text: `'RangeError: fixed: delay must be …, got -1'`. */
export const thrown = (f: () => unknown): string => {
  try {
    f()
  } catch (error) {
    return said(error)
  }
  return 'nothing'
}

type Row = readonly [input: unknown, kind: 'RangeError' | 'TypeError', printed: string]

const wrongTypes: ReadonlyArray<Row> = [
  [null, 'TypeError', 'null'],
  [true, 'TypeError', 'true'],
  [10n, 'TypeError', '10'],
  [[5, 6], 'TypeError', '5,6'],
  [{ ms: 5 }, 'TypeError', '[object Object]'],
  [Symbol('ms'), 'TypeError', 'Symbol(ms)'],
  [Object.create(null), 'TypeError', 'object']
]

export const badDurations: ReadonlyArray<Row> = [
  [NaN, 'RangeError', 'NaN'],
  [-1, 'RangeError', '-1'],
  [-0.5, 'RangeError', '-0.5'],
  [Infinity, 'RangeError', 'Infinity'],
  [2 ** 53, 'RangeError', '9007199254740992'],
  ['', 'RangeError', '""'],
  ['5', 'RangeError', '"5"'],
  ['-1s', 'RangeError', '"-1s"'],
  ['1 s', 'RangeError', '"1 s"'],
  [' 1s', 'RangeError', '" 1s"'],
  ['1s\n', 'RangeError', '"1s\n"'],
  ['.5s', 'RangeError', '".5s"'],
  ['1.s', 'RangeError', '"1.s"'],
  ['1e3ms', 'RangeError', '"1e3ms"'],
  ['1d', 'RangeError', '"1d"'],
  ['1S', 'RangeError', '"1S"'],
  ['NaNms', 'RangeError', '"NaNms"'],
  ['3000000000h', 'RangeError', '"3000000000h"'],
  ...wrongTypes
]

export const badCounts: ReadonlyArray<Row> = [
  [NaN, 'RangeError', 'NaN'],
  [-1, 'RangeError', '-1'],
  [2.5, 'RangeError', '2.5'],
  [Infinity, 'RangeError', 'Infinity'],
  [2 ** 53, 'RangeError', '9007199254740992'],
  ['3', 'RangeError', '"3"'],
  [undefined, 'TypeError', 'undefined'],
  ...wrongTypes
]

/** Tests that `make` refuses every bad input, by an error that names `argument` and the value. */
export const refuses = (
  argument: string,
  rows: ReadonlyArray<Row>,
  make: (input: never) => unknown
): void => {
  it.each(rows.map(([input, kind, printed]) => [printed, `${kind}, ${argument}`, input, kind] as const))(
    `${argument} %s -> %s`,
    (printed, _, input, kind) => {
      expect(thrown(() => make(input as never))).toBe(`${kind}: ${argument} must be …, got ${printed}`)
    }
  )
}
