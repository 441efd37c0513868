import { registryOf } from '../../../src/cli/readRegistry.js'

const registry = { errors: {} }
const other = { errors: { a: 1 } }

describe('registryOf', () => {
  test.each<[string, unknown]>([
    ['`registry`', { registry }],
    ['`registry`, and a default export', { registry, default: other }],
    ['`registry` of CommonJS', { default: { registry, errors: 7 } }],
    ['a default export', { default: registry }]
  ])('%s -> that', (_, module) => {
    expect(registryOf(module)).toEqual({ _tag: 'Right', right: registry })
  })

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['something else', { policies: registry }],
    ['null by default', { default: null }],
    ['a function by default', { default: () => registry }],
    ['a text as `registry`', { registry: 'registry', default: registry }]
  ])('%s -> says what is expected', (_, module) => {
    expect(registryOf(module)).toEqual({
      _tag: 'Left',
      left: 'exports no registry: expected an object as `registry`, or as the default export'
    })
  })
})
