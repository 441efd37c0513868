import { gzipSync } from 'node:zlib'
import { requireBuild } from '../support/built.js'
import { bundleLeast } from '../support/bundle.js'

requireBuild()

/** What a page that retries with backoff, jitter and a limit downloads for it. */
const budget = 3072

test(`a retrying page -> at most ${budget} bytes, gzipped`, async () => {
  const { outputFiles, metafile } = await bundleLeast()
  const code = outputFiles[0]!.contents
  const size = gzipSync(code, { level: 9 }).length
  // Written past jest's console, which would add a stack trace.
  process.stdout.write(`bundle size: ${size} bytes gzipped (${code.length} minified), budget ${budget}\n`)
  if (size > budget) {
    const parts = Object.entries(Object.values(metafile.outputs)[0]!.inputs)
      .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
      .map(([file, { bytesInOutput }]) => `  ${bytesInOutput} ${file}`)
    process.stdout.write(`minified bytes by file:\n${parts.join('\n')}\n`)
  }
  expect(size).toBeLessThanOrEqual(budget)
})
