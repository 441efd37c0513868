import * as TE from 'fp-ts/lib/TaskEither.js'
import { circuitBreaker, limitSet, resourceLimit, retryBudget } from 'reprise'
import { paintOf } from '../../../src/cli/Paint.js'
import type { Command } from '../../../src/cli/parseArguments.js'
import { runCommand } from '../../../src/cli/runCommand.js'
import type { Registry } from '../../../src/codec/index.js'

const registries: Readonly<Record<string, Registry>> = {
  'good.mjs': { conditions: { isTransient: () => true }, validators: { isDone: () => true } },
  'resources.mjs': {
    limits: { places: limitSet([resourceLimit({ key: 'place', capacity: 2 })])() },
    circuitBreakers: { payments: circuitBreaker({ consecutiveFailures: 5 })() },
    retryBudgets: { shared: retryBudget({ ratio: 0.2 })() }
  },
  'bad.mjs': { conditions: { isTransient: 5 as never } }
}

interface Asked {
  readonly _tag: Command['_tag']
  readonly [option: string]: unknown
}

const run = (text: string, command: Asked) =>
  runCommand({
    readText: () => TE.right(text),
    readRegistry: (file) => TE.fromNullable([{ file, message: 'there is no such file' }])(registries[file]),
    width: 80,
    paint: paintOf(false),
    paintErrors: paintOf(false)
    // Each command has what it needs, or its defaults.
  })({ file: 'a.yaml', retries: 10, seed: 0, duration: 0, ...command })()

const good = 'exponential: 100ms\nwithJitter: full\nlimitRetries: 3\n'

/** The JSON of what is printed. */
const json = async (text: string, command: Asked): Promise<unknown> => {
  const { status, stderr, stdout } = await run(text, { ...command, json: true })
  return { status, stderr, ...(JSON.parse(stdout) as object) }
}

describe('check', () => {
  test('a good policy -> one line on standard output, status 0', async () => {
    expect(await run(good, { _tag: 'check' })).toEqual({
      stdout: 'ok a.yaml: a policy\n',
      stderr: '',
      status: 0
    })
  })

  test('a policy to be warned of -> on standard error, status 1', async () => {
    const ended = await run('fixed: 1s\nwithJitter: 0.2\n', { _tag: 'check' })
    expect(ended).toMatchObject({ stdout: '', status: 1 })
    expect(ended.stderr).toMatch(/^a\.yaml: warning: Never stops .*\(never-stops\)\n\n1 warning\n$/s)
  })

  test('JSON, with warnings -> the same, and ok: false', async () => {
    expect(await json('fixed: 1s\nwithJitter: 0.2\n', { _tag: 'check' })).toEqual({
      status: 1,
      stderr: '',
      command: 'check',
      file: 'a.yaml',
      ok: false,
      kind: 'policy',
      policies: [
        {
          method: null,
          attemptTimeout: null,
          timeout: null,
          code: 'pipe(fixed(1000), withJitter(0.2))',
          warnings: [{ rule: 'never-stops', message: expect.any(String) }]
        }
      ],
      errors: []
    })
  })
})

describe('what does not decode', () => {
  test('-> where, what was expected, what is there; status 1', async () => {
    expect(await run('fixed: 1s\nlimitRetries: -1\n', { _tag: 'explain' })).toEqual({
      stdout: '',
      stderr:
        'a.yaml:2:1: error: limitRetries: expected a whole number >= 0, got -1\n' +
        '  2 | limitRetries: -1\n' +
        '    | ^^^^^^^^^^^^^^^^\n',
      status: 1
    })
  })

  test('JSON -> the same keys, and the errors', async () => {
    expect(await json('fixed: 1s\nlimitRetries: -1\n', { _tag: 'simulate' })).toEqual({
      status: 1,
      stderr: '',
      command: 'simulate',
      file: 'a.yaml',
      ok: false,
      kind: null,
      policies: [],
      errors: [
        {
          file: 'a.yaml',
          path: 'limitRetries',
          line: 2,
          column: 1,
          message: 'limitRetries: expected a whole number >= 0, got -1'
        }
      ]
    })
  })

  test.each(['null', '5', 'text', '[]'])('%s -> a policy or the options of a worker', async (text) => {
    const { status, stderr } = await run(text, { _tag: 'check' })
    expect([status, stderr.split('\n')[0]]).toEqual([
      1,
      expect.stringContaining('a policy or the options of a worker')
    ])
  })
})

