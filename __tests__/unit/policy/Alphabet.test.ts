import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  allOf,
  andThen,
  anyCause,
  both,
  capDelay,
  type Context,
  either,
  fixed,
  limitRetries,
  not,
  retryOn,
  type RetryPolicy,
  when
} from 'reprise'
import { type Alphabet, alphabetOf, firstContext } from '../../../src/policy/Alphabet.js'

const policy = pipe(fixed(100), limitRetries(3))

/** The names of an error, then those of what is below it. */
const namesOf = (error: unknown): string => {
  const { _tag, name, code, errors } = error as Record<'_tag' | 'name' | 'code', string | undefined> & {
    readonly errors?: ReadonlyArray<{ readonly _tag: string }>
  }
  const own = [_tag, name, code].filter((each) => each !== undefined).join('')
  return errors === undefined ? own : `${own}/${errors.map((each) => each._tag).join('')}`
}

/** The failures in short: `-` for a rejected result, `.` for an error without a name. */
const inShort = ({ causes }: Alphabet): string =>
  causes.map((cause) => (cause._tag === 'Rejected' ? '-' : namesOf(cause.error) || '.')).join(' ')

const throws = (error: { readonly _tag?: string }): boolean => {
  if (error._tag === 'A') throw new Error('no')
  return false
}

describe('alphabetOf', () => {
  it('no condition -> a rejected result stands for all', () => {
    expect(alphabetOf(policy)).toEqual({
      causes: [{ _tag: 'Rejected', value: undefined, reasons: [] }],
      complete: true
    })
  })

  it('a condition that chooses -> an error that it accepts, and a result that it is not asked about', () => {
    expect(alphabetOf(pipe(policy, when('A', policy)))).toEqual({
      causes: [
        { _tag: 'Rejected', value: undefined, reasons: [] },
        { _tag: 'Failed', error: { _tag: 'A', name: undefined, code: undefined } }
      ],
      complete: true
    })
  })

  it.each<[string, RetryPolicy, string]>([
    ['a condition that only refuses', pipe(policy, retryOn('A')), '-'],
    ['both under one condition', pipe(policy, retryOn('A'), both(policy)), '-'],
    // Where conditions refuse, the other branch goes on.
    ['either, one with a condition', pipe(policy, retryOn('A'), either(policy)), '-'],
    ['either with two', pipe(policy, retryOn('A'), either(pipe(policy, retryOn('B')))), '- . A B'],
    ['andThen with two', pipe(policy, retryOn('A'), andThen(pipe(policy, retryOn('B')))), '- . A B'],
    ['either without any', pipe(policy, either(policy)), '-'],
    ['either, deeper', pipe(policy, either(pipe(policy, when('A', policy), both(policy)))), '- A'],
    [
      'either, deep in both',
      pipe(policy, both(pipe(policy, either(pipe(policy, when('A', policy)))))),
      '- A'
    ],
    ['when, deep in both', pipe(policy, both(pipe(policy, when('A', policy), capDelay(50)))), '- A'],
    ['two names', pipe(policy, when('A', policy), when('B', policy)), '- B A BA'],
    ['the same name twice', pipe(policy, when('A', policy), when('A', policy)), '- A'],
    ['a list', pipe(policy, when(['A', 'B'], policy)), '- A'],
    ['all of a list', pipe(policy, when(allOf(['A', 'B']), policy)), '- AB'],
    ['all of none', pipe(policy, when(allOf([]), policy)), '- .'],
    ['all but one', pipe(policy, when(not('A'), policy)), '- .'],
    ['a cause', pipe(policy, when(anyCause('A'), policy)), '- /A'],
    ['a cause, and not the error', pipe(policy, when(allOf([anyCause('A'), not('A')]), policy)), '- /A'],
    [
      'one that is the error, and one below',
      pipe(policy, when(allOf(['A', anyCause('B'), not('B')]), policy)),
      '- A/B'
    ],
    [
      'three of the error, and one below',
      pipe(policy, when(allOf(['A', 'B', 'D', anyCause('C'), not('C')]), policy)),
      '- ABD/C'
    ],
    // An error has three fields for names.
    ['four names at once', pipe(policy, when(allOf(['A', 'B', 'C', 'D']), policy)), '-'],
    ['what is aborted', pipe(policy, when('A', policy), when('B', policy), abortOn('A')), '- B'],
    [
      'what is aborted, by one condition or another',
      pipe(policy, when('A', policy), when('B', policy), abortOn('A'), abortOn('B')),
      '-'
    ],
    // A result that is refused is retried, as A is.
    ['what is retried', pipe(policy, retryOn('A'), when('B', policy)), '- . B BA']
  ])('%s -> failures', (_, policy, expected) => {
    const alphabet = alphabetOf(policy)
    expect(inShort(alphabet)).toBe(expected)
    expect(alphabet.complete).toBe(true)
  })

  it('a class -> an error of it and one of none, which do not stand for all', () => {
    const { causes, complete } = alphabetOf(pipe(policy, when(RangeError, policy)))
    expect(causes.map((cause) => cause._tag === 'Failed' && cause.error instanceof RangeError)).toEqual([
      false,
      true
    ])
    expect(complete).toBe(false)
  })

  it('a predicate -> asked about a first attempt, without a name or arguments', () => {
    const told: Context[] = []
    const listens = (_: unknown, context: Context): boolean => told.push(context) > 0
    expect(alphabetOf(pipe(policy, when(listens, policy))).complete).toBe(false)
    expect(told[0]).toEqual({ attempt: 1, elapsed: 0, name: '', args: [], previousDelay: undefined })
    expect(told[0]).toBe(firstContext)
  })

  it('a predicate that throws -> its errors are apart from those it accepts or refuses', () => {
    expect(inShort(alphabetOf(pipe(policy, when('A', policy), when(throws, policy))))).toBe('- A')
    expect(inShort(alphabetOf(pipe(policy, when(['A', 'B'], policy), when(throws, policy))))).toBe('- A B')
    expect(inShort(alphabetOf(pipe(policy, when('A', policy), abortOn(throws))))).toBe('-')
  })

  it('more than four names -> the first four, which do not stand for all', () => {
    const four = pipe(policy, when(['A', 'B', 'C', 'D'], policy))
    expect(alphabetOf(four).complete).toBe(true)
    const five = alphabetOf(pipe(policy, when('E', policy), when(['A', 'B', 'C', 'D'], policy)))
    expect(five.complete).toBe(false)
    expect(inShort(five)).toBe('- A')
  })
})
