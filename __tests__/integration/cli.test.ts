import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/built.js'
import { node } from '../support/run.js'

/** The command line as a process: bundled from the sources as they are, as `npm run build` bundles it. */
const folder = mkdtempSync(join(tmpdir(), 'reprise-cli-'))
const program = join(folder, 'reprise.cjs')

// Several processes in a test, on a machine that may be busy.
jest.setTimeout(180_000)

beforeAll(async () => {
  expect(await node(['scripts/buildCli.js', folder], root)).toEqual({ code: 0, output: '' })
  mkdirSync(join(folder, 'bin'))
  symlinkSync(program, join(folder, 'bin/reprise'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const files: Readonly<Record<string, string | Buffer>> = {
  'good.yaml': 'exponential: 100ms\nwithJitter: 0.5\ncapDelay: 5s\nlimitRetries: 4\n',
  'good.json': '{ "exponential": "100ms", "withJitter": 0.5, "capDelay": "5s", "limitRetries": 4 }\n',
  // As some editors on Windows write it.
  'windows.yaml': '\ufefffixed: 1s\r\nwithJitter: full\r\nlimitRetries: 2\r\n',
  'endless.yaml': 'fixed: 1s\nwithJitter: full\n',
  'bad.yaml': 'fixed: 1s\nlimitRetries: many\n',
  'broken.yaml': 'fixed: 1s\nlimitRetries: 3: 4\n',
  'broken.json': '{\n  "fixed": "1s",\n}\n',
  'empty.yaml': '',
  'binary.yaml': Buffer.from([0xff, 0xfe, 0x66, 0x00]),
  'large.yaml': `# ${'x'.repeat(1_000_001)}\n`,
  'named.yaml': 'custom: quick\nretryOn: { condition: isTransient }\n',
  'registry.mjs':
    "export const registry = {\n  schedules: { quick: ({ retry }) => (retry < 2 ? { from: 10, to: 20 } : 'stop') },\n  conditions: { isTransient: (error) => error.transient === true }\n}\nsetInterval(() => undefined, 1000)\n",
  'default.mjs':
    "export default {\n  schedules: { quick: () => 'stop' },\n  conditions: { isTransient: class Transient extends Error {} }\n}\n",
  'common.cjs':
    "module.exports = { registry: { schedules: { quick: () => 'stop' }, conditions: { isTransient: () => true } } }\n",
  'nothing.mjs': 'export const answer = 42\n',
  'broken.mjs': 'export const registry = {\n',
  'throws.mjs': "throw new Error('no database here')\n"
}

interface Ran {
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
}

const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_OPTIONS: _options, CI: _ci, ...plain } = process.env

interface Surroundings {
  readonly stdin?: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly nodeArgs?: ReadonlyArray<string>
}

const start = (command: string, args: ReadonlyArray<string>, { stdin, env, cwd = folder }: Surroundings) =>
  new Promise<Ran>((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...plain, ...env },
      timeout: 100_000,
      killSignal: 'SIGKILL'
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // A program that does not read its input may have ended before it is written.
    child.stdin.on('error', () => undefined).end(stdin ?? '')
    child.on('error', ({ message }) => resolve({ status: message, stdout, stderr }))
    child.on('close', (code, signal) => resolve({ status: code ?? signal ?? 'unknown', stdout, stderr }))
  })

const run = (line: string, surroundings: Surroundings = {}): Promise<Ran> =>
  start(process.execPath, [...(surroundings.nodeArgs ?? []), program, ...line.split(' ')], surroundings)

/** Runs a line as a shell does, with `reprise` on its path. */
const shell = (line: string, surroundings: Surroundings = {}): Promise<Ran> =>
  start('bash', ['-o', 'pipefail', '-c', line], {
    ...surroundings,
    env: { PATH: `${join(folder, 'bin')}:${String(process.env['PATH'])}` }
  })

const asTerminal = (columns: number): ReadonlyArray<string> => [
  '--import',
  `data:text/javascript,process.stdout.isTTY=true;process.stderr.isTTY=true;process.stdout.columns=${columns}`
]

const escape = '\u001b['

describe('the program', () => {
  test('can be executed, says its version, and keeps the licences of what is in it', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(await start(program, ['--version'], {})).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    expect(statSync(program).mode & 0o111).toBe(0o111)
    const licences = readFileSync(join(folder, 'LICENSES.txt'), 'utf8')
    expect(
      [...licences.matchAll(/^([\w-]+) \d+\.\d+\.\d+ \((?:MIT|ISC)\)$/gm)].map(([, name]) => name)
    ).toEqual(['commander', 'fp-ts', 'io-ts', 'picocolors', 'yaml'])
    expect(licences.match(/permission/gi)?.length).toBeGreaterThanOrEqual(5)
  })

  test('needs no package', () => {
    const required = [...readFileSync(program, 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map(
      ([, name]) => name
    )
    expect(required).not.toEqual([])
    expect(
      required.filter(
        (name) => !/^(node:)?(child_process|events|fs|path|process|buffer|url|stream)$/.test(name ?? '')
      )
    ).toEqual([])
  })
})

describe('explain', () => {
  test.each(['good.yaml', 'good.json'])('%s -> words, table and bars, on 80 columns', async (file) => {
    const { status, stdout, stderr } = await run(`explain ${file}`)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')[0]).toBe(
      'pipe(exponential(100), withJitter(0.5), capDelay(5000), limitRetries(4))'
    )
    expect(stdout).toContain('Waits 100 ms before the first retry')
    expect(stdout.split('\n').slice(-8)).toEqual([
      '  retry    from      to  latest start  0             500 ms                1.2 s',
      '                                       ├───────────────┼────────────────┼──────┤',
      '      1   50 ms  150 ms        150 ms  ██░░░',
      '      2  100 ms  300 ms        450 ms  ███░░░░░░░',
      '      3  200 ms  600 ms        1.05 s  ███████░░░░░░░░░░░░░░',
      '      4  400 ms   1.2 s        2.25 s  ██████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░',
      '                                       █ at least  ░ at most',
      ''
    ])
  })

  test('a terminal of 60, and of 120 columns -> tables that fit', async () => {
    const widths = await Promise.all(
      [60, 120].map(async (columns) => {
        const { stdout } = await run('explain good.yaml', {
          nodeArgs: asTerminal(columns),
          env: { NO_COLOR: '1' }
        })
        return Math.max(...stdout.split('\n').map((line) => line.length))
      })
    )
    // On 120, bars are as long as they get.
    expect(widths).toEqual([60, 99])
  })

  test('standard input, a byte order mark, and the line ends of Windows', async () => {
    const windows = files['windows.yaml'] as string
    const piped = await run('explain -', { stdin: windows })
    expect(piped).toEqual(await run('explain windows.yaml'))
    expect(piped).toMatchObject({ status: 0, stdout: expect.stringContaining('limitRetries(2)') })
  })

  test('a pipe closed early -> an end without a word, though there is more to say than a pipe holds', async () => {
    const whole = await run('explain endless.yaml --retries 5000')
    expect(whole.stdout.length).toBeGreaterThan(200_000)
    const first = { status: 0, stdout: `${String(whole.stdout.split('\n')[0])}\n`, stderr: '' }
    // `set -e` and `pipefail`: the status of the program counts, and not only that of head.
    expect(await shell('reprise explain endless.yaml --retries 5000 | head -n 1')).toEqual(first)
    expect(await shell('reprise explain endless.yaml --retries 5000 --json | head -n 1')).toEqual({
      ...first,
      stdout: '{\n'
    })
    expect(await shell('reprise explain endless.yaml | true')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('a full disk -> said, status 1', async () => {
    if (process.platform !== 'linux') return
    const { status, stderr } = await shell('reprise explain good.yaml > /dev/full')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^reprise: cannot write: ENOSPC/)])
  })
})

describe('check', () => {
  test('a good file -> one line, status 0', async () => {
    expect(await run('check good.yaml')).toEqual({
      status: 0,
      stdout: 'ok good.yaml: a policy\n',
      stderr: ''
    })
  })

  test('warnings -> on standard error, status 1', async () => {
    const { status, stdout, stderr } = await run('check endless.yaml')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^endless\.yaml: warning: .*\(never-stops\)\n\n1 warning\n$/s)
  })
})

describe('simulate', () => {
  test('LLLR, seed 7 -> the same every time', async () => {
    const first = await run('simulate good.yaml --outcomes LLLR --seed 7')
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.stdout).toMatch(/^ +4 +\S+ m?s +succeeds +done$/m)
    expect(first.stdout).toMatch(/^ {2}Succeeds at attempt 4, .* after the start\. Seed 7\.$/m)
    expect(await run('simulate good.yaml --outcomes LLLR --seed 7')).toEqual(first)
    expect(await run('simulate good.yaml --outcomes LLLR --seed 8')).not.toEqual(first)
  })
})

