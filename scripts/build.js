// Builds dist/esm and dist/cjs side by side, the command line in one file, and the JSON Schemas of files.
// Each format gets its own package.json: the root one says "type": "module", and bundlers read `sideEffects` from the
// nearest.
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildCli } from './buildCli.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

const build = (format, type) =>
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
const done = await Promise.all([build('esm', 'module'), build('cjs', 'commonjs')])
if (done.every(Boolean)) await Promise.all([writeSchemas(), buildCli(`${root}dist/cli`)])
else process.exitCode = 1
