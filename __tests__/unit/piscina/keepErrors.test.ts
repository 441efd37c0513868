import { keepErrors } from 'reprise/piscina'

describe('keepErrors', () => {
  it('a function that gives a result, or a promise of one -> a promise of it', async () => {
    expect(await keepErrors((n: number) => n + 1)(1)).toBe(2)
    expect(await keepErrors(async (n: number) => n + 1)(1)).toBe(2)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw Object.assign(new Error('no'), { code: 'E1' })
      }
    ],
    ['rejects', () => Promise.reject(Object.assign(new Error('no'), { code: 'E1' }))]
  ])('one that %s -> rejects with data that can be cloned', async (_, fn) => {
    const thrown: unknown = await keepErrors(fn)().catch((error: unknown) => error)
    expect(thrown).not.toBeInstanceOf(Error)
    expect(structuredClone(thrown)).toMatchObject({ name: 'Error', message: 'no', code: 'E1' })
  })

  it('something that is no function -> throws', () => {
    expect(() => keepErrors(7 as never)).toThrow('keepErrors: fn must be a function, got 7')
  })
})
