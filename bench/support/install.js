import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const bench = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

const run = (program, args, cwd) =>
  promisify(execFile)(process.platform === 'win32' ? `${program}.cmd` : program, args, { cwd })

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

/** Installs the peers, if those of the lock file are not there. */
export const installed = async (log) => {
  const { dependencies } = JSON.parse(readFileSync(join(bench, 'package.json'), 'utf8'))
  const missing = Object.entries(dependencies).filter(([name, version]) => {
    const file = join(bench, 'node_modules', name, 'package.json')
    return !existsSync(file) || JSON.parse(readFileSync(file, 'utf8')).version !== version
  })
  if (missing.length === 0) return
  log(`installing ${missing.map(([name]) => name).join(', ')}`)
  await run('npm', ['ci', ...quiet], bench)
}

/** Builds and packs the library, and installs the tarball beside the peers, but in no manifest or lock file. */
export const packed = async (log) => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-bench-'))
  try {
    log('building and packing reprise')
    await run('npm', ['run', '--silent', 'build'], root)
    const { stdout } = await run(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
      root
    )
    const [{ filename }] = JSON.parse(stdout)
    const install = ['install', ...quiet, '--no-save', '--no-package-lock', '--legacy-peer-deps']
    await run('npm', [...install, join(folder, filename)], bench)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
