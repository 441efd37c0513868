/**
 * A state that processes share: it lies under one key of Redis, and changes by pure rules that every process applies for
 * itself. A process computes the next state and swaps it in, if the key is still at the version that it started from; if not,
 * it gets the present one, and computes again. Redis stamps each reply with its own time.
 *
 * Laws: the state in Redis is always `start` and then `next` of whole batches of inputs, one after the other; an input is
 * applied once, or not at all; its moment is never ahead of Redis's clock, and moments never go back.
 */
import { randomBytes } from 'node:crypto'
import type { Either } from 'fp-ts/lib/Either.js'
import { headOf, writeEnvelope } from './Envelope.js'
import { keepingTime, type Known, nothing, readKnown, unknownHead } from './Known.js'
import { lookingAgain } from './lookingAgain.js'
import { closed, type RedisAway, redisAway } from './RedisAway.js'
import type { RedisLink } from './RedisLink.js'
import { newRedisTime } from './RedisTime.js'
import type { SharedRules } from './SharedRules.js'
import { retrySwaps, type SwapLost, swapLost } from './retrySwaps.js'
import type { Swapped } from './SwapScript.js'

// --- model

/** What became of an input; all of it as Redis has it. */
export interface Applied<S> {
  readonly before: S
  readonly after: S
  /** The moment for which the rules were asked. */
  readonly now: number
}

export interface SharedCell<S, I> {
  /** Tells this cell from all others of the same state, in this process and elsewhere. */
  readonly id: string
  /** The state as far as it is known here: what Redis had last, with what was sent since applied to it. */
  readonly view: () => S
  /** The time of the state, as far as it is known here, in milliseconds: Redis's clock, but never set back. */
  readonly now: () => number
  /** The moment (`now`) of the last reply of Redis; `-Infinity` if there was none. */
  readonly heard: () => number
  /**
   * Applies an input here at once, and there with one of the next swaps: after the pace of the cell, or with what is asked
   * before. While Redis is away it is kept, up to the newest 1,000, and applied there afterwards. What was on its way when
   * Redis was lost may have been applied or not; it is not sent again. Where that matters, `ask`.
   */
  readonly send: (input: I) => void
  /** Sends at once what has been sent and waits for its pace. */
  readonly flush: () => void
  /**
   * Applies an input there. A `Left` at once when Redis is away; and where the answer did not come in time, in which case the
   * input may have been applied.
   */
  readonly ask: (input: I) => Promise<Either<RedisAway, Applied<S>>>
  /** Looks what Redis has. */
  readonly look: () => Promise<Either<RedisAway, S>>
  /** Looks in the background, once at a time; does nothing while Redis is away, which looks by itself. */
  readonly refresh: () => void
  /** Is called whenever what `view` gives has changed by others, and when `status` has changed. */
  readonly watch: (listener: () => void) => () => void
  /** From now on hears of what `concerns` others by messages of Redis; else only with the replies to what is asked. */
  readonly follow: () => void
  readonly status: () => 'shared' | 'away'
  /** Why it is away; `undefined` while it is not. */
  readonly away: () => RedisAway | undefined
  /** Sends what there is, and stops: it is away for good. */
  readonly close: () => Promise<void>
}

/** Something to be done with a state, and who is told what came of it. */
interface Entry<S> {
  readonly step: (state: S, now: number) => S
  readonly done: ((result: Either<RedisAway, Applied<S>>) => void) | undefined
}

// --- constructors

// Redis keeps a state for so long at least, in milliseconds: whoever comes back to one that is gone has to ask twice.
const shortestKept = 60_000

// Others wait for one that has lost as long as ten of its commands took, and at most so long, in milliseconds.
const longestPatience = 100

// What is kept while Redis is away.
const mostKept = 1000

/**
 * Makes the cell of a key. Nothing is sent before something is asked for; `pace` is how long what is sent may wait for more, in
 * milliseconds.
 */
