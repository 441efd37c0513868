import * as TE from 'fp-ts/lib/TaskEither.js'
import { readDecoder } from '../../../src/cli/readFile.js'

describe('readDecoder', () => {
  const surroundings = { readRegistry: () => TE.right({}) }

  test.each([
    [new Error('no such kind'), 'no such kind'],
    ['in plain words', 'in plain words']
  ])('a registry that makes it throw %p -> its file, and %j', async (error, message) => {
    const made = readDecoder(surroundings)((): never => {
      throw error
    }, 'registry.mjs')
    expect(await made()).toEqual({ _tag: 'Left', left: [{ file: 'registry.mjs', message }] })
  })

  test('no registry, and it throws -> no file', async () => {
    const made = readDecoder(surroundings)((): never => {
      throw new Error('a bug')
    }, undefined)
    expect(await made()).toEqual({ _tag: 'Left', left: [{ file: '', message: 'a bug' }] })
  })
})