describe('what is wrong with a file -> status 1, in words, nothing on standard output', () => {
  test.each([
    ['missing.yaml', 'missing.yaml: error: there is no such file\n'],
    ['bin', 'bin: error: is a folder, not a file\n'],
    ['good.yaml/below', /^good\.yaml\/below: error: cannot be read: ENOTDIR/],
    ['empty.yaml', 'empty.yaml: error: the file is empty\n'],
    ['binary.yaml', 'binary.yaml: error: is not text in UTF-8\n'],
    ['large.yaml', 'large.yaml: error: is larger than 1 MB, as no configuration is\n'],
    [
      'broken.yaml',
      'broken.yaml:2:15: error: invalid YAML: nested mappings are not allowed in compact mappings\n' +
        '  2 | limitRetries: 3: 4\n    |               ^\n'
    ],
    [
      'broken.json',
      'broken.json:3:1: error: invalid JSON: expected a key in double quotes\n  3 | }\n    | ^\n'
    ],
    [
      'bad.yaml',
      'bad.yaml:2:1: error: limitRetries: expected a whole number >= 0, got "many"\n' +
        '  2 | limitRetries: many\n    | ^^^^^^^^^^^^^^^^^^\n'
    ]
  ])('%s', async (file, stderr) => {
    const expected = {
      status: 1,
      stdout: '',
      stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr)
    }
    expect(await run(`check ${file}`)).toEqual(expected)
  })

  test('the same for every command', async () => {
    const [explain, check, simulate] = await Promise.all(
      ['explain', 'check', 'simulate'].map((command) => run(`${command} bad.yaml`))
    )
    expect([explain, simulate]).toEqual([check, check])
  })

  test('a file without an end', async () => {
    if (process.platform === 'win32') return
    expect(await run('check /dev/zero')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('larger than 1 MB')
    })
  })

  test('nothing on standard input', async () => {
    expect(await run('check -')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'standard input: error: the file is empty\n'
    })
  })
})

