import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/built.js'
import { node } from '../support/run.js'

/** `reprise lab` as a process: bundled from the sources as they are, away from any package. */
const folder = mkdtempSync(join(tmpdir(), 'reprise-lab-'))
const program = join(folder, 'reprise.cjs')

/** A user with vega installed, but reprise elsewhere. */
const charts = join(folder, 'charts')

// A fleet takes seconds, on a machine that may be busy.
jest.setTimeout(600_000)

const files: Readonly<Record<string, string>> = {
  'small.yaml':
    'clients: 100\nprocesses: 4\narrivals: { every: 1s }\nduration: 20s\nnetwork: 5ms\n' +
    'server: { capacity: 5, latency: { exponential: 20ms }, queue: 50, outages: [{ from: 8s, to: 10s, mode: down }] }\n',
  'long.yaml':
    'clients: 10000\narrivals: { every: 1s }\nduration: 24h\nserver: { capacity: 1000, latency: 20ms }\n',
  'eager.yaml': 'fixed: 50ms\nlimitRetries: 20\n',
  'patient.yaml':
    'policy: { exponential: 200ms, withJitter: full, capDelay: 5s, limitRetries: 5 }\nattemptTimeout: 1s\n',
  'bad.yaml': 'policy: { fixed: 50ms }\nattemptTimout: 1s\n'
}

beforeAll(async () => {
  expect(await node(['scripts/buildCli.js', folder], root)).toEqual({ code: 0, output: '' })
  mkdirSync(join(charts, 'node_modules'), { recursive: true })
  for (const name of ['vega', 'vega-lite'])
    symlinkSync(join(root, 'node_modules', name), join(charts, 'node_modules', name), 'junction')
  mkdirSync(join(folder, 'bin'))
  symlinkSync(program, join(folder, 'bin/reprise'))
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content)
    writeFileSync(join(charts, name), content)
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ran {
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
}

interface Surroundings {
  readonly stdin?: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly nodeArgs?: ReadonlyArray<string>
  /** The program, if not the one that was built. */
  readonly from?: string
  /** Interrupts it when it has said something on standard error. */
  readonly interrupted?: boolean
}

const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_OPTIONS: _options, CI: _ci, ...plain } = process.env

const start = (
  command: string,
  args: ReadonlyArray<string>,
  { cwd = folder, env, interrupted = false, stdin = '' }: Surroundings
) =>
  new Promise<Ran>((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...plain, TERM: 'xterm', ...env },
      timeout: 550_000,
      killSignal: 'SIGKILL'
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (interrupted && stderr === '') child.kill('SIGINT')
      stderr += text
    })
    // A program that does not read its input may have ended before it is written.
    child.stdin.on('error', () => undefined).end(stdin)
    child.on('error', ({ message }) => resolve({ status: message, stdout, stderr }))
    child.on('close', (code, signal) => resolve({ status: code ?? signal ?? 'unknown', stdout, stderr }))
  })

const lab = (line: string, surroundings: Surroundings = {}): Promise<Ran> => {
  const { from = program, nodeArgs = [] } = surroundings
  return start(process.execPath, [...nodeArgs, from, 'lab', ...line.split(' ')], surroundings)
}

/** Runs a line as a shell does, with `reprise` on its path. */
const shell = (line: string, cwd: string): Promise<Ran> =>
  start('bash', ['-o', 'pipefail', '-c', line], {
    cwd,
    env: { PATH: `${join(folder, 'bin')}:${String(process.env['PATH'])}` }
  })

const asTerminal = (columns: number): ReadonlyArray<string> => [
  '--import',
  `data:text/javascript,process.stdout.isTTY=true;process.stderr.isTTY=true;process.stdout.columns=process.stderr.columns=${columns}`
]

const svgIn = (cwd: string, name: string): string => readFileSync(join(cwd, name), 'utf8')

