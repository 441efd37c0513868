// Builds the page of the lab: static files that need nothing else, to be served from anywhere. By itself:
// `node scripts/buildLab.js [FOLDER]`, which is docs/site/lab if not given.
import { build } from 'esbuild'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { licencesOf } from './licences.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const lab = join(root, 'docs/lab')

/** Builds the page into a folder, which is made if it is not there; gives the scripts in it, with their sizes in bytes. */
export const buildLab = async (folder) => {
  // The names of parts change with what is in them.
  rmSync(join(folder, 'parts'), { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(lab, 'page.ts')],
    outdir: folder,
    bundle: true,
    minify: true,
    // Vega comes in a part of its own, when the page is there.
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    alias: {
      'reprise/lab': join(root, 'src/lab/index.ts'),
      reprise: join(root, 'src/index.ts'),
      'fp-ts/lib': 'fp-ts/es6'
    },
    legalComments: 'none',
    logLevel: 'error',
    metafile: true
  })
  for (const file of ['index.html', 'style.css']) copyFileSync(join(lab, file), join(folder, file))
  writeFileSync(
    join(folder, 'LICENSES.txt'),
    licencesOf('The scripts of this page hold parts of these packages.', root, Object.keys(metafile.inputs))
  )
  return Object.keys(metafile.outputs)
    .map((path) => {
      const bytes = readFileSync(join(root, path))
      return { file: relative(folder, join(root, path)), bytes: bytes.length, zipped: gzipSync(bytes).length }
    })
    .sort((a, b) => b.bytes - a.bytes)
}

const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = join(root, 'docs/site/lab')] = process.argv
  for (const { file, bytes, zipped } of await buildLab(resolve(folder))) {
    console.log(`${kB(bytes)} ${kB(zipped)} zipped  ${file}`)
  }
  console.log(`${basename(folder)}/index.html is ready: any server of static files will do`)
}
