import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { requireBuild, root } from '../support/built.js'
import { node } from '../support/run.js'

requireBuild()

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly dependencies?: unknown
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

const entries = Object.keys(manifest.exports)
  .filter((key) => !key.endsWith('.json'))
  .map((key) => key.replace(/^\./, 'reprise'))

const tsc = join(root, 'node_modules/typescript/bin/tsc')

const npm = (args: ReadonlyArray<string>, cwd: string) =>
  promisify(execFile)(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd })

const work = mkdtempSync(join(tmpdir(), 'reprise-tarball-'))

// Two users: `bare` has nothing but reprise, `peers` has fp-ts, io-ts and whatever else is a peer.
const bare = join(work, 'bare')
const peers = join(work, 'peers')
let packed: ReadonlyArray<string> = []

const write = (folder: string, files: Readonly<Record<string, string>>): void => {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}

beforeAll(async () => {
  // No scripts: they would build again, below the feet of the tests beside this one.
  const { stdout } = await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', work], root)
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: Array<{ path: string }> }]
  packed = files.map((file) => file.path)

  write(bare, { 'package.json': '{}' })
  const install = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  await npm([...install, '--legacy-peer-deps', join(work, filename)], bare)
  cpSync(bare, peers, { recursive: true })
  for (const peer of Object.keys(manifest.peerDependencies)) {
    const link = join(peers, 'node_modules', peer)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', peer), link, 'junction')
  }
}, 300_000)

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('package.json', () => {
  test('needs nothing at run time but peers', () => expect(manifest.dependencies).toBeUndefined())

  test('exports every entry point of src', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && readdirSync(join(root, 'src', entry.name)).includes('index.ts')
      )
      .map((entry) => `reprise/${entry.name}`)
    expect([...entries].sort()).toEqual(['reprise', ...folders].sort())
  })
})