describe('the example', () => {
  /** What the comment of a file says to run, on one line. */
  const commandIn = (file: string): string => {
    const text = readFileSync(join(root, file), 'utf8').replace(/ \\\n# +/g, ' ')
    return /^# +npx (reprise lab .*)$/m.exec(text)?.[1] ?? ''
  }

  test('examples/outage.yaml: retries never recover, a budget does at once, a breaker within seconds', async () => {
    const line = commandIn('examples/outage.yaml')
    expect(line).toMatch(/ --svg outage\.svg$/)
    const svg = join(folder, 'outage.svg')
    const { status, stderr, stdout } = await shell(line.replace(' outage.svg', ` ${svg}`), root)
    expect([status, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('examples/outage.yaml, seed 1')
    expect(lines.filter((each) => each.length > 80 && !each.includes(svg))).toEqual([])
    const row = (label: string): ReadonlyArray<string> =>
      (lines.find((each) => each.startsWith(`  ${label} `)) ?? '').trim().split(/ {2,}/).slice(1)
    expect(
      lines
        .find((each) => each.includes('fleet-'))
        ?.trim()
        .split(/ +/)
    ).toEqual(['fleet-retries', 'fleet-budget', 'fleet-breaker'])
    expect(row('recovery')).toEqual(['never', 'at once*', expect.stringMatching(/^[1-9](\.\d+)? s$/)])
    const [retries = 0, budget = 0, breaker = 0] = row('amplification').map(parseFloat)
    expect(retries).toBeGreaterThan(5)
    // At most one retry for five calls; a breaker sends fewer calls than there are requests.
    expect(budget).toBeGreaterThan(1)
    expect(budget).toBeLessThan(1.2)
    expect(breaker).toBeLessThan(1)
    const text = stdout.replace(/\n {2}(?=\S)/g, ' ')
    expect(text).toContain(
      'fleet-retries never recovered from the outage: its own retries kept the server busy.'
    )
    expect(text).toMatch(/fleet-budget recovered at once, fleet-breaker within [1-9](\.\d+)? s\./)
    expect(text).toContain(`The picture is in ${svg}.`)

    const picture = svgIn(folder, 'outage.svg')
    expect(picture).toMatch(/^<svg [^]*<\/svg>\s*$/)
    for (const said of [
      'outage: what happens over time',
      'fleet-retries',
      'fleet-budget',
      'fleet-breaker',
      'down'
    ])
      expect(picture).toContain(`>${said}<`)
  })

  test('lab --help: each sample runs, on the files of examples/', async () => {
    const { status, stdout, stderr } = await lab('--help')
    expect([status, stderr]).toEqual([0, ''])
    const samples = [...stdout.matchAll(/^ {2}\$ (.+)$/gm)].map(([, sample = '']) => sample)
    expect(samples).toHaveLength(2)
    for (const sample of samples) {
      const ran = await shell(sample, root)
      expect([sample, ran.status, ran.stderr]).toEqual([sample, 0, ''])
      expect(ran.stdout).toContain('recovered')
    }
  })
})

describe('--seed', () => {
  const line = 'small.yaml -p eager.yaml -p patient.yaml --svg'

  test('the same -> the same bytes, of the picture as well; another -> others', async () => {
    const [first, again, other] = await Promise.all([
      lab(`${line} a.svg`, { cwd: charts }),
      lab(`${line} b.svg`, { cwd: charts }),
      lab(`${line} c.svg --seed 2`, { cwd: charts })
    ])
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(again.stdout).toBe(first.stdout.replace('a.svg', 'b.svg'))
    expect(svgIn(charts, 'b.svg')).toBe(svgIn(charts, 'a.svg'))
    expect(other.stdout).toContain('small.yaml, seed 2\n')
    expect(svgIn(charts, 'c.svg')).not.toBe(svgIn(charts, 'a.svg'))
  })
})

describe('--svg', () => {
  test('no vega -> said what to install, before anything runs; status 1', async () => {
    expect(await lab('long.yaml -p eager.yaml --svg out.svg')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'out.svg: error: a chart is drawn by Vega: npm install vega vega-lite\n'
    })
    expect(existsSync(join(folder, 'out.svg'))).toBe(false)
  })

  test('vega where the user works, in a folder below its packages -> found', async () => {
    const below = join(charts, 'some/where')
    mkdirSync(below, { recursive: true })
    const ran = await lab('../../small.yaml -p ../../eager.yaml --svg out.svg', { cwd: below })
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(svgIn(below, 'out.svg')).toMatch(/^<svg /)
  })

  test('vega beside the program, and the user elsewhere -> found', async () => {
    const installed = join(charts, 'node_modules/reprise/dist/cli')
    cpSync(program, join(installed, 'reprise.cjs'))
    const ran = await lab('small.yaml -p eager.yaml --svg out.svg', { from: join(installed, 'reprise.cjs') })
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(svgIn(folder, 'out.svg')).toMatch(/^<svg /)
  })

  test.each([
    ['none/out.svg', 'none/out.svg: error: there is no such folder\n'],
    ['node_modules', 'node_modules: error: is a folder, not a file\n'],
    ['small.yaml/out.svg', 'small.yaml/out.svg: error: is not in a folder\n']
  ])('%s -> said before anything runs; status 1', async (svg, stderr) => {
    expect(await lab(`long.yaml -p eager.yaml --svg ${svg}`, { cwd: charts })).toEqual({
      status: 1,
      stdout: '',
      stderr
    })
  })

  test('a full disk -> the numbers all the same, and status 1', async () => {
    if (process.platform !== 'linux') return
    const { status, stderr, stdout } = await lab('small.yaml -p eager.yaml --svg /dev/full', { cwd: charts })
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^\/dev\/full: error: cannot be written: ENOSPC/)
    ])
    expect(stdout).toContain('amplification')
    expect(stdout).not.toContain('The picture is in')
  })
})

