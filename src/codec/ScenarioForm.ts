/** How the scenarios of a fleet are written: as `reprise/lab` takes them, with all durations as files have them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import type { Distribution } from '../lab/Distribution.js'
import type {
  Arrivals,
  ContentionScenario,
  Outage,
  Scenario,
  Server,
  ServiceScenario
} from '../lab/Scenario.js'
import { isWithin } from '../policy/argument.js'
import { algorithms, type LimitAlgorithm } from '../resource/Limit.js'
import {
  anyOf,
  choice,
  field,
  type Fields,
  type Form,
  inShort,
  leaf,
  list,
  made,
  map,
  object,
  toForm
} from './Form.js'
import { isList, isObject, type Json, type JsonObject } from './Json.js'
import { all, refuse } from './Validation.js'
import { count, duration, durationSchema, oneOf, ratio } from './Value.js'

// --- times

const distributionSchema = 'distribution'

/** A number up to `most`. */
const upTo = (most: number): Form<number> =>
  leaf(
    `a number from 0 to ${most}`,
    { type: 'number', minimum: 0, maximum: most },
    O.fromPredicate((json): json is number => isWithin(json, most))
  )

/** A duration that is not 0. */
const lasting: Form<number> = made((ms: number) =>
  ms > 0 ? E.right(ms) : E.left('a duration longer than 0 ms')
)(duration)

/** A list of exactly two numbers. */
const pair = (
  name: string,
  first: Form<number>,
  second: Form<number>
): Form<readonly [first: number, second: number]> =>
  toForm(
    name,
    { type: 'array', items: [first.schema, second.schema], minItems: 2, maxItems: 2 },
    (json, context) =>
      isList(json) && json.length === 2
        ? pipe(
            all(
              [first, second].map((form, i) => {
                // There are two.
                const each = json[i] as Json
                return form.validate(each, t.appendContext(context, String(i), form, each))
              })
            ),
            E.map((both) => both as unknown as readonly [number, number])
          )
        : t.failure(json, context)
  )

const rising = made((ends: readonly [number, number]) =>
  ends[0] <= ends[1] ? E.right(ends) : E.left('a pair from less to more')
)(pair('a pair of durations [from, to]', duration, duration))

const choices: Form<Distribution> = map(({ one }: { readonly one: Distribution }) => one)(
  choice<Distribution>('{ uniform }, { normal }, { exponential } or { logNormal }', {
    uniform: field(
      map((uniform: readonly [number, number]): Distribution => ({ uniform }))(rising),
      'Evenly between two times.'
    ),
    normal: field(
      map((normal: readonly [number, number]): Distribution => ({ normal }))(
        pair('a pair of durations [mean, deviation]', duration, duration)
      ),
      'Normal, with a mean and a standard deviation.'
    ),
    exponential: field(
      map((exponential: number): Distribution => ({ exponential }))(duration),
      'Memoryless, with this mean: mostly short, now and then long.'
    ),
    logNormal: field(
      map((logNormal: readonly [number, number]): Distribution => ({ logNormal }))(
        pair('a pair [median, sigma]', duration, upTo(10))
      ),
      'The usual shape of latencies: a median, and a sigma from 0 to 10. With 0.5, p99 is about 3.2 times the median.'
    )
  })
)

const inFull: Form<Distribution> = inShort<Distribution>(duration, choices)

/** A distribution of times, one exact time in short. */
const distribution: Form<Distribution> = toForm(
  inFull.name,
  { $ref: `#/definitions/${distributionSchema}` },
  inFull.validate
)

// --- clients

const arrivals: Form<Arrivals> = inShort<Arrivals>(
  oneOf('atOnce'),
  map(({ one }: { readonly one: Arrivals }) => one)(
    choice<Arrivals>('{ every } or { perSecond }', {
      every: field(
        map((every: number): Arrivals => ({ every }))(lasting),
        'Each client makes a request in so much time.'
      ),
      perSecond: field(
        map((perSecond: number): Arrivals => ({ perSecond }))(
          leaf(
            'a number more than 0, to 1000000000',
            { type: 'number', exclusiveMinimum: 0, maximum: 1e9 },
            O.fromPredicate((json): json is number => isWithin(json, 1e9) && json > 0)
          )
        ),
        'So many requests a second, of all clients, at random moments.'
      )
    })
  )
)

const clientFields = {
  clients: field(count(1), 'How many clients there are.'),
  processes: field(
    count(1),
    'Over how many processes they are spread, each with breakers, budgets and limits of its own; 1 if not set.'
  )
}

// --- the server

const spell = {
  from: field(duration, 'When it begins, since the start.'),
  to: field(duration, 'When it is over.')
}

const anOutage = '{ from, to, mode }'

