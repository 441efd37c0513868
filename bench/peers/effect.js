import { Duration, Effect, Schedule, Semaphore } from 'effect'

/** Its own jitter is a fifth either way; half is asked for. */
const jittered = Schedule.modifyDelay(({ duration }) =>
  Effect.sync(() => Duration.times(duration, 0.5 + Math.random()))
)

const scheduleOf = ({ retries, base }) => {
  const delays = base === 0 ? Schedule.spaced(0) : jittered(Schedule.exponential(base))
  return retries === Infinity ? delays : delays.pipe(Schedule.upTo({ times: retries }))
}

const identity = (error) => error
const fromPromise = (fn) => Effect.tryPromise({ try: fn, catch: identity })
const fromTask = (task) =>
  Effect.flatMap(Effect.promise(task), (result) =>
    result._tag === 'Left' ? Effect.fail(result.left) : Effect.succeed(result.right)
  )

export const peer = {
  name: 'effect',
  retrying: (options) => {
    const retried = Effect.retry(scheduleOf(options))
    const once = (effect) => {
      const program = retried(effect)
      return () => Effect.runPromise(program)
    }
    return {
      promise: (fn) => once(fromPromise(fn)),
      either: (task) => once(fromTask(task)),
      argument: (fn) => (arg) => Effect.runPromise(retried(fromPromise(() => fn(arg))))
    }
  },
  firstWait: (draw, base) => base * (0.5 + draw),
  // It has no circuit breaker: this is without.
  stack: ({ timeout, places, ...options }) => {
    const semaphore = Semaphore.makeUnsafe(places)
    const schedule = scheduleOf(options)
    return (fn) => {
      const program = fromPromise(fn).pipe(
        Effect.timeout(timeout),
        semaphore.withPermits(1),
        Effect.retry(schedule)
      )
      return () => Effect.runPromise(program)
    }
  },
  places: (places) => {
    const semaphore = Semaphore.makeUnsafe(places)
    return (fn) => {
      const program = semaphore.withPermits(1)(fromPromise(fn))
      return () => Effect.runPromise(program)
    }
  },
  least: 'Effect, Schedule'
}
