import { paintOf } from '../../../src/cli/Paint.js'
import { renderExplained } from '../../../src/cli/renderExplained.js'
import type { Explained } from '../../../src/cli/Report.js'

const policy: Explained = {
  method: null,
  attemptTimeout: null,
  timeout: null,
  code: 'pipe(exponential(1000), withJitter(0.5), capDelay(5000), limitRetries(4))',
  words: ['Waits 1 s before the first retry, then twice as long each time.', 'Waits at most 5 s.'],
  waits: [
    { retry: 1, from: 500, to: 1500, latest: 1500 },
    { retry: 2, from: 1000, to: 3000, latest: 4500 },
    { retry: 3, from: 1667, to: 5000, latest: 9500 },
    { retry: 4, from: 1667, to: 5000, latest: 14_500 }
  ],
  more: false,
  chosen: [],
  bounds: { retries: 4, totalDelay: 14_500, delay: 5000 }
}

const render = (width: number, policies: ReadonlyArray<Explained>, coloured = false) =>
  renderExplained(paintOf(coloured), width)(policies).split('\n')

describe('renderExplained', () => {
  test('60 columns -> bars in the room that is left', () => {
    expect(render(60, [policy])).toEqual([
      'pipe(exponential(1000), withJitter(0.5), capDelay(5000),',
      '  limitRetries(4))',
      '',
      '  Waits 1 s before the first retry, then twice as long each',
      '    time.',
      '  Waits at most 5 s.',
      '',
      '  retry     from     to  latest start  0     2 s  3 s    5 s',
      '                                       ├──┼───┼────┼───┼───┤',
      '      1   500 ms  1.5 s         1.5 s  ██░░░░',
      '      2      1 s    3 s         4.5 s  ████░░░░░░░░░',
      '      3  1.667 s    5 s         9.5 s  ███████░░░░░░░░░░░░░░',
      '      4  1.667 s    5 s        14.5 s  ███████░░░░░░░░░░░░░░',
      '                                       █ at least  ░ at most',
      ''
    ])
  })

  test('errors that are never retried -> no table of theirs', () => {
    const chosen = [{ errors: 'A', waits: [], more: false }]
    expect(render(60, [{ ...policy, chosen }])).toEqual(render(60, [policy]))
  })

  test('waits far apart -> a logarithmic scale, which is said', () => {
    const waits = [1, 100_000].map((ms, i) => ({ retry: i + 1, from: ms, to: ms, latest: ms }))
    expect(
      render(80, [{ ...policy, waits }])
        .at(-2)
        ?.trim()
    ).toBe('logarithmic scale')
  })

  test('120 columns -> bars of at most 60 cells', () => {
    const lines = render(120, [policy])
    expect(lines[0]).toBe(policy.code)
    expect(lines.slice(5, 7)).toEqual([
      '  retry     from     to  latest start  0         1 s         2 s         3 s         4 s        5 s',
      '                                       ├──────────┼───────────┼───────────┼───────────┼───────────┤'
    ])
    expect(Math.max(...lines.map((line) => line.length))).toBe(99)
  })

  test('40 columns -> no room for bars', () => {
    expect(render(40, [policy]).slice(-7)).toEqual([
      '',
      '  retry     from     to  latest start',
      '      1   500 ms  1.5 s         1.5 s',
      '      2      1 s    3 s         4.5 s',
      '      3  1.667 s    5 s         9.5 s',
      '      4  1.667 s    5 s        14.5 s',
      ''
    ])
  })

  test('exact waits, and more of them -> one column, no legend, and a row of dots', () => {
    const waits = [
      { retry: 1, from: 100, to: 100, latest: 100 },
      { retry: 2, from: 200, to: 200, latest: 300 }
    ]
    expect(render(50, [{ ...policy, words: [], waits, more: true }]).slice(-6)).toEqual([
      '  retry    wait  latest start  0            200 ms',
      '                               ├───┼────┼───┼────┤',
      '      1  100 ms        100 ms  ██████████',
      '      2  200 ms        300 ms  ███████████████████',
      '      …',
      ''
    ])
  })

  test('no waits -> no table', () => {
    expect(render(80, [{ ...policy, words: ['Makes one attempt, and no retry.'], waits: [] }])).toEqual([
      policy.code,
      '',
      '  Makes one attempt, and no retry.',
      ''
    ])
  })

  test('waits of 0 -> a table, and nothing to draw', () => {
    const waits = [{ retry: 1, from: 0, to: 0, latest: 0 }]
    expect(render(80, [{ ...policy, words: [], waits }]).slice(-3)).toEqual([
      '  retry  wait  latest start',
      '      1  0 ms          0 ms',
      ''
    ])
  })

  test('a schedule for some errors -> a table of its own, on the same scale', () => {
    const chosen = [
      {
        errors: 'errors that match "RateLimited"',
        waits: [{ retry: 1, from: 10_000, to: 10_000, latest: 10_000 }],
        more: false
      }
    ]
    const waits = [{ retry: 1, from: 1000, to: 3000, latest: 3000 }]
    expect(render(60, [{ ...policy, words: [], waits, chosen }]).slice(4)).toEqual([
      '  retry  from   to  latest start  0  2 s  4 s   6 s     10 s',
      '                                  ├───┼────┼─────┼────┼────┤',
      '      1   1 s  3 s           3 s  ███░░░░░',
      '                                  █ at least  ░ at most',
      '',
      '  For errors that match "RateLimited":',
      '',
      '  retry  wait  latest start  0   2 s   4 s    6 s       10 s',
      '                             ├────┼─────┼──────┼─────┼─────┤',
      '      1  10 s          10 s  ███████████████████████████████',
      ''
    ])
  })

  test('methods of a worker -> a title for each, and what cuts them off', () => {
    const none = { ...policy, code: 'immediate', words: ['Retries at once.'], waits: [] }
    expect(
      render(80, [
        { ...none, method: '*', timeout: 30_000 },
        { ...none, method: 'read\u001b[2J', attemptTimeout: 2000 }
      ])
    ).toEqual([
      '* (all methods that are not named)',
      '  immediate',
      '',
      '  Retries at once.',
      '  Ends the whole call after 30 s, waits included.',
      '',
      'read\\u001b[2J',
      '  immediate',
      '',
      '  Retries at once.',
      '  Cuts off an attempt after 2 s.',
      ''
    ])
  })

  test('in colour -> the same text', () => {
    const plain = (line: string): string => line.replace(/\u001b\[\d+m/g, '')
    const coloured = render(80, [policy], true)
    expect(coloured.map(plain)).toEqual(render(80, [policy]))
    expect(coloured[7]).toBe(
      '      1   500 ms  1.5 s         1.5 s  \u001b[36m████\u001b[39m\u001b[2m\u001b[36m░░░░░░░░\u001b[39m\u001b[22m'
    )
  })
})
