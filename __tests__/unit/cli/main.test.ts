/** The command line in a process that only seems to be its own; `__tests__/integration/cli.test.ts` runs the real one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'

let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-main-'))
  writeFileSync(at('policy.yaml'), 'fixed: 1s\nlimitRetries: 3\n')
  writeFileSync(
    at('rush.yaml'),
    'clients: 4\narrivals: atOnce\nserver: { capacity: 1, latency: 100ms, queue: 0 }\n'
  )
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})
afterEach(() => {
  jest.restoreAllMocks()
})

interface Setting {
  readonly terminal?: { readonly columns: number; readonly TERM: string } | undefined
  readonly stdin?: string
  /** What becomes of all that is written to standard output. */
  readonly fails?: NodeJS.ErrnoException
  /** Is it interrupted as soon as it listens? */
  readonly interrupted?: boolean
}

/** Runs it with these arguments; gives what it wrote, and its status. */
const run = async (args: ReadonlyArray<string>, setting: Setting = {}) => {
  const { terminal } = setting
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said, error?: Error) => ({
    isTTY: terminal !== undefined,
    columns: terminal?.columns,
    on: () => undefined,
    write: (text: string, done?: (error?: Error | null) => void) => {
      said[name] += text
      done?.(error ?? null)
      return true
    }
  })
  jest.replaceProperty(process, 'argv', ['node', 'reprise', ...args])
  jest.replaceProperty(process, 'env', { TERM: terminal?.TERM })
  jest.spyOn(process, 'stdout', 'get').mockReturnValue(stream('stdout', setting.fails) as never)
  jest.spyOn(process, 'stderr', 'get').mockReturnValue(stream('stderr') as never)
  const input = Readable.from([Buffer.from(setting.stdin ?? '')])
  jest.spyOn(process, 'stdin', 'get').mockReturnValue(input as never)
  jest.spyOn(process, 'once').mockImplementation((_, listener) => {
    if (setting.interrupted === true) (listener as () => void)()
    return process
  })
  const status = new Promise<unknown>((resolve) => {
    jest.spyOn(process, 'exit').mockImplementation(((code: unknown) => resolve(code)) as never)
  })
  jest.isolateModules(() => {
    Object.assign(globalThis, { VERSION: '1.2.3' })
    jest.requireActual('../../../src/cli/main.js')
  })
  return { status: await status, ...said }
}

describe('main', () => {
  const lab = (): ReadonlyArray<string> => ['lab', at('rush.yaml'), '--policy', at('policy.yaml')]

  test('--version -> that of the package', async () => {
    expect(await run(['--version'])).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '' })
  })

  test('a policy -> explained, as wide as a terminal that does not say how wide it is', async () => {
    const { status, stderr, stdout } = await run(['explain', at('policy.yaml')])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Waits 1 s before each retry.')
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBe(80)
  })

  test('a policy from standard input, on a narrow terminal -> within it, and in colours', async () => {
    const terminal = { columns: 60, TERM: 'xterm' }
    const { stdout } = await run(['explain', '-'], { stdin: 'fixed: 1s\nlimitRetries: 2\n', terminal })
    expect(stdout).toContain('\u001b[')
    const lines = stdout.replace(/\u001b\[\d+m/g, '').split('\n')
    expect(Math.max(...lines.map(({ length }) => length))).toBe(60)
  })

  test('a lab, where nobody watches -> its table alone', async () => {
    const { status, stderr, stdout } = await run(lab())
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('amplification')
  })

  test.each([
    [60, 'xterm', true],
    [0, 'xterm', true],
    [60, 'dumb', false]
  ])(
    'a lab, on a terminal of %d columns, TERM=%s -> progress, which is wiped out: %p',
    async (columns, TERM, shown) => {
      const { status, stderr } = await run(lab(), { terminal: { columns, TERM } })
      expect([status, /^\r\u001b\[K.+\r\u001b\[K$/s.test(stderr)]).toEqual([0, shown])
    }
  )

  test('interrupted -> stopped, and 130', async () => {
    expect(await run(lab(), { interrupted: true })).toEqual({
      status: 130,
      stdout: '',
      stderr: 'reprise: stopped\n'
    })
  })

  test('a pipe that was closed -> as if it had been heard', async () => {
    const fails = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    expect(await run(['--version'], { fails })).toMatchObject({ status: 0, stderr: '' })
  })

  test('a disk that is full -> says so, and 1', async () => {
    const fails = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    expect(await run(['--version'], { fails })).toMatchObject({
      status: 1,
      stderr: 'reprise: cannot write: no space\n'
    })
  })
})
