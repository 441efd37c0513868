/** What becomes of a picture, whatever the drawing of it comes to. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { paintOf } from '../../../src/cli/Paint.js'
import { runLab } from '../../../src/cli/runLab.js'
import { toSvg } from '../../../src/lab/toSvg.js'

jest.mock('../../../src/lab/toSvg.js', () => ({ toSvg: jest.fn() }))
const drawn = jest.mocked(toSvg)

const files: Readonly<Record<string, string>> = {
  'rush.yaml': 'clients: 4\narrivals: atOnce\nserver: { capacity: 1, latency: 100ms, queue: 0 }\n',
  'once.yaml': 'never: true\n'
}

const run = async (
  target: TE.TaskEither<ReadonlyArray<{ readonly message: string }>, void> = TE.right(undefined)
) => {
  const wrote: Array<readonly [file: string, text: string]> = []
  const ended = await runLab({
    readText: (file) => TE.right(files[file] ?? ''),
    readRegistry: () => TE.right({}),
    width: 80,
    paint: paintOf(false),
    paintErrors: paintOf(false),
    writeText: (file, text) => {
      wrote.push([file, text])
      return TE.right(undefined)
    },
    checkTarget: () => target,
    show: undefined,
    signal: new AbortController().signal
  })({
    _tag: 'lab',
    file: 'rush.yaml',
    policy: ['once.yaml'],
    seed: 1,
    runs: 1,
    until: 86_400_000,
    within: [],
    svg: 'rush.svg'
  })()
  return { ...ended, wrote }
}

describe('runLab, --svg', () => {
  afterEach(() => {
    drawn.mockReset()
  })

  test('can be drawn -> tried before it runs, and written after it', async () => {
    drawn.mockReturnValueOnce(TE.right('<svg empty/>')).mockReturnValueOnce(TE.right('<svg/>'))
    const { status, stderr, stdout, wrote } = await run()
    expect([status, stderr, wrote]).toEqual([0, '', [['rush.svg', '<svg/>']]])
    expect(stdout).toContain('rush.svg')
    expect(
      drawn.mock.calls.map(([spec]) => JSON.stringify(spec).includes('rush: what happens over time'))
    ).toEqual([false, true])
  })

  test('there is no Vega -> says so, and does not run', async () => {
    drawn.mockReturnValueOnce(TE.left({ _tag: 'VegaMissing', message: 'npm install vega', error: undefined }))
    const { status, stderr, stdout, wrote } = await run()
    expect([status, stdout, wrote]).toEqual([1, '', []])
    expect(stderr).toContain('npm install vega')
  })

  test('nowhere to write it -> says so, and does not run', async () => {
    const { status, stderr, stdout } = await run(TE.left([{ message: 'there is no such folder' }]))
    expect([status, stdout, drawn.mock.calls]).toEqual([1, '', []])
    expect(stderr).toContain('there is no such folder')
  })

  test('refused after the run -> what came of it, without the picture, and why', async () => {
    drawn
      .mockReturnValueOnce(TE.right('<svg empty/>'))
      .mockReturnValueOnce(TE.left({ _tag: 'ChartRefused', error: new Error('too wide') }))
    const { status, stderr, stdout, wrote } = await run()
    expect([status, wrote]).toEqual([1, []])
    expect(stderr).toContain('cannot be drawn: Error: too wide')
    expect(stdout).toContain('amplification')
    expect(stdout).not.toContain('rush.svg')
  })
})
