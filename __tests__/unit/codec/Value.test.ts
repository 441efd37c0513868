import * as t from 'io-ts'
import { PathReporter } from 'io-ts/lib/PathReporter.js'
import { DurationFromUnknown } from 'reprise/codec'
import type { Form } from '../../../src/codec/Form.js'
import {
  amount,
  count,
  duration,
  durationSchema,
  heldIn,
  jitter,
  nameOf,
  oneOf,
  ratio,
  text,
  yes
} from '../../../src/codec/Value.js'
import { badDurations } from '../../support/bad.js'

describe('DurationFromUnknown', () => {
  it.each<[unknown, number]>([
    [0, 0],
    [1.5, 1.5],
    [2 ** 53 - 1, 2 ** 53 - 1],
    ['250ms', 250],
    ['2s', 2000],
    ['1.5m', 90_000],
    ['1h', 3_600_000]
  ])('%p -> %d', (value, ms) => {
    expect(DurationFromUnknown.decode(value)).toEqual({ _tag: 'Right', right: ms })
  })

  it.each(badDurations.map(([value, , printed]) => [printed, value] as const))('%s -> Left', (_, value) => {
    expect(DurationFromUnknown.decode(value)._tag).toBe('Left')
    expect(DurationFromUnknown.is(value)).toBe(false)
  })

  it('a list or object -> never made a text, which may be longer than any memory', () => {
    const asked = jest.fn(() => '1s')
    expect(DurationFromUnknown.decode({ toString: asked })._tag).toBe('Left')
    expect(asked).not.toHaveBeenCalled()
  })

  it('in a type of io-ts -> its reporter names path and expectation', () => {
    const Settings = t.type({ timeouts: t.array(DurationFromUnknown) })
    expect(PathReporter.report(Settings.decode({ timeouts: ['1s', 'soon'] }))).toEqual([
      `Invalid value "soon" supplied to : ${Settings.name}/timeouts: Array<milliseconds >= 0 or a text like '2s'>/1: milliseconds >= 0 or a text like '2s'`
    ])
  })

  it('encodes to milliseconds', () => {
    expect(DurationFromUnknown.encode(1500)).toBe(1500)
  })
})

describe('durationSchema', () => {
  it('is a number of milliseconds, or a text with a unit', () => {
    expect(durationSchema).toEqual({
      description: "A number of milliseconds, or a text with a unit: '250ms', '2s', '1.5m', '1h'.",
      anyOf: [
        { type: 'number', minimum: 0, maximum: 9007199254740991 },
        { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$' }
      ]
    })
  })

  const pattern = new RegExp(durationSchema.anyOf[1]?.pattern ?? '')

  it.each(['0ms', '1s', '1.5m', '10.25h', '00.5s'])('%s -> a duration, for both', (text) => {
    expect([pattern.test(text), DurationFromUnknown.decode(text)._tag]).toEqual([true, 'Right'])
  })

  const texts = badDurations.flatMap(([value]) => (typeof value === 'string' ? [value] : []))
  it.each(texts.filter((text) => text !== '3000000000h'))('%j -> none, for both', (text) => {
    expect([pattern.test(text), DurationFromUnknown.decode(text)._tag]).toEqual([false, 'Left'])
  })
})

/** What is expected in the place of what is refused. */
const expected = (form: Form<unknown>, json: unknown): string | undefined => {
  const read = form.decode(json as never)
  return read._tag === 'Left' ? read.left[0]?.context.at(-1)?.type.name : undefined
}

describe('single values', () => {
  it.each<[name: string, form: Form<unknown>, schema: unknown, taken: ReadonlyArray<unknown>]>([
    [
      'a whole number >= 2',
      count(2),
      { type: 'integer', minimum: 2, maximum: 9007199254740991 },
      [2, 2 ** 53 - 1]
    ],
    ['a number >= 0', amount, { type: 'number', minimum: 0, maximum: 1e308 }, [0, 0.5, 1e308]],
    ['a number from 0 to 1', ratio, { type: 'number', minimum: 0, maximum: 1 }, [0, 0.5, 1]],
    ['a text', text, { type: 'string', minLength: 1 }, ['a']],
    ['one of up, down', oneOf('up', 'down'), { enum: ['up', 'down'] }, ['up', 'down']],
    [
      'a number from 0 to 1, full or equal',
      jitter,
      { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { enum: ['full', 'equal'] }] },
      [0, 0.3, 1, 'full', 'equal']
    ],
    ['true', yes, { const: true }, [true]]
  ])('%s -> read as they are, and said so in the schema', (name, form, schema, taken) => {
    expect([form.name, form.schema]).toEqual([name, schema])
    expect(taken.map((json) => form.decode(json as never))).toEqual(
      taken.map((right) => ({ _tag: 'Right', right }))
    )
  })

  it.each<[name: string, form: Form<unknown>, refused: ReadonlyArray<unknown>]>([
    ['a whole number >= 2', count(2), [1, 2.5, 2 ** 53, '3', null]],
    ['a number >= 0', amount, [-1, 1.1e308, '1', null]],
    ['a number from 0 to 1', ratio, [-0.1, 1.1, '1', null]],
    ['a text', text, ['', 1, true, null, []]],
    ['one of up, down', oneOf('up', 'down'), ['', 'upward', 0, null, ['up']]],
    ['a number from 0 to 1, full or equal', jitter, [-0.1, 1.1, '', 'half', true]],
    ['true', yes, [false, 'true', 1, null]],
    ["milliseconds >= 0 or a text like '2s'", duration, [-1, 'soon', '', null, [1]]]
  ])('not %s -> told so', (name, form, refused) => {
    expect(refused.map((json) => expected(form, json))).toEqual(refused.map(() => name))
  })

  it('a duration -> in milliseconds; its schema is a definition', () => {
    expect([duration.decode('2s'), duration.schema]).toEqual([
      { _tag: 'Right', right: 2000 },
      { $ref: '#/definitions/duration' }
    ])
  })
})

describe('nameOf', () => {
  const squares = (): number => 1
  const cubes = (): number => 2
  const names = { kind: 'delays', all: new Map(Object.entries({ squares, cubes })), of: new Map() } as const
  const none = { ...names, all: new Map<string, never>() }
  const known = "a name in the registry's delays (squares, cubes)"

  it('a name -> it, and what the registry holds under it', () => {
    expect(nameOf(names).decode('cubes')).toEqual({ _tag: 'Right', right: { name: 'cubes', held: cubes } })
    expect(heldIn(names).decode('cubes')).toEqual({ _tag: 'Right', right: cubes })
  })

  it.each([
    ['cube', `the name cubes, or ${known}`],
    ['roots', known],
    [3, known],
    [null, known]
  ])('%j -> expected %s', (json, said) => {
    expect(expected(nameOf(names), json)).toBe(said)
  })

  it('a name that is nearly one, nothing said of where it is -> the name that was meant', () => {
    const read = nameOf(names).validate('cube', [])
    expect(read._tag === 'Left' && read.left[0]?.context.at(-1)?.type.name).toBe('the name cubes, or ')
  })

  it('no names -> says that there are none; a schema leaves them open', () => {
    expect(expected(nameOf(none), 'cubes')).toBe("a name in the registry's delays (there are none)")
    expect([nameOf(none).schema, nameOf(names).schema]).toEqual([
      { type: 'string', minLength: 1 },
      { enum: ['squares', 'cubes'] }
    ])
  })
})
