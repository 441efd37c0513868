// What docs/reliability.md names as proof is there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/built.js'

const text = readFileSync(join(root, 'docs/reliability.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
}

const all = (pattern: RegExp): ReadonlyArray<string> => [
  ...new Set([...text.matchAll(pattern)].map(([, found]) => found as string))
]

describe('docs/reliability.md', () => {
  test.each(all(/`((?:node )?(?:__tests__|scripts|jest\.config)[\w./-]*)`/g))('%s -> exists', (path) => {
    expect(existsSync(join(root, path.replace(/^node /, '')))).toBe(true)
  })

  test.each(all(/`npm run (\w+)`/g))('npm run %s -> is a script', (name) => {
    expect(scripts).toHaveProperty(name)
  })

  test('every row names what shows it', () => {
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (?:promised|---)/.test(line))
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter((row) => !/`[^`]+`[^|]*\|$/.test(row))).toEqual([])
  })
})
