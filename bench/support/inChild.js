import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from './statistics.js'

const script = fileURLToPath(new URL('../child.js', import.meta.url))

/** Runs the `inChild` of a measure in a process of its own; gives what it answers with, or rejects, with a signal as the cause. */
export const inChild = (measure, args, flags = []) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', ...flags, script, measure, JSON.stringify(args)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(output))
      else
        reject(
          new Error(`${measure} ${JSON.stringify(args)} ended with ${code ?? signal}`, { cause: signal })
        )
    })
  })

/**
 * The same in several processes, one after the other, since engines compile the same program in more than one way: answers
 * `{ entry: { figure } }`, of which each figure is the median.
 */
export const inChildren = async (processes, measure, args, flags) => {
  const answers = []
  for (let i = 0; i < processes; i++) answers.push(await inChild(measure, args, flags))
  const figureOf = (name, key) => median(answers.map((answer) => answer[name][key]))
  return Object.fromEntries(
    Object.entries(answers[0]).map(([name, figures]) => [
      name,
      Object.fromEntries(Object.keys(figures).map((key) => [key, figureOf(name, key)]))
    ])
  )
}
