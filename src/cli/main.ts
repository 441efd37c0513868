/** The command line: the one place that touches the process. */
import * as E from 'fp-ts/lib/Either.js'
import type * as T from 'fp-ts/lib/Task.js'
import type { LabCommand } from './LabCommand.js'
import { isColoured, paintOf } from './Paint.js'
import { parseArguments } from './parseArguments.js'
import { progressLine } from './Progress.js'
import { readRegistry } from './readRegistry.js'
import { readText } from './readText.js'
import { runCommand } from './runCommand.js'
import { type LabSurroundings, runLab } from './runLab.js'
import { checkTarget, writeText } from './writeText.js'
import type { Ended } from './Ended.js'

/** That of package.json; written here by scripts/buildCli.js. */
declare const VERSION: string

const { argv, env, stderr, stdout } = process

const paintFor = (stream: NodeJS.WriteStream) => paintOf(isColoured(stream.isTTY, env))

/** Writes a text out; gives an error if it cannot be written. */
const write = (stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((resolve) => {
    stream.on('error', resolve)
    stream.write(text, (error) => resolve(error ?? undefined))
  })

const end = async ({ status, ...said }: Ended): Promise<void> => {
  const [error] = await Promise.all([write(stdout, said.stdout), write(stderr, said.stderr)])
  // Who reads may have heard enough, as `head` has, and closed the pipe.
  const failed = error !== undefined && error.code !== 'EPIPE'
  if (failed) await write(stderr, `reprise: cannot write: ${error.message}\n`)
  // The module of a registry may hold connections or timers, which would keep the process alive.
  process.exit(failed ? 1 : status)
}

const run = async (): Promise<Ended> => {
  const width = stdout.columns || 80
  const command = parseArguments(argv.slice(2), VERSION, width)
  if (E.isLeft(command)) return command.left
  const surroundings = {
    readText: (file: string) => readText(file, () => process.stdin),
    readRegistry,
    width,
    paint: paintFor(stdout),
    paintErrors: paintFor(stderr)
  }
  return command.right._tag === 'lab'
    ? watched((watch) => runLab({ ...surroundings, ...watch, checkTarget, writeText }), command.right)
    : runCommand(surroundings)(command.right)()
}

/** Runs what takes a while: shows how far it is, and can be interrupted. */
const watched = async (
  runWith: (watch: Pick<LabSurroundings, 'show' | 'signal'>) => (command: LabCommand) => T.Task<Ended>,
  command: LabCommand
): Promise<Ended> => {
  const controller = new AbortController()
  // Once: who asks a second time does not want to wait.
  process.once('SIGINT', () => controller.abort())
  const isShown = stderr.isTTY && env['TERM'] !== 'dumb'
  const show: LabSurroundings['show'] = (running, progress) => {
    stderr.write(`\r\u001b[K${progressLine(running, progress, stderr.columns || 80)}`)
  }
  const ended = await runWith({ signal: controller.signal, show: isShown ? show : undefined })(command)()
  if (isShown) stderr.write('\r\u001b[K')
  return ended
}

void run().then(end)