describe('--json -> one document, with the same keys in any case', () => {
  const keys = ['command', 'file', 'ok', 'kind', 'policies', 'errors']

  test.each([
    ['explain good.yaml', 0, true, 1, 0],
    ['check good.yaml', 0, true, 1, 0],
    ['check endless.yaml', 1, false, 1, 0],
    ['simulate good.yaml -o LR', 0, true, 1, 0],
    ['explain bad.yaml', 1, false, 0, 1],
    ['check broken.yaml', 1, false, 0, 1],
    ['simulate missing.yaml', 1, false, 0, 1],
    ['check named.yaml', 1, false, 0, 2],
    ['check good.yaml --registry broken.mjs', 1, false, 0, 1]
  ])('%s -> status %d, ok: %s, %d policies, %d errors', async (line, status, ok, policies, errors) => {
    const ran = await run(`${line} --json`)
    const document = JSON.parse(ran.stdout) as Readonly<Record<string, unknown>>
    expect(Object.keys(document)).toEqual(keys)
    expect([ran.status, ran.stderr, document['ok']]).toEqual([status, '', ok])
    expect(document['policies']).toHaveLength(policies)
    expect(document['errors']).toHaveLength(errors)
  })

  test('no colours, on a terminal neither', async () => {
    const { stdout } = await run('explain good.yaml --json', { nodeArgs: asTerminal(80) })
    expect(stdout).not.toContain(escape)
  })
})

