import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The repository's folder. */
export const root = join(__dirname, '../..')

/**
 * Refuses to test a build that is not there, or not of the present sources. Called while a test file loads, so that the
 * file fails once and not test by test.
 */
export const requireBuild = (): void => {
  const stamps = ['esm', 'cjs'].map((format) => join(root, 'dist', format, 'package.json'))
  if (!stamps.every(existsSync)) throw new Error('There is no dist: run `npm run build` first.')

  const builtAt = Math.min(...stamps.map((stamp) => statSync(stamp).mtimeMs))
  const newer = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && statSync(join(root, 'src', file)).mtimeMs > builtAt
  )
  if (newer.length > 0) throw new Error(`dist is older than src/${newer[0]}: run \`npm run build\` first.`)
}
