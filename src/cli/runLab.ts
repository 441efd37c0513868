/** The command `lab`, from its arguments to what the program says in the end. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { basename, extname } from 'node:path'
import { decodeClient, decodeScenario } from '../codec/index.js'
import {
  type ChartFault,
  type ChartSpec,
  type Client,
  clientOf,
  type ClientOptions,
  findPolicy,
  type FleetResult,
  type FleetProgress,
  type Measure,
  type Objective,
  type Scenario,
  timelineChart,
  toSvg
} from '../lab/index.js'
import type { Ended } from './Ended.js'
import { type Fleets, outagesOf, toFleet } from './Fleets.js'
import type { LabCommand } from './LabCommand.js'
import { type Bound, measures } from './Measures.js'
import type { Problem } from './Problem.js'
import type { Running } from './Progress.js'
import { readDecoder, readFile, type Surroundings } from './readFile.js'
import { readFleets } from './readFleets.js'
import { renderFleets } from './renderFleets.js'
import { renderProblems } from './renderProblems.js'
import { errorsOf } from './Report.js'

// --- model

/** What the command needs of the world, beside what all need. */
export interface LabSurroundings extends Surroundings {
  readonly writeText: (file: string, text: string) => TE.TaskEither<ReadonlyArray<Problem>, void>
  /** Says what is wrong with a file before much work is done that is to go into it. */
  readonly checkTarget: (file: string) => TE.TaskEither<ReadonlyArray<Problem>, void>
  /** Shows how far it has come. */
  readonly show: ((running: Running, progress: FleetProgress) => void) | undefined
  /** Ends it. */
  readonly signal: AbortSignal
}

/** What is compared. */
interface Candidate {
  readonly name: string
  readonly file: string
  readonly client: ClientOptions
}

interface Inputs {
  readonly scenario: Scenario
  readonly candidates: ReadonlyArray<Candidate>
}

/** Why there is nothing to say: something is wrong, or nobody waits for it any more. */
type Failure = ReadonlyArray<Problem> | 'stopped'

// --- running

/** Gives what the command comes to; never rejects. */
export const runLab =
  (surroundings: LabSurroundings) =>
  (command: LabCommand): T.Task<Ended> =>
    pipe(
      TE.Do,
      TE.bindW('inputs', () => readInputs(surroundings, command)),
      TE.tap(() => checkPicture(surroundings, command)),
      TE.bindW('compared', ({ inputs }) => compare(surroundings, command, inputs)),
      TE.matchE(
        (failure) => T.of(failed(surroundings, command, failure)),
        ({ compared }) =>
          pipe(
            drawPicture(surroundings, command, compared),
            TE.match(
              (problems) => problems,
              (): ReadonlyArray<Problem> => []
            ),
            T.map((problems) => done(surroundings, command, compared, problems))
          )
      )
    )

/** Reads all files, and tells what is wrong with any. */
const readInputs = (
  surroundings: LabSurroundings,
  { file, policy, registry }: LabCommand
): TE.TaskEither<ReadonlyArray<Problem>, Inputs> =>
  pipe(
    readDecoder(surroundings)(decodeClient, registry),
    TE.flatMap((decodeOne) => {
      const names = namesOf(policy)
      const read = readFile(surroundings)
      const scenario = pipe(read(decodeScenario, file, registry), TE.mapLeft(within(file)))
      const candidates = policy.map((each, i) =>
        pipe(
          read(decodeOne, each, registry),
          TE.bimap(within(each), (client): Candidate => ({ name: names[i] as string, file: each, client }))
        )
      )
      return async () => {
        const [world, clients] = [await scenario(), await Promise.all(candidates.map((each) => each()))]
        const { left, right } = RA.separate(clients)
        return E.isLeft(world)
          ? E.left([world.left, ...left].flat())
          : left.length > 0
            ? E.left(left.flat())
            : E.right({ scenario: world.right, candidates: right })
      }
    })
  )

const within =
  (file: string) =>
  (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> =>
    problems.map((problem) => ({ file, ...problem }))

/** Files are known by their names, as long as these differ. One that is given twice tells how much is chance. */
const namesOf = (files: ReadonlyArray<string>): ReadonlyArray<string> => {
  const short = files.map((file) => (file === '-' ? 'standard input' : basename(file, extname(file))))
  const names = short.map((name, i) =>
    short.some((other, j) => other === name && files[j] !== files[i]) ? (files[i] as string) : name
  )
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((each) => each === name).length
    return before === 0 ? name : `${name} (${before + 1})`
  })
}

