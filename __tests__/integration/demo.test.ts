import { spawn } from 'node:child_process'
import { root } from '../support/built.js'

// Three at once, on a machine that may be busy.
const limit = 120_000

/** What was written at once, and when: by the clock of the process that wrote it. */
type Written = readonly [at: number, text: string]

interface Played {
  readonly code: number | string
  readonly output: string
  readonly stderr: string
  readonly written: ReadonlyArray<Written>
}

const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_OPTIONS: _options, ...plain } = process.env

const preloaded = (script: string): ReadonlyArray<string> => [
  '--import',
  `data:text/javascript,${encodeURIComponent(script)}`
]

// What comes out of a pipe says nothing of when it went in, if its reader is kept waiting.
const stamped = preloaded(`
  const { stdout } = process
  const { write } = stdout
  stdout.write = (text, ...rest) => {
    process.send([performance.now(), String(text)])
    return write.call(stdout, text, ...rest)
  }`)

/** Runs the demo as its reader would. Unlike `support/run`, it keeps when what was written. */
const play = (nodeArgs: ReadonlyArray<string>, env: NodeJS.ProcessEnv): Promise<Played> =>
  new Promise((resolve) => {
    const written: Written[] = []
    let [output, stderr] = ['', '']
    const child = spawn(
      process.execPath,
      [...stamped, ...nodeArgs, 'scripts/example.js', 'examples/demo.ts'],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: { ...plain, ...env },
        timeout: limit,
        killSignal: 'SIGKILL'
      }
    )
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('message', (each: Written) => written.push(each))
    const end = (code: number | string): void => resolve({ code, output, stderr, written })
    child.on('error', (error) => end(error.message))
    child.on('close', (code, signal) => end(code ?? signal ?? 'unknown'))
  })

/** When the line with `text` was written. */
const writtenAt = ({ written }: Played, text: string): number =>
  written.find(([, line]) => line.includes(text))?.[0] ?? NaN

/** The scenes of the summary: outcome, attempts, waited, elapsed, and what the server counted. */
const summary = ({ output }: Played) =>
  [
    ...output.matchAll(
      /^(?<scene>\d)\. .+?  +(?<outcome>[A-Z]\w+) +(?<attempts>\d+) +(?<waited>\d+) ms +(?<elapsed>\d+) ms  (?<server>\d.*)$/gm
    )
  ].map(({ groups = {} }) => groups)

const waitsOf = ({ output }: Played, scene: number): ReadonlyArray<number> => {
  const part = output.split(/^\d\. .*\n {2}pipe/m)[scene] ?? ''
  return [...part.matchAll(/-> next in (\d+) ms/g)].map(([, ms]) => Number(ms))
}

const escape = '\u001b['
const asTerminal = preloaded('process.stdout.isTTY=true')

describe('the demo', () => {
  let piped: Played
  let onTerminal: Played
  let withoutColour: Played

  beforeAll(async () => {
    ;[piped, onTerminal, withoutColour] = await Promise.all([
      play([], {}),
      play(asTerminal, {}),
      play(asTerminal, { NO_COLOR: '1' })
    ])
  }, limit + 5_000)

  test('ends by itself, with code 0', () => {
    expect([piped.code, piped.stderr, piped.output]).toEqual([0, '', expect.stringContaining('as promised')])
    expect(piped.output.trimEnd().split('\n').pop()).toBe(
      'All scenes went as promised, and the server counted what the client did.'
    )
  })

  test('sums up each scene, beside what the server counted', () => {
    expect(
      summary(piped).map(({ scene, outcome, attempts, server }) => [scene, outcome, attempts, server])
    ).toEqual([
      ['1', 'Succeeded', '4', '4 requests'],
      ['2', 'Succeeded', '3', '3 requests'],
      ['3', 'NotRetryable', '1', '1 request'],
      ['4', 'Aborted', '1', '1 request'],
      ['5', 'Succeeded', '2', '2 requests, 1 cut off']
    ])
  })

  test.each([
    'attempt 4  GET /orders\n',
    'accepted: {"orders":[17,18]}',
    'refused: status: expected "done", got "pending"; total: expected number, got null -> next in 300 ms',
    'refused: total: expected number, got "42.5" -> next in 300 ms',
    'accepted: {"status":"done","total":42.5}',
    'NotRetryable: not retryable after 1 attempt in ',
    '400 Bad Request {"error":"page must be a number"}',
    '503 Service Unavailable {"error":"busy"} -> next in 30000 ms',
    'Aborted: aborted after 1 attempt in ',
    'the user pressed Cancel',
    'timed out after 1000 ms',
    'attempt 2  GET /report\n'
  ])('says %j', (text) => expect(piped.output).toContain(text))

  test('waits as its policies say', () => {
    const [first = NaN, second = NaN, third = NaN, ...more] = waitsOf(piped, 1)
    expect(more).toEqual([])
    for (const [wait, base] of [
      [first, 250],
      [second, 500],
      [third, 1000]
    ] as const) {
      expect(wait).toBeGreaterThanOrEqual(base * 0.5)
      expect(wait).toBeLessThanOrEqual(base * 1.5)
    }
    expect(waitsOf(piped, 2)).toEqual([300, 300])
    expect(waitsOf(piped, 3)).toEqual([])
    expect(waitsOf(piped, 4)).toEqual([30_000])

    const waited = summary(piped).map((row) => Number(row['waited']))
    expect(waited[0]).toBeGreaterThanOrEqual(first + second + third - 5)
    expect(waited[1]).toBeGreaterThanOrEqual(595)
    expect(waited[2]).toBe(0)
    // Cut short: the wait that was planned is 30 s.
    expect(waited[3]).toBeGreaterThanOrEqual(995)
    expect(waited[3]).toBeLessThan(30_000)
  })

  test('prints each attempt as it happens', () => {
    const between = (from: string, to: string): number => writtenAt(piped, to) - writtenAt(piped, from)
    expect(between('attempt 1  GET /orders\n', 'All scenes went')).toBeGreaterThan(2_000)
    // A slow attempt shows before it ends, and a wait before it is over.
    expect(between('attempt 1  GET /report\n', 'timed out after')).toBeGreaterThanOrEqual(995)
    expect(between('next in 30000 ms', 'Aborted: ')).toBeGreaterThanOrEqual(995)
  })

  test('has colours on a terminal only, and not with NO_COLOR', () => {
    expect(onTerminal.code).toBe(0)
    expect(onTerminal.output).toContain(escape)
    expect(piped.output).not.toContain(escape)
    expect(withoutColour.code).toBe(0)
    expect(withoutColour.output).not.toContain(escape)
    expect(summary(withoutColour).map((row) => row['outcome'])).toEqual(
      summary(piped).map((row) => row['outcome'])
    )
  })
})
