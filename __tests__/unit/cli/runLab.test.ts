import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { FleetProgress } from 'reprise/lab'
import type { LabCommand } from '../../../src/cli/LabCommand.js'
import { paintOf } from '../../../src/cli/Paint.js'
import type { Problem } from '../../../src/cli/Problem.js'
import type { Running } from '../../../src/cli/Progress.js'
import { type LabSurroundings, runLab } from '../../../src/cli/runLab.js'
import type { Registry } from '../../../src/codec/index.js'

/** One place and no queue: of four calls at once one is taken, for 100 ms, and three are Overloaded. */
const files: Readonly<Record<string, string>> = {
  'rush.yaml': 'clients: 4\narrivals: atOnce\nserver: { capacity: 1, latency: 100ms, queue: 0 }\n',
  'spread.yaml':
    'clients: 4\nprocesses: 2\narrivals: atOnce\nserver: { capacity: 1, latency: 100ms, queue: 0 }\n',
  'once.yaml': 'never: true\n',
  'slow.yaml': 'policy: { fixed: 100ms, limitRetries: 9 }\ntimeout: 1m\n',
  'more/slow.yaml': 'fixed: 200ms\n',
  'held.yaml': 'fixed: 100ms\nretryOn: { condition: isOverloaded }\n',
  'endless.yaml': 'immediate: true\n',
  'down.yaml':
    'clients: 1\narrivals: { every: 1s }\nduration: 3s\nserver: { capacity: 1, latency: 5, outages: [{ from: 0, to: 1m, mode: down }] }\n',
  'bad.yaml': 'clients: none\n',
  'wrong.yaml': 'fixed: soon\n',
  '-': 'fixed: 100ms\nlimitRetries: 1\n'
}

const registries: Readonly<Record<string, Registry>> = {
  'good.mjs': { conditions: { isOverloaded: (error) => (error as { _tag: string })._tag === 'Overloaded' } },
  'bad.mjs': { conditions: { isOverloaded: 5 as never } }
}

const missing = (file: string): ReadonlyArray<Problem> => [{ file, message: 'there is no such file' }]

const defaults = {
  _tag: 'lab',
  file: 'rush.yaml',
  policy: ['once.yaml', 'slow.yaml'],
  seed: 1,
  runs: 1,
  until: 86_400_000,
  within: []
} as const satisfies LabCommand

const run = async (command: Partial<LabCommand> = {}, more: Partial<LabSurroundings> = {}) => {
  const wrote: Array<readonly [file: string, text: string]> = []
  const ended = await runLab({
    readText: (file) => pipe(files[file], TE.fromNullable([{ message: 'there is no such file' }])),
    readRegistry: (file) => pipe(registries[file], TE.fromNullable(missing(file))),
    width: 80,
    paint: paintOf(false),
    paintErrors: paintOf(false),
    writeText: (file, text) => {
      wrote.push([file, text])
      return TE.right(undefined)
    },
    checkTarget: () => TE.right(undefined),
    show: undefined,
    signal: new AbortController().signal,
    ...more
  })({ ...defaults, ...command })()
  return { ...ended, wrote }
}

/** The JSON of what is printed. */
const json = async (command: Partial<LabCommand>) => {
  const { status, stderr, stdout } = await run({ ...command, json: true })
  return { status, stderr, ...(JSON.parse(stdout) as object) }
}

describe('runLab', () => {
  test('two policies -> a column for each, by the names of their files', async () => {
    const { status, stderr, stdout, wrote } = await run()
    expect([status, stderr, wrote]).toEqual([0, '', []])
    expect(stdout.split('\n').slice(6, 14)).toEqual([
      '                   once      slow',
      '  calls               4*       10',
      '  amplification    1.00*     2.50',
      '  success        25.0 %   100.0 %*',
      '  p50            100 ms*   200 ms',
      '  p99            100 ms*   400 ms',
      '  completion     100 ms*   400 ms',
      '  ✗ Exhausted         3'
    ])
    expect(stdout).toMatch(/\n {2}slow came through with 100\.0 % of its requests, once with 25\.0 %\.\n$/)
  })

  test('the same again -> the same text', async () => {
    expect(await run({ runs: 2 })).toEqual(await run({ runs: 2 }))
  })

  test.each([
    [
      ['slow.yaml', 'more/slow.yaml'],
      ['slow.yaml', 'more/slow.yaml']
    ],
    [
      ['slow.yaml', 'once.yaml', 'slow.yaml'],
      ['slow', 'once', 'slow (2)']
    ],
    [
      ['-', 'once.yaml'],
      ['standard input', 'once']
    ]
  ])('policies %j -> names %j', async (policy, names) => {
    expect(await json({ policy })).toMatchObject({
      status: 0,
      policies: names.map((name, i) => ({ name, file: policy[i] }))
    })
  })

  test('a registry -> its functions', async () => {
    expect(await json({ policy: ['held.yaml'], registry: 'good.mjs' })).toMatchObject({
      ok: true,
      policies: [{ measured: { calls: 10, successRatio: 1 } }]
    })
  })

  test('progress -> of each run', async () => {
    const shown: Array<readonly [Running, FleetProgress]> = []
    await run({ runs: 2 }, { show: (running, progress) => shown.push([running, progress]) })
    expect([...new Set(shown.map(([{ name, run, runs }]) => `${name} ${run}/${runs}`))]).toEqual(
      expect.arrayContaining(['once 1/4', 'once 2/4', 'slow 3/4', 'slow 4/4'])
    )
    expect(shown.at(-1)?.[1]).toMatchObject({ time: 400, requests: 4, ended: 4, calls: 10 })
  })

  test('progress of several processes -> a run counts once', async () => {
    const shown: Running[] = []
    await run({ file: 'spread.yaml' }, { show: (running) => shown.push(running) })
    expect([...new Set(shown.map(({ name, run, runs }) => `${name} ${run}/${runs}`))]).toEqual([
      'once 1/2',
      'slow 2/2'
    ])
  })

  test('interrupted -> a word, and 130', async () => {
    expect(await run({}, { signal: AbortSignal.abort() })).toMatchObject({
      stdout: '',
      stderr: 'reprise: stopped\n',
      status: 130
    })
    expect(await run({ json: true }, { signal: AbortSignal.abort() })).toMatchObject({
      stdout: '',
      status: 130
    })
  })
})

