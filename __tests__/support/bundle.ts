import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './built.js'
import { type Ended, node } from './run.js'

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
