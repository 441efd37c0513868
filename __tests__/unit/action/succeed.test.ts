import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import { immediate, limitRetries, succeed, withRetry } from 'reprise'

describe('succeed', () => {
  it.each<[string, unknown]>([
    ['a number', 1],
    ['undefined', undefined],
    ['what looks like a Left', { _tag: 'Left', left: 1 }],
    ['what looks like a Right', { _tag: 'Right', right: 1 }],
    ['a success', succeed(1)]
  ])('%s -> a Right of it, one level deep', (_, value) => {
    expect(succeed(value)).toStrictEqual({ _tag: 'Right', right: value })
  })

  it('is an Either of fp-ts', () => {
    expect(E.isRight(succeed(1))).toBe(true)
  })

  it('of a Left, resolved to inside a retry -> the result is that Left', async () => {
    const node = E.left('leaf')
    expect(await pipe(async () => succeed(node), withRetry(immediate))()).toEqual({
      _tag: 'Right',
      right: node
    })
  })

  it('of a Left, not marked -> a failure', async () => {
    const node: unknown = E.left('leaf')
    const result = await pipe(async () => node, withRetry(pipe(immediate, limitRetries(0))))()
    expect(result._tag).toBe('Left')
  })
})