describe('runLab: ranking', () => {
  test('the best first, and why others are not', async () => {
    const { status, stdout } = await run({
      rank: 'calls',
      within: [{ measure: 'successRatio', relation: '>=', value: 0.5 }]
    })
    expect(status).toBe(0)
    expect(stdout).toContain('\n                    slow     once\n')
    expect(stdout).toContain(
      '\n  Ranked by calls, within successRatio >= 50 %: 1. slow.\n  Not once: successRatio 25.0 %, not >= 50 %.\n'
    )
  })

  test('the most first', async () => {
    expect(await json({ rank: 'successRatio' })).toMatchObject({
      policies: [{ name: 'slow' }, { name: 'once' }]
    })
  })

  test('the tightest of several bounds counts, and nothing keeps it -> status 1', async () => {
    const within = [
      { measure: 'calls', relation: '<=', value: 3 },
      { measure: 'calls', relation: '<=', value: 100 }
    ] as const
    expect(await json({ rank: 'p50', within })).toMatchObject({
      status: 1,
      ok: false,
      policies: [
        { name: 'once', misses: ['calls 4, not <= 3'] },
        { name: 'slow', misses: ['calls 10, not <= 3'] }
      ]
    })
  })
})

describe('runLab: --json', () => {
  const keys = ['command', 'file', 'ok', 'seed', 'runs', 'scenario', 'policies', 'notes', 'errors']

  test('results -> as data; what there is none of is null', async () => {
    const { stdout } = await run({ json: true, policy: ['once.yaml'] })
    const document = JSON.parse(stdout) as Record<string, unknown>
    expect(Object.keys(document)).toEqual(keys)
    expect(document).toMatchObject({
      command: 'lab',
      file: 'rush.yaml',
      ok: true,
      seed: 1,
      runs: 1,
      scenario: { clients: 4, arrivals: 'atOnce', server: { capacity: 1, latency: 100, queue: 0 } },
      policies: [
        {
          name: 'once',
          file: 'once.yaml',
          measured: { calls: 4, recovery: null },
          misses: [],
          results: [{ seed: 1, requests: 4, failed: { Exhausted: 3 }, recovery: null, series: { width: 10 } }]
        }
      ],
      notes: [],
      errors: []
    })
  })

  test('what is wrong -> the same keys', async () => {
    const { stdout, status, stderr } = await run({ json: true, file: 'bad.yaml', policy: ['wrong.yaml'] })
    const document = JSON.parse(stdout) as Record<string, unknown>
    expect([Object.keys(document), status, stderr]).toEqual([keys, 1, ''])
    expect(document).toMatchObject({
      ok: false,
      scenario: null,
      policies: [],
      errors: [
        { file: 'bad.yaml', path: 'arrivals', line: null },
        { file: 'bad.yaml', path: 'server', line: null },
        { file: 'bad.yaml', path: 'clients', line: 1, column: 1 },
        { file: 'wrong.yaml', path: 'fixed', line: 1, column: 1 }
      ]
    })
  })
})

describe('runLab: what is wrong -> status 1, of all files', () => {
  test.each<[string, Partial<LabCommand>, string]>([
    [
      'files that are not there',
      { file: 'none.yaml', policy: ['once.yaml', 'no.yaml'] },
      'none.yaml: error: there is no such file\nno.yaml: error: there is no such file\n\n2 errors\n'
    ],
    [
      'a policy that does not decode',
      { policy: ['once.yaml', 'wrong.yaml'] },
      `wrong.yaml:1:1: error: fixed: expected milliseconds >= 0 or a text like '2s', got "soon"\n  1 | fixed: soon\n    | ^^^^^^^^^^^\n`
    ],
    [
      'a name without a registry',
      { policy: ['held.yaml'] },
      `held.yaml:2:12: error: retryOn.condition: expected a name in the registry's conditions (there are none), got "isOverloaded"; give the registry with --registry\n  2 | retryOn: { condition: isOverloaded }\n    |            ^^^^^^^^^^^^^^^^^^^^^^^\n`
    ],
    ['a registry that is not there', { registry: 'no.mjs' }, 'no.mjs: error: there is no such file\n'],
    [
      'a registry that holds something else',
      { registry: 'bad.mjs' },
      "bad.mjs: error: registry: 'isOverloaded' of its conditions must be a function, got 5\n"
    ],
    [
      'a run in which time stands still',
      { file: 'down.yaml', policy: ['once.yaml', 'endless.yaml'] },
      'down.yaml: error: the run of endless failed: Error: time stands still at 0 ms\n'
    ]
  ])('%s', async (_, command, stderr) => {
    const ended = await run(command)
    expect(ended.stderr.replace(/at \d+\.\d+ ms/, 'at 0 ms')).toBe(stderr)
    expect(ended).toMatchObject({ stdout: '', status: 1, wrote: [] })
  })
})