describe('a registry', () => {
  const named = `${good}retryOn: { condition: isTransient }\nretryUntil: isDone\n`

  test('none, and names in the file -> errors that say so', async () => {
    const { stderr, status } = await run(named, { _tag: 'check' })
    expect(status).toBe(1)
    expect(stderr.split('\n').filter((line) => line.includes('error'))).toEqual([
      `a.yaml:4:12: error: retryOn.condition: expected a name in the registry's conditions (there are none), got "isTransient"; give the registry with --registry`,
      `a.yaml:5:1: error: retryUntil: expected a name in the registry's validators (there are none), or a list of these, got "isDone"; give the registry with --registry`,
      '2 errors'
    ])
  })

  test('with these names -> all is well', async () => {
    expect(await run(named, { _tag: 'check', registry: 'good.mjs' })).toMatchObject({ status: 0 })
  })

  test('with other names -> which there are, and no hint', async () => {
    const { stderr } = await run(`${good}retryOn: { condition: isGone }\n`, {
      _tag: 'check',
      registry: 'good.mjs'
    })
    expect(stderr.split('\n')[0]).toBe(
      `a.yaml:4:12: error: retryOn.condition: expected a name in the registry's conditions (isTransient), got "isGone"`
    )
  })

  const resources =
    "numRetries: 2\nlimits: places\ncircuitBreaker: payments\nretryBudget: { '*': null, read: shared }\n"

  test('none, and names of resources in the file -> the same errors', async () => {
    const { stderr, status } = await run(resources, { _tag: 'check' })
    expect(status).toBe(1)
    expect(stderr.split('\n').filter((line) => line.includes('error'))).toEqual([
      `a.yaml:2:1: error: limits: expected a name in the registry's limits (there are none), or a record of these by method with a '*', got "places"; give the registry with --registry`,
      `a.yaml:3:1: error: circuitBreaker: expected a name in the registry's circuitBreakers (there are none), or a record of these by method with a '*', got "payments"; give the registry with --registry`,
      `a.yaml:4:27: error: retryBudget.read: expected a name in the registry's retryBudgets (there are none), got "shared"; give the registry with --registry`,
      '3 errors'
    ])
  })

  test('with these resources -> checked, and each method explained', async () => {
    expect(await run(resources, { _tag: 'check', registry: 'resources.mjs' })).toEqual({
      stdout: 'ok a.yaml: options of a worker, for *, read\n',
      stderr: '',
      status: 0
    })
    expect(await json(resources, { _tag: 'explain', registry: 'resources.mjs' })).toMatchObject({
      ok: true,
      kind: 'worker',
      policies: [{ method: '*' }, { method: 'read', bounds: { retries: 2 } }]
    })
  })

  test.each([
    ['missing.mjs', 'missing.mjs: error: there is no such file\n'],
    ['bad.mjs', "bad.mjs: error: registry: 'isTransient' of its conditions must be a function, got 5\n"]
  ])('%s -> an error of that file', async (registry, stderr) => {
    expect(await run(named, { _tag: 'check', registry })).toEqual({ stdout: '', stderr, status: 1 })
  })
})

describe('a worker', () => {
  const worker = "numRetries: { '*': 0, read: 2 }\nretryWait: 100ms\ntimeout: 1s\n"

  test('explain -> each method', async () => {
    const { stdout, stderr, status } = await run(worker, { _tag: 'explain' })
    expect([stderr, status]).toEqual(['', 0])
    expect(stdout.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      '* (all methods that are not named)',
      'read'
    ])
  })

  test('explain, one method, JSON -> that one, with all there is to know', async () => {
    expect(await json(worker, { _tag: 'explain', method: 'read', retries: 1 })).toMatchObject({
      status: 0,
      ok: true,
      kind: 'worker',
      policies: [
        {
          method: 'read',
          timeout: 1000,
          code: 'pipe(exponential(100), withJitter(0.3), limitRetries(2))',
          waits: [{ retry: 1, from: 70, to: 130, latest: 130 }],
          more: true,
          bounds: { retries: 2 }
        }
      ],
      errors: []
    })
  })

  test('simulate, one method -> its attempts', async () => {
    expect(await json(worker, { _tag: 'simulate', method: 'read', outcomes: 'LR', seed: 7 })).toMatchObject({
      policies: [{ method: 'read', decisions: [{ decision: 'Retry' }, { decision: 'Accept' }] }]
    })
  })

  test('simulate, no outcomes -> failures until it gives up', async () => {
    expect(await json(worker, { _tag: 'simulate', method: 'read' })).toMatchObject({
      policies: [{ decisions: [{ decision: 'Retry' }, { decision: 'Retry' }, { decision: 'GiveUp' }] }]
    })
  })

  test('a method that is not named -> an error', async () => {
    expect(await run(worker, { _tag: 'check', method: 'write' })).toEqual({
      stdout: '',
      stderr: 'a.yaml: error: names no method "write", only *, read; \'*\' is for all that are not named\n',
      status: 1
    })
  })
})
