/** A configuration file as data, which knows where in the text each value stands. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Parser, visit, type CST } from 'yaml'
import { findJsonError } from './findJsonError.js'
import { type Place, placeOf, type Problem } from './Problem.js'

// --- model

export interface Source {
  readonly data: unknown
  /** Where the value at a path stands, such as `'retryOn.0'`; the next one around it if there is no such value. */
  readonly placeAt: (path: string) => Place | undefined
}

type Language = 'JSON' | 'YAML'

type Yaml = Document.Parsed

type Token = CST.Token

// --- constructors

/** JSON in files of that name, YAML otherwise; JSON is YAML, too. */
export const languageOf = (file: string): Language => (/\.json$/i.test(file) ? 'JSON' : 'YAML')

/** Reads a text. */
export const parseSource = (text: string, language: Language): E.Either<ReadonlyArray<Problem>, Source> => {
  if (text.trim() === '') return E.left([empty])
  const noJson = language === 'JSON' ? findJsonError(text) : undefined
  if (noJson !== undefined) {
    return E.left([invalid(language, `expected ${noJson.expected}`, placeOf(text, noJson.at))])
  }
  return pipe(
    parseYaml(text, language),
    E.flatMap((document) => {
      const error = errorOf(document, text)
      if (error !== undefined)
        return E.left([invalid(language, lowerFirst(error.message), placeOf(text, ...error.pos))])
      return document.contents === null ? E.left([empty]) : E.right(document)
    }),
    E.flatMap((document) =>
      E.tryCatch(
        (): Source => ({
          // The limit on aliases stays: nine lines can stand for a billion values.
          data: document.toJS(),
          placeAt: (path) => placeIn(document, text, path)
        }),
        // The parser throws errors, and nothing else.
        (error) => [invalid(language, lowerFirst((error as Error).message))]
      )
    )
  )
}

const empty: Problem = { message: 'the file is empty' }

const invalid = (language: Language, message: string, place?: Place): Problem => ({
  message: `invalid ${language}: ${message}`,
  ...(place && { place })
})

/** How deep a file may be nested, and how many values it may hold: more than any configuration does. */
const limits = { depth: 100, values: 20_000 } as const

const parseYaml = (text: string, language: Language): E.Either<ReadonlyArray<Problem>, Yaml> => {
  const tokens = [...new Parser().parse(text)]
  // What composes the values of tokens is recursive, and compares each key with all others.
  const tooMuch = beyondLimits(tokens)
  if (tooMuch !== undefined) return E.left([invalid(language, tooMuch)])
  const composer = new Composer({
    prettyErrors: false,
    stringKeys: true,
    merge: language === 'YAML',
    logLevel: 'error'
  })
  // It is asked for a document of nothing as well: there is one at least.
  const [document, other] = [...composer.compose(tokens, true, text.length)] as [Yaml, Yaml?]
  return other === undefined
    ? E.right(document)
    : E.left([invalid(language, 'expected only one document', placeOf(text, other.range[0]))])
}

const beyondLimits = (tokens: ReadonlyArray<Token>): string | undefined => {
  let level = tokens
  for (let depth = 0, values = 0; level.length > 0; depth++) {
    values += level.length
    // The file itself is one level.
    if (depth > limits.depth) return `nested deeper than ${limits.depth} levels`
    if (values > limits.values) return `more than ${limits.values} values`
    level = level.flatMap(partsOf)
  }
  return undefined
}

const partsOf = (token: Token): ReadonlyArray<Token> => {
  const parts =
    token.type === 'document'
      ? [token.value]
      : 'items' in token
        ? token.items.flatMap(({ key, value }) => [key, value])
        : []
  return parts.filter((part) => part !== null && part !== undefined)
}

interface SyntaxError {
  readonly message: string
  readonly pos: readonly [from: number, to: number]
}

/** The first error; those after it follow from it more often than not. */
const errorOf = (document: Yaml, text: string): SyntaxError | undefined => {
  const [first] = [...document.errors, ...document.warnings]
  if (first !== undefined) return starAt(text, first.pos[0]) ?? first
  const loose: SyntaxError[] = []
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return
      // What was parsed has a place.
      const [from, to] = alias.range as [number, number, number]
      loose.push({ message: `there is no anchor &${alias.source} for this alias before it`, pos: [from, to] })
    }
  })
  return loose[0]
}

/** A '*' for all methods has to be in quotes, which is easily forgotten, and what follows is hard to understand. */
const starAt = (text: string, at: number): SyntaxError | undefined => {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const [line] = text.slice(start).split('\n', 1) as [string]
  const found = /^\s*\*(?=\s*:)|[{,]\s*\*(?=\s*:)/.exec(line)
  if (found === null) return undefined
  const star = start + found.index + found[0].length - 1
  return { message: "an unquoted * begins an alias: write '*' in quotes", pos: [star, star + 1] }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

// --- places

type Extent = readonly [from: number, to: number]

const placeIn = (document: Yaml, text: string, path: string): Place | undefined => {
  const found = extentOf(document, document.contents, path)
  return found && placeOf(text, ...found)
}

/** From the key to the end of the value, so that both a wrong key and a wrong value are marked. */
const extentOf = (document: Yaml, node: unknown, path: string, around?: Extent): Extent | undefined => {
  if (path === '') return around
  if (isAlias(node)) return around
  if (isSeq(node)) {
    const [index, ...rest] = path.split('.')
    const item = node.items[Number(index)]
    const extent = rangeOf(item)
    return extent === undefined ? around : extentOf(document, item, rest.join('.'), extent)
  }
  if (!isMap(node)) return around
  // Keys may have dots in them: the longest that fits is meant.
  const [pair] = node.items
    .filter(({ key }) => isScalar(key) && `${path}.`.startsWith(`${String(key.value)}.`))
    .sort((a, b) => String(b.key).length - String(a.key).length)
  const key = rangeOf(pair?.key)
  if (pair === undefined || key === undefined) return around
  const value = rangeOf(pair.value) ?? key
  return extentOf(document, pair.value, path.slice(String(pair.key).length + 1), [key[0], value[1]])
}

const rangeOf = (node: unknown): Extent | undefined => {
  const range = (node as { readonly range?: readonly [number, number, number] | null } | null | undefined)
    ?.range
  return range ? [range[0], range[1]] : undefined
}
