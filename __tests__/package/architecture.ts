/**
 * The rules of the source tree, as a pure function from a file to its violations, so that a test can show each rule failing
 * on a small sample. Files are read as TypeScript reads them, so a word in a comment or a string is not a violation.
 */
import { posix } from 'node:path'
import ts from 'typescript'

/** Folders from the bottom up: a file may import its own folder and what stands before it. */
const core = ['policy', 'runtime', 'action', 'resource', 'worker']

/** The one entry point that others may use: its virtual clock and seeded random serve `lab` and law checks. */
const sharedEntry = 'testing'

/**
 * What else an entry point may use of others: the command line is a program, which uses what there is, and which nobody uses;
 * a codec knows the models of what it reads, but does not run it.
 */
const uses: Readonly<Record<string, ReadonlyArray<{ readonly entry: string; readonly typesOnly: boolean }>>> =
  {
    cli: [
      { entry: 'codec', typesOnly: false },
      { entry: 'lab', typesOnly: false }
    ],
    codec: [{ entry: 'lab', typesOnly: true }]
  }

const maxLines = 400

/** Gives what is wrong with a source file, as 'line: message'; `path` is relative to src, with '/'. */
export const violations = (path: string, text: string): ReadonlyArray<string> => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  const found: Array<string> = []
  const report = (node: ts.Node, message: string): void => {
    found.push(`${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${message}`)
  }

  const lines = text.trimEnd().split('\n').length
  if (lines > maxLines) found.push(`${lines}: longer than ${maxLines} lines: split it`)
  if (!/^([A-Z][A-Za-z0-9]*|[a-z][A-Za-z0-9]*)(\.browser)?\.ts$/.test(posix.basename(path))) {
    found.push('1: a file is a PascalCase noun, a camelCase verb or index.ts')
  }

  const visit = (node: ts.Node): void => {
    const imported = importOf(node)
    if (imported !== undefined) {
      const complaint = importViolation(path, imported)
      if (complaint !== undefined) report(node, complaint)
    }
    for (const complaint of nodeViolations(path, node)) report(node, complaint)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

// --- imports

interface Import {
  readonly from: string
  /** Whether it is gone at run time. */
  readonly typeOnly: boolean
}

const importOf = (node: ts.Node): Import | undefined => {
  if (ts.isImportDeclaration(node)) {
    return {
      from: textOf(node.moduleSpecifier),
      typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { from: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { from: textOf(node.argument.literal), typeOnly: true }
  }
  const isCall = ts.isCallExpression(node) && node.arguments[0] !== undefined
  if (
    isCall &&
    (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require')
  ) {
    return { from: textOf(node.arguments[0]!), typeOnly: false }
  }
  return undefined
}

const textOf = (node: ts.Node): string => (ts.isStringLiteralLike(node) ? node.text : node.getText())

/** The layer of a path in src: a number for the core, and for entry points their folder. */
const layerOf = (path: string): number | string => {
  const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
  const at = core.indexOf(folder)
  return at >= 0 ? at : folder
}

const importViolation = (path: string, { from, typeOnly }: Import): string | undefined => {
  const layer = layerOf(path)
  const inCore = typeof layer === 'number' || layer === ''

  if (from.startsWith('.')) {
    if (!from.endsWith('.js')) return `'${from}' must end in .js, or Node cannot load it`
    const target = posix.join(posix.dirname(path), from)
    if (target.startsWith('..')) return `'${from}' lies outside src`
    const lower = layerOf(target)
    if (lower === layer) return undefined
    if (typeof lower === 'number') {
      return typeof layer === 'string' || lower < layer
        ? undefined
        : `${core[layer]}/ must not import from ${core[lower]}/`
    }
    if (lower === sharedEntry && !inCore) return undefined
    const use = uses[layer]?.find(({ entry }) => entry === lower)
    if (use !== undefined && (typeOnly || !use.typesOnly)) return undefined
    return `${path} must not import from the entry point ${lower === '' ? 'index.ts' : `${lower}/`}`
  }

  if (from === 'reprise' || from.startsWith('reprise/')) return 'sources import each other by relative paths'
  if (/^fp-ts(\/|$)/.test(from) && !/^fp-ts\/lib\/\w+\.js$/.test(from))
    return `'${from}' must be 'fp-ts/lib/X.js'`
  if (layer === 0 && !from.startsWith('fp-ts/')) return `policy/ must not import '${from}'`
  if (inCore && !typeOnly) return `the core must not import '${from}' at run time: use \`import type\``
  return undefined
}

// --- what may stand where

/** Names that read a clock or wait; only runtime/ may. */
const timers = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance'])
const timerMembers = new Set([
  'Date.now',
  'Math.random',
  'AbortSignal.timeout',
  'process.hrtime',
  'process.nextTick'
])

const nodeViolations = (path: string, node: ts.Node): ReadonlyArray<string> => {
  const found: Array<string> = []
  if (ts.isClassLike(node)) found.push('no class')
  if (ts.isExportAssignment(node) || hasDefault(node)) found.push('no default export')

  const clock = clockOf(node)
  if (clock !== undefined && !path.startsWith('runtime/')) found.push(`${clock} only under runtime/`)

  if (path.startsWith('policy/')) {
    if (ts.isIdentifier(node) && /^Promise(Like)?$/.test(node.text)) found.push('policy/ knows no Promise')
    if (node.kind === ts.SyntaxKind.AsyncKeyword) found.push('policy/ knows no Promise')
  }
  return found
}

const hasDefault = (node: ts.Node): boolean =>
  node.kind === ts.SyntaxKind.DefaultKeyword || (ts.isExportSpecifier(node) && node.name.text === 'default')

const clockOf = (node: ts.Node): string | undefined => {
  if (ts.isPropertyAccessExpression(node)) {
    const name = node
      .getText()
      .replace(/^globalThis\./, '')
      .replace('?.', '.')
    const onGlobal = node.expression.getText() === 'globalThis' && timers.has(node.name.text)
    return timerMembers.has(name) || onGlobal ? name : undefined
  }
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
    const isDate = node.expression.getText() === 'Date'
    return isDate && (node.arguments?.length ?? 0) === 0 ? 'the current Date' : undefined
  }
  return ts.isIdentifier(node) && timers.has(node.text) && isGlobalReference(node) ? node.text : undefined
}

/** Whether an identifier stands for a value in scope, not for a property, a parameter or a declaration of that name. */
const isGlobalReference = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isShorthandPropertyAssignment(parent)) return true
  return !('name' in parent && parent.name === node) && !ts.isTypeNode(parent)
}
