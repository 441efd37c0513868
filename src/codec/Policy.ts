/**
 * How a policy is written: flat, with one key for its schedule and one for each setting, by the names of the constructors
 * and combinators that build it. The order of keys means nothing, since policies are in normal form.
 */
import { andThen, both, either, when } from '../policy/Composition.js'
import type { AnyCondition } from '../policy/Condition.js'
import { capDelay, delayFrom, floorDelay, mapDelay, withJitter } from '../policy/Delay.js'
import { abortOn, recordFailures, retryOn, retryUntil } from '../policy/Judgement.js'
import { limitDelay, limitElapsed, limitRetries, limitTotalDelay } from '../policy/Limit.js'
import type { AnyPolicy, Hint } from '../policy/RetryPolicy.js'
import {
  custom,
  decorrelated,
  delays,
  exponential,
  fibonacci,
  fixed,
  immediate,
  linear,
  never
} from '../policy/Schedule.js'
import { conditionForms, type OneValidator, validatorsForm } from './Condition.js'
import {
  choice,
  defined,
  field,
  type Field,
  type Form,
  inShort,
  list,
  map,
  object,
  oneOrMore,
  toForm
} from './Form.js'
import { isLarger, type JsonObject, limits } from './Json.js'
import type { Held } from './Registry.js'
import { refuse } from './Validation.js'
import { amount, count, duration, durationSchema, jitter, nameOf, yes } from './Value.js'

// --- model

/** The forms that need a registry, and the definitions that their schemas refer to. */
export interface PolicyForms {
  readonly policy: Form<AnyPolicy>
  readonly condition: Form<AnyCondition>
  readonly validators: Form<ReadonlyArray<OneValidator>>
  readonly definitions: Readonly<Record<'duration' | 'condition' | 'policy', JsonObject>>
}

/** What a combinator does. What a policy judges is for the type of the registry to say. */
type Change = (self: AnyPolicy) => AnyPolicy

type Table<A> = Readonly<Record<string, Field<A>>>

// --- constructors

/** Gives the forms of policies whose functions a registry holds. */
export const policyForms = (held: Held): PolicyForms => {
  const part = defined('policy', 'a policy', () => whole)
  const condition = conditionForms(held)
  const validators = validatorsForm(held)
  const schedules = { ...formulas(held), ...combinations(held, part, condition.use) }
  const changes = settings(held, condition.use, validators)
  const whole = map(({ one, rest }: { readonly one: AnyPolicy; readonly rest: ReadonlyArray<Change> }) =>
    rest.reduce((policy, change) => change(policy), one)
  )(choice(part.name, schedules, changes))
  return {
    // Combinations look at all that stands below them: of large policies, they would have much to do.
    policy: toForm(part.name, part.schema, (json, context) =>
      isLarger(json, limits.valuesOfPolicy)
        ? refuse(json, context, `a policy of at most ${limits.valuesOfPolicy} values`)
        : part.validate(json, context)
    ),
    condition: condition.use,
    validators,
    definitions: {
      duration: durationSchema,
      condition: condition.definition.schema,
      policy: { description: 'A retry policy: one schedule, and any settings.', ...whole.schema }
    }
  }
}

// --- schedules

const formulas = ({ schedules }: Held): Table<AnyPolicy> => ({
  exponential: field(
    map(({ base, factor }: { readonly base: number; readonly factor?: number }) => exponential(base, factor))(
      inShort(
        map((base: number) => ({ base }))(duration),
        object(
          '{ base, factor }',
          {
            base: field(duration, 'The first wait.'),
            factor: field(amount, 'What each wait is multiplied by; 2 if not set.')
          },
          ['base']
        )
      )
    ),
    'Waits grow by a factor: base, base·2, base·4 … For networks and cloud APIs.'
  ),
  linear: field(
    map(({ base, step }: { readonly base: number; readonly step?: number }) => linear(base, step))(
      inShort(
        map((base: number) => ({ base }))(duration),
        object(
          '{ base, step }',
          {
            base: field(duration, 'The first wait.'),
            step: field(duration, 'What is added to each wait; the base if not set.')
          },
          ['base']
        )
      )
    ),
    'Waits grow by a step: base, base·2, base·3 … For quotas that refill steadily.'
  ),
  fixed: field(map(fixed)(duration), 'The same wait every time. For short glitches.'),
  fibonacci: field(
    map(fibonacci)(duration),
    'Waits follow the Fibonacci numbers times this: growing, but gently.'
  ),
  decorrelated: field(
    map(decorrelated)(duration),
    'Waits are drawn between this and three times the wait before. Spreads many clients well; set capDelay, too.'
  ),
  delays: field(map(delays)(list('a list of durations', duration)), 'These waits, then stop.'),
  immediate: field(map(() => immediate)(yes), 'Retries at once, for ever: set limitRetries, too.'),
  never: field(map(() => never)(yes), 'Never retries.'),
  custom: field(
    map(({ name, held }: Named<Parameters<typeof custom>[1]>) => custom(name, held))(nameOf(schedules)),
    "The name of a schedule in the application's registry."
  )
})

