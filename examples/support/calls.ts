/** How the examples of workers look: each attempt as it happens, and at the end what was promised beside what happened. */
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Observer, policyOf, PolicyShow, type RetryEvent, withObserver } from 'reprise'
import { printEvent } from './report.js'

// --- before the calls

/** Prints the policy that each of these methods of a worker ended up with. */
export const printPolicies = <W extends object>(
  worker: W,
  methods: ReadonlyArray<keyof W & string>
): void => {
  const width = Math.max(...methods.map((method) => method.length))
  console.log('\nHow the methods are tried again:')
  for (const method of methods) {
    console.log(`  ${method.padEnd(width)}  ${PolicyShow.show(policyOf(worker, method))}`)
  }
}

// --- one call

/** What came of a call: its result, how it ended in a few words, and the waits between its attempts. */
export interface Played<E, A> {
  readonly result: E.Either<E, A>
  readonly ending: string
  readonly delays: ReadonlyArray<number>
}

/** For the `observer` option of a worker: prints each event under its method and what that was called with. */
export const printCall: Observer = (event) =>
  printEvent(`${event.name}(${event.args.map((arg) => JSON.stringify(arg)).join(', ')})`)(event)

/** Makes a call under a title. */
export const play =
  <E extends { readonly _tag: string }, A>(title: string, call: TE.TaskEither<E, A>): T.Task<Played<E, A>> =>
  () => {
    console.log(`\n${title}`)
    const events: RetryEvent[] = []
    return pipe(
      call,
      withObserver((event) => events.push(event)),
      T.map((result) => ({
        result,
        ending: endingOf(result, events.filter(({ _tag }) => _tag === 'AttemptStarted').length),
        delays: events.flatMap((event) => (event._tag === 'RetryScheduled' ? [event.delay] : []))
      }))
    )()
  }

const endingOf = (result: E.Either<{ readonly _tag: string }, unknown>, attempts: number): string =>
  `${E.isRight(result) ? 'Succeeded' : result.left._tag}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`

// --- the summary

/** Something that was promised, and what happened. */
export interface Fact {
  readonly what: string
  readonly promised: unknown
  readonly happened: unknown
}

const isKept = ({ promised, happened }: Fact): boolean => isDeepStrictEqual(promised, happened)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Prints what was promised, and what happened where that is something else; gives whether all was kept. */
export const printFacts = (facts: ReadonlyArray<Fact>): boolean => {
  const width = Math.max(...facts.map(({ what }) => what.length))
  console.log('\nWhat was promised:')
  for (const fact of facts) {
    const line = `${fact.what.padEnd(width)}  ${textOf(fact.promised).replaceAll('\n', `\n${' '.repeat(width + 12)}`)}`
    console.log(isKept(fact) ? `  kept    ${line}` : `  BROKEN  ${line}, but got ${textOf(fact.happened)}`)
  }
  const broken = facts.filter((fact) => !isKept(fact))
  console.log(broken.length === 0 ? '\nAll went as promised.' : `\nNot as promised: ${broken.length}`)
  return broken.length === 0
}

// --- the whole

/** Opens what a tour needs, makes it, closes, and prints the facts; gives whether all was kept. */
export const showTour = <E, R extends { readonly close: TE.TaskEither<E, void> }>(
  open: TE.TaskEither<E, R>,
  tour: (opened: R) => T.Task<ReadonlyArray<Fact>>
): T.Task<boolean> =>
  pipe(
    TE.bracket(
      open,
      (opened) => TE.fromTask<ReadonlyArray<Fact>, E>(tour(opened)),
      ({ close }) => close
    ),
    TE.match((error) => {
      console.error(error)
      return false
    }, printFacts)
  )
