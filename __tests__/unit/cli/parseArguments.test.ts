import { parseArguments } from '../../../src/cli/parseArguments.js'

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean), '1.2.3', 80)

/** What is said of wrong usage, without the hint that follows. */
const refusal = (line: string): unknown => {
  const parsed = parse(line)
  return parsed._tag === 'Right' || parsed.left.stdout !== '' || parsed.left.status !== 2
    ? parsed
    : parsed.left.stderr.split('\n').filter((each) => each !== '' && !each.startsWith('Run it with --help'))
}

describe('parseArguments', () => {
  test.each([
    ['explain a.yaml', { _tag: 'explain', file: 'a.yaml', retries: 10 }],
    ['explain a.yaml --retries 20 --json', { _tag: 'explain', file: 'a.yaml', retries: 20, json: true }],
    ['explain -n 0 -', { _tag: 'explain', file: '-', retries: 0 }],
    ['check a.json', { _tag: 'check', file: 'a.json' }],
    [
      'check a.json -m * -r ./registry.mjs',
      { _tag: 'check', file: 'a.json', method: '*', registry: './registry.mjs' }
    ],
    ['simulate a', { _tag: 'simulate', file: 'a', seed: 0, duration: 0 }],
    [
      'simulate a --outcomes LLLR --seed 7 --duration 1.5s',
      { _tag: 'simulate', file: 'a', outcomes: 'LLLR', seed: 7, duration: 1500 }
    ],
    ['simulate a -d 250', { _tag: 'simulate', file: 'a', seed: 0, duration: 250 }]
  ])('%s -> %j', (line, command) => {
    expect(parse(line)).toEqual({ _tag: 'Right', right: command })
  })

  test('no list of arguments -> throws what the parser throws', () => {
    expect(() => parseArguments('explain' as never, '1.2.3', 80)).toThrow(
      'first parameter to parse must be array'
    )
  })

  const wholeNumber = (flags: string, value: string, most: number): string =>
    `error: option '${flags}' argument '${value}' is invalid. Expected a whole number from 0 to ${most}.`

  test.each([
    ['explane a', ["error: unknown command 'explane'", '(Did you mean explain?)']],
    ['explain a --retires 3', ["error: unknown option '--retires'", '(Did you mean --retries?)']],
    ['explain', ["error: missing required argument 'file'"]],
    ['explain a b', ["error: too many arguments for 'explain'. Expected 1 argument but got 2."]],
    ['explain a -n', ["error: option '-n, --retries <count>' argument missing"]],
    ['explain a -n -1', [wholeNumber('-n, --retries <count>', '-1', 100_000)]],
    ['explain a -n 1.5', [wholeNumber('-n, --retries <count>', '1.5', 100_000)]],
    ['explain a -n 1e9', [wholeNumber('-n, --retries <count>', '1e9', 100_000)]],
    ['explain a -n 100001', [wholeNumber('-n, --retries <count>', '100001', 100_000)]],
    ['simulate a -s x', [wholeNumber('-s, --seed <number>', 'x', Number.MAX_SAFE_INTEGER)]],
    [
      'simulate a -o LXR',
      [
        "error: option '-o, --outcomes <letters>' argument 'LXR' is invalid. Expected letters L (fails) and R (succeeds), such as LLR."
      ]
    ],
    [
      'simulate a -d soon',
      [
        "error: option '-d, --duration <time>' argument 'soon' is invalid. Expected milliseconds or a text such as 250ms, 2s, 1.5m or 1h."
      ]
    ],
    ['check a --seed 1', ["error: unknown option '--seed'"]]
  ])('%s -> status 2, %j', (line, said) => {
    expect(refusal(line)).toEqual(said)
  })

  test('wrong usage -> where to find help', () => {
    expect(parse('explane')).toMatchObject({
      left: { stderr: expect.stringMatching(/\nRun it with --help to see how it is used\.\n$/) }
    })
  })

  test('nothing -> help on standard error, status 2', () => {
    const parsed = parse('')
    expect(parsed).toMatchObject({ left: { stdout: '', status: 2 } })
    expect(parsed).toMatchObject({ left: { stderr: expect.stringMatching(/^Usage: reprise /) } })
  })

  test('--version -> the version', () => {
    expect(parse('--version')).toEqual({ _tag: 'Left', left: { stdout: '1.2.3\n', stderr: '', status: 0 } })
  })

  test.each(['--help', 'explain --help', 'check -h', 'simulate --help'])(
    '%s -> usage and examples, within the width',
    (line) => {
      const parsed = parse(line)
      if (parsed._tag === 'Right') throw new Error('no help')
      const { stdout, stderr, status } = parsed.left
      expect([stderr, status]).toEqual(['', 0])
      expect(stdout).toMatch(/^Usage: reprise .*\n[^]*\nExamples:\n {2}\$ reprise /)
      const wide = stdout.split('\n').filter((each) => each.length > 80 && !each.startsWith('  $ '))
      expect(wide).toEqual([])
    }
  )
})
