/**
 * Plays scripted failures through this library and four others, on the same timers. A process for
 * integration/peers.test.ts: forked with the address of a bundle of the sources, it answers each script that it is sent
 * with what came of it, by library.
 *
 * Time stands still but for timers: it moves on to the first that is due when nothing else is ready. They are as those of
 * Node, by its documentation: a delay that is less than 1 ms, more than 2^31 - 1 ms or no number is 1 ms; a fraction is
 * cut off.
 */

// --- time, before anything is loaded that may keep what it finds

const longest = 2 ** 31 - 1

let now = 0
let timers = []

globalThis.setTimeout = (wake, delay) => {
  const timer = {
    due: now + (delay >= 1 && delay <= longest ? Math.trunc(delay) : 1),
    wake,
    unref: () => timer
  }
  timers.push(timer)
  return timer
}
globalThis.clearTimeout = (timer) => {
  timers = timers.filter((each) => each !== timer)
}
performance.now = () => now
Date.now = () => now

/** Lets everything that is ready run; some give way to the event loop in between. */
const idle = async () => {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Moves time on until a promise has settled. */
const settled = async (promise) => {
  let end
  promise.then(
    (value) => (end = { value }),
    (error) => (end = { error })
  )
  await idle()
  // Without a timer, somebody is giving way still.
  for (let idles = 0; !end; await idle()) {
    if (timers.length === 0) {
      if (++idles > 1000) throw new Error('there is nothing to wait for')
      continue
    }
    const next = timers.reduce((first, timer) => (timer.due < first.due ? timer : first))
    clearTimeout(next)
    now = Math.max(now, next.due)
    next.wake()
  }
  return end
}

// --- libraries

const cockatiel = await import('cockatiel')
const { Duration, Effect, Schedule } = await import('effect')
const { pipe } = await import('fp-ts/lib/function.js')
const O = await import('fp-ts/lib/Option.js')
const { default: pRetry } = await import('p-retry')
const retryTs = await import('retry-ts')
const { retrying } = await import('retry-ts/lib/Task.js')
const reprise = await import(process.argv[2])

const isLeft = (result) => result?._tag === 'Left'
const isBad = (result) => result?.bad === true
const same = (policy) => policy

/** For those who know promises alone. */
const orThrow = (result) => {
  if (isLeft(result)) throw result.left
  return result
}

const ofReprise = async ({ shape, cap, retries, jitter, limit, longestWait }, fn, signal) => {
  const {
    capDelay,
    custom,
    delays,
    exponential,
    fibonacci,
    fixed,
    limitDelay,
    limitElapsed,
    limitRetries,
    linear,
    retryUntil,
    withJitter
  } = reprise
  // From the wait to twice as much is what p-retry means by `randomize`.
  const twice = custom('twice', ({ retry }) => {
    const from = shape.base * shape.factor ** retry
    return { from, to: 2 * from }
  })
  const schedules = {
    fixed: () => fixed(shape.base),
    linear: () => linear(shape.base, shape.step),
    exponential: () => (jitter === 'twice' ? twice : exponential(shape.base, shape.factor)),
    fibonacci: () => fibonacci(shape.base),
    list: () => delays(shape.list)
  }
  const jitters = {
    full: withJitter('full'),
    equal: withJitter('equal'),
    fifth: withJitter(0.2)
  }
  const policy = pipe(
    schedules[shape.kind](),
    jitters[jitter] ?? same,
    cap === null ? same : capDelay(cap),
    retries === null ? same : limitRetries(retries),
    limit === null ? same : limitElapsed(limit),
    longestWait === null ? same : limitDelay(longestWait),
    retryUntil((result) => !isBad(result))
  )
  const result = await pipe(fn, reprise.withRetry(policy), reprise.withSignal(signal))()
  const last = isLeft(result) && reprise.isRetryError(result.left) ? reprise.lastFailure(result.left) : O.none
  // There is no error of the user's to throw.
  if (last.value?._tag === 'Rejected') throw last.value.value
  return reprise.runOrThrow(async () => result)
}

const ofCockatiel = ({ shape, cap, retries, jitter }, fn, signal) => {
  const { ConstantBackoff, DelegateBackoff, ExponentialBackoff, IterableBackoff } = cockatiel
  const capped = (wait) => Math.min(wait, cap ?? Infinity)
  const generators = { none: 'noJitterGenerator', full: 'fullJitterGenerator', equal: 'halfJitterGenerator' }
  const backoffs = {
    fixed: () => new ConstantBackoff(capped(shape.base)),
    linear: () => new DelegateBackoff(({ attempt }) => capped(shape.base + shape.step * (attempt - 1))),
    list: () => new IterableBackoff(shape.list.map(capped)),
    exponential: () =>
      new ExponentialBackoff({
        initialDelay: shape.base,
        exponent: shape.factor,
        maxDelay: cap ?? Infinity,
        generator: cockatiel[generators[jitter]]
      })
  }
  const handled = cockatiel.handleAll.orWhenResult((result) => isLeft(result) || isBad(result))
  const policy = cockatiel.retry(handled, {
    maxAttempts: retries ?? Infinity,
    backoff: backoffs[shape.kind]()
  })
  return policy.execute(fn, signal).then(orThrow)
}

const ofPRetry = ({ shape, cap, retries, jitter, limit }, fn, signal) =>
  pRetry(async () => orThrow(await fn()), {
    retries: retries ?? Infinity,
    minTimeout: shape.base,
    factor: shape.kind === 'fixed' ? 1 : shape.factor,
    maxTimeout: cap ?? Infinity,
    maxRetryTime: limit ?? Infinity,
    randomize: jitter === 'twice',
    signal
  })

const ofRetryTs = async ({ shape, cap, retries, longestWait }, fn) => {
  const { constantDelay, exponentialBackoff } = retryTs
  const schedules = {
    fixed: () => constantDelay(shape.base),
    linear:
      () =>
      ({ iterNumber }) =>
        O.some(shape.base + shape.step * iterNumber),
    list:
      () =>
      ({ iterNumber }) =>
        O.fromNullable(shape.list[iterNumber]),
    exponential: () =>
      shape.factor === 2
        ? exponentialBackoff(shape.base)
        : ({ iterNumber }) => O.some(shape.base * shape.factor ** iterNumber)
  }
  const schedule = schedules[shape.kind]()
  const capped = cap === null ? schedule : retryTs.capDelay(cap, schedule)
  const limited = longestWait === null ? capped : retryTs.limitRetriesByDelay(longestWait, capped)
  const policy = retries === null ? limited : retryTs.Monoid.concat(limited, retryTs.limitRetries(retries))
  return orThrow(
    await retrying(
      policy,
      () => fn,
      (result) => isLeft(result) || isBad(result)
    )()
  )
}

const ofEffect = ({ shape, cap, retries, jitter, limit }, fn, signal) => {
  const schedules = {
    fixed: () => Schedule.spaced(shape.base),
    linear: () =>
      Schedule.modifyDelay(Schedule.forever, ({ attempt }) =>
        Effect.succeed(shape.base + shape.step * (attempt - 1))
      ),
    exponential: () => Schedule.exponential(shape.base, shape.factor),
    fibonacci: () => Schedule.fibonacci(shape.base),
    list: () =>
      shape.list.map((wait) => Schedule.duration(wait)).reduce((all, next) => Schedule.concat(all, next))
  }
  const policy = pipe(
    schedules[shape.kind](),
    jitter === 'fifth' ? Schedule.jittered : same,
    cap === null
      ? same
      : Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, Duration.millis(cap)))),
    retries === null ? same : Schedule.upTo({ times: retries }),
    limit === null ? same : Schedule.upTo({ duration: limit })
  )
  const once = Effect.flatMap(Effect.tryPromise({ try: fn, catch: (error) => error }), (result) =>
    isLeft(result) ? Effect.fail(result.left) : Effect.succeed(result)
  )
  return Effect.runPromise(Effect.retry(once, policy), { signal })
}

