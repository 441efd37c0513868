import { getEventListeners } from 'node:events'
import { followSignal } from '../../../src/http/followSignal.js'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

describe('followSignal', () => {
  it('no signal of the caller -> that of the attempt, as it is', () => {
    const { signal: attempt } = new AbortController()
    expect(followSignal(attempt, undefined).signal).toBe(attempt)
  })

  it.each(['attempt', 'caller'] as const)('the signal of the %s aborts -> with its reason', (which) => {
    const [attempt, caller] = [new AbortController(), new AbortController()]
    const { signal } = followSignal(attempt.signal, caller.signal)
    expect(signal.aborted).toBe(false)
    const reason = new Error('enough')
    ;({ attempt, caller })[which].abort(reason)
    expect([signal.aborted, signal.reason]).toEqual([true, reason])
  })

  it.each(['attempt', 'caller'] as const)('the signal of the %s has aborted before -> aborted', (which) => {
    const signals = { attempt: new AbortController().signal, caller: new AbortController().signal }
    signals[which] = AbortSignal.abort('before')
    expect(followSignal(signals.attempt, signals.caller).signal.reason).toBe('before')
  })

  it('released -> the caller does not count any more; no listener left', () => {
    const [attempt, caller] = [new AbortController(), new AbortController()]
    const { signal, release } = followSignal(attempt.signal, caller.signal)
    expect(listeners(caller.signal)).toBe(1)
    release()
    expect(listeners(caller.signal)).toBe(0)
    caller.abort()
    expect(signal.aborted).toBe(false)
  })

  it('kept for an answer -> the caller counts after the release, too', () => {
    const [attempt, caller] = [new AbortController(), new AbortController()]
    const answer = {}
    const { signal, release, keepFor } = followSignal(attempt.signal, caller.signal)
    keepFor([answer, null])
    release()
    caller.abort('enough')
    expect([signal.aborted, signal.reason]).toEqual([true, 'enough'])
  })

  it('100 with one signal of a caller -> one listener, none when all are released', () => {
    const caller = new AbortController()
    const all = Array.from({ length: 100 }, () => followSignal(new AbortController().signal, caller.signal))
    expect(listeners(caller.signal)).toBe(1)
    all.slice(1).forEach(({ release }) => release())
    expect(listeners(caller.signal)).toBe(1)
    all[0]?.release()
    expect(listeners(caller.signal)).toBe(0)
    const again = followSignal(new AbortController().signal, caller.signal)
    caller.abort()
    expect([again.signal.aborted, all[1]?.signal.aborted]).toEqual([true, false])
  })
})
