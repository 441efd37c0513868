import { progressLine } from '../../../src/cli/Progress.js'

const progress = { time: 54_321, requests: 60_000, expected: 120_000, ended: 54_000, calls: 402_118 }
const running = { name: 'retries', run: 2, runs: 3 }

describe('progressLine', () => {
  test.each([
    [100, `  retries (2 of 3)  ${'█'.repeat(14)}${'░'.repeat(16)}   45 %  54 s  402,118 calls`],
    [60, '  retries (2 of 3)  █████░░░░░░   45 %  54 s  402,118 calls'],
    [50, '  retries (2 of 3)   45 %  54 s  402,118 calls'],
    [40, '  retries (2 of 3)  ███░░░   45 %  54 s'],
    [20, '  retries (2 of 3)'],
    [8, '  retri']
  ])('a terminal of %d columns -> %s', (width, expected) => {
    const line = progressLine(running, progress, width)
    expect(line.length).toBeLessThan(width)
    expect(line).toBe(expected)
  })

  test('only one run -> no count', () => {
    expect(progressLine({ ...running, run: 1, runs: 1 }, progress, 30)).toBe('  retries  ██░░░   45 %  54 s')
  })

  test('more than was expected -> 100 %; nothing expected -> 100 %', () => {
    const shown = [
      { ended: 121_000, expected: 120_000 },
      { ended: 0, expected: 0 }
    ].map((more) => progressLine(running, { ...progress, ...more }, 100))
    expect(shown.map((line) => line.includes(`${'█'.repeat(30)}  100 %`))).toEqual([true, true])
  })

  test('a name that would move the cursor -> made visible', () => {
    expect(progressLine({ ...running, name: '\u001b[2J' }, progress, 80)).toContain('\\u001b[2J')
  })
})
