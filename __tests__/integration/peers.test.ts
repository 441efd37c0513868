/**
 * The same scripted failures through this library and four others, configured alike, on the same timers. Every library
 * has to do just what the model says, changed by the rows of a table of differences: one that is not in the table fails,
 * and so does one that is gone.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import * as fc from 'fast-check'
import { root } from '../support/built.js'
import { abortedAt, differences, ended, rulesOf } from '../support/peers/differences.js'
import { design, played } from '../support/peers/model.js'
import { expresses, type Name, names, type Script, scripts, type Seen } from '../support/peers/scripts.js'

// --- the process with all libraries

type Answers = Readonly<Record<Name | 'reprise', Seen>>

const folder = mkdtempSync(join(tmpdir(), 'reprise-peers-'))
let child: ChildProcess
/** Rejects when the process ends. */
let gone: Promise<never>

const answerOf = <A>(): Promise<A> =>
  Promise.race([gone, new Promise<A>((resolve) => child.once('message', (answer) => resolve(answer as A)))])

/** Gives what came of a script in this library, and in all others that can be asked to do so. */
const ask = (script: Script): Promise<Answers> => {
  const able = names.filter((name) => expresses[name](script))
  child.send({ script, names: ['reprise', ...able] })
  return answerOf()
}

beforeAll(async () => {
  const bundle = join(folder, 'reprise.mjs')
  await build({
    entryPoints: [join(root, 'src/index.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error'
  })
  child = fork(require.resolve('../support/peers/libraries.js'), [pathToFileURL(bundle).href], {
    execArgv: []
  })
  gone = new Promise((_resolve, reject) =>
    child.once('exit', (code, signal) => reject(new Error(`the process ended with ${code ?? signal}`)))
  )
  gone.catch(() => {})
  await answerOf()
})
afterAll(() => {
  child.kill()
  rmSync(folder, { recursive: true, force: true })
})

// --- tests

const usual: Script = {
  shape: { kind: 'exponential', base: 100, factor: 2 },
  cap: null,
  retries: null,
  jitter: 'none',
  draws: [],
  outcomes: '',
  takes: 0,
  abortAt: null,
  limit: null,
  longestWait: null
}

describe('other libraries', () => {
  const agreeing: ReadonlyArray<[Partial<Script>, ReadonlyArray<Name>, Seen]> = [
    [{ outcomes: 'LLLR' }, ['cockatiel', 'retry-ts', 'effect'], ended('succeeds', 100, 200, 400)],
    [{ outcomes: 'TTTR' }, ['cockatiel', 'p-retry', 'effect'], ended('succeeds', 100, 200, 400)],
    [{ outcomes: 'TTTT', retries: 2 }, ['cockatiel', 'p-retry', 'effect'], ended('fails', 100, 200)],
    [{ outcomes: 'SSSR' }, ['cockatiel', 'p-retry', 'effect'], ended('succeeds', 100, 200, 400)],
    [{ outcomes: 'L', retries: 0 }, ['cockatiel', 'retry-ts', 'effect'], ended('fails')],
    [{ outcomes: 'LLLR', cap: 150 }, ['cockatiel', 'retry-ts', 'effect'], ended('succeeds', 100, 150, 150)],
    [
      { outcomes: 'LLR', shape: { kind: 'linear', base: 5, step: 20 } },
      ['cockatiel', 'retry-ts', 'effect'],
      ended('succeeds', 5, 25)
    ],
    [
      { outcomes: 'LLL', shape: { kind: 'list', list: [10, 5] }, retries: 2 },
      ['cockatiel', 'retry-ts', 'effect'],
      ended('fails', 10, 5)
    ],
    [{ outcomes: 'LLLR', shape: { kind: 'fibonacci', base: 9 } }, ['effect'], ended('succeeds', 9, 9, 18)],
    [{ outcomes: 'LLLR', longestWait: 300 }, ['retry-ts'], ended('fails', 100, 200)],
    [{ outcomes: 'TTT', abortAt: 150 }, ['p-retry', 'effect'], abortedAt(150, 100)],
    [{ outcomes: 'TTR', jitter: 'full', draws: [0.5, 0.25] }, ['cockatiel'], ended('succeeds', 50, 50)],
    [{ outcomes: 'TTR', jitter: 'equal', draws: [0.5, 0.25] }, ['cockatiel'], ended('succeeds', 75, 125)],
    [{ outcomes: 'TTR', jitter: 'fifth', draws: [0.5, 0.25] }, ['effect'], ended('succeeds', 100, 180)],
    [{ outcomes: 'TTR', jitter: 'twice', draws: [0.5, 0.25] }, ['p-retry'], ended('succeeds', 150, 250)]
  ]
  it.each(agreeing)('%j -> as %j', async (script, peers, seen) => {
    const answers = await ask({ ...usual, ...script })
    expect(answers).toMatchObject(Object.fromEntries(['reprise', ...peers].map((name) => [name, seen])))
  })

  it.each(differences.map((row) => [row.peer, row.what, row] as const))(
    '%s %s -> another outcome',
    async (peer, _what, { example: { script, ours, theirs } }) => {
      const answers = await ask({ ...usual, ...script })
      expect(ours).not.toEqual(theirs)
      expect({ reprise: answers.reprise, [peer]: answers[peer] }).toEqual({ reprise: ours, [peer]: theirs })
    }
  )

  it('generated scripts -> each as its model says, and no row of the table without need', async () => {
    const seed = Number(process.env['LAW_SEED'] ?? 20_260)
    const numRuns = Number(process.env['LAW_RUNS'] ?? 1000) * 3
    const needed = new Map(differences.map((row) => [row, 0]))
    const alike = new Map<Name, number>(names.map((name) => [name, 0]))
    const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const answers = await ask(script)
        expect(answers.reprise).toEqual(played(design, script))
        for (const name of names.filter((each) => expresses[each](script))) {
          expect({ [name]: answers[name] }).toEqual({ [name]: played(rulesOf(name), script) })
          if (same(answers[name], answers.reprise)) alike.set(name, alike.get(name)! + 1)
          for (const [row, times] of needed)
            if (row.peer === name && !same(answers[name], played(rulesOf(name, row), script)))
              needed.set(row, times + 1)
        }
      }),
      { seed, numRuns }
    )

    const seldom = [...needed].filter(([, times]) => times === 0)
    expect(seldom.map(([{ peer, what }, times]) => `${peer} ${what}: ${times}`)).toEqual([])
    // So it is about what is the same, mostly.
    expect([...alike].filter(([, times]) => times < numRuns / 10)).toEqual([])
  })
})
