import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const packed = fileURLToPath(new URL('../node_modules/reprise', import.meta.url))

/** The builds of the library under measure; handed to child processes in the environment. */
export const builds = () => {
  const dirs = JSON.parse(process.env['BENCH_REPRISE'] ?? '[]')
  if (dirs.length === 0) return [{ name: 'reprise', dir: packed }]
  return dirs.map((dir, i) => ({
    name: i === 0 ? 'reprise' : `reprise (${basename(resolve(dir))})`,
    dir: resolve(dir)
  }))
}

/** Sets the builds for this process and its children. */
export const setBuilds = (dirs) => {
  process.env['BENCH_REPRISE'] = JSON.stringify(dirs)
}
