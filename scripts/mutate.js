// Mutation testing, one source file after the other, each with its own tests: `npm run mutation` tests all but the
// adapters, `npm run mutation -- FILE|FILE:LINE-LINE|FOLDER…` these, `npm run mutation -- --since COMMIT` what has changed since then.
// `--tests FILE,FILE…` says other tests, `--concurrency N` how many mutants are tested at a time.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { transformSync } from 'esbuild'

process.chdir(join(import.meta.dirname, '..'))

// Laws are looked at more closely elsewhere; here a mutant has to be found often.
process.env.LAW_RUNS ??= '50'

const adapters = ['bullmq', 'cli', 'http', 'interop', 'opentelemetry', 'piscina', 'redis']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    since: { type: 'string' },
    tests: { type: 'string' },
    concurrency: { type: 'string', default: '1' }
  }
})

const sourcesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join(folder, name))
    .sort()

/** Is there more in it than types, and what is imported and exported again? */
const hasCode = (file) =>
  transformSync(readFileSync(file, 'utf8'), { loader: 'ts' })
    .code.replaceAll(/^(import|export) [^;]*? from .*$/gm, '')
    .trim() !== ''

const mutated = sourcesIn('src').filter((file) => {
  const [, folder, ...below] = file.split('/')
  return below.length > 0 && !adapters.includes(folder) && hasCode(file)
})

// --- which tests belong to a file

/** The unit tests of a file: X.test.ts and, where they are many, X.part.test.ts. */
const unitTests = (source) => {
  const { dir, name } = posix.parse(source.replace(/^src/, '__tests__/unit'))
  return existsSync(dir)
    ? readdirSync(dir)
        .filter((test) => test.startsWith(`${name}.`) && test.endsWith('.test.ts'))
        .map((test) => posix.join(dir, test))
    : []
}

// What a file imports at run time: `import type` is nothing then.
const importsOf = new Map(
  mutated.map((file) => [
    file,
    [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type).*?from '(\..*?)\.js'/gms)].map(
      ([, path]) => posix.join(posix.dirname(file), `${path}.ts`)
    )
  ])
)

/** A file's own unit test; of a part without one, those of the nearest files that import it. */
const testsOf = (source) => {
  const seen = new Set([source])
  for (let level = [source]; level.length > 0;) {
    const tests = level.flatMap(unitTests)
    if (tests.length > 0) return tests
    level = mutated.filter(
      (file) => !seen.has(file) && importsOf.get(file).some((path) => level.includes(path))
    )
    level.forEach((file) => seen.add(file))
  }
  return []
}

// What a file's own test leaves is tried on tests that show it as well, so that nothing has to be shown twice.
const more = {
  'src/policy/Composition.ts': [
    '__tests__/unit/policy/evaluate.test.ts',
    '__tests__/unit/policy/Judgement.test.ts',
    '__tests__/laws/lattice.test.ts',
    '__tests__/laws/monoid.test.ts'
  ],
  'src/codec/Condition.ts': ['__tests__/unit/codec/Policy.test.ts'],
  'src/codec/PolicyCodec.ts': ['__tests__/unit/codec/write.test.ts'],
  'src/codec/ScenarioForm.ts': ['__tests__/unit/codec/ScenarioCodec.test.ts'],
  'src/codec/WorkerForm.ts': [
    '__tests__/unit/codec/WorkerOptionsCodec.test.ts',
    '__tests__/unit/codec/Configuration.test.ts'
  ],
  'src/runtime/asyncContext.ts': ['__tests__/unit/runtime/platforms.test.ts'],
  'src/runtime/timers.ts': [
    '__tests__/unit/runtime/Clock.test.ts',
    '__tests__/unit/runtime/platforms.test.ts'
  ],
  'src/runtime/Wheel.ts': [
    '__tests__/unit/runtime/Clock.test.ts',
    '__tests__/unit/runtime/platforms.test.ts'
  ],
  'src/lab/Stage.ts': ['__tests__/unit/lab/replay.test.ts'],
  'src/resource/held.ts': [
    '__tests__/unit/resource/LimitSet.test.ts',
    '__tests__/unit/resource/withLimits.test.ts',
    '__tests__/unit/resource/withLimits.observer.test.ts'
  ],
  'src/resource/LimitSet.ts': [
    '__tests__/unit/resource/held.test.ts',
    '__tests__/unit/resource/withLimits.observer.test.ts',
    '__tests__/unit/resource/withLimits.test.ts'
  ],
  'src/resource/withLimits.ts': ['__tests__/unit/resource/held.test.ts'],
  'src/resource/LimitCell.ts': [
    '__tests__/unit/resource/LimitSet.test.ts',
    '__tests__/unit/resource/held.test.ts',
    '__tests__/unit/resource/withLimits.test.ts',
    '__tests__/unit/resource/withLimits.observer.test.ts'
  ],
  'src/worker/Level.ts': [
    '__tests__/unit/worker/worker.test.ts',
    '__tests__/unit/worker/policyOf.test.ts',
    '__tests__/unit/worker/wrapMethods.test.ts',
    '__tests__/unit/worker/resources.test.ts'
  ],
  'src/worker/wrapMethods.ts': [
    '__tests__/unit/worker/worker.test.ts',
    '__tests__/unit/worker/resources.test.ts'
  ]
}

