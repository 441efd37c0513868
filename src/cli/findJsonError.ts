/**
 * Where a text stops being JSON. `JSON.parse` says so in other words with every version of Node, and often not where; YAML
 * takes much that JSON does not: comments, single quotes, a comma too many.
 */

/** The index at which the text goes wrong, and what would have been right there. */
export interface JsonError {
  readonly at: number
  readonly expected: string
}

const blank = /[ \t\n\r]*/y
// No two parts of it may match the same characters, or a quote that is never closed takes for ever.
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y
const literal = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y

type State = 'value' | 'first item' | 'first key' | 'key' | 'colon' | 'comma' | 'end'

const inWords = (state: State, closing: string): string => {
  switch (state) {
    case 'value':
      return 'a value'
    case 'first item':
      return 'a value or ]'
    case 'first key':
      return 'a key in double quotes or }'
    case 'key':
      return 'a key in double quotes'
    case 'colon':
      return 'a colon'
    case 'comma':
      return `a comma or ${closing}`
    case 'end':
      return 'the end of the text'
  }
}

/** Finds the first error; `undefined` if the text is JSON. */
export const findJsonError = (text: string): JsonError | undefined => {
  const open: Array<']' | '}'> = []
  const after = (): State => (open.length === 0 ? 'end' : 'comma')
  let state: State = 'value'
  let at = 0
  for (;;) {
    // Nothing is blank, too.
    at = ends(blank, text, at) as number
    if (at === text.length && state === 'end') return undefined
    const closing = open[open.length - 1] ?? ''
    const next = text[at]
    const closes = next === closing && ['comma', next === ']' ? 'first item' : 'first key'].includes(state)
    const end = next === '"' ? ends(string, text, at) : ends(literal, text, at)
    const takesValue: boolean = state === 'value' || state === 'first item'
    const takesKey: boolean = state === 'key' || state === 'first key'
    if (closes) {
      open.pop()
      state = after()
    } else if (takesValue && (next === '{' || next === '[')) {
      open.push(next === '{' ? '}' : ']')
      state = next === '{' ? 'first key' : 'first item'
    } else if (state === 'colon' && next === ':') state = 'value'
    else if (state === 'comma' && next === ',') state = closing === '}' ? 'key' : 'value'
    else if (end !== undefined && (takesValue || (takesKey && next === '"'))) {
      state = takesKey ? 'colon' : after()
      at = end
      continue
    } else return { at, expected: inWords(state, closing) }
    at += 1
  }
}

/** Where a match that begins at an index ends. */
const ends = (token: RegExp, text: string, at: number): number | undefined => {
  const sticky = new RegExp(token)
  sticky.lastIndex = at
  return sticky.test(text) ? sticky.lastIndex : undefined
}
