import { argsOf, readJobData, readJobResult, toJobData } from '../../../src/bullmq/JobData.js'
import { begin } from '../../../src/bullmq/JobCall.js'

describe('toJobData, argsOf', () => {
  test('arguments -> the same, undefined included', () =>
    expect(argsOf(toJobData([1, undefined, { a: 'b' }]))).toEqual([1, undefined, { a: 'b' }]))

  test('a bigint -> TypeError', () => expect(() => toJobData([1n])).toThrow(TypeError))
})

describe('readJobData', () => {
  const call = begin(undefined, 5)
  test.each<[string, unknown, unknown]>([
    ['arguments alone', { args: [1] }, { args: [1] }],
    ['with a call', { args: [], call }, { args: [], call }],
    ['with more', { args: [], call: null, more: 1 }, { args: [] }],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['a text', 'args', undefined],
    ['arguments that are no list', { args: { length: 1 } }, undefined],
    ['a call that is none', { args: [], call: 7 }, undefined],
    ['a call without a state', { args: [], call: { ...call, state: null } }, undefined],
    ['a call whose count is no number', { args: [], call: { ...call, attempts: '1' } }, undefined]
  ])('%s -> %j', (_name, data, expected) => expect(readJobData(data)).toEqual(expected))
})

describe('readJobResult', () => {
  test.each<[string, unknown, unknown]>([
    ['a result', { result: 7 }, { result: 7 }],
    ['null', null, undefined],
    ['a text', 'result', undefined],
    ['another object', { value: 7 }, undefined]
  ])('%s -> %j', (_name, value, expected) => expect(readJobResult(value)).toEqual(expected))
})
