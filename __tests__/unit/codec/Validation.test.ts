import type { Errors } from 'io-ts'
import { problem } from '../../../src/codec/Validation.js'
import { nameOf } from '../../../src/codec/Value.js'

/** Where each error is, and what was expected there. */
const inShort = (errors: Errors): ReadonlyArray<readonly [path: string, expected: string | undefined]> =>
  errors.map(({ context }) => [context.map(({ key }) => key).join('.'), context.at(-1)?.type.name])

describe('problem', () => {
  const context = [
    { key: '', type: { name: 'a policy' } },
    { key: 'retryOn', type: { name: 'a condition' } }
  ] as never

  it('here -> in the place of what was expected', () => {
    expect(inShort([problem(1, context, 'a list')])).toEqual([['.retryOn', 'a list']])
  })

  it('under a key -> below it', () => {
    expect(inShort([problem(1, context, 'a list', 'of')])).toEqual([['.retryOn.of', 'a list']])
  })

  it('nothing said of where it is -> the whole', () => {
    expect(inShort([problem(1, [], 'a list')])).toEqual([['', 'a list']])
  })
})

describe('nameOf', () => {
  const isBusy = (): boolean => true
  const names = {
    kind: 'conditions',
    all: new Map([['isBusy', isBusy]]),
    of: new Map([[isBusy, 'isBusy']])
  } as const

  it('a name that is nearly one, nothing said of where it is -> the name that was meant', () => {
    const read = nameOf(names).validate('isBuzy', [])
    expect(read._tag === 'Left' && inShort(read.left)).toEqual([['', 'the name isBusy, or ']])
  })
})