describe('--registry', () => {
  test.each(['registry.mjs', './registry.mjs', 'default.mjs', 'common.cjs'])(
    '%s -> the names are known, and the program ends though the module keeps a timer',
    async (module) => {
      expect(await run(`explain named.yaml --registry ${module}`)).toMatchObject({
        status: 0,
        stderr: '',
        stdout: expect.stringMatching(/^custom\("quick", \w+\)|^pipe\(custom\("quick", /)
      })
    }
  )

  test('its functions time the waits', async () => {
    const { stdout } = await run('explain named.yaml --registry registry.mjs --json')
    expect(JSON.parse(stdout)).toMatchObject({
      policies: [
        {
          waits: [
            { retry: 1, from: 10, to: 20, latest: 20 },
            { retry: 2, from: 10, to: 20, latest: 40 }
          ],
          more: false
        }
      ]
    })
  })

  test.each([
    ['missing.mjs', 'missing.mjs: error: there is no such file\n'],
    [
      'nothing.mjs',
      'nothing.mjs: error: exports no registry: expected an object as `registry`, or as the default export\n'
    ],
    ['broken.mjs', /^broken\.mjs: error: cannot be loaded: SyntaxError: .*\n$/],
    ['throws.mjs', 'throws.mjs: error: cannot be loaded: Error: no database here\n'],
    ['bin', /^bin: error: cannot be loaded: .*\n$/]
  ])('%s -> status 1, and why', async (module, stderr) => {
    expect(await run(`explain named.yaml --registry ${module}`)).toEqual({
      status: 1,
      stdout: '',
      stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr)
    })
  })

  test('none, and names in the file -> errors that say so', async () => {
    const { status, stderr } = await run('explain named.yaml')
    expect(status).toBe(1)
    expect(stderr.match(/give the registry with --registry\n/g)).toHaveLength(2)
  })
})

describe('colours', () => {
  const explain = (surroundings: Surroundings) => run('explain good.yaml', surroundings)
  const terminal = { nodeArgs: asTerminal(80) }

  test('a terminal -> colours', async () => {
    const { stdout } = await explain(terminal)
    expect(stdout).toContain(`${escape}36m██${escape}39m`)
    expect(stdout.replace(/\u001b\[\d+m/g, '')).toBe((await explain({})).stdout)
  })

  test('a pipe, a CI, a wish for colours -> none', async () => {
    for (const env of [{}, { CI: 'true' }, { FORCE_COLOR: '1' }]) {
      expect((await explain({ env })).stdout).not.toContain(escape)
    }
  })

  test('a terminal and NO_COLOR -> none; an empty NO_COLOR says nothing', async () => {
    expect((await explain({ ...terminal, env: { NO_COLOR: '1' } })).stdout).not.toContain(escape)
    expect((await explain({ ...terminal, env: { NO_COLOR: '' } })).stdout).toContain(escape)
  })

  test('errors on a terminal -> colours', async () => {
    const { stderr } = await run('check bad.yaml', terminal)
    expect(stderr).toContain(`${escape}31merror`)
  })
})

describe('wrong usage -> status 2, on standard error', () => {
  test.each([
    ['explane good.yaml', "error: unknown command 'explane'\n(Did you mean explain?)\n"],
    ['explain good.yaml --retires 5', "error: unknown option '--retires'\n(Did you mean --retries?)\n"],
    ['explain', "error: missing required argument 'file'\n"]
  ])('%s', async (line, said) => {
    expect(await run(line)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(said)
    })
  })
})

describe('help', () => {
  /** The lines of help that show how to use it. */
  const samplesOf = async (line: string): Promise<ReadonlyArray<string>> => {
    const { status, stdout, stderr } = await run(line)
    expect([status, stderr]).toEqual([0, ''])
    return [...stdout.matchAll(/^ {2}\$ (.+)$/gm)].map(([, sample = '']) => sample)
  }

  test.each(['--help', 'explain --help', 'check --help', 'simulate --help'])(
    '%s: each sample runs, on the files of examples/',
    async (line) => {
      const samples = await samplesOf(line)
      expect(samples.length).toBeGreaterThanOrEqual(2)
      for (const sample of samples) {
        const ran = await shell(sample, { cwd: root })
        expect([sample, ran.status, ran.stderr]).toEqual([sample, 0, ''])
        expect(ran.stdout).not.toBe('')
      }
    }
  )
})

describe('examples', () => {
  test.each(['policy.yaml', 'worker.yaml'])('examples/%s is good', async (file) => {
    expect(await run(`check examples/${file}`, { cwd: root })).toMatchObject({ status: 0, stderr: '' })
  })
})
