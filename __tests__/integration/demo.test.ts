import { spawn } from 'node:child_process'
import { root } from '../support/built.js'

const limit = 20_000

interface Chunk {
  readonly at: number
  readonly text: string
}

interface Played {
  readonly code: number | string
  readonly output: string
  readonly stderr: string
  /** The output as it came, with milliseconds since the start. */
  readonly chunks: ReadonlyArray<Chunk>
  readonly endedAt: number
}

const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_OPTIONS: _options, ...plain } = process.env

/** Runs the demo as its reader would. Unlike `support/run`, it keeps when what was written. */
const play = (nodeArgs: ReadonlyArray<string>, env: NodeJS.ProcessEnv): Promise<Played> =>
  new Promise((resolve) => {
    const began = performance.now()
    const now = (): number => performance.now() - began
    const chunks: Chunk[] = []
    let stderr = ''
    const child = spawn(process.execPath, [...nodeArgs, 'scripts/example.js', 'examples/demo.ts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...plain, ...env },
      timeout: limit,
      killSignal: 'SIGKILL'
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => chunks.push({ at: now(), text }))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const end = (code: number | string): void =>
      resolve({ code, output: chunks.map(({ text }) => text).join(''), stderr, chunks, endedAt: now() })
    child.on('error', (error) => end(error.message))
    child.on('close', (code, signal) => end(code ?? signal ?? 'unknown'))
  })

/** When the output had come as far as the end of `text`. */
const arrival = ({ chunks }: Played, text: string): number => {
  const index = chunks.findIndex((_, i) =>
    chunks
      .slice(0, i + 1)
      .map((chunk) => chunk.text)
      .join('')
      .includes(text)
  )
  return chunks[index]?.at ?? NaN
}

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
const asTerminal = ['--import', 'data:text/javascript,process.stdout.isTTY=true']

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

  test('ends by itself, with code 0, in less than 20 s', () => {
    expect([piped.code, piped.stderr, piped.output]).toEqual([0, '', expect.stringContaining('as promised')])
    expect(piped.endedAt).toBeLessThan(limit)
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
    expect(waited[2]).toBeLessThan(50)
    // Cut short: the wait that was planned is 30 s.
    expect(waited[3]).toBeLessThan(8_000)
  })

  test('prints each attempt as it happens', () => {
    const first = arrival(piped, 'attempt 1  GET /orders\n')
    expect(piped.endedAt - first).toBeGreaterThan(2_000)
    // A slow attempt shows before it ends, and a wait before it is over.
    expect(
      arrival(piped, 'timed out after') - arrival(piped, 'attempt 1  GET /report\n')
    ).toBeGreaterThanOrEqual(900)
    expect(arrival(piped, 'Aborted: ') - arrival(piped, 'next in 30000 ms')).toBeGreaterThan(500)
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