const compare = (
  { show, signal }: LabSurroundings,
  { rank, runs, seed, until, within: bounds }: LabCommand,
  { candidates, scenario }: Inputs
): TE.TaskEither<Failure, Fleets> => {
  // What runs is not told of progress, but clients are made when a run begins.
  let running: Running = { name: '', run: 0, runs: candidates.length * runs }
  const watched = candidates.map(({ client, name }): readonly [string, Client] => {
    const make = clientOf(client)
    return [
      name,
      (call, world) => {
        if (world.process === 0) running = { ...running, name, run: running.run + 1 }
        return make(call, world)
      }
    ]
  })
  return pipe(
    findPolicy(scenario, Object.fromEntries(watched), objectiveOf(rank, bounds), {
      runs,
      seed,
      until,
      signal,
      ...(show && { onProgress: (progress) => show(running, progress) })
    }),
    TE.bimap(
      (fault): Failure => (fault._tag === 'FleetAborted' ? 'stopped' : [faultOf(running.name, fault.error)]),
      (ranked): Fleets => {
        const place = (name: string): number => candidates.findIndex((each) => each.name === name)
        const inOrder =
          rank === undefined ? [...ranked].sort((a, b) => place(a.name) - place(b.name)) : ranked
        return {
          scenario,
          seed,
          runs,
          fleets: inOrder.map((each) =>
            toFleet((candidates[place(each.name)] as Candidate).file, bounds)(each)
          )
        }
      }
    )
  )
}

const faultOf = (name: string, error: unknown): Problem => ({
  message: `the run of ${name} failed: ${String(error)}`
})

/** What is wanted; where nothing is, anything will do. */
const objectiveOf = (rank: Measure = 'calls', bounds: ReadonlyArray<Bound>): Objective => {
  const ofMeasure = (measure: Measure) => {
    const values = (relation: Bound['relation']) =>
      bounds
        .filter((each) => each.measure === measure && each.relation === relation)
        .map(({ value }) => value)
    return { atMost: Math.min(...values('<=')), atLeast: Math.max(...values('>=')) }
  }
  const all = Object.fromEntries(bounds.map(({ measure }) => [measure, ofMeasure(measure)]))
  return measures[rank].better === 'least' ? { minimize: rank, within: all } : { maximize: rank, within: all }
}

// --- the picture

/** Finds out whether there can be a picture, before what may take minutes. */
const checkPicture = (
  { checkTarget }: LabSurroundings,
  { svg }: LabCommand
): TE.TaskEither<ReadonlyArray<Problem>, unknown> =>
  svg === undefined
    ? TE.right(undefined)
    : pipe(
        checkTarget(svg),
        TE.mapLeft(within(svg)),
        TE.flatMap(() => draw(svg, timelineChart({})))
      )

const drawPicture = (
  { writeText }: LabSurroundings,
  { file, svg }: LabCommand,
  { fleets, scenario }: Fleets
): TE.TaskEither<ReadonlyArray<Problem>, void> => {
  if (svg === undefined) return TE.right(undefined)
  // There is a run at least, and a name for each file.
  const firstRuns = fleets.map(({ name, results }) => [name, results[0] as FleetResult] as const)
  const chart = timelineChart(Object.fromEntries(firstRuns), {
    title: `${namesOf([file]).join()}: what happens over time`,
    outages: outagesOf(scenario)
  })
  return pipe(
    draw(svg, chart),
    TE.flatMap((text) => pipe(writeText(svg, text), TE.mapLeft(within(svg))))
  )
}

const draw = (svg: string, chart: ChartSpec): TE.TaskEither<ReadonlyArray<Problem>, string> =>
  pipe(
    toSvg(chart),
    TE.mapLeft((fault) => [{ file: svg, message: chartFaultInWords(fault) }])
  )

const chartFaultInWords = (fault: ChartFault): string =>
  fault._tag === 'VegaMissing' ? fault.message : `cannot be drawn: ${String(fault.error)}`

// --- ends

const report = (
  { file, runs, seed }: LabCommand,
  compared: Pick<Fleets, 'fleets'> & { readonly scenario: Scenario | null },
  notes: ReadonlyArray<string>,
  problems: ReadonlyArray<Problem>,
  ok: boolean
): string => {
  const { fleets, scenario } = compared
  const errors = errorsOf(file, problems)
  const whole = { command: 'lab', file, ok, seed, runs, scenario, policies: fleets, notes, errors }
  // JSON has no infinity, and would leave out what is not there.
  const written = (_: string, value: unknown) => (value === Infinity || value === undefined ? null : value)
  return `${JSON.stringify(whole, written, 2)}\n`
}

const failed = ({ paintErrors, width }: LabSurroundings, command: LabCommand, failure: Failure): Ended => {
  if (failure === 'stopped') return { stdout: '', stderr: 'reprise: stopped\n', status: 130 }
  return command.json === true
    ? {
        stdout: report(command, { fleets: [], scenario: null }, [], failure, false),
        stderr: '',
        status: 1
      }
    : { stdout: '', stderr: renderProblems(paintErrors, width)(command.file, failure), status: 1 }
}

const done = (
  { paint, paintErrors, width }: LabSurroundings,
  command: LabCommand,
  compared: Fleets,
  problems: ReadonlyArray<Problem>
): Ended => {
  const keeps = command.within.length === 0 || compared.fleets.some(({ misses }) => misses.length === 0)
  const ok = keeps && problems.length === 0
  const status = ok ? 0 : 1
  if (command.json === true)
    return { stdout: report(command, compared, readFleets(compared), problems, ok), stderr: '', status }
  return {
    stdout: renderFleets(paint, width)(compared, problems.length === 0 ? command : omitPicture(command)),
    stderr: problems.length === 0 ? '' : renderProblems(paintErrors, width)(command.file, problems),
    status
  }
}

/** What is said if there is no picture after all. */
const omitPicture = ({ svg: _, ...command }: LabCommand): LabCommand => command