export const newSharedCell = <S, I>(
  link: RedisLink,
  key: string,
  rules: SharedRules<S, I>,
  pace = 0
): SharedCell<S, I> => {
  const id = randomBytes(9).toString('base64url')
  const time = newRedisTime(link.clock)
  const listeners = new Set<() => void>()
  // All that changes.
  let known: Known<S> | undefined
  let seen: { readonly state: S } | undefined
  let heard = -Infinity
  // How long the last command took.
  let trip = 0
  let away = link.away()
  let waiting: Array<Entry<S>> = []
  // What is on its way, and not yet known to have come to anything.
  let flying: ReadonlyArray<Entry<S>> = []
  let isFlying = false
  // Since then: has Redis told what there is, and is it the turn of this cell?
  let isFresh = false
  let isNext = false
  let isUrgent = false
  let rumour: Known<S> | undefined
  let follows = false
  let looks = false
  let stopPace: (() => void) | undefined
  let stopLooking: (() => void) | undefined
  let whenLanded: (() => void) | undefined

  const now = (): number => Math.max(known?.at ?? 0, time.now() + (known?.skew ?? 0))
  const view = (): S => {
    seen ??= {
      state: [...flying, ...waiting].reduce(
        (state, { step }) => step(state, now()),
        known?.state ?? rules.start(now())
      )
    }
    return seen.state
  }
  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }

  // --- what Redis says

  const become = (next: Known<S>): void => {
    known = next
    seen = undefined
  }
  /** Takes a reply to what was asked at a moment of the clock of this process. */
  const take = (reply: Swapped, asked: number): Either<RedisAway, Exclude<Swapped, { _tag: 'Wrong' }>> => {
    time.learn(reply.time, asked)
    trip = link.clock.now() - asked
    if (reply._tag === 'Wrong') return unusable(reply.message)
    if (reply._tag === 'Other') {
      const found =
        reply.text === undefined ? right(nothing(rules, reply.time)) : readKnown(rules, reply.text)
      if (found._tag === 'Left') return unusable(found.left)
      become(found.right)
    }
    // Only rubbish begins like what is asked for at first.
    if (known === undefined) return unusable(`not a state that processes share: ${unknownHead}`)
    known = keepingTime(known, reply.time)
    heard = now()
    return right(reply)
  }
  const unusable = (what: string): Either<RedisAway, never> =>
    left(redisAway('unusable', `what lies under ${key} cannot be used: ${what}`))

  const fetch = async (): Promise<Either<RedisAway, unknown>> => {
    const asked = link.clock.now()
    const reply = await link.swap({ key, expected: known?.head ?? unknownHead, next: undefined })
    return reply._tag === 'Left' ? reply : take(reply.right, asked)
  }

  // --- swaps

  const attempt = async (
    batch: ReadonlyArray<Entry<S>>
  ): Promise<Either<RedisAway | SwapLost, ReadonlyArray<Applied<S>>>> => {
    if (known === undefined) {
      const fetched = await fetch()
      if (fetched._tag === 'Left') return fetched
      isFresh = true
      tell()
    }
    const base = known as Known<S> // Fetched by now.
    const at = now()
    let state = base.state
    const applied = batch.map(({ step }) => {
      const before = state
      state = step(before, at)
      return { before, after: state, now: at }
    })
    const changes = state !== base.state
    // What changes nothing need not be said, if Redis has just told what there is, or if nobody asked.
    if (!changes && (isFresh || batch.every(({ done }) => done === undefined))) {
      // Others must not wait for its turn.
      if (isNext) void link.swap({ key, expected: base.head, next: undefined, passedBy: id })
      return right(applied)
    }

    const version = { count: base.count + 1, writer: id }
    const from = at - base.skew
    const asked = link.clock.now()
    const reply = await link.swap({
      key,
      expected: base.head,
      next: changes
        ? {
            text: writeEnvelope({ version, at, skew: base.skew, state }),
            keep: Math.max(rules.forgetAfter(state, at), shortestKept),
            from,
            to: from + link.timeout,
            told: rules.concerns?.(base.state, state, at) === true,
            by: id,
            patience: Math.min(10 * trip, longestPatience)
          }
        : undefined
    })
    const taken = reply._tag === 'Left' ? reply : take(reply.right, asked)
    if (taken._tag === 'Left') return taken
    const { right: said } = taken
    if (said._tag === 'Done') {
      // At once, so that nobody sees it twice.
      flying = []
      become({ ...base, ...version, head: headOf(version), at, state })
    }
    if (said._tag === 'Done' || (said._tag === 'Same' && !changes)) return right(applied)
    isNext = said.isNext
    if (said._tag === 'Other') {
      isFresh = true
      tell()
    }
    return left(swapLost(said.isNext))
  }
  const swap = retrySwaps(link, attempt)

  const pump = (): void => {
    if (!isUrgent || isFlying || away !== undefined) return
    stopPace?.()
    stopPace = undefined
    isUrgent = false
    const batch = waiting
    if (batch.length === 0) return
    waiting = []
    flying = batch
    isFlying = true
    isFresh = false
    isNext = false
    void swap(batch).then((result) => {
      land(batch, result)
    })
  }
  const land = (
    batch: ReadonlyArray<Entry<S>>,
    result: Either<RedisAway, ReadonlyArray<Applied<S>>>
  ): void => {
    isFlying = false
    // What is not known to have been applied does not count any more.
    const isDropped = result._tag === 'Left' && flying.length > 0
    flying = []
    if (isDropped) seen = undefined
    if (result._tag === 'Left') lose(result.left)
    if (isDropped) tell()
    batch.forEach(({ done }, i) =>
      // As many were applied as there are.
      done?.(result._tag === 'Left' ? result : right(result.right[i] as Applied<S>))
    )
    if (rumour !== undefined) believe(rumour)
    pump()
    if (flying.length === 0) whenLanded?.()
  }
  const urge = (): void => {
    if (isUrgent) return
    isUrgent = true
    // Whatever else is asked in this turn goes along.
    void Promise.resolve().then(pump)
  }

  // --- away and back

  const lose = (why: RedisAway): void => {
    if (away !== undefined) return
    away = why
    dropAsked(why)
    tell()
    // What is of this cell alone nobody else finds out.
    if (link.away() === undefined) lookAgain()
  }
  const dropAsked = (why: RedisAway): void => {
    const asked = waiting
    waiting = waiting.filter(({ done }) => done === undefined).slice(-mostKept)
    seen = undefined
    for (const { done } of asked) done?.(left(why))
  }
  const lookAgain = (): void => {
    stopLooking?.()
    stopLooking = lookingAgain(link, fetch, find)
  }
  const find = (): void => {
    // Redis was lost in the meantime: it is looked again when that is back.
    if (link.away() !== undefined) return
    away = undefined
    seen = undefined
    tell()
    isUrgent = true
    pump()
  }
  const unwatch = link.watch(() => {
    const why = link.away()
    if (why !== undefined) lose(why)
    else lookAgain()
  })

  // --- what others say

  const hear = (text: string): void => {
    const told = readKnown(rules, text)
    if (told._tag === 'Left' || told.right.writer === id) return
    // While something is on its way, its reply says more.
    if (isFlying) rumour = told.right
    else believe(told.right)
  }
  const believe = (told: Known<S>): void => {
    rumour = undefined
    if (known === undefined || told.count <= known.count || away !== undefined) return
    become(told)
    tell()
  }

  // --- the cell

  const join = (entry: Entry<S>): void => {
    if (seen !== undefined) seen = { state: entry.step(seen.state, now()) }
    waiting.push(entry)
    if (waiting.length > 2 * mostKept && away !== undefined) dropAsked(away)
  }
  const askFor = (step: Entry<S>['step']): Promise<Either<RedisAway, Applied<S>>> =>
    away !== undefined
      ? Promise.resolve(left(away))
      : new Promise((done) => {
          join({ step, done })
          urge()
        })
  const look = async (): Promise<Either<RedisAway, S>> => {
    const result = await askFor((state) => state)
    return result._tag === 'Left' ? result : right(result.right.after)
  }

  const refresh = (): void => {
    if (looks) return
    looks = true
    void look().then(() => {
      looks = false
    })
  }

  return {
    id,
    view,
    now,
    heard: () => heard,
    send: (input) => {
      if (away?.reason === 'closed') return
      join({ step: (state, at) => rules.next(state, input, at), done: undefined })
      if (pace === 0) urge()
      else stopPace ??= link.background.after(pace, urge)
    },
    flush: urge,
    ask: (input) => askFor((state, at) => rules.next(state, input, at)),
    look,
    refresh,
    watch: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    follow: () => {
      if (follows) return
      follows = true
      // What was told until then was not heard.
      link.follow(key, hear, refresh)
    },
    status: () => (away === undefined ? 'shared' : 'away'),
    away: () => away,
    close: async () => {
      if (away === undefined) {
        urge()
        await new Promise<void>((resolve) => {
          whenLanded = resolve
          void Promise.resolve().then(() => {
            if (!isFlying) resolve()
          })
        })
      }
      unwatch()
      stopPace?.()
      stopLooking?.()
      away = closed
      dropAsked(closed)
      tell()
    }
  }
}

const left = <E>(error: E): Either<E, never> => ({ _tag: 'Left', left: error })
const right = <A>(value: A): Either<never, A> => ({ _tag: 'Right', right: value })