describe('progress', () => {
  const clear = '\r\u001b[K'
  const line = 'small.yaml -p eager.yaml -p patient.yaml'

  test('a terminal -> one line, rewritten, and gone at the end', async () => {
    const { status, stderr, stdout } = await lab(line, { nodeArgs: asTerminal(60), env: { NO_COLOR: '1' } })
    expect(status).toBe(0)
    const [before, ...shown] = stderr.split(clear)
    expect([before, shown.at(-1)]).toEqual(['', ''])
    expect(shown[0]).toMatch(/^ {2}eager \(1 of 2\) {2}░+ {4}0 % {2}0 ms {2}0 calls$/)
    expect(shown.at(-2)).toMatch(/^ {2}patient \(2 of 2\) {2}█+ {2}100 % {2}\d+ s {2}[\d,]+ calls$/)
    expect(shown.filter((each) => each.length >= 60)).toEqual([])
    expect(stdout).toBe(
      (await lab(line, { nodeArgs: asTerminal(60), env: { NO_COLOR: '1', TERM: 'dumb' } })).stdout
    )
  })

  test('a pipe, or a terminal that cannot go back -> none', async () => {
    expect((await lab(line)).stderr).toBe('')
    expect((await lab(line, { nodeArgs: asTerminal(60), env: { TERM: 'dumb' } })).stderr).toBe('')
  })

  test('Ctrl-C -> it stops, and says so; status 130', async () => {
    const { status, stderr, stdout } = await lab('long.yaml -p eager.yaml', {
      nodeArgs: asTerminal(60),
      interrupted: true
    })
    expect([status, stdout]).toEqual([130, ''])
    expect(stderr.endsWith(`${clear}reprise: stopped\n`)).toBe(true)
  })
})

describe('the rest', () => {
  test('a scenario on standard input, and runs', async () => {
    const piped = await lab('- -p eager.yaml --runs 2', { stdin: files['small.yaml'] ?? '' })
    const { stdout } = await lab('small.yaml -p eager.yaml --runs 2')
    expect(piped).toEqual({ status: 0, stderr: '', stdout: stdout.replace('small.yaml', 'standard input') })
    expect(stdout).toContain(', means of 2 runs, seeds 1 to 2\n')
  })

  test('--rank and --within -> in order; status 1 if nothing keeps the bounds', async () => {
    const line = 'small.yaml -p eager.yaml -p patient.yaml --rank calls'
    const kept = await lab(`${line} --within successRatio>=50%`)
    expect(kept).toMatchObject({ status: 0, stderr: '' })
    expect(kept.stdout).toContain('Ranked by calls, within successRatio >= 50 %: 1. patient, 2. eager.')
    const missed = await lab(`${line} --within recovery<=0 --within calls<=5`)
    expect(missed.status).toBe(1)
    expect(missed.stdout).toContain('Ranked by calls, within recovery <= 0 ms, calls <= 5: none.')
  })

  test('--json -> the results, as data, in plain JSON', async () => {
    const { status, stderr, stdout } = await lab('small.yaml -p eager.yaml --json', {
      nodeArgs: asTerminal(60),
      env: { TERM: 'dumb' }
    })
    expect([status, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'lab',
      ok: true,
      scenario: { clients: 100 },
      policies: [{ name: 'eager', results: [{ requests: 2000 }] }],
      errors: []
    })
  })

  test('a misspelt key -> where it is, and what was meant; status 1', async () => {
    expect(await lab('small.yaml -p bad.yaml')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'bad.yaml:2:1: error: attemptTimout: expected the key attemptTimeout, or one of the keys policy, attemptTimeout, limits, circuitBreaker, retryBudget, timeout, got "1s"\n' +
        '  2 | attemptTimout: 1s\n    | ^^^^^^^^^^^^^^^^^\n'
    })
  })
})