describe('tarball', () => {
  test('holds the build, the sources and the papers, nothing else', () => {
    const papers = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']
    expect(packed.filter((path) => !/^(dist|src)\//.test(path) && !papers.includes(path))).toEqual([])
    expect(packed).toEqual(expect.arrayContaining(papers))
  })
})

describe('plain node', () => {
  const body = `
    let calls = 0
    const flaky = async () => {
      calls++
      if (calls < 3) throw new Error('down')
      return 'up'
    }
    const policy = limitRetries(3)(withJitter(0.5)(exponential(1)))
    withRetry(policy)(flaky)().then((result) => {
      console.log(calls, result._tag, result.right, [virtualClock, seededRandom, scripted].map((f) => typeof f).join())
      const foreign = [...loaded()].filter((file) => /[\\\\/](fp-ts|io-ts)[\\\\/]/.test(file))
      if (foreign.length > 0) throw new Error('loaded ' + foreign.join())
    })`
  const said = '3 Right up function,function,function\n'
  const core = '{ withRetry, exponential, withJitter, limitRetries }'
  const testing = '{ virtualClock, seededRandom, scripted }'

  // `bare` shows that nothing of fp-ts is needed; in `peers` an optional import would find it, and be seen.
  test.each([
    ['bare', bare],
    ['peers', peers]
  ])('retries as CommonJS, with only reprise loaded (%s)', async (_name, folder) => {
    const script = `const ${core} = require('reprise')\nconst ${testing} = require('reprise/testing')
      const loaded = () => Object.keys(require.cache)\n${body}`
    write(folder, { 'retry.cjs': script })
    expect(await node(['retry.cjs'], folder)).toEqual({ code: 0, output: said })
  })

  test.each([
    ['bare', bare],
    ['peers', peers]
  ])('retries as an ES module, with only reprise loaded (%s)', async (_name, folder) => {
    // fp-ts is CommonJS, so an ES module that loads it leaves it in CommonJS' cache.
    const script = `import { createRequire } from 'node:module'
      import ${core} from 'reprise'\nimport ${testing} from 'reprise/testing'
      const loaded = () => Object.keys(createRequire(import.meta.url).cache)\n${body}`
    write(folder, { 'retry.mjs': script })
    expect(await node(['retry.mjs'], folder)).toEqual({ code: 0, output: said })
  })

  test.each(entries)('%s gives the same names to import and to require', async (entry) => {
    const script = `import { createRequire } from 'node:module'
      const names = (m) => Object.keys(m).filter((k) => k !== 'default' && k !== 'module.exports' && k !== '__esModule').sort()
      const esm = names(await import('${entry}'))
      const cjs = names(createRequire(import.meta.url)('${entry}'))
      console.log(JSON.stringify({ esm, cjs }))`
    write(peers, { 'names.mjs': script })
    const { code, output } = await node(['names.mjs'], peers)
    expect([code, output]).toEqual([0, expect.stringContaining('{"esm":["')])
    const { esm, cjs } = JSON.parse(output) as Record<'esm' | 'cjs', ReadonlyArray<string>>
    expect(cjs).toEqual(esm)
  })
})

describe('the command line', () => {
  test('runs where nothing but reprise is installed', async () => {
    write(bare, { 'policy.yaml': 'fixed: 1s\nwithJitter: full\nlimitRetries: 2\n' })
    const program = join('node_modules', 'reprise', 'dist/cli/reprise.cjs')
    expect(await node([program, 'check', 'policy.yaml'], bare)).toEqual({
      code: 0,
      output: 'ok policy.yaml: a policy\n'
    })
    expect(readdirSync(join(bare, 'node_modules/.bin'))).toContain('reprise')
  })

  test('comes with the licences of what is in it', () => {
    const licences = readFileSync(join(bare, 'node_modules/reprise/dist/cli/LICENSES.txt'), 'utf8')
    expect([...licences.matchAll(/^(\S+) [\d.]+ \((?:MIT|ISC)\)$/gm)].map(([, name]) => name)).toEqual([
      'commander',
      'fp-ts',
      'io-ts',
      'picocolors',
      'yaml'
    ])
  })
})

test('reprise/schema.json is a JSON Schema', async () => {
  write(bare, { 'schema.cjs': "console.log(require('reprise/schema.json').title)" })
  expect(await node(['schema.cjs'], bare)).toEqual({ code: 0, output: 'reprise\n' })
})

describe('types', () => {
  // The declarations of this peer need those of Node, so it is looked at by itself, below.
  const standing = entries.filter((entry) => entry !== 'reprise/bullmq')
  const imports = standing.map((entry, at) => `import * as entry${at} from '${entry}'`).join('\n')
  const source = `${imports}
    import { configure, exponential, limitRetries, policyOf, withJitter, withRetry, worker } from 'reprise'
    import { decodePolicy } from 'reprise/codec'

    export const entries = [${standing.map((_, at) => `entry${at}`).join()}]
    const flaky = async (): Promise<number> => 1
    export const run = async (): Promise<number> => {
      const result = await withRetry(limitRetries(3)(withJitter(0.5)(exponential('1s'))))(flaky)()
      return result._tag === 'Right' ? result.right : result.left.attempts
    }
    // What is inferred can be named in the declarations of a consumer.
    export const db = worker({ flaky, byId: async (id: string): Promise<string> => id }, { numRetries: { '*': 0, byId: 3 } })
    export const patient = configure({ numRetries: 5, timeout: '1m' })({ flaky })
    export const policy = policyOf(db, 'byId')
    export const decoded = decodePolicy({})({})
    // @ts-expect-error types are there, and not 'any'
    limitRetries('three')\n`

  // Libraries are checked too, with no types but the browser's: ours must stand on their own.
  const consumers = [
    { module: 'nodenext', moduleResolution: 'nodenext', files: ['consumer.mts', 'consumer.cts'] },
    { module: 'esnext', moduleResolution: 'bundler', files: ['consumer.ts'] }
  ]
  test.each(consumers)(
    '$moduleResolution: $files',
    async ({ files, ...modules }) => {
      const compilerOptions = {
        ...modules,
        target: 'es2022',
        lib: ['es2022', 'dom'],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        declaration: true,
        noEmit: true
      }
      write(peers, { 'tsconfig.json': JSON.stringify({ compilerOptions, files }) })
      write(peers, Object.fromEntries(files.map((file) => [file, source])))
      expect(await node([tsc], peers)).toEqual({ code: 0, output: '' })
    },
    180_000
  )

  test.each(consumers)(
    'reprise/bullmq, $moduleResolution: $files',
    async ({ files, ...modules }) => {
      const compilerOptions = {
        ...modules,
        target: 'es2022',
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        strict: true,
        skipLibCheck: true,
        declaration: true,
        noEmit: true
      }
      // With 'reprise' in the program, what is inferred can be named in declarations.
      const queues = `import { isRetryError } from 'reprise'
        import { queueWorker } from 'reprise/bullmq'
        export const guard = isRetryError
        export const mails = queueWorker({ send: async (to: string) => to }, { numRetries: 5 }, { connection: {}, queue: 'mails' })
        export const sent = mails.client.send('ada')
        // @ts-expect-error an address is a text
        mails.client.send(7)\n`
      write(peers, { 'tsconfig.json': JSON.stringify({ compilerOptions, files }) })
      write(peers, Object.fromEntries(files.map((file) => [file, queues])))
      expect(await node([tsc], peers)).toEqual({ code: 0, output: '' })
    },
    180_000
  )
})
