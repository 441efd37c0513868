/** Finds the code that the documentation shows, and says what a block lacks to be believed. */
import ts from 'typescript'

export interface Block {
  /** The file that shows it, and the line of its first line of code there. */
  readonly file: string
  readonly line: number
  readonly code: string
}

/** Gives every `@example` of the doc comments of a TypeScript file; one in a code fence is taken out of it. */
export const examplesOf = (file: string, text: string): ReadonlyArray<Block> =>
  docComments(file, text).flatMap(({ pos, end }) => {
    const first = text.slice(0, pos).split('\n').length
    const lines = text
      .slice(pos, end)
      .replace(/\s*\*\/$/, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\/?\*+ ?/, ''))

    return lines.flatMap((line, at) => {
      if (!/^@example\b/.test(line)) return []
      const after = lines.slice(at + 1)
      const next = after.findIndex((other) => /^@[a-z]/.test(other))
      const body = next < 0 ? after : after.slice(0, next)
      const fenced = fences(body, first + at + 1, file)
      return fenced.length > 0 ? fenced : [trimmed({ file, line: first + at + 1, code: body.join('\n') })]
    })
  })

/** Gives every block of a Markdown file that is marked `ts`. */
export const blocksOf = (file: string, text: string): ReadonlyArray<Block> =>
  fences(text.split('\n'), 1, file)

/** Says why a block proves nothing; `undefined` when it may. */
export const shortcoming = ({ code }: Block): string | undefined => {
  const imports = ts.preProcessFile(code).importedFiles.map(({ fileName }) => fileName)
  if (!imports.some((name) => /^reprise(\/|$)/.test(name))) return "imports nothing from 'reprise'"
  if (!imports.includes('node:assert/strict')) return "does not import assert from 'node:assert/strict'"
  return /\bassert(\.\w+)?\(/.test(code) ? undefined : 'asserts nothing'
}

const fences = (lines: ReadonlyArray<string>, firstLine: number, file: string): ReadonlyArray<Block> =>
  lines.flatMap((line, at) => {
    const open = /^(\s*)(`{3,})(ts|typescript)\b/.exec(line)
    if (open === null) return []
    const [, indent = '', ticks = ''] = open
    const rest = lines.slice(at + 1)
    const close = rest.findIndex((other) => other.trim() === ticks)
    const code = rest.slice(0, close < 0 ? undefined : close).map((other) => other.slice(indent.length))
    return [{ file, line: firstLine + at + 1, code: code.join('\n') }]
  })

const trimmed = (block: Block): Block => {
  const blank = /^(\s*\n)*/.exec(block.code)?.[0] ?? ''
  return { ...block, line: block.line + blank.split('\n').length - 1, code: block.code.trim() }
}

/** Comments stand before tokens; several nodes begin at the same token, so each is taken once. */
const docComments = (path: string, text: string): ReadonlyArray<ts.CommentRange> => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  const found = new Map<number, ts.CommentRange>()
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
      if (text.startsWith('/**', range.pos)) found.set(range.pos, range)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return [...found.values()].sort((a, b) => a.pos - b.pos)
}
