import { type ReplayFault, showReplayFault } from 'reprise/lab'

const diverged = (fault: object): ReplayFault => ({ _tag: 'Diverged', attempt: 2, ...fault }) as ReplayFault

describe('showReplayFault', () => {
  it.each<[ReplayFault, string]>([
    [{ _tag: 'InvalidToken', path: '', expected: 'a text', value: 7 }, 'token: expected a text, got 7'],
    [
      {
        _tag: 'InvalidToken',
        path: 'attempts.0.5',
        expected: 'a wait',
        value: '\u001b[31m' + 'x'.repeat(90)
      },
      `attempts.0.5: expected a wait, got "\\u001b[31m${'x'.repeat(49)}…`
    ],
    [
      { _tag: 'InvalidToken', path: `\u0007${'x'.repeat(99)}`, expected: 'no such key', value: 1 },
      `\uFFFD${'x'.repeat(99)}: expected no such key, got 1`
    ],
    [
      { _tag: 'InvalidToken', path: 'x'.repeat(101), expected: 'no such key', value: 1 },
      `${'x'.repeat(100)}…: expected no such key, got 1`
    ],
    [
      { _tag: 'NotReplayable', reason: 'noRetry' },
      'no retry was recorded: none began inside, or withRecording does not stand around withRetry'
    ],
    [
      { _tag: 'NotReplayable', reason: 'severalRetries' },
      'several retried calls were recorded as one: put withRecording right around withRetry'
    ],
    [
      { _tag: 'NotReplayable', reason: 'otherRandom' },
      'the waits were not drawn from the seed: put withEnv outside of withRecording'
    ],
    [{ _tag: 'NotReplayable', reason: 'notEnded' }, 'the call ended before the retry inside did'],
    [{ _tag: 'NotReplayable', reason: 'tooLarge' }, 'the run was too large to be recorded'],
    [{ _tag: 'ReviveFailed', error: new Error('no') }, 'revive threw: Error: no'],
    [
      diverged({ recorded: { _tag: 'Accept' }, replayed: { _tag: 'Retry', delay: 5 } }),
      'after attempt 2 the recorded run succeeded; this policy waits 5 ms'
    ],
    [
      diverged({
        recorded: { _tag: 'Retry', delay: undefined },
        replayed: { _tag: 'GiveUp', reason: 'NotRetryable' }
      }),
      'after attempt 2 the recorded run was to go on; this policy gives up (NotRetryable)'
    ],
    [
      diverged({
        recorded: { _tag: 'GiveUp', reason: 'Exhausted', hint: 90 },
        replayed: { _tag: 'GiveUp', reason: 'Exhausted', hint: undefined }
      }),
      'after attempt 2 the recorded run gave up (Exhausted, at a hint of 90 ms); this policy gives up (Exhausted)'
    ],
    [
      diverged({ recorded: { _tag: 'Retry', delay: 3 }, replayed: { _tag: 'Accept' } }),
      'after attempt 2 the recorded run waited 3 ms; this policy accepts the result'
    ]
  ])('%j -> %s', (fault, text) => {
    expect(showReplayFault(fault)).toBe(text)
  })
})
