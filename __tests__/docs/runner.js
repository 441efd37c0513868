// Imports the given modules one after another and tells the parent process how each went.
import { pathToFileURL } from 'node:url'

// Standard output and the channel to the parent are pipes, and open on first use.
const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// What a block leaves running would keep its reader's process from ending. Closing a socket may take a moment.
const settled = async (before) => {
  for (let tries = 0; tries < 250; tries++) {
    await sleep(1 + tries / 5)
    if (resources().length <= before) return
  }
  throw new Error(`leaves running: ${resources().join(', ')}`)
}

const tell = (message) => new Promise((sent) => process.send(message, sent))

let stray
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => (stray ??= { error }))
}

await sleep(1)
for (const file of process.argv.slice(2)) {
  await tell({ started: file })
  const before = resources().length
  stray = undefined
  let failed
  try {
    await import(pathToFileURL(file).href)
    await settled(before)
  } catch (error) {
    failed = { error }
  }
  failed ??= stray
  await tell({ ended: file, error: failed && (failed.error?.stack ?? String(failed.error)) })
}
process.exit()
