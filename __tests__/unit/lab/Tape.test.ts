import type { RetryEvent } from 'reprise'
import { newTape, type TapeOptions } from '../../../src/lab/Tape.js'

const args = [7]
const call = { name: 'f', args, previousDelay: undefined }

const started = (attempt: number, elapsed: number) =>
  ({ _tag: 'AttemptStarted', ...call, attempt, elapsed }) as RetryEvent
const failed = (attempt: number, elapsed: number, delay?: number) =>
  ({
    _tag: 'AttemptFailed',
    ...call,
    attempt,
    elapsed,
    failure: { _tag: 'Failed', error: 'busy', attempt, startedAt: elapsed - 5, duration: 5, delay }
  }) as RetryEvent
const scheduled = (attempt: number, elapsed: number, delay: number) =>
  ({ _tag: 'RetryScheduled', ...call, attempt, elapsed, delay }) as unknown as RetryEvent
const succeeded = (attempt: number, elapsed: number, value: unknown = 'ok') =>
  ({ _tag: 'Succeeded', ...call, attempt, elapsed, duration: 5, value }) as RetryEvent
const gaveUp = (error: object, elapsed = 9, name = 'f') =>
  ({ _tag: 'GaveUp', ...call, name, attempt: 1, elapsed, error }) as RetryEvent
const waiting = { _tag: 'LimitWaiting', ...call, attempt: 1, elapsed: 3 } as unknown as RetryEvent

/** What is in the token of a tape that has heard of these. */
const contentOf = (events: ReadonlyArray<RetryEvent>, options: Partial<TapeOptions> = {}): unknown => {
  let draws = 0
  const tape = newTape({ seed: 42, args, draws: () => draws, ...options })
  for (const event of events) {
    if (event._tag === 'AttemptFailed') draws += 1
    tape.hear(event)
  }
  return readToken(tape.token())
}

/** Reads a token by other means. */
const readToken = (token: string): unknown =>
  JSON.parse(Buffer.from(token.slice('reprise1.'.length), 'base64url').toString())

const run = { seed: 42, name: 'f', args: [7] }
const aborted = { _tag: 'Aborted', attempts: 1, reason: 'enough' }

