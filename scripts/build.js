// Builds dist/esm and dist/cjs side by side, with their types, the command line in one file, and the JSON Schemas of files.
// Each format gets its own package.json: the root one says "type": "module", and bundlers read `sideEffects` from the
// nearest.
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildCli } from './buildCli.js'
import { bundleAll } from './bundle.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

/** The types, by TypeScript; the code is bundled. */
const declare = (format, type) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [tsc, '-p', `tsconfig.build.${format}.json`], {
      cwd: root,
      stdio: 'inherit'
    })
    child.on('exit', (code) => {
      if (code === 0) {
        mkdirSync(`${root}dist/${format}`, { recursive: true })
        writeFileSync(
          `${root}dist/${format}/package.json`,
          JSON.stringify({ type, sideEffects: false }) + '\n'
        )
      }
      resolve(code === 0)
    })
  })

const writeSchemas = async () => {
  const codec = await import(pathToFileURL(`${root}dist/esm/codec/index.js`).href)
  const schemas = {
    'schema.json': codec.configurationSchema,
    'scenario.schema.json': codec.scenarioSchema,
    'client.schema.json': codec.clientSchemaFor({})
  }
  for (const [name, schema] of Object.entries(schemas))
    writeFileSync(`${root}dist/${name}`, JSON.stringify(schema, null, 2) + '\n')
}

rmSync(`${root}dist`, { recursive: true, force: true })
const done = await Promise.all([
  declare('esm', 'module'),
  declare('cjs', 'commonjs'),
  bundleAll(join(root, 'src'), join(root, 'dist')).then(() => true)
])
if (done.every(Boolean)) await Promise.all([writeSchemas(), buildCli(`${root}dist/cli`)])
else process.exitCode = 1
