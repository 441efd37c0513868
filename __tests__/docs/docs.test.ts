import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import ts from 'typescript'
import { requireBuild, root } from '../support/built.js'
import { type Block, blocksOf, examplesOf, shortcoming } from './blocks.js'
import { runBlocks } from './runBlocks.js'

requireBuild()

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const filesIn = (folder: string, extension: string): ReadonlyArray<string> =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith(extension))
        .map((file) => `${folder}/${file.split(sep).join('/')}`)
        .sort()
    : []

const blocks: ReadonlyArray<Block> = [
  ...['README.md', ...filesIn('docs', '.md')]
    .filter((file) => existsSync(join(root, file)))
    .flatMap((file) => blocksOf(file, read(file))),
  ...filesIn('src', '.ts').flatMap((file) => examplesOf(file, read(file)))
]

// Within the repository, so that 'reprise' is our own package, through its exports.
const folder = join(__dirname, '.blocks')
const pathOf = ({ file, line }: Block, extension: string): string =>
  join(folder, `${file.replace(/\W/g, '-')}-${line}.${extension}`)

const titleOf = ({ file, line }: Block): string => `${file}:${line}`

/** Puts the place in the documentation where a message names the place in a block. */
const placed = (block: Block, message: string): string =>
  message.replaceAll(
    new RegExp(`(file://)?${pathOf(block, '(ts|js)').replaceAll('\\', '\\\\')}:(\\d+)(:\\d+)?`, 'g'),
    (_, _scheme, _extension, line: string) => `${block.file}:${block.line + Number(line) - 1}`
  )

/** Type-checks all blocks together, against the sources. */
const typeErrors = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object }
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  const program = ts.createProgram(
    blocks.map((block) => pathOf(block, 'ts')),
    { ...options, noUnusedLocals: false, noUnusedParameters: false }
  )
  return new Map(
    blocks.map((block) => {
      const source = program.getSourceFile(pathOf(block, 'ts'))!
      const diagnostics = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source)
      ]
      return [
        titleOf(block),
        diagnostics.map(({ start = 0, messageText, code }) => {
          const line = block.line + source.getLineAndCharacterOfPosition(start).line
          return `${block.file}:${line}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
        })
      ]
    })
  )
}

const transpile = (block: Block): string =>
  ts.transpileModule(block.code, {
    fileName: pathOf(block, 'ts'),
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      inlineSourceMap: true
    }
  }).outputText

describe('documentation', () => {
  let wrongTypes: ReadonlyMap<string, ReadonlyArray<string>>
  let failures: ReadonlyMap<string, string>

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    for (const block of blocks) {
      writeFileSync(pathOf(block, 'ts'), block.code)
      writeFileSync(pathOf(block, 'js'), transpile(block))
    }
    // They run in other processes while this one checks types.
    const running = runBlocks(blocks.map((block) => pathOf(block, 'js')))
    wrongTypes = typeErrors()
    failures = await running
  }, 600_000)

  test('shows code', () => expect(blocks).not.toEqual([]))

  for (const block of blocks) {
    test(titleOf(block), () => {
      const lacks = shortcoming(block)
      const failure = failures.get(pathOf(block, 'js'))
      const problems = [
        ...(lacks === undefined ? [] : [`${titleOf(block)}: the block ${lacks}`]),
        ...(wrongTypes.get(titleOf(block)) ?? []),
        ...(failure === undefined ? [] : [`${titleOf(block)}: ${placed(block, failure)}`])
      ]
      if (problems.length > 0) throw new Error(problems.join('\n\n'))
    })
  }
})

describe('the checks themselves', () => {
  test('@example -> its lines, up to the next tag, out of a fence if there is one', () => {
    const text = [
      '/** One. @example is not here. */',
      "const text = '/** @example */'",
      '/**',
      ' * Two.',
      ' *',
      ' * @example',
      ' * a()',
      ' *',
      ' *   b() /* c *',
      ' * @example With a title',
      ' * ```ts',
      ' * d()',
      ' * ```',
      ' * @since 0.1.0',
      ' */',
      'export const two = {',
      '  /** @example',
      '   * e() */',
      '  member: 1',
      '}'
    ].join('\n')
    expect(examplesOf('a.ts', text)).toEqual([
      { file: 'a.ts', line: 7, code: 'a()\n\n  b() /* c *' },
      { file: 'a.ts', line: 12, code: 'd()' },
      { file: 'a.ts', line: 18, code: 'e()' }
    ])
  })

  test('Markdown -> its ts blocks', () => {
    const text =
      '# a\n```sh\nnpm i\n```\n- b\n  ```ts\n  c()\n    d()\n  ```\n```typescript\ne()\n```\n```text\nts\n```\n'
    expect(blocksOf('a.md', text)).toEqual([
      { file: 'a.md', line: 7, code: 'c()\n  d()' },
      { file: 'a.md', line: 11, code: 'e()' }
    ])
  })

  test.each([
    ["import { fixed } from 'reprise'\nfixed(1)", "does not import assert from 'node:assert/strict'"],
    ["import assert from 'node:assert/strict'\nassert(true)", "imports nothing from 'reprise'"],
    ["import assert from 'node:assert/strict'\nimport { fixed } from 'reprise'\nfixed(1)", 'asserts nothing'],
    ["import assert from 'node:assert/strict'\nimport { a } from 'reprise/testing'\nassert.ok(a)", undefined]
  ])('%j -> %s', (code, message) => {
    expect(shortcoming({ file: 'a.md', line: 1, code })).toBe(message)
  })

  test('runBlocks -> each failure with its own block', async () => {
    const own = join(__dirname, '.blocks-failing')
    const bodies = {
      good: 'console.log(1)',
      throws: "throw new Error('thrown')",
      exits: 'process.exit(0)',
      hangs: 'await new Promise(() => {})',
      rejects: "Promise.reject(new Error('rejected'))",
      timer: 'setTimeout(() => {}, 60_000)',
      last: 'await 1'
    }
    rmSync(own, { recursive: true, force: true })
    mkdirSync(own)
    const path = (name: string): string => join(own, `${name}.js`)
    for (const [name, body] of Object.entries(bodies)) writeFileSync(path(name), body)
    const errors = await runBlocks(Object.keys(bodies).map(path))
    rmSync(own, { recursive: true })

    expect([...errors.keys()]).toEqual(['throws', 'exits', 'hangs', 'rejects', 'timer'].map(path))
    expect(errors.get(path('throws'))).toContain('Error: thrown')
    expect(errors.get(path('exits'))).toContain('ended the process (0)')
    expect(errors.get(path('hangs'))).toContain('ended the process (13)')
    expect(errors.get(path('rejects'))).toContain('Error: rejected')
    expect(errors.get(path('timer'))).toContain('leaves running: ')
  }, 120_000)
})
