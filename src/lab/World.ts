/** What a client's attempt meets: the network, and the server with its queue, its limits and its bad times. */
import type { Either } from 'fp-ts/lib/Either.js'
import { invalid, isWithin, known, wholeNumber } from '../policy/argument.js'
import { toMillis } from '../policy/Duration.js'
import { algorithms, type CallLimit, callLimit } from '../resource/Limit.js'
import { limitSet } from '../resource/LimitSet.js'
import type { Random } from '../runtime/Random.js'
import type { Agenda } from './Agenda.js'
import { sampler } from './Distribution.js'
import { forecast, toSpells } from './Outage.js'
import type { ContentionScenario, Scenario, Server, ServerError, ServiceScenario } from './Scenario.js'

// --- model

export type Answer = Either<ServerError, void>

/** A world on an agenda. */
export interface World {
  /** Sends an attempt; `answer` may never be called. */
  readonly send: (answer: (answer: Answer) => void) => void
  /** How many attempts the server has counted. */
  readonly calls: () => number
  /** How many it works on, and how many wait for that. */
  readonly load: () => { readonly running: number; readonly queued: number }
}

/** Makes worlds of a scenario. */
export type WorldMaker = (agenda: Agenda, random: Random) => World

const right: Answer = { _tag: 'Right', right: undefined }
const left = (error: ServerError): Answer => ({ _tag: 'Left', left: error })

// --- constructors

/** Reads the world of a scenario; throws an error that names the key and its value. */
export const worldOf = (scenario: Scenario): WorldMaker =>
  'contention' in scenario ? contention(scenario) : service(scenario)

// There may be a million attempts under way. Each is one record, which the acts of the world are given as their subject, so
// that no step of an attempt makes anything.

interface Read {
  readonly answer: (answer: Answer) => void
  version: number
}

const contentionKeys = ['clients', 'processes', 'contention']

/** One row with a version: whoever writes the version that is current makes the next. */
const contention = (scenario: ContentionScenario): WorldMaker => {
  known('scenario', scenario, contentionKeys)
  known('contention', scenario.contention, ['message'])
  const message = sampler('contention.message', scenario.contention.message)

  return ({ plan }, random) => {
    // That of a row is the number of the call that wrote it.
    let version = 0
    let calls = 0
    const conflict = left({ _tag: 'Conflict' })
    const arriveToRead = (read: Read): undefined => {
      read.version = version
      plan(message(random), tellVersion, read)
    }
    const tellVersion = (read: Read): undefined => {
      plan(message(random), arriveToWrite, read)
    }
    const arriveToWrite = (read: Read): undefined => {
      calls += 1
      const isCurrent = read.version === version
      if (isCurrent) version = calls
      plan(message(random), isCurrent ? confirm : refuse, read.answer)
    }
    const confirm = (answer: Read['answer']): boolean => {
      answer(right)
      return true
    }
    const refuse = (answer: Read['answer']): boolean => {
      answer(conflict)
      return true
    }
    return {
      send: (answer) => {
        plan(message(random), arriveToRead, { answer, version: 0 })
      },
      calls: () => calls,
      load: () => ({ running: 0, queued: 0 })
    }
  }
}

interface Attempt {
  readonly answer: (answer: Answer) => void
  given: Answer
  /** How often the server had been down when it began to work on it. */
  crashes: number
}

const serviceKeys = ['clients', 'processes', 'arrivals', 'duration', 'network', 'server']
const serverKeys = ['capacity', 'latency', 'queue', 'rateLimit', 'failures', 'outages']

