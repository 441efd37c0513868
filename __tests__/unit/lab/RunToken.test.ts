import { fromToken, maxLength, type RecordedRun, toToken } from '../../../src/lab/RunToken.js'

const run: RecordedRun = {
  seed: 42,
  name: 'f',
  args: [1],
  attempts: [
    [0, 0, 5, 'Failed', 'busy', 100],
    [105, 105.5, 110.25, 'Answered', 'ok']
  ],
  end: { _tag: 'Succeeded' }
}

/** The token of any JSON, made by other means. */
const tokenOf = (json: unknown, text = JSON.stringify(json)): string =>
  `reprise1.${Buffer.from(text).toString('base64url')}`

const faultOf = (token: unknown): unknown => {
  const read = fromToken(token)
  return read._tag === 'Left' ? read.left : 'a run'
}

// As it was first written: tokens stand in logs, and have to be read by what comes later.
const written =
  'reprise1.eyJzZWVkIjo0MiwibmFtZSI6ImYiLCJhcmdzIjpbMV0sImF0dGVtcHRzIjpbWzAsMCw1LCJGYWlsZWQiLCJidXN5IiwxMDBdLFsxMDUsMTA1LjUsMTEwLjI1LCJBbnN3ZXJlZCIsIm9rIl1dLCJlbmQiOnsiX3RhZyI6IlN1Y2NlZWRlZCJ9fQ'

describe('toToken, fromToken', () => {
  it('a run -> one line, and back', () => {
    expect(toToken(run)).toBe(written)
    expect(fromToken(written)).toStrictEqual({ _tag: 'Right', right: run })
  })

  it('letters beyond ASCII, bytes that base64 needs - and _ for -> and back', () => {
    const other: RecordedRun = { ...run, name: 'é\u2028漢🙂\ud800', args: ['>>>???', '\u00ff\u00fe'] }
    expect(toToken(other)).toMatch(/^reprise1\.[A-Za-z0-9_-]+$/)
    expect(fromToken(toToken(other))).toStrictEqual({ _tag: 'Right', right: other })
  })

  it('space and line ends around it -> do not matter', () => {
    expect(fromToken(`\n  ${written}\r\n`)).toStrictEqual({ _tag: 'Right', right: run })
  })

  it.each(['noRetry', 'severalRetries', 'otherRandom', 'notEnded', 'tooLarge'] as const)(
    'why there is no run: %s -> NotReplayable',
    (reason) => {
      expect(faultOf(toToken(reason))).toEqual({ _tag: 'NotReplayable', reason })
    }
  )

  it('just a million letters -> and back', () => {
    // Three bytes take four letters; `reprise1.` takes nine more.
    const bytes = Math.floor(((maxLength - 9) * 3) / 4)
    const rest = JSON.stringify({ ...run, args: [''] }).length
    const long = { ...run, args: ['x'.repeat(bytes - rest)] }
    const token = toToken(long)
    expect(token).toHaveLength(maxLength)
    expect(fromToken(token)).toStrictEqual({ _tag: 'Right', right: long })
  })

  const [failed, answered] = run.attempts
  it.each<[string, object]>([
    ['a wait of 0', { attempts: [[0, 0, 5, 'Failed', 'busy', 0], answered] }],
    [
      'draws that others have made, too',
      {
        attempts: [
          [...failed!, 3],
          [...answered!, null, 7]
        ]
      }
    ],
    ['given up', { attempts: [answered], end: { _tag: 'Exhausted' } }],
    ['given up, at a hint', { attempts: [answered], end: { _tag: 'Exhausted', hint: 90 } }],
    ['aborted before anything', { attempts: [], end: { _tag: 'Aborted', elapsed: 0, reason: 1 } }],
    ['aborted in a wait', { attempts: [failed], end: { _tag: 'Aborted', elapsed: 7, reason: 1 } }],
    ['aborted before a wait', { attempts: [answered], end: { _tag: 'Aborted', elapsed: 7, reason: 1 } }],
    [
      'aborted in an attempt',
      { attempts: [failed], end: { _tag: 'Aborted', elapsed: 107, reason: 1, due: 105, called: true } }
    ],
    [
      'aborted in the first attempt',
      { attempts: [], end: { _tag: 'Aborted', elapsed: 1, reason: 1, due: 0, called: false } }
    ],
    ['others, before anything', { others: [[0, { _tag: 'HedgeStarted', attempt: 0, elapsed: 0 }]] }]
  ])('%s -> a run', (_, parts) => {
    expect(fromToken(tokenOf({ ...run, ...parts }))).toStrictEqual({
      _tag: 'Right',
      right: { ...run, ...parts }
    })
  })

  it('longer than a million letters -> says so, in few', () => {
    const token = toToken({ ...run, args: ['x'.repeat(800_000)] })
    expect(token.length).toBeLessThan(60)
    expect(faultOf(token)).toEqual({ _tag: 'NotReplayable', reason: 'tooLarge' })
  })
})