const outagesByMode = {
  down: object(anOutage, { ...spell, mode: field(oneOf('down'), 'Answers Unavailable at once.') }, [
    'from',
    'to',
    'mode'
  ]),
  silent: object(anOutage, { ...spell, mode: field(oneOf('silent'), 'Does not answer.') }, [
    'from',
    'to',
    'mode'
  ]),
  slow: object(
    anOutage,
    {
      ...spell,
      mode: field(oneOf('slow'), 'Works so many times as long.'),
      factor: field(upTo(1e6), 'How many times as long.')
    },
    ['from', 'to', 'mode', 'factor']
  ),
  failing: object(
    anOutage,
    {
      ...spell,
      mode: field(oneOf('failing'), 'Fails a part of the requests.'),
      ratio: field(ratio, 'Which part of them.')
    },
    ['from', 'to', 'mode', 'ratio']
  )
}

const modes = oneOf(...(Object.keys(outagesByMode) as ReadonlyArray<Outage['mode']>))

const outage: Form<Outage> = toForm(
  anOutage,
  anyOf(...Object.values(outagesByMode)),
  (json, context): t.Validation<Outage> => {
    if (!isObject(json)) return t.failure(json, context)
    // None is refused like any other that there is not.
    const mode = json['mode'] as Json
    return pipe(
      modes.validate(mode, t.appendContext(context, 'mode', modes, mode)),
      E.flatMap((known): t.Validation<Outage> => outagesByMode[known].validate(json, context)),
      E.flatMap((read) => {
        // They were read as milliseconds.
        const { from, to } = read as { readonly from: number; readonly to: number }
        return to > from ? t.success(read) : refuse(json['to'], context, `a time after ${from} ms`, 'to')
      })
    )
  }
)

const server: Form<Server> = object<Defined<Server>, 'capacity' | 'latency'>(
  'a server',
  {
    capacity: field(count(1), 'How many requests it works on at once.'),
    latency: field(distribution, 'How long it works on one.'),
    queue: field(
      count(0),
      'How many may wait for a place; without end if not set. Beyond, it answers Overloaded.'
    ),
    rateLimit: field(
      object<{ capacity: number; per: number; algorithm: LimitAlgorithm }, 'capacity' | 'per'>(
        '{ capacity, per, algorithm }',
        {
          capacity: field(count(1), 'How many requests it takes.'),
          per: field(lasting, 'In which time.'),
          algorithm: field(
            // Its keys are algorithms.
            oneOf(...(Object.keys(algorithms) as ReadonlyArray<LimitAlgorithm>)),
            'How it is counted; tokenBucket if not set.'
          )
        },
        ['capacity', 'per']
      ),
      'How many requests it takes in a time; beyond, it answers RateLimited.'
    ),
    failures: field(ratio, 'The part of requests that fails at any time; 0 if not set.'),
    outages: field(list('a list of outages', outage), 'When it is not itself.')
  },
  ['capacity', 'latency']
)

// --- scenarios

type Defined<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> }

const serviceFields: Fields<Defined<ServiceScenario>> = {
  ...clientFields,
  arrivals: field(
    arrivals,
    'When they make requests: atOnce, { every: 10s } for each of them, or { perSecond: 50 } for all.'
  ),
  duration: field(duration, 'How long they go on making requests; needed unless all arrive at once.'),
  network: field(distribution, 'How long a message takes, each way; 0 if not set.'),
  server: field(server, 'What the clients call.')
}

const inWords = 'a scenario'

const service: Form<ServiceScenario> = object<Defined<ServiceScenario>, 'clients' | 'arrivals' | 'server'>(
  inWords,
  serviceFields,
  ['clients', 'arrivals', 'server']
)

const contention: Form<ContentionScenario> = object<Defined<ContentionScenario>, 'clients' | 'contention'>(
  inWords,
  {
    ...clientFields,
    contention: field(
      object('{ message }', { message: field(distribution, 'How long a message takes.') }, ['message']),
      'All clients change the same row once, from the start.'
    )
  },
  ['clients', 'contention']
)

/** The definitions that the schema of scenarios refers to. */
export const scenarioDefinitions: JsonObject = {
  duration: durationSchema,
  [distributionSchema]: {
    description: 'How long something takes: one exact time, or a distribution.',
    ...inFull.schema
  }
}

/** The schemas of what a scenario may be, by title. */
export const scenarioKinds: Readonly<Record<string, JsonObject>> = {
  'a service': service.schema,
  contention: contention.schema
}

export const scenarioForm: Form<Scenario> = toForm(
  inWords,
  anyOf(service, contention),
  (json, context): t.Validation<Scenario> => {
    if (isObject(json) && 'contention' in json) return contention.validate(json, context)
    return pipe(
      service.validate(json, context),
      E.flatMap((read) =>
        read.arrivals === 'atOnce' || read.duration !== undefined
          ? t.success(read)
          : refuse(undefined, context, 'how long requests go on, unless arrivals are atOnce', 'duration')
      )
    )
  }
)
