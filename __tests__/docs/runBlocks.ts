import { fork } from 'node:child_process'
import { join } from 'node:path'

/** How long one block may take, on a machine that may be busy. */
const limit = 60_000

type Message = { readonly started: string } | { readonly ended: string; readonly error?: string }

/**
 * Runs modules under plain Node, many to a process, and gives the errors of those that failed. A module that ends its
 * process, or is stopped at the limit, fails alone: the rest go on in a new one.
 */
export const runBlocks = async (files: ReadonlyArray<string>): Promise<ReadonlyMap<string, string>> => {
  const errors = new Map<string, string>()
  let rest = files
  while (rest.length > 0) {
    const ended = await runOnce(rest, errors)
    // Always at least one fewer, so that a broken runner cannot go round for ever.
    rest = rest.slice(Math.max(ended, 1))
  }
  return errors
}

/** Gives how many came to an end, in order. */
const runOnce = (files: ReadonlyArray<string>, errors: Map<string, string>): Promise<number> =>
  new Promise((resolve) => {
    const child = fork(join(__dirname, 'runner.js'), files, {
      execArgv: ['--enable-source-maps'],
      silent: true
    })
    let ended = 0
    let late = false
    let output = ''
    const stop = (): void => {
      late = true
      child.kill('SIGKILL')
    }
    let timer = setTimeout(stop, limit)

    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    }
    child.on('message', (message: Message) => {
      clearTimeout(timer)
      timer = setTimeout(stop, limit)
      if ('started' in message) return void (output = '')
      ended++
      if (message.error !== undefined) errors.set(message.ended, message.error)
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const stuck = files[ended]
      if (stuck === undefined) return resolve(ended)
      const how = late ? `was stopped after ${limit} ms` : `ended the process (${code ?? signal ?? ''})`
      errors.set(stuck, `${how}\n${output}`)
      resolve(ended + 1)
    })
  })
