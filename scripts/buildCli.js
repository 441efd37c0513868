// Builds the command line: one file with all that it needs, so that the package has no dependencies at run time, and
// beside it the licences of what is in it. By itself: `node scripts/buildCli.js [FOLDER]`.
import { build } from 'esbuild'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { licencesOf } from './licences.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Charts are drawn by packages that the user installs, and this program may be somewhere else: run by `npx`, or installed for
 * all. So they are looked for where the user works, and then beside the program.
 */
const importPeer = `const importPeer = async (name) => {
  const file = require.resolve(name, { paths: [process.cwd(), __dirname] })
  return import(require('node:url').pathToFileURL(file).href)
}
`

/** Has `importPeer` load what the sources of charts import. */
const peers = {
  name: 'peers',
  setup: ({ onEnd, onLoad }) => {
    const found = new Set()
    onLoad({ filter: /[\\/]src[\\/]lab[\\/]toSvg\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(/\bimport\('([\w-]+)'\)/g, (_, name) => {
        found.add(name)
        return `importPeer('${name}')`
      })
      return { contents: importPeer + contents, loader: 'ts' }
    })
    onEnd(() => {
      const missing = ['vega', 'vega-lite'].filter((name) => !found.has(name))
      if (missing.length > 0) throw new Error(`src/lab/toSvg.ts has no import('${missing[0]}') any more`)
    })
  }
}

/** Builds reprise.cjs and LICENSES.txt in a folder, which is made if it is not there. */
export const buildCli = async (folder = join(root, 'dist/cli')) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const outfile = join(folder, 'reprise.cjs')
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The sources name the CommonJS files of fp-ts, as Node needs it; of its ES modules only what is used is bundled.
    mainFields: ['module', 'main'],
    alias: { 'fp-ts/lib': 'fp-ts/es6' },
    banner: { js: '#!/usr/bin/env node' },
    define: { VERSION: JSON.stringify(version) },
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
    plugins: [peers]
  })
  chmodSync(outfile, 0o755)
  writeFileSync(
    join(folder, 'LICENSES.txt'),
    licencesOf('reprise.cjs holds parts of these packages.', root, Object.keys(metafile.inputs))
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildCli(process.argv[2] === undefined ? undefined : resolve(process.argv[2]))
}