interface Named<F> {
  readonly name: string
  readonly held: F
}

const combinations = (
  { delays: changes }: Held,
  policy: Form<AnyPolicy>,
  condition: Form<AnyCondition>
): Table<AnyPolicy> => {
  const joined = (join: (other: AnyPolicy) => Change) =>
    map((all: ReadonlyArray<AnyPolicy>) => all.reduce((self, other) => join(other)(self)))(
      list('a list of two or more policies', policy, 2)
    )
  return {
    andThen: field(joined(andThen), 'Policies one after the other: when one stops, the next goes on.'),
    both: field(joined(both), 'Policies together: goes on while all do, after the longest wait.'),
    either: field(joined(either), 'Policies together: goes on while one does, after the shortest wait.'),
    when: field(
      map(
        ({
          condition,
          policy,
          otherwise
        }: {
          readonly condition: AnyCondition
          readonly policy: AnyPolicy
          readonly otherwise: AnyPolicy
        }) => when(condition, policy)(otherwise)
      )(
        object(
          '{ condition, policy, otherwise }',
          {
            condition: field(condition, 'Which errors are for `policy`.'),
            policy: field(policy, 'How errors that match are retried, with a count of their own.'),
            otherwise: field(policy, 'How all others are retried.')
          },
          ['condition', 'policy', 'otherwise']
        )
      ),
      'Errors that match a condition are retried by a policy of their own.'
    ),
    mapDelay: field(
      map(
        ({ name, policy }: { readonly name: Named<(delay: number) => number>; readonly policy: AnyPolicy }) =>
          mapDelay(name.name, name.held)(policy)
      )(
        object(
          '{ name, policy }',
          {
            name: field(nameOf(changes), "The name of a function in the application's registry."),
            policy: field(policy, 'The policy whose waits it changes.')
          },
          ['name', 'policy']
        )
      ),
      'The waits of a policy, each changed by a function of the application.'
    )
  }
}

// --- settings

const settings = (
  { hints }: Held,
  condition: Form<AnyCondition>,
  validators: Form<ReadonlyArray<OneValidator>>
): Table<Change> => ({
  retryOn: field(map((on: AnyCondition): Change => retryOn(on))(condition), 'Retries only these errors.'),
  withJitter: field(
    each(withJitter)(oneOrMore(jitter)),
    'Spreads the waits: 0.3 is ± 30 %, full is from 0 to the wait, equal is from half of it to all of it.'
  ),
  delayFrom: field(
    each(({ hint, max }: { readonly hint: Named<Hint['f']>; readonly max: number }) =>
      delayFrom(hint.held, { max })
    )(
      oneOrMore(
        object(
          '{ hint, max }',
          {
            hint: field(
              nameOf(hints),
              "The name of a function in the application's registry that reads a wait from an error."
            ),
            max: field(duration, 'A hint beyond this stops.')
          },
          ['hint', 'max']
        )
      )
    ),
    'Waits as long as the error says, such as Retry-After.'
  ),
  floorDelay: field(map(floorDelay)(duration), 'No wait is shorter.'),
  capDelay: field(map(capDelay)(duration), 'No wait is longer. Set limitRetries or limitElapsed to stop.'),
  limitRetries: field(map(limitRetries)(count(0)), 'At most so many retries: with 3, four attempts.'),
  limitDelay: field(map(limitDelay)(duration), 'Stops when the next wait would be longer.'),
  limitTotalDelay: field(map(limitTotalDelay)(duration), 'Stops when the sum of the waits would be more.'),
  limitElapsed: field(
    map(limitElapsed)(duration),
    'Stops when the next wait would end later than this after the start; attempts count.'
  ),
  abortOn: field(
    each((on: AnyCondition) => abortOn(on))(oneOrMore(condition)),
    'Never retries these errors, whatever retryOn says.'
  ),
  retryUntil: field(
    map((until: ReadonlyArray<OneValidator>): Change => retryUntil(until))(validators),
    'Names of validators in the registry, all of which a result has to pass, or it is tried again.'
  ),
  recordFailures: field(map(recordFailures)(count(1)), 'How many failures an error keeps; 16 if not set.')
})

/** The changes of a list, one after the other. */
const each = <A>(toChange: (value: A) => Change): ((form: Form<ReadonlyArray<A>>) => Form<Change>) =>
  map((values) => (self) => values.reduce((policy, value) => toChange(value)(policy), self))
