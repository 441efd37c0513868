/** The command `lab`: what it offers, and what is made of its arguments. */
import { type Command as Commander, InvalidArgumentError, Option } from 'commander'
import type { Measure } from '../lab/index.js'
import { type Bound, measureNames, readBound } from './Measures.js'
import { duration, wholeNumber } from './OptionValue.js'

// --- model

/** Files may be `-`, for standard input, but only one of them. */
export interface LabCommand {
  readonly _tag: 'lab'
  /** The scenario. */
  readonly file: string
  readonly policy: ReadonlyArray<string>
  readonly svg?: string
  readonly seed: number
  readonly runs: number
  readonly until: number
  readonly rank?: Measure
  readonly within: ReadonlyArray<Bound>
  readonly registry?: string
  readonly json?: true
}

/** The options, of which those that may be given more than once are there only if they were. */
type Given = Omit<LabCommand, '_tag' | 'file' | 'policy' | 'within'> &
  Partial<Pick<LabCommand, 'policy' | 'within'>>

// --- arguments of options

/** An option that may be given more than once. */
const collected =
  <A>(read: (text: string) => A) =>
  (text: string, before: ReadonlyArray<A> = []): ReadonlyArray<A> => [...before, read(text)]

const bound = (text: string): Bound => {
  const read = readBound(text)
  if (read !== undefined) return read
  throw new InvalidArgumentError(
    'Expected a measure, <= or >=, and a value, such as amplification<=1.5 or p99<=2s.'
  )
}

const target = (text: string): string => {
  if (text !== '-' && text !== '') return text
  throw new InvalidArgumentError('Expected a file.')
}

// --- the command

/** Adds the command to a program; `ask` is told what is to be done. */
export const addLab = (
  program: Commander,
  examples: (...lines: ReadonlyArray<string>) => string,
  ask: (command: LabCommand) => void
): void => {
  const command = program
    .command('lab')
    .description(
      'Run a fleet of clients on virtual time, with each of some policies, and compare what becomes of it: the calls a server gets, what succeeds, and whether it recovers from an outage.'
    )
    .helpOption('-h, --help', 'print this help')
    .argument('<scenario>', 'clients, a server and its outages, in JSON or YAML; - reads standard input')
    .option(
      '-p, --policy <file>',
      'a policy, or one with timeouts, limits, a circuit breaker and a retry budget around it, in JSON or YAML; once for each that is compared',
      collected((text) => text)
    )
    .option(
      '--svg <file>',
      'draw what happens over time, of the first run; needs the packages vega and vega-lite',
      target
    )
    .option('-s, --seed <number>', 'stands for all randomness', wholeNumber(0, 2 ** 32 - 1), 1)
    .option(
      '-n, --runs <count>',
      'run each so often, with the seeds that follow; shows means',
      wholeNumber(1, 1000),
      1
    )
    .addOption(
      new Option('-u, --until <time>', 'end a run at this virtual time, whatever is under way')
        .argParser(duration)
        .default(86_400_000, '24h')
    )
    .addOption(new Option('--rank <measure>', 'put the best by this first').choices(measureNames))
    .addOption(
      new Option(
        '--within <bound>',
        'rank what keeps this before what does not, such as amplification<=1.5; exit status 1 if nothing does'
      ).argParser(collected(bound))
    )
    .option(
      '-r, --registry <module>',
      'JavaScript file that exports the registry of named conditions and others'
    )
    .option('--json', 'print one JSON document, of errors as well')
    .addHelpText(
      'after',
      `
What is measured:
  calls          attempts that the server received
  amplification  calls for each request of a client
  successRatio   the part of the requests that succeeded
  p50, p90, p99  how long the requests took that succeeded, waits included
  completion     when the last request ended
  recovery       how long after the last outage things were no worse than before
` +
        examples(
          'reprise lab examples/outage.yaml -p examples/fleet-budget.yaml -p examples/fleet-breaker.yaml',
          'reprise lab examples/outage.yaml -p examples/fleet-breaker.yaml --rank calls --within "recovery<=5s"'
        )
    )
  command.action((file: string, { policy = [], within = [], ...options }: Given) => {
    // Commander would ask for a policy before it said that an option is misspelt.
    if (policy.length === 0) command.error("error: required option '-p, --policy <file>' not specified")
    if ([file, ...policy].filter((each) => each === '-').length > 1)
      command.error('error: standard input can be read only once')
    if (within.length > 0 && options.rank === undefined) command.error('error: --within needs --rank')
    ask({ _tag: 'lab', file, policy, within, ...options })
  })
}
