/** What an engine cannot do of a policy, part by part, and how the parts are called: by the code that sets them. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { AnyCondition } from '../policy/Condition.js'
import { sameData } from '../policy/Eq.js'
import { type AnyPolicy, mapParts, type Schedule } from '../policy/RetryPolicy.js'
import { immediate } from '../policy/Schedule.js'
import { PolicyShow } from '../policy/Show.js'

// --- model

/**
 * A part of a policy that an engine has no setting for.
 *
 * @category model
 * @since 0.3.0
 */
export interface Inexpressible {
  /** The part as code, such as `withJitter(0.5)`; what is missing is called `no limitRetries`. */
  readonly part: string
  /** Why the engine cannot do it. */
  readonly reason: string
  /** What comes closest, in the policy or beside it. */
  readonly closest: string
}

/**
 * Options of an engine, or all that stands in the way.
 *
 * @category model
 * @since 0.3.0
 */
export type Expressed<A> = Either<ReadonlyArray<Inexpressible>, A>

// --- constructors

export type Problems = ReadonlyArray<Inexpressible>

export const none: Problems = []

export const problem = (part: string, reason: string, closest: string): Problems => [
  { part, reason, closest }
]

/** Gives a problem unless `holds`. */
export const unless = (holds: boolean, found: () => Problems): Problems => (holds ? none : found())

/** Gives the options if nothing stands in the way; else what does, each once. */
export const express = <A>(problems: Problems, options: () => A): Expressed<A> =>
  problems.length === 0
    ? { _tag: 'Right', right: options() }
    : {
        _tag: 'Left',
        left: problems.filter((each, i) => problems.findIndex((other) => sameData(each, other)) === i)
      }

// --- names of parts

// `immediate` with one setting is shown as a pipe of two.
const [before, after] = ['pipe(immediate, ', ')'] as const

const inPipe = (self: AnyPolicy): string => PolicyShow.show(self).slice(before.length, -after.length)

type Setting = Exclude<keyof AnyPolicy, 'schedule'>

/** Names one setting of a policy, as it is set. */
export const nameOf = (self: AnyPolicy, key: Setting): string =>
  inPipe({ schedule: immediate.schedule, [key]: self[key] })

/** Names a condition as one of these settings has it. */
export const nameOfCondition = (key: 'retryOn' | 'abortOn', condition: AnyCondition): string =>
  inPipe({ schedule: immediate.schedule, [key]: key === 'abortOn' ? [condition] : condition })

/**
 * Names a schedule: a formula, or the combinator alone that makes a combination of what stands above it in the pipe.
 */
export const nameOfSchedule = (schedule: Schedule): string =>
  'policies' in schedule
    ? inPipe({ schedule: mapParts(schedule, (part, i) => (i === mainIndex(schedule) ? immediate : part)) })
    : PolicyShow.show({ schedule })

const mainIndex = ({ _tag }: Schedule): number => (_tag === 'when' ? 1 : 0)

/** Gives what stands above a combinator in the pipe; nothing above a formula. */
const mainOf = (schedule: Schedule): ReadonlyArray<AnyPolicy> =>
  'policies' in schedule ? schedule.policies.filter((_, i) => i === mainIndex(schedule)) : []

/** A policy, and all that stand above it in the pipe. */
export const levelsOf = (self: AnyPolicy): ReadonlyArray<AnyPolicy> => [
  self,
  ...mainOf(self.schedule).flatMap(levelsOf)
]