describe('fromToken', () => {
  it.each<[string, unknown, string, string]>([
    ['undefined', undefined, '', 'a text'],
    ['an object', { length: 3 }, '', 'a text'],
    ['nothing', '', '', "a token, which begins with 'reprise1.'"],
    ['another version', written.replace('1.', '2.'), '', "a token, which begins with 'reprise1.'"],
    ['a whole line of a log', `failed with ${written}`, '', "a token, which begins with 'reprise1.'"],
    ['the first half', written.slice(0, 100), '', 'a whole token'],
    ['without its last letter', written.slice(0, -1), '', 'a whole token'],
    ['letters that base64 has not', `${written}%`, '', 'a whole token'],
    [
      'bytes that are no text',
      `reprise1.${Buffer.from([0xff, 0xfe]).toString('base64url')}`,
      '',
      'a whole token'
    ],
    [
      'bytes that are no text, in a name',
      `reprise1.${Buffer.from(JSON.stringify({ ...run, name: '\u00ff' }), 'latin1').toString('base64url')}`,
      '',
      'a whole token'
    ],
    ['no JSON', tokenOf(null, '{'), '', 'a whole token'],
    ['something else', tokenOf(null, 'null'), '', 'an object'],
    ['a list', tokenOf([]), '', 'an object'],
    ['a million letters and one', 'x'.repeat(maxLength + 1), '', 'at most 1048576 letters'],
    ['no reason that there is', tokenOf({ unreplayable: 'toString' }), 'seed', 'a whole number'],
    ['no seed', tokenOf({ ...run, seed: undefined }), 'seed', 'a whole number'],
    ['half a seed', tokenOf({ ...run, seed: 0.5 }), 'seed', 'a whole number'],
    ['a name that is no text', tokenOf({ ...run, name: null }), 'name', 'a text'],
    ['arguments that are no list', tokenOf({ ...run, args: { length: 1 } }), 'args', 'a list'],
    ['another key', tokenOf({ ...run, more: 1 }), 'more', 'no such key'],
    [
      '__proto__',
      tokenOf(null, JSON.stringify(run).replace('"seed"', '"__proto__":{},"seed"')),
      '__proto__',
      'no such key'
    ],
    ['a seed from the prototype', tokenOf(null, '{"__proto__":{"seed":1}}'), 'seed', 'a whole number'],
    ['no attempts', tokenOf({ ...run, attempts: [] }), 'attempts', 'at least one'],
    ['an attempt too short', tokenOf({ ...run, attempts: [[0, 0, 0]] }), 'attempts.0', 'a list of 5 to 7'],
    [
      'an attempt too long',
      tokenOf({ ...run, attempts: [[0, 0, 0, 'Failed', 1, null, 0, 0]] }),
      'attempts.0',
      'a list of 5 to 7'
    ],
    [
      'a time that is none',
      tokenOf({ ...run, attempts: [[0, '0', 0, 'Failed', 1]] }),
      'attempts.0.1',
      'a number'
    ],
    [
      'no such outcome',
      tokenOf({ ...run, attempts: [[0, 0, 0, 'Rejected', 1]] }),
      'attempts.0.3',
      'one of Answered, Failed, Threw'
    ],
    [
      'content that is none',
      tokenOf({ ...run, attempts: [[0, 0, 0, 'Failed', [{ $: 'x' }]]] }),
      'attempts.0.4.0',
      'a kind of value that can be stored'
    ],
    [
      'a wait that is none',
      tokenOf({ ...run, attempts: [[0, 0, 0, 'Failed', 1, -1]] }),
      'attempts.0.5',
      'a whole number >= 0'
    ],
    [
      'no wait between attempts',
      tokenOf({ ...run, attempts: [run.attempts[1], run.attempts[1]] }),
      'attempts.0.5',
      'a wait'
    ],
    [
      'a wait that is null between attempts',
      tokenOf({ ...run, attempts: [[0, 0, 0, 'Failed', 1, null, 0], run.attempts[1]] }),
      'attempts.0.5',
      'a wait'
    ],
    [
      'a wait at the end',
      tokenOf({ ...run, attempts: [run.attempts[0]] }),
      'attempts.0.5',
      'no wait after the last attempt'
    ],
    [
      'no wait before an attempt that was cut short',
      tokenOf({
        ...run,
        attempts: [run.attempts[1]],
        end: { _tag: 'Aborted', elapsed: 1, reason: 1, due: 1 }
      }),
      'attempts.0.5',
      'a wait'
    ],
    [
      'no such end',
      tokenOf({ ...run, end: { _tag: 'constructor' } }),
      'end._tag',
      'one of Succeeded, NotRetryable, PolicyFault, BudgetExhausted, Exhausted, Aborted'
    ],
    ['an end that is null', tokenOf({ ...run, end: null }), 'end', 'an object'],
    ['no end', tokenOf({ ...run, end: undefined }), 'end', 'an object'],
    [
      'a hint where there is none',
      tokenOf({ ...run, end: { _tag: 'NotRetryable', hint: 90 } }),
      'end.hint',
      'no such key'
    ],
    [
      'called, or not',
      tokenOf({ ...run, end: { _tag: 'Aborted', elapsed: 1, reason: 1, due: 1, called: 1 } }),
      'end.called',
      'a boolean'
    ],
    ['an end that is none', tokenOf({ ...run, end: 1 }), 'end', 'an object'],
    [
      'an abort without a reason',
      tokenOf({ ...run, end: { _tag: 'Aborted', elapsed: 1 } }),
      'end.reason',
      'a value'
    ],
    [
      'an abort without a time',
      tokenOf({ ...run, end: { _tag: 'Aborted', reason: 1 } }),
      'end.elapsed',
      'a number'
    ],
    ['others that are no pairs', tokenOf({ ...run, others: [[1]] }), 'others.0', 'a pair'],
    [
      'no such event',
      tokenOf({ ...run, others: [[1, { _tag: 'toString', attempt: 1, elapsed: 0 }]] }),
      'others.0.1._tag',
      'one of AttemptStarted, AttemptFailed, RetryScheduled, Succeeded, GaveUp, LimitWaiting, LimitGranted, ' +
        'LimitRefused, CircuitOpened, CircuitHalfOpened, CircuitClosed, CircuitRefused, HedgeStarted'
    ],
    [
      'an event that is not stored',
      tokenOf({ ...run, others: [[1, { _tag: 'CircuitClosed', attempt: 1, elapsed: 0, more: { $: 1 } }]] }),
      'others.0.1.more',
      'a kind of value that can be stored'
    ]
  ])('%s -> InvalidToken, where and what was expected', (_, token, path, expected) => {
    expect(faultOf(token)).toMatchObject({ _tag: 'InvalidToken', path, expected })
  })
})
