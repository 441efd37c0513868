import { parseArguments } from '../../../src/cli/parseArguments.js'

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean), '1.2.3', 80)

const refusal = (line: string): unknown => {
  const parsed = parse(line)
  return parsed._tag === 'Right' || parsed.left.stdout !== '' || parsed.left.status !== 2
    ? parsed
    : parsed.left.stderr.split('\n').filter((each) => each !== '' && !each.startsWith('Run it with --help'))
}

const defaults = {
  _tag: 'lab',
  file: 'a.yaml',
  policy: ['p.yaml'],
  seed: 1,
  runs: 1,
  until: 86_400_000,
  within: []
}

describe('lab', () => {
  test.each([
    ['lab a.yaml --policy p.yaml', defaults],
    ['lab a.yaml -p p.yaml -p - --policy q.yaml', { ...defaults, policy: ['p.yaml', '-', 'q.yaml'] }],
    [
      'lab - -p p.yaml --svg out.svg -s 0 -n 3 -u 5m -r registry.mjs --json',
      {
        ...defaults,
        file: '-',
        svg: 'out.svg',
        seed: 0,
        runs: 3,
        until: 300_000,
        registry: 'registry.mjs',
        json: true
      }
    ],
    [
      'lab a.yaml -p p.yaml --rank p99 --within amplification<=1.5 --within recovery<=5s',
      {
        ...defaults,
        rank: 'p99',
        within: [
          { measure: 'amplification', relation: '<=', value: 1.5 },
          { measure: 'recovery', relation: '<=', value: 5000 }
        ]
      }
    ]
  ])('%s', (line, command) => {
    expect(parse(line)).toEqual({ _tag: 'Right', right: command })
  })

  test.each([
    ['lab', ["error: missing required argument 'scenario'"]],
    ['lab a.yaml', ["error: required option '-p, --policy <file>' not specified"]],
    ['lab a.yaml p.yaml -p p.yaml', ["error: too many arguments for 'lab'. Expected 1 argument but got 2."]],
    ['lab - -p -', ['error: standard input can be read only once']],
    ['lab a -p - -p -', ['error: standard input can be read only once']],
    ['lab a -p p --svg -', ["error: option '--svg <file>' argument '-' is invalid. Expected a file."]],
    [
      'lab a -p p -n 0',
      ["error: option '-n, --runs <count>' argument '0' is invalid. Expected a whole number from 1 to 1000."]
    ],
    [
      'lab a -p p -s -1',
      [
        "error: option '-s, --seed <number>' argument '-1' is invalid. Expected a whole number from 0 to 4294967295."
      ]
    ],
    [
      'lab a -p p --rank speed',
      [
        "error: option '--rank <measure>' argument 'speed' is invalid. Allowed choices are calls, amplification, successRatio, p50, p90, p99, completion, recovery."
      ]
    ],
    [
      'lab a -p p --rank p99 --within p99<2s',
      [
        "error: option '--within <bound>' argument 'p99<2s' is invalid. Expected a measure, <= or >=, and a value, such as amplification<=1.5 or p99<=2s."
      ]
    ],
    ['lab a -p p --within p99<=2s', ['error: --within needs --rank']],
    ['lab a --polcy p', ["error: unknown option '--polcy'", '(Did you mean --policy?)']],
    ['lap a', ["error: unknown command 'lap'", '(Did you mean lab?)']]
  ])('%s -> status 2, %j', (line, said) => {
    expect(refusal(line)).toEqual(said)
  })

  test('--help -> usage, measures and examples, within the width', () => {
    const parsed = parse('lab --help')
    if (parsed._tag === 'Right') throw new Error('no help')
    const { stdout, stderr, status } = parsed.left
    expect([stderr, status]).toEqual(['', 0])
    expect(stdout).toMatch(/^Usage: reprise lab \[options\] <scenario>\n[^]*\nExamples:\n {2}\$ reprise lab /)
    expect(stdout).toContain('(default: 24h)')
    const wide = stdout.split('\n').filter((each) => each.length > 80 && !each.startsWith('  $ '))
    expect(wide).toEqual([])
  })
})
