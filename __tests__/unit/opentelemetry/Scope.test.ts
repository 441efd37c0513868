import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { perProvider, scope } from '../../../src/opentelemetry/Scope.js'
import { root } from '../../support/built.js'

describe('scope', () => {
  it('its version -> that of the package', () => {
    const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as typeof scope
    expect(scope).toEqual({ name, version })
  })
})

describe('perProvider', () => {
  it('a provider that stays, then another -> made once for each', () => {
    const made: number[] = []
    let provider = 0
    const get = perProvider(
      () => provider,
      (of) => made.push(of)
    )
    expect([get(), get()]).toEqual([1, 1])
    provider = 7
    expect([get(), get()]).toEqual([2, 2])
    expect(made).toEqual([0, 7])
  })
})
