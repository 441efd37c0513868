import type { RecordedEnd, RecordedRun } from '../../../src/lab/RunToken.js'
import { type Script, toScript } from '../../../src/lab/Script.js'
import { keepAll, type Replace } from '../../../src/lab/Stored.js'

const run: RecordedRun = {
  seed: 42,
  name: 'readRow',
  args: [7, { $: 'undefined' }],
  attempts: [
    [0, 0.5, 5, 'Failed', { busy: true }, 100],
    [105, 106, 110, 'Threw', 'no', 30, 4],
    [140, 141, 150, 'Answered', 'row', null, 9]
  ],
  end: { _tag: 'Succeeded' }
}

const scriptOf = (run: RecordedRun, revive: Replace = keepAll): Script => {
  const script = toScript(run, revive)
  if (script._tag !== 'Right') throw new Error(script._tag)
  return script.right
}

describe('toScript', () => {
  it('a run -> its call, and each attempt with its times, draw and decision', () => {
    const answer = expect.any(Function) as never
    expect(scriptOf(run)).toStrictEqual({
      seed: 42,
      name: 'readRow',
      args: [7, undefined],
      attempts: [
        { due: 0, startedAt: 0.5, ended: 5, answer, draw: 0, decided: { _tag: 'Retry', delay: 100 } },
        { due: 105, startedAt: 106, ended: 110, answer, draw: 4, decided: { _tag: 'Retry', delay: 30 } },
        { due: 140, startedAt: 141, ended: 150, answer, draw: 9, decided: { _tag: 'Accept' } }
      ],
      refused: false,
      cut: undefined,
      others: []
    })
  })

  it('fails, throws, answers -> so does each attempt', async () => {
    const [failed, threw, answered] = scriptOf(run).attempts
    expect(await failed?.answer()).toStrictEqual({ _tag: 'Left', left: { busy: true } })
    await expect(threw?.answer()).rejects.toBe('no')
    expect(await answered?.answer()).toStrictEqual({ _tag: 'Right', right: 'row' })
  })

  const goingOn = { _tag: 'Retry', delay: undefined }
  it.each<[RecordedEnd, object, Partial<Script>]>([
    [{ _tag: 'BudgetExhausted' }, goingOn, { refused: true }],
    [{ _tag: 'Exhausted' }, { _tag: 'GiveUp', reason: 'Exhausted', hint: undefined }, {}],
    [{ _tag: 'Exhausted', hint: 90 }, { _tag: 'GiveUp', reason: 'Exhausted', hint: 90 }, {}],
    [
      { _tag: 'Exhausted', hint: { $: 'number', of: 'Infinity' } },
      { _tag: 'GiveUp', reason: 'Exhausted', hint: Infinity },
      {}
    ],
    [{ _tag: 'NotRetryable' }, { _tag: 'GiveUp', reason: 'NotRetryable' }, {}],
    [{ _tag: 'PolicyFault' }, { _tag: 'GiveUp', reason: 'PolicyFault' }, {}],
    [
      { _tag: 'Aborted', elapsed: 7, reason: 'enough' },
      goingOn,
      { cut: { elapsed: 7, reason: 'enough', due: undefined, called: false } }
    ],
    [
      { _tag: 'Aborted', elapsed: 7, reason: { $: 'undefined' }, due: 6, called: true },
      goingOn,
      { cut: { elapsed: 7, reason: undefined, due: 6, called: true } }
    ]
  ])('the end %j -> %j decided last, %j', (end, decided, parts) => {
    const { attempts, refused, cut } = scriptOf({ ...run, attempts: [[0, 0, 5, 'Failed', 1]], end })
    expect(attempts[0]?.decided).toStrictEqual(decided)
    expect({ refused, cut }).toStrictEqual({ refused: false, cut: undefined, ...parts })
  })

  it('what others told -> with its arguments and parts, or with the arguments of the call', () => {
    const told = { attempt: 1, elapsed: 3, name: 'inner' }
    const { args, others } = scriptOf({
      ...run,
      others: [
        [0, { _tag: 'CircuitRefused', ...told, args: [{ $: 'bigint', of: '5' }], more: { $: 'undefined' } }],
        [2, { _tag: 'LimitWaiting', ...told }]
      ]
    })
    expect(others).toStrictEqual([
      [0, { _tag: 'CircuitRefused', ...told, args: [5n], more: undefined }],
      [2, { _tag: 'LimitWaiting', ...told, args: [7, undefined] }]
    ])
    expect(others[1]?.[1].args).toBe(args)
  })

  it('revive -> is told the key of each part, and what it gives takes its place', async () => {
    const keys: string[] = []
    const { args, attempts, cut, others } = scriptOf(
      {
        ...run,
        args: [7],
        end: { _tag: 'Aborted', elapsed: 7, reason: 'enough' },
        others: [[0, { _tag: 'LimitWaiting', attempt: 1, elapsed: 3, args: [8], more: 9 }]]
      },
      (key, value) => {
        keys.push(key)
        return `revived ${String(value)}`
      }
    )
    expect(keys).toEqual(['0', 'busy', 'error', 'error', 'value', 'reason', 'more', '0'])
    expect(args).toEqual(['revived 7'])
    expect(await attempts[2]?.answer()).toEqual({ _tag: 'Right', right: 'revived row' })
    expect(cut?.reason).toBe('revived enough')
    expect(others[0]?.[1]).toMatchObject({ args: ['revived 8'], more: 'revived 9' })
  })

  it('revive that throws -> ReviveFailed', () => {
    const error = new Error('revive')
    const revive = () => {
      throw error
    }
    expect(toScript(run, revive)).toStrictEqual({ _tag: 'Left', left: { _tag: 'ReviveFailed', error } })
  })
})
