import { paintOf } from '../../../src/cli/Paint.js'
import { renderSimulated } from '../../../src/cli/renderSimulated.js'
import type { Decided, Simulated } from '../../../src/cli/Report.js'

const none = { delay: null, from: null, to: null, latest: null, reason: null }

const retry = (attempt: number, elapsed: number, delay: number, from: number, to: number): Decided => ({
  ...none,
  ...{ attempt, elapsed, outcome: 'fails', decision: 'Retry', delay, from, to }
})

const first = retry(1, 0, 1200, 1000, 2000)
const second = retry(2, 1200, 2500, 2000, 4000)

const simulated = (...decisions: ReadonlyArray<Decided>): Simulated => ({
  method: null,
  attemptTimeout: null,
  timeout: null,
  code: 'exponential(2000)',
  decisions
})

const render = (policy: Simulated, outcomes?: string, width = 70) =>
  renderSimulated(paintOf(false), width)([policy], {
    ...(outcomes !== undefined && { outcomes }),
    seed: 7
  }).split('\n')

/** The sentences at the end. */
const ending = (policy: Simulated, outcomes?: string): string | undefined =>
  render(policy, outcomes, 200).at(-2)?.trim()

describe('renderSimulated', () => {
  test('the attempts, what was drawn of each window, and how it ends', () => {
    const last: Decided = { ...none, attempt: 3, elapsed: 3700, outcome: 'succeeds', decision: 'Accept' }
    expect(render(simulated(first, second, last), 'LLR')).toEqual([
      'exponential(2000)',
      '',
      '  attempt  elapsed  outcome   decision      wait  0  1 s  2 s      4 s',
      '                                                  ├───┼────┼────┼────┤',
      '        1     0 ms  fails     retry after  1.2 s  ██████░░░░',
      '        2    1.2 s  fails     retry after  2.5 s  █████████████░░░░░░░',
      '        3    3.7 s  succeeds  done',
      '                                                  █ drawn  ░ at most',
      '',
      '  Succeeds at attempt 3, 3.7 s after the start. Seed 7.',
      ''
    ])
  })

  test('no room for bars -> the table alone', () => {
    expect(render(simulated(first), 'L', 50)).toEqual([
      'exponential(2000)',
      '',
      '  attempt  elapsed  outcome  decision      wait',
      '        1     0 ms  fails    retry after  1.2 s',
      '',
      '  Attempt 2 would start 1.2 s after the start.',
      '  Seed 7.',
      ''
    ])
  })

  const giveUp: Decided = {
    ...none,
    attempt: 2,
    elapsed: 1200,
    outcome: 'fails',
    decision: 'GiveUp',
    reason: 'Exhausted'
  }

  test('a policy that gives up -> why, and what was left', () => {
    expect(ending(simulated(first, giveUp), 'LL')).toBe(
      'Gives up at attempt 2, 1.2 s after the start: the policy allows no more. Seed 7.'
    )
    expect(ending(simulated(first, giveUp), 'LLL')).toBe(
      'Gives up at attempt 2, 1.2 s after the start: the policy allows no more. 1 outcome was not used. Seed 7.'
    )
    expect(ending(simulated(first, giveUp), 'LLLL')).toContain(' 2 outcomes were not used. ')
    // Nobody asked for outcomes: none is left.
    expect(ending(simulated(first, giveUp))).toBe(
      'Gives up at attempt 2, 1.2 s after the start: the policy allows no more. Seed 7.'
    )
    expect(ending(simulated(first, { ...giveUp, reason: 'PolicyFault' }), 'LL')).toContain(
      'a function of the policy failed.'
    )
  })

  test('a timeout that would have come first -> said', () => {
    const said = 'Its timeout of 3 s would have ended the call before.'
    expect(ending({ ...simulated(first, second), timeout: 3000 }, 'LL')).toContain(said)
    expect(ending({ ...simulated(first), timeout: 3000 }, 'L')).not.toContain('timeout')
  })
})
