import { scripted, virtualClock } from 'reprise/testing'
import { message, thrown } from '../../support/bad.js'

/** What a call comes to: an Either, what it threw, or that it is pending. */
const outcome = (call: Promise<unknown>): Promise<unknown> =>
  Promise.race([
    call.then(
      (value) => value,
      (error: unknown) => ({ thrown: error })
    ),
    new Promise((resolve) => setImmediate(resolve, 'pending'))
  ])

describe('scripted', () => {
  it('LRT, called four times -> Left, Right, a throw; the last letter repeats', async () => {
    const fn = scripted('LRT')
    expect([await outcome(fn()), await outcome(fn()), await outcome(fn()), await outcome(fn())]).toEqual([
      { _tag: 'Left', left: 1 },
      { _tag: 'Right', right: 2 },
      { thrown: 3 },
      { thrown: 4 }
    ])
  })

  it('a list of no durations -> at once', async () => {
    expect(await outcome(scripted('R', { duration: [], clock: virtualClock() })())).toEqual({
      _tag: 'Right',
      right: 1
    })
  })

  it('P -> pending', async () => {
    expect(await outcome(scripted('P')())).toBe('pending')
  })

  it('calls -> how many there were', async () => {
    const fn = scripted('R')
    expect(fn.calls()).toBe(0)
    void fn()
    expect(fn.calls()).toBe(1)
    await fn()
    expect(fn.calls()).toBe(2)
  })

  it('two of one script -> each counts for itself', async () => {
    const [one, other] = [scripted('LR'), scripted('LR')]
    await one()
    expect(await other()).toEqual({ _tag: 'Left', left: 1 })
  })

  it('left, right, thrown -> what they give, told the number of the call', async () => {
    const fn = scripted('LRT', {
      left: (call) => `left ${call}`,
      right: (call) => `right ${call}`,
      thrown: (call) => `thrown ${call}`
    })
    expect([await outcome(fn()), await outcome(fn()), await outcome(fn())]).toEqual([
      { _tag: 'Left', left: 'left 1' },
      { _tag: 'Right', right: 'right 2' },
      { thrown: 'thrown 3' }
    ])
  })

  it.each<[string, number | ReadonlyArray<number>, number[]]>([
    ['20 -> each call takes 20 ms', 20, [20, 20, 20]],
    ['[20, 5] -> the last repeats', [20, 5], [20, 5, 5]],
    ['0 -> none takes time', 0, [0, 0, 0]]
  ])('duration %s', async (_, duration, expected) => {
    const clock = virtualClock()
    const fn = scripted('R', { duration, clock })
    const taken: number[] = []
    for (let i = 0; i < 3; i++) {
      const began = clock.now()
      const call = fn()
      await clock.runAll()
      await call
      taken.push(clock.now() - began)
    }
    expect(taken).toEqual(expected)
  })

  it('duration 0 -> the clock is not asked', async () => {
    const after = jest.fn()
    expect(await outcome(scripted('R', { clock: { now: () => 0, after } })())).toEqual({
      _tag: 'Right',
      right: 1
    })
    expect(after).not.toHaveBeenCalled()
  })

  it('duration without a clock -> no time', async () => {
    expect(await outcome(scripted('R', { duration: 1000 })())).toEqual({ _tag: 'Right', right: 1 })
  })

  it.each<[unknown, string]>([
    ['', 'RangeError: scripted: script must be …, got ""'],
    ['LX', 'RangeError: scripted: script must be …, got "LX"'],
    ['lr', 'RangeError: scripted: script must be …, got "lr"'],
    [['L'], 'TypeError: scripted: script must be …, got L'],
    [undefined, 'TypeError: scripted: script must be …, got undefined']
  ])('%p -> %s', (script, text) => {
    expect(thrown(() => scripted(script as string))).toBe(text)
  })

  it.each(['XL', 'LX', ' L', 'L '])('%p -> the error says what has to be', (script) => {
    expect(message(() => scripted(script))).toBe(
      `RangeError: scripted: script must be a text of the letters 'L', 'R', 'T' and 'P', got "${script}"`
    )
  })
})
