// npm run bench -- [--quick] [--only NUMBERS] [--entries PATTERN] [--reprise FOLDER]...
//
// Without --reprise it builds and packs the library, installs the peers, measures all and writes docs/bench.md. With it,
// what is measured is the dist of those folders, beside each other, and nothing is written.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installed, packed } from './support/install.js'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    entries: { type: 'string' },
    reprise: { type: 'string', multiple: true, default: [] }
  }
})

const began = performance.now()
const log = (text) => {
  process.stderr.write(`${String(Math.round((performance.now() - began) / 1000)).padStart(5)} s  ${text}\n`)
}

await installed(log)
if (options.reprise.length === 0) await packed(log)

// After the installation, since they load what it brings.
const { setBuilds } = await import('./support/builds.js')
setBuilds(options.reprise)
const { setEntries } = await import('./support/peers.js')
setEntries(options.entries ?? '')
const { chosen } = await import('./support/measures.js')
const { plain, report } = await import('./support/report.js')

const results = []
for (const measure of await chosen(options.only)) {
  const figures = await measure.run({
    quick: options.quick,
    log: (text) => {
      log(`${measure.number}. ${measure.title}: ${text}`)
    }
  })
  results.push({ ...measure, figures })
}
log('done')

const partial = options.quick || options.only !== undefined || options.entries !== undefined
if (options.reprise.length > 0 || partial) process.stdout.write(plain(results))
else {
  const text = report(results)
  writeFileSync(fileURLToPath(new URL('../docs/bench.md', import.meta.url)), text)
  process.stdout.write(text)
}