/** A server with so many places, a queue before them, and times when it is not itself. */
const service = (scenario: ServiceScenario): WorldMaker => {
  known('scenario', scenario, serviceKeys)
  known('server', scenario.server, serverKeys)
  const hop = sampler('network', scenario.network ?? 0)
  const { capacity, latency, queue, rateLimit, failures = 0, outages = [] } = scenario.server
  const places = wholeNumber('server.capacity', capacity, 1)
  const work = sampler('server.latency', latency)
  const room = queue === undefined ? Infinity : wholeNumber('server.queue', queue, 0)
  if (!isWithin(failures, 1)) invalid('server.failures', 'a number from 0 to 1', failures)
  const spells = toSpells(outages)
  const downs = spells.filter(({ mode }) => mode === 'down')
  const limit = rateLimit && rateLimitOf(rateLimit)

  return ({ clock, plan }, random) => {
    const limits = limit && limitSet([limit], { clock })()
    const weather = forecast(spells, failures)
    const [unavailable, overloaded, failed] = (['Unavailable', 'Overloaded', 'Failed'] as const).map((_tag) =>
      left({ _tag })
    ) as [Answer, Answer, Answer]
    const waiting = newQueue<Attempt>()
    // Who is lost when the server goes down; kept only if it ever does.
    // Stryker disable next-line ConditionalExpression,EqualityOperator: saves time alone
    const atWork = downs.length > 0 ? new Set<Attempt>() : undefined
    let calls = 0
    let running = 0
    let crashes = 0

    const arrive = (attempt: Attempt): undefined => {
      calls += 1
      const { down, silent } = weather(clock.now())
      if (silent) return
      const refused = refusal(down)
      if (refused !== undefined) reply(attempt, refused)
      else if (running < places) begin(attempt)
      else waiting.push(attempt)
    }
    /** What is answered at once to an attempt that is not let in. */
    const refusal = (down: boolean): Answer | undefined => {
      if (down) return unavailable
      const limited = limits?.tryAcquire()()
      if (limited?._tag === 'Left')
        // A call takes no more than there can be, so it is always said.
        return left({ _tag: 'RateLimited', retryAfter: limited.left.retryAfter as number })
      return running < places || waiting.size() < room ? undefined : overloaded
    }
    const begin = (attempt: Attempt): void => {
      running += 1
      attempt.crashes = crashes
      atWork?.add(attempt)
      plan(work(random) * weather(clock.now()).factor, finish, attempt)
    }
    const finish = (attempt: Attempt): undefined => {
      if (attempt.crashes < crashes) return
      running -= 1
      atWork?.delete(attempt)
      const { silent, ratio } = weather(clock.now())
      if (!silent) reply(attempt, ratio > 0 && random() < ratio ? failed : right)
      const next = waiting.shift()
      if (next !== undefined) begin(next)
    }
    const reply = (attempt: Attempt, given: Answer): undefined => {
      attempt.given = given
      plan(hop(random), deliver, attempt)
    }
    const deliver = ({ answer, given }: Attempt): boolean => {
      answer(given)
      return true
    }
    const crash = (): undefined => {
      // It is kept wherever a crash is planned.
      const working = atWork as Set<Attempt>
      const lost = [...working, ...waiting.takeAll()]
      if (!weather(clock.now()).silent) for (const each of lost) reply(each, unavailable)
      working.clear()
      crashes += 1
      running = 0
    }
    // Before anything else that happens at that moment, since it is planned before it.
    for (const { from } of downs) plan(from, crash, undefined)
    return {
      send: (answer) => {
        plan(hop(random), arrive, { answer, given: right, crashes: 0 })
      },
      calls: () => calls,
      load: () => ({ running, queued: waiting.size() })
    }
  }
}

const rateLimitOf = (rateLimit: NonNullable<Server['rateLimit']>): CallLimit => {
  known('server.rateLimit', rateLimit, ['capacity', 'per', 'algorithm'])
  const { capacity, per, algorithm = 'tokenBucket' } = rateLimit
  wholeNumber('server.rateLimit.capacity', capacity, 1)
  if (toMillis('server.rateLimit.per', per) === 0) invalid('server.rateLimit.per', 'longer than 0 ms', per)
  const names = Object.keys(algorithms)
  if (!names.includes(algorithm))
    invalid('server.rateLimit.algorithm', `one of ${names.join(', ')}`, algorithm)
  return callLimit(rateLimit)
}

// --- the queue

interface Queue<A> {
  readonly push: (each: A) => void
  readonly shift: () => A | undefined
  readonly takeAll: () => ReadonlyArray<A>
  readonly size: () => number
}

/** First in, first out, in constant time on the whole: what goes out is turned round when there is no more of it. */
const newQueue = <A>(): Queue<A> => {
  let incoming: A[] = []
  let outgoing: A[] = []
  return {
    push: (each) => {
      incoming.push(each)
    },
    shift: () => {
      if (outgoing.length === 0) {
        outgoing = incoming.reverse()
        incoming = []
      }
      return outgoing.pop()
    },
    takeAll: () => {
      const all = [...outgoing.reverse(), ...incoming]
      incoming = []
      outgoing = []
      return all
    },
    size: () => incoming.length + outgoing.length
  }
}
