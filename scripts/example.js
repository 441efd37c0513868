// Runs a TypeScript example from the sources, with no build before: `node scripts/example.js examples/demo.ts`.
import { build } from 'esbuild'
import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node scripts/example.js FILE [ARGUMENT...]')

// Inside node_modules, so that the bundle finds the packages it leaves out.
const root = fileURLToPath(new URL('..', import.meta.url))
const outfile = `${root}node_modules/.cache/reprise/${basename(file, '.ts')}-${process.pid}.mjs`

// esbuild reads `paths` in tsconfig.json: 'reprise' is src/index.ts here, as it is for the type checker.
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'error'
})

process.on('exit', () => rmSync(outfile, { force: true }))
process.setSourceMapsEnabled(true)
process.argv.splice(1, process.argv.length - 1, file, ...args)
await import(pathToFileURL(outfile).href)