// --- which files

const changedSince = (commit) => {
  const changed = execFileSync('git', ['diff', '--name-only', commit], { encoding: 'utf8' }).split('\n')
  return mutated.filter((file) =>
    [file, ...testsOf(file), ...(more[file] ?? [])].some((path) => changed.includes(path))
  )
}

// Stryker takes a part of a file, too: FILE:LINE-LINE.
const fileOf = (path) => path.replace(/:[\d:-]+$/, '')

const named = (path) =>
  statSync(fileOf(path)).isDirectory()
    ? sourcesIn(posix.normalize(path)).filter(hasCode)
    : [posix.normalize(path)]

const chosen =
  positionals.length > 0
    ? positionals.flatMap(named)
    : values.since === undefined
      ? mutated
      : changedSince(values.since)

// --- running

// A mutant whose module cannot even be loaded is found too.
const found = ['Killed', 'Timeout', 'RuntimeError']
const missed = ['Survived', 'NoCoverage']

const having = (mutants, states) => mutants.filter(({ status }) => states.includes(status))

/** Tests mutants in a folder of its own. */
const test = async (mutate, tests) => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-mutation-'))
  try {
    const mutants = await new Stryker({
      mutate,
      jest: { config: { testMatch: tests.map((test) => `<rootDir>/${test}`) } },
      tempDirName: folder,
      concurrency: Number(values.concurrency)
    }).runMutationTest()
    return mutants.map((mutant) => ({ ...mutant, key: keyOf(mutant) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const keyOf = ({ mutatorName, replacement, location }) => JSON.stringify([mutatorName, replacement, location])

// Ranges count columns from 0, reports from 1.
const rangeOf = ({ start, end }) => `${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`

/** Tests the mutants of one file. */
const mutate = async (source) => {
  const start = performance.now()
  const file = fileOf(source)
  const text = readFileSync(file, 'utf8')
  const mutants = await test([source], values.tests?.split(',') ?? testsOf(file))
  const left = having(mutants, missed)
  const wider = values.tests === undefined ? (more[file] ?? []) : []
  const again =
    left.length > 0 && wider.length > 0
      ? await test(
          left.map(({ location }) => `${file}:${rangeOf(location)}`),
          wider
        )
      : []
  const foundAgain = new Set(having(again, found).map(({ key }) => key))
  const results = mutants.map((each) => (foundAgain.has(each.key) ? { ...each, status: 'Killed' } : each))
  return { source, text, mutants: results, seconds: Math.ceil((performance.now() - start) / 1000) }
}

// --- telling

/** A mutant that no test has found: what stands there, and what could stand there. */
const survivor = (file, text, { mutatorName, replacement, location: { start, end } }) => {
  const lines = text.split('\n').slice(start.line - 1, end.line)
  const before = lines[0].slice(0, start.column - 1)
  const after = lines.at(-1).slice(end.column - 1)
  return [
    `${file}:${start.line}:${start.column} ${mutatorName}`,
    ...lines.map((line) => `- ${line}`),
    ...`${before}${replacement}${after}`.split('\n').map((line) => `+ ${line}`),
    ''
  ].join('\n')
}

const line = ({ source, mutants, seconds }) => {
  const count = (states) => having(mutants, states).length
  return [
    source.padEnd(36),
    `${count([...found, ...missed])} mutants`.padStart(12),
    `${count(missed)} survived`.padStart(12),
    `${count(['Ignored'])} equivalent`.padStart(13),
    `${count(['Timeout'])} by time`.padStart(10),
    `${seconds} s`.padStart(7)
  ].join('  ')
}

const results = []
for (const source of chosen) {
  try {
    const result = await mutate(source)
    results.push(result)
    const left = having(result.mutants, missed)
    left.forEach((mutant) => console.log(survivor(fileOf(source), result.text, mutant)))
    console.log(line(result))
  } catch (error) {
    console.log(`${source}: ${error.message} Its tests: ${testsOf(fileOf(source)).join(' ')}`)
    process.exitCode = 1
  }
}

const mutants = results.flatMap((result) => result.mutants)
const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
console.log(line({ source: `${results.length} files`, mutants, seconds }))
if (having(mutants, missed).length > 0) process.exitCode = 1
