import { instead, nearest } from '../../../src/codec/nearest.js'

const known = ['limitRetries', 'limitDelay', 'withJitter', 'fixed', 'both']

describe('nearest', () => {
  it.each<[string, string | undefined]>([
    ['limitRetrys', 'limitRetries'],
    ['limitretries', 'limitRetries'],
    ['withJiter', 'withJitter'],
    ['limitDelays', 'limitDelay'],
    ['bth', 'both'],
    // Three of five letters are others.
    ['mixes', undefined],
    ['fibonacci', undefined],
    ['', undefined],
    ['limitRetries'.repeat(4), undefined]
  ])('%s -> %s', (name, expected) => {
    expect(nearest(name, known)).toBe(expected)
  })

  it.each([
    [['fixd', 'fixed'], 'fixed'],
    [['fixed', 'fixd'], 'fixed'],
    // As near: the first.
    [['fixeda', 'fixedb'], 'fixeda']
  ])('fixedd, of %j -> %s', (names, expected) => {
    expect(nearest('fixedd', names)).toBe(expected)
  })

  it('40 letters -> looked for; 41 -> not', () => {
    expect(nearest('x'.repeat(40), ['x'.repeat(39)])).toBe('x'.repeat(39))
    expect(nearest('x'.repeat(41), ['x'.repeat(41)])).toBeUndefined()
  })

  it('a letter that two capitals stand for -> one letter', () => {
    expect(nearest('mass', ['maß'])).toBeUndefined()
    expect(nearest('mas', ['maß'])).toBe('maß')
  })

  it('letters of two units -> one letter each', () => {
    expect(nearest('abc', ['\u{1F600}\u{1F600}'])).toBeUndefined()
    expect(nearest('abc', ['abc\u{1F600}'])).toBe('abc\u{1F600}')
    expect(nearest('\u{1F600}bc', ['\u{1F600}bd'])).toBe('\u{1F600}bd')
  })

  it('many names, each like all others -> at once', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `${'abcdefghij'.repeat(3)}${i}`)
    expect(nearest(`${'abcdefghij'.repeat(3)}x`, names)).toBe('abcdefghijabcdefghijabcdefghij0')
  })

  it('a very long name -> at once', () => {
    expect(nearest('x'.repeat(1e7), ['x'.repeat(1e4)])).toBeUndefined()
  })
})

describe('instead', () => {
  it.each([
    ['fixd', 'the key fixed, or one of the keys fixed, both'],
    ['waits', 'one of the keys fixed, both']
  ])('%s -> %s', (key, expected) => {
    expect(instead(key, ['fixed', 'both'])).toBe(expected)
  })
})
