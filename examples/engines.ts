/**
 * One policy for several engines: what each of them is to be told, and what it cannot do. Where an engine falls short, it says
 * which part, why, and what comes closest; with that instead, it goes.
 *
 * Run it:  node scripts/example.js examples/engines.ts     It ends with code 1 if something is not as promised.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  type AnyPolicy,
  capDelay,
  exponential,
  limitElapsed,
  limitRetries,
  PolicyEq,
  PolicyShow,
  withJitter
} from 'reprise'
import {
  type Expressed,
  fromStepFunctions,
  toAwsSdk,
  toPgBoss,
  toStepFunctions,
  toTemporal
} from 'reprise/interop'
import { type Fact, printFacts } from './support/calls.js'

// --- the policy

const waits = pipe(exponential('2s'), capDelay('1m'), limitRetries(6))

const policy = pipe(waits, withJitter('full'), abortOn('InvalidOrder'))

// --- the engines, and the policy as far as each of them can have it

interface Engine {
  readonly name: string
  /** The options, as they can be printed. */
  readonly express: (policy: AnyPolicy) => Expressed<unknown>
  /** The parts of the policy that it cannot have, and the policy with what comes closest to them. */
  readonly cannotHave: ReadonlyArray<string>
  readonly adapted: AnyPolicy
}

/** The strategy of the AWS SDK is a function; these are its waits for the middle of all draws. */
const awsWaits = (policy: AnyPolicy): Expressed<unknown> =>
  pipe(
    toAwsSdk(policy, () => 0.5),
    E.map(({ maxAttempts, computeNextBackoffDelay }) => ({
      maxAttempts,
      waits: Array.from({ length: maxAttempts - 1 }, (_, i) => computeNextBackoffDelay(i + 1))
    }))
  )

const stepFunctions: Engine = {
  name: 'AWS Step Functions',
  express: toStepFunctions,
  cannotHave: [],
  adapted: policy
}

const temporal: Engine = {
  name: 'Temporal',
  express: toTemporal,
  cannotHave: ['withJitter("full")'],
  adapted: pipe(waits, abortOn('InvalidOrder')) // its server does not spread waits
}

const awsSdk: Engine = {
  name: 'AWS SDK',
  express: awsWaits,
  cannotHave: ['abortOn("InvalidOrder")'],
  adapted: pipe(waits, withJitter('full')) // it judges errors itself
}

const pgBoss: Engine = {
  name: 'pg-boss',
  express: toPgBoss,
  cannotHave: ['withJitter("full")', 'abortOn("InvalidOrder")'],
  adapted: pipe(waits, withJitter('equal')) // its own jitter; and its handler cancels a job that is not worth it
}

const engines: ReadonlyArray<Engine> = [stepFunctions, temporal, awsSdk, pgBoss]

// --- printing

const partsOf = (expressed: Expressed<unknown>): ReadonlyArray<string> =>
  E.isLeft(expressed) ? expressed.left.map(({ part }) => part) : []

const printEngine = ({ name, express, adapted }: Engine): void => {
  const expressed = express(policy)
  console.log(`\n${name}`)
  if (E.isLeft(expressed)) {
    for (const { part, reason, closest } of expressed.left)
      console.log(`  cannot have ${part}: ${reason}\n    closest: ${closest}`)
    console.log(`  but ${PolicyShow.show(adapted)}`)
  }
  console.log(
    pipe(
      express(adapted),
      E.match(String, (options) => `  ${JSON.stringify(options)}`)
    )
  )
}

// --- what is promised

const optionsOf = ({ express, adapted }: Engine): unknown => pipe(express(adapted), E.toUnion)

/** What Step Functions is told, read back from its JSON. */
const readBack = pipe(
  toStepFunctions(policy),
  E.chainW((retriers) => fromStepFunctions(JSON.parse(JSON.stringify(retriers)))),
  E.match(
    () => false,
    (back) => PolicyEq.equals(back, policy)
  )
)

const facts: ReadonlyArray<Fact> = [
  ...engines.map(({ name, express, cannotHave }) => ({
    what: `${name} cannot have`,
    promised: cannotHave,
    happened: partsOf(express(policy))
  })),
  {
    what: 'AWS Step Functions is told',
    promised: [
      {
        ErrorEquals: ['InvalidOrder'],
        IntervalSeconds: 1,
        MaxAttempts: 0,
        BackoffRate: 1,
        JitterStrategy: 'NONE'
      },
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 2,
        MaxAttempts: 6,
        BackoffRate: 2,
        MaxDelaySeconds: 60,
        JitterStrategy: 'FULL'
      }
    ],
    happened: optionsOf(stepFunctions)
  },
  { what: '   which, read back, is the policy', promised: true, happened: readBack },
  {
    what: 'Temporal is told',
    promised: {
      initialInterval: 2000,
      backoffCoefficient: 2,
      maximumInterval: 60_000,
      maximumAttempts: 7,
      nonRetryableErrorTypes: ['InvalidOrder']
    },
    happened: optionsOf(temporal)
  },
  {
    what: 'the AWS SDK is told',
    promised: { maxAttempts: 7, waits: [1000, 2000, 4000, 8000, 16_000, 30_000] },
    happened: optionsOf(awsSdk)
  },
  {
    what: 'pg-boss is told',
    promised: { retryLimit: 6, retryDelay: 1, retryBackoff: true, retryDelayMax: 60 },
    happened: optionsOf(pgBoss)
  },
  {
    what: 'none of them knows limitElapsed',
    promised: true,
    happened: engines.every(({ express, adapted }) =>
      partsOf(express(pipe(adapted, limitElapsed('5m')))).includes('limitElapsed(300000)')
    )
  }
]

console.log(`The policy: ${PolicyShow.show(policy)}`)
engines.forEach(printEngine)
process.exitCode = printFacts(facts) ? 0 : 1
