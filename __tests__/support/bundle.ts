import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './built.js'
import { type Ended, node } from './run.js'

/** Bundles what a page that retries with backoff, jitter and a limit downloads of the build. */
export const bundleLeast = () =>
  build({
    stdin: {
      contents: "export { withRetry, exponential, withJitter, limitRetries } from './dist/esm/index.js'",
      resolveDir: root
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022'
  })

/**
 * Bundles a script for a process of its own, on the sources as they are; gives its file. The script may import 'reprise' and what
 * else is named of its entry points; packages stay imports.
 */
export const bundleScript = async (
  name: string,
  script: string,
  entry: 'bullmq' | 'redis'
): Promise<string> => {
  const folder = join(root, 'node_modules/.cache/reprise')
  const file = join(folder, `${name}-${process.pid}.mjs`)
  mkdirSync(folder, { recursive: true })
  await build({
    stdin: { contents: script, resolveDir: root },
    alias: {
      [`reprise/${entry}`]: join(root, 'src', entry, 'index.ts'),
      reprise: join(root, 'src/index.ts')
    },
    packages: 'external',
    bundle: true,
    outfile: file,
    platform: 'node',
    format: 'esm',
    target: 'node20'
  })
  return file
}

/**
 * Runs a script in a plain Node, with `gc` to call, on the sources as they are: for what jest's sandbox is too slow for.
 * The script may import 'reprise', 'reprise/codec' and 'reprise/testing'.
 */
export const runOnSources = async (script: string, timeout: number): Promise<Ended> => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-script-'))
  try {
    const { outputFiles } = await build({
      stdin: { contents: script, resolveDir: root },
      alias: {
        'reprise/codec': join(root, 'src/codec/index.ts'),
        'reprise/testing': join(root, 'src/testing/index.ts'),
        reprise: join(root, 'src/index.ts')
      },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node20'
    })
    writeFileSync(join(folder, 'script.mjs'), outputFiles[0]!.contents)
    return await node(['--expose-gc', 'script.mjs'], folder, timeout)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
