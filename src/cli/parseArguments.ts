/** The command line: what it offers, and what is made of its arguments. */
import * as E from 'fp-ts/lib/Either.js'
import { Command as Commander, CommanderError } from 'commander'
import type { Ended } from './Ended.js'
import { addLab, type LabCommand } from './LabCommand.js'
import { duration, letters, most, wholeNumber } from './OptionValue.js'

// --- model

interface Common {
  /** A path, or `-` for standard input. */
  readonly file: string
  readonly method?: string
  readonly registry?: string
  readonly json?: true
}

/** What is to be done with a policy or the options of a worker. */
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

/** What is to be done. */
export type AnyCommand = Command | LabCommand

// --- the program

const file = 'a policy or the options of a worker, in JSON or YAML; - reads standard input'

const examples = (...lines: ReadonlyArray<string>): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`

/** Gives what the arguments ask for; or what ends the program before it began: help, or a word on wrong usage. */
export const parseArguments = (
  args: ReadonlyArray<string>,
  version: string,
  width: number
): E.Either<Ended, AnyCommand> => {
  const said = { stdout: '', stderr: '' }
  const asked: AnyCommand[] = []
  const program = new Commander('reprise')
    .description(
      'Reads retry policies before they run: what they do, what is wrong with them, how a call would go, and what becomes of a fleet that uses them.'
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
        'wrong usage, 130 after Ctrl-C. Colours show on a terminal only, and not if\n' +
        'NO_COLOR is set.\n' +
        examples(
          'reprise explain examples/policy.yaml',
          'reprise check examples/worker.yaml',
          'reprise lab examples/outage.yaml --policy examples/fleet-budget.yaml'
        )
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

  addLab(program, examples, (command) => {
    asked.push(command)
  })

  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return E.left({ ...said, status: error.exitCode === 0 ? 0 : 2 })
  }
  // Whatever asks for nothing has ended with an error by now.
  return E.right(asked[0] as AnyCommand)
}
