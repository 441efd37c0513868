import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireBuild, root } from '../support/built.js'
import { node } from '../support/run.js'

requireBuild()
jest.setTimeout(120_000)

const work = mkdtempSync(join(tmpdir(), 'reprise-process-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const library = pathToFileURL(join(root, 'dist/esm/index.js')).href

/** Runs the body of a script that nothing keeps alive but the library; killed after 100 s. */
const run = async (name: string, body: string) => {
  const script = `
    import * as reprise from '${library}'
    const { backgroundClock, fixed, limitRetries, withEnv, withRetry, withSignal, withTimeout } = reprise
    const print = ({ _tag, left, right }) => console.log(_tag, left?._tag ?? right)
    let calls = 0
    const flaky = async () => {
      if (++calls === 1) throw new Error('down')
      return 'up'
    }
    const down = async () => Promise.reject(new Error('down'))
    const hanging = () => new Promise(() => undefined)
    ${body}`
  const file = `${name}.mjs`
  writeFileSync(join(work, file), script)
  return node([file], work, 100_000)
}

describe('P20 a pending wait keeps the process alive', () => {
  test('P20 only a pending retry -> prints the result, exit 0', async () => {
    const ended = await run('pending', "withRetry(fixed('300ms'))(flaky)().then(print)")
    expect(ended).toEqual({ code: 0, output: 'Right up\n' })
  })

  test('P20 only a pending timeout -> prints the result, exit 0', async () => {
    const ended = await run('timeout', "withTimeout('300ms')(hanging)().then(print)")
    expect(ended).toEqual({ code: 0, output: 'Left TimedOut\n' })
  })

  test('P20 only a pending retry, on backgroundClock -> exits without it', async () => {
    const body = "withEnv({ clock: backgroundClock })(withRetry(fixed('1h'))(flaky))().then(print)"
    expect(await run('background', body)).toEqual({ code: 0, output: '' })
  })
})

describe('P20 a finished call keeps nothing alive', () => {
  // Each leaves no wait of an hour behind, or the process would be killed.
  const settled: ReadonlyArray<[string, string, string]> = [
    ['a result, before a timeout of 1 h', "withTimeout('1h')(withRetry(fixed(10))(flaky))", 'Right up'],
    ['a result, before a timeout of 1 h each', "withRetry(fixed(10))(withTimeout('1h')(flaky))", 'Right up'],
    [
      'a give-up, before a timeout of 1 h',
      "withTimeout('1h')(withRetry(limitRetries(1)(fixed(10)))(down))",
      'Left Exhausted'
    ],
    ['a timeout, in a wait of 1 h', "withTimeout(100)(withRetry(fixed('1h'))(down))", 'Left TimedOut'],
    [
      'a timeout, in an attempt with a timeout of 1 h',
      "withTimeout(100)(withRetry(fixed(10))(withTimeout('1h')(hanging)))",
      'Left TimedOut'
    ]
  ]
  test.each(settled)('P20 %s -> prints the result, exit 0', async (name, task, output) => {
    const ended = await run(name.replaceAll(/\W+/g, '-'), `${task}().then(print)`)
    expect(ended).toEqual({ code: 0, output: `${output}\n` })
  })

  test('P20 an abort, in a wait of 1 h -> prints the result, exit 0', async () => {
    const body = `
      const controller = new AbortController()
      withSignal(controller.signal)(withTimeout('2h')(withRetry(fixed('1h'))(down)))().then(print)
      setTimeout(() => controller.abort(), 100)`
    expect(await run('abort', body)).toEqual({ code: 0, output: 'Left Aborted\n' })
  })

  test('P20 an abort, in an attempt that never settles -> prints the result, exit 0', async () => {
    const body = `
      const controller = new AbortController()
      withSignal(controller.signal)(withRetry(fixed('1h'))(hanging))().then(print)
      setTimeout(() => controller.abort(), 100)`
    expect(await run('hanging', body)).toEqual({ code: 0, output: 'Left Aborted\n' })
  })
})
