/** A command on policies, from its arguments to what the program says in the end. What is read comes in as tasks. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Configuration, decodeConfiguration } from '../codec/index.js'
import type { Registry } from '../codec/Registry.js'
import type { Ended } from './Ended.js'
import type { Command } from './parseArguments.js'
import type { Problem } from './Problem.js'
import { readDecoder, readFile, type Surroundings } from './readFile.js'
import { renderChecked } from './renderChecked.js'
import { renderExplained } from './renderExplained.js'
import { renderProblems } from './renderProblems.js'
import { renderSimulated } from './renderSimulated.js'
import {
  checkSelected,
  errorsOf,
  explainSelected,
  failures,
  type Report,
  simulateSelected
} from './Report.js'
import { select, type Selected } from './Selection.js'

// --- model

/** What is there to work on. */
interface Subject {
  readonly kind: 'policy' | 'worker'
  readonly selected: ReadonlyArray<Selected>
}

// --- running

/** Gives what a command comes to; never rejects. */
export const runCommand =
  (surroundings: Surroundings) =>
  (command: Command): T.Task<Ended> =>
    pipe(
      read(surroundings, command),
      TE.match(
        (problems) => failed(surroundings, command, problems),
        (subject) => done(surroundings, command, subject)
      )
    )

const read = (
  surroundings: Surroundings,
  { file, method, registry }: Command
): TE.TaskEither<ReadonlyArray<Problem>, Subject> =>
  pipe(
    readDecoder(surroundings)(decodeConfiguration<Registry>, registry),
    TE.flatMap((decoder) => readFile(surroundings)(decoder, file, registry)),
    TE.flatMapEither((configuration) =>
      pipe(
        // What the functions of the registry judge does not matter here.
        select(configuration as Configuration<never, never>, method),
        E.map((selected) => ({ kind: configuration._tag, selected }))
      )
    )
  )

// --- ends

const json = (report: Report<unknown>): string => `${JSON.stringify(report, null, 2)}\n`

const failed = (
  { paintErrors, width }: Surroundings,
  command: Command,
  problems: ReadonlyArray<Problem>
): Ended => {
  const { _tag, file } = command
  const errors = errorsOf(file, problems)
  return command.json === true
    ? {
        stdout: json({ command: _tag, file, ok: false, kind: null, policies: [], errors }),
        stderr: '',
        status: 1
      }
    : { stdout: '', stderr: renderProblems(paintErrors, width)(file, problems), status: 1 }
}

const done = (surroundings: Surroundings, command: Command, subject: Subject): Ended => {
  const { paint, paintErrors, width } = surroundings
  const { file } = command
  const { kind, selected } = subject
  const end = <P>(policies: ReadonlyArray<P>, said: Ended): Ended => {
    const report = { command: command._tag, file, ok: said.status === 0, kind, policies, errors: [] }
    return command.json === true ? { stdout: json(report), stderr: '', status: said.status } : said
  }
  const fine = (stdout: string): Ended => ({ stdout, stderr: '', status: 0 })
  switch (command._tag) {
    case 'explain': {
      const explained = selected.map(explainSelected(command.retries))
      return end(explained, fine(renderExplained(paint, width)(explained)))
    }
    case 'check': {
      const checked = selected.map(checkSelected)
      const warnings = checked.flatMap((each) => each.warnings).length
      const text = renderChecked(warnings === 0 ? paint : paintErrors, width)(file, checked)
      return end(checked, warnings === 0 ? fine(text) : { stdout: '', stderr: text, status: 1 })
    }
    case 'simulate': {
      const { outcomes, seed, duration } = command
      const simulated = selected.map(simulateSelected(outcomes ?? failures, seed, duration))
      return end(simulated, fine(renderSimulated(paint, width)(simulated, command)))
    }
  }
}