const libraries = {
  reprise: ofReprise,
  cockatiel: ofCockatiel,
  'p-retry': ofPRetry,
  'retry-ts': ofRetryTs,
  effect: ofEffect
}

// --- scripts

/** What an attempt comes to, by its letter: gives back what is to be recognised at the end, and how it comes about. */
const attemptOf = (letter, number) => {
  const rejects = (error) => [error, () => Promise.reject(error)]
  const throws = (error) => [
    error,
    () => {
      throw error
    }
  ]
  const fails = (left) => [left, () => Promise.resolve({ _tag: 'Left', left })]
  const resolves = (value) => [value, () => Promise.resolve(value)]
  switch (letter) {
    case 'T':
      return rejects(new Error(`attempt ${number}`))
    case 'S':
      return throws(new Error(`attempt ${number}`))
    case 'Y':
      return rejects(new TypeError(`attempt ${number}`))
    case 'P':
      return rejects({ code: 'BUSY', number })
    case 'L':
      return fails({ _tag: 'Busy', number })
    case 'C':
      return fails({ _tag: 'CircuitOpen', retryAfter: number })
    case 'B':
      return resolves({ bad: true, number })
    default:
      return resolves({ number })
  }
}

/**
 * Plays a script through a library. Attempts beyond the script succeed; waits are from the end of one to the start of the
 * next.
 */
const play = async (library, script) => {
  const began = now
  timers = []
  const made = []
  const starts = []
  const ends = []
  const abort = new AbortController()
  const reason = new Error('aborted')
  // The number of the draw is that of the failure.
  Math.random = () => script.draws[starts.length - 1] ?? 0

  const fn = () => {
    const [mark, come] = attemptOf(script.outcomes[starts.length] ?? 'R', starts.length + 1)
    made.push(mark)
    starts.push(now)
    if (script.takes === 0) {
      ends.push(now)
      return come()
    }
    return new Promise((resolve) => {
      setTimeout(resolve, script.takes)
    }).then(() => {
      ends.push(now)
      return come()
    })
  }
  if (script.abortAt !== null) setTimeout(() => abort.abort(reason), script.abortAt)
  const end = await settled(Promise.resolve().then(() => library(script, fn, abort.signal)))

  const [how, what] = 'error' in end ? ['fails', end.error] : ['succeeds', end.value]
  // Plain data is not thrown as it is by everyone, but as the cause of an error.
  const given = made.find((mark) => mark === what || mark === what?.cause)
  return {
    calls: starts.length,
    waits: starts.slice(1).map((start, i) => start - ends[i]),
    end: abort.signal.aborted && how === 'fails' && given === undefined ? 'aborted' : how,
    of: made.indexOf(given) + 1,
    at: now - began
  }
}

process.on('message', async ({ script, names }) => {
  const answers = {}
  for (const name of names) {
    try {
      answers[name] = await play(libraries[name], script)
    } catch (error) {
      answers[name] = { failed: String(error?.stack ?? error) }
    }
  }
  process.send(answers)
})
process.send('ready')
