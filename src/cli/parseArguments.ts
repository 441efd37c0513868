/** The command line: what it offers, and what is made of its arguments. */
import * as E from 'fp-ts/lib/Either.js'
import { Command as Commander, CommanderError, InvalidArgumentError } from 'commander'
import { type Duration, toMillis } from '../policy/Duration.js'
import type { Ended } from './Ended.js'

// --- model

interface Common {
  /** A path, or `-` for standard input. */
  readonly file: string
  readonly method?: string
  readonly registry?: string
  readonly json?: true
}

/** What is to be done. */
export type Command =
  | (Common & { readonly _tag: 'explain'; readonly retries: number })
  | (Common & { readonly _tag: 'check' })
  | (Common & {
      readonly _tag: 'simulate'
      /** Letters; failures until the policy gives up if there are none. */
      readonly outcomes?: string
      readonly seed: number
      readonly duration: number
    })

// --- arguments of options

const most = 100_000

const wholeNumber =
  (least: number, highest: number) =>
  (text: string): number => {
    const value = /^-?\d+$/.test(text) ? Number(text) : NaN
    if (value >= least && value <= highest) return value
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${highest}.`)
  }

const letters = (text: string): string => {
  if (/^[LR]+$/.test(text)) return text
  throw new InvalidArgumentError('Expected letters L (fails) and R (succeeds), such as LLR.')
}

const duration = (text: string): number => {
  try {
    return toMillis('', /^\d+$/.test(text) ? Number(text) : (text as Duration))
  } catch {
    throw new InvalidArgumentError('Expected milliseconds or a text such as 250ms, 2s, 1.5m or 1h.')
  }
}

// --- the program

const file = 'a policy or the options of a worker, in JSON or YAML; - reads standard input'

const examples = (...lines: ReadonlyArray<string>): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`

/** Gives what the arguments ask for; or what ends the program before it began: help, or a word on wrong usage. */
export const parseArguments = (
  args: ReadonlyArray<string>,
  version: string,
  width: number
): E.Either<Ended, Command> => {
  const said = { stdout: '', stderr: '' }
  const asked: Command[] = []
  const program = new Commander('reprise')
    .description(
      'Reads retry policies before they run: what they do, what is wrong with them, how a call would go.'
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('Run it with --help to see how it is used.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void (said.stdout += text),
      writeErr: (text) => void (said.stderr += text),
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => false,
      getErrHasColors: () => false
    })
    .addHelpText(
      'after',
      '\nExit status: 0 if all is well, 1 if something is wrong with the file, 2 for\n' +
        'wrong usage. Colours show on a terminal only, and not if NO_COLOR is set.\n' +
        examples('reprise explain examples/policy.yaml', 'reprise check examples/worker.yaml')
    )

  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .helpOption('-h, --help', 'print this help')
      .argument('<file>', file)
      .option('-m, --method <name>', "of a worker, this method only; '*' for all that are not named")
      .option(
        '-r, --registry <module>',
        'JavaScript file that exports the registry of named conditions and others'
      )
      .option('--json', 'print one JSON document, of errors as well')

  command('explain', 'Say in words what a policy does, and show its waits as a table and as bars.')
    .option('-n, --retries <count>', 'rows of the table', wholeNumber(0, most), 10)
    .addHelpText(
      'after',
      examples(
        'reprise explain examples/policy.yaml',
        'reprise explain examples/worker.yaml --method readData --retries 20',
        'cat examples/policy.yaml | reprise explain --json -'
      )
    )
    .action((file: string, options: Omit<Common, 'file'> & { readonly retries: number }) => {
      asked.push({ _tag: 'explain', file, ...options })
    })

  command(
    'check',
    'Find mistakes: what does not decode, and what policies are warned of. Exit status 1 if there are any.'
  )
    .addHelpText(
      'after',
      examples('reprise check examples/policy.yaml', 'reprise check --json examples/worker.yaml')
    )
    .action((file: string, options: Omit<Common, 'file'>) => {
      asked.push({ _tag: 'check', file, ...options })
    })

  command(
    'simulate',
    'Play a call through without waiting: each attempt, what is decided, and how long it waits. Failures are taken to be worth a retry.'
  )
    .option(
      '-o, --outcomes <letters>',
      'what attempts come to: L fails, R succeeds (default: failures)',
      letters
    )
    .option('-s, --seed <number>', 'stands for all randomness', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('-d, --duration <time>', 'how long each attempt takes', duration, 0)
    .addHelpText(
      'after',
      examples(
        'reprise simulate examples/policy.yaml --outcomes LLLR --seed 7',
        'reprise simulate examples/worker.yaml --method readData --outcomes LLLLLL --duration 250ms'
      )
    )
    .action(
      (
        file: string,
        options: Omit<Common, 'file'> & {
          readonly outcomes?: string
          readonly seed: number
          readonly duration: number
        }
      ) => {
        asked.push({ _tag: 'simulate', file, ...options })
      }
    )

  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return E.left({ ...said, status: error.exitCode === 0 ? 0 : 2 })
  }
  const [first] = asked
  return first === undefined ? E.left({ ...said, status: 2 }) : E.right(first)
}