describe('newTape', () => {
  it('fails, waits, succeeds -> a row for each attempt', () => {
    expect(
      contentOf([started(1, 0), failed(1, 5, 30), scheduled(1, 5, 30), started(2, 35), succeeded(2, 41)])
    ).toEqual({
      ...run,
      attempts: [
        [0, 0, 5, 'Failed', 'busy', 30],
        [35, 36, 41, 'Answered', 'ok']
      ],
      end: { _tag: 'Succeeded' }
    })
  })

  it.each<[string, ReadonlyArray<RetryEvent>, object]>([
    ['before anything', [gaveUp(aborted)], { _tag: 'Aborted', elapsed: 9, reason: 'enough' }],
    [
      'in a wait',
      [started(1, 0), failed(1, 5, 30), gaveUp(aborted)],
      { _tag: 'Aborted', elapsed: 9, reason: 'enough' }
    ],
    [
      'in an attempt',
      [started(1, 0), gaveUp(aborted)],
      { _tag: 'Aborted', elapsed: 9, reason: 'enough', due: 0, called: true }
    ],
    [
      'when an attempt was told of, and not made',
      [started(1, 0), failed(1, 5, 0), started(2, 5), gaveUp(aborted)],
      { _tag: 'Aborted', elapsed: 9, reason: 'enough', due: 5, called: false }
    ],
    [
      'at the end of a schedule',
      [started(1, 0), failed(1, 5), gaveUp({ _tag: 'Exhausted' })],
      { _tag: 'Exhausted' }
    ],
    [
      'at a hint',
      [started(1, 0), failed(1, 5), gaveUp({ _tag: 'Exhausted', hint: 90 })],
      { _tag: 'Exhausted', hint: 90 }
    ],
    [
      'by a budget',
      [started(1, 0), failed(1, 5), gaveUp({ _tag: 'BudgetExhausted' })],
      { _tag: 'BudgetExhausted' }
    ]
  ])('given up %s -> that', (_, events, end) => {
    expect(contentOf(events)).toMatchObject({ ...run, end })
    expect((contentOf(events) as { end: object }).end).toEqual(end)
  })

  it('draws of others before -> which draw it was, beside the wait', () => {
    let draws = 0
    const tape = newTape({ seed: 42, args, draws: () => draws })
    tape.hear(started(1, 0))
    draws = 3
    tape.hear(failed(1, 5, 30))
    tape.hear(started(2, 35))
    draws = 7
    tape.hear(failed(2, 41))
    tape.hear(gaveUp({ _tag: 'Exhausted' }))
    expect(readToken(tape.token())).toMatchObject({
      attempts: [
        [0, 0, 5, 'Failed', 'busy', 30, 2],
        [35, 36, 41, 'Failed', 'busy', null, 6]
      ]
    })
  })

  it.each<[string, ReadonlyArray<RetryEvent>, string]>([
    ['nothing', [], 'noRetry'],
    ['only what others told', [waiting], 'noRetry'],
    ['an attempt that goes on', [started(1, 0)], 'notEnded'],
    ['a wait that goes on', [started(1, 0), failed(1, 5, 30)], 'notEnded'],
    ['a start in an attempt', [started(1, 0), started(1, 1)], 'severalRetries'],
    [
      'a second start in a later attempt',
      [started(1, 0), failed(1, 5, 0), started(2, 5), started(2, 6)],
      'severalRetries'
    ],
    ['a start after the end', [started(1, 0), succeeded(1, 5), started(2, 6)], 'severalRetries'],
    ['a start that is not the next', [started(2, 0)], 'severalRetries'],
    ['a result that nobody asked for', [succeeded(1, 5)], 'severalRetries'],
    [
      'a failure that nobody asked for',
      [started(1, 0), failed(1, 5, 30), failed(1, 6, 30)],
      'severalRetries'
    ],
    ['given up twice', [gaveUp(aborted), gaveUp(aborted)], 'severalRetries'],
    ['success, then given up', [started(1, 0), succeeded(1, 5), gaveUp(aborted)], 'severalRetries'],
    [
      'a fault, then what would have been a run',
      [started(2, 0), waiting, started(1, 0), succeeded(1, 5)],
      'severalRetries'
    ]
  ])('%s -> a token that says why it is none', (_, events, unreplayable) => {
    expect(contentOf(events)).toEqual({ unreplayable })
  })

  it('a failure that no wait follows -> a row without one', () => {
    expect(contentOf([started(1, 0), failed(1, 5), gaveUp({ _tag: 'Exhausted' })])).toMatchObject({
      attempts: [[0, 0, 5, 'Failed', 'busy']]
    })
  })

  it('more than a million letters -> tooLarge', () => {
    const events = Array.from({ length: 80 }, (_, i) => [
      started(i + 1, 0),
      {
        ...failed(i + 1, 5),
        failure: { _tag: 'Failed', error: 'x'.repeat(15_000), startedAt: 0, duration: 5, delay: 0 }
      } as RetryEvent
    ]).flat()
    expect(contentOf(events)).toEqual({ unreplayable: 'tooLarge' })
  })

  it('a failure that nothing was drawn for, and then another fault -> the first', () => {
    const events = [started(1, 0), failed(1, 5, 30), started(1, 5)]
    expect(contentOf(events, { draws: () => 0 })).toEqual({ unreplayable: 'otherRandom' })
  })

  it('what others told -> behind how many events of the retry, with arguments that are not those of the call', () => {
    let draws = 0
    const tape = newTape({ seed: 42, args, draws: () => draws })
    tape.hear(waiting)
    tape.hear(started(1, 0))
    tape.hearOther({ ...started(1, 2), name: 'inner', args: [8] })
    draws = 1
    tape.hear(failed(1, 5, 30))
    tape.hear(scheduled(1, 5, 30))
    tape.hear(waiting)
    tape.hear(gaveUp(aborted, 9, 'g'))
    const none = { $: 'undefined' }
    expect(readToken(tape.token())).toEqual({
      ...run,
      name: 'g',
      attempts: [[0, 0, 5, 'Failed', 'busy', 30]],
      end: { _tag: 'Aborted', elapsed: 9, reason: 'enough' },
      others: [
        [0, { _tag: 'LimitWaiting', name: 'f', attempt: 1, elapsed: 3, previousDelay: none }],
        [
          1,
          { _tag: 'AttemptStarted', name: 'inner', args: [8], attempt: 1, elapsed: 2, previousDelay: none }
        ],
        [3, { _tag: 'LimitWaiting', name: 'f', attempt: 1, elapsed: 3, previousDelay: none }]
      ]
    })
  })

  it('replace -> is told of arguments, errors, results and reasons by key, not of what is of the call', () => {
    const keysOf = (events: ReadonlyArray<RetryEvent>, others: ReadonlyArray<RetryEvent> = []) => {
      const keys: string[] = []
      const replace = (key: string, value: unknown): unknown => {
        keys.push(key)
        return value
      }
      const tape = newTape({ seed: 42, args, draws: () => keys.length, replace })
      events.forEach(tape.hear)
      others.forEach(tape.hearOther)
      return keys
    }
    const rejected = {
      ...failed(1, 5),
      failure: { _tag: 'Rejected', value: 1, attempt: 1, startedAt: 0, duration: 5, delay: 30 }
    } as RetryEvent
    expect(keysOf([started(1, 0), failed(1, 5, 30), gaveUp(aborted)])).toEqual(['0', 'error', 'reason'])
    expect(keysOf([started(1, 0), rejected, started(2, 35), succeeded(2, 40)])).toEqual([
      '0',
      'value',
      'value'
    ])
    expect(keysOf([], [scheduled(1, 5, 30), succeeded(1, 5)])).toEqual(['0', 'value'])
  })
})
