/**
 * Work that keeps a processor busy, on a pool of threads: a count of primes, cut into four parts, and a thread that crashes half
 * of the time. This file is the module of the threads as well; most programs have one of its own.
 *
 * Run it:  node scripts/example.js examples/threads.ts     It ends with code 1 if something does not go as promised.
 */
import { isMainThread } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { Piscina } from 'piscina'
import type { RetryEvent } from 'reprise'
import { keepErrors, poolWorker, workerCrashed } from 'reprise/piscina'
import { printFacts } from './support/calls.js'

// --- in the threads: plain functions of one argument

const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return n > 1
}

export const countPrimes = ([from, to]: readonly [number, number]): number => {
  let count = 0
  for (let n = from; n < to; n++) if (isPrime(n)) count += 1
  return count
}

/** A native library with a bug, say: takes its thread with it at each odd call, which it counts in shared memory. */
export const resize = (calls: Int32Array): string => {
  if (Atomics.add(calls, 0, 1) % 2 === 0) process.exit(1)
  return 'resized'
}

/** Never comes to an end. */
export const loop = (): never => {
  for (;;);
}

export const parse = keepErrors((text: string): unknown => JSON.parse(text))

interface Tasks {
  readonly countPrimes: typeof countPrimes
  readonly resize: typeof resize
  readonly loop: typeof loop
  readonly parse: typeof parse
}

// --- in the program

const print = (event: RetryEvent): void => {
  if (event._tag === 'AttemptStarted') console.log(`  ${event.name}, attempt ${event.attempt}`)
  if (event._tag === 'RetryScheduled') console.log(`  ${event.name} -> again in ${event.delay} ms`)
}

/** Without it, a thread that is ended while it still loads this module takes the process with it; old versions of Node lack it. */
const execArgv = process.allowedNodeEnvironmentFlags.has('--experimental-require-module')
  ? ['--no-experimental-require-module']
  : []

const main = async (): Promise<boolean> => {
  const pool = new Piscina({ filename: import.meta.url, execArgv, minThreads: 1, maxThreads: 2 })
  const tasks = poolWorker<Tasks>(pool)(['countPrimes', 'resize', 'loop', 'parse'], {
    numRetries: { '*': 2, loop: 1 },
    retryWait: 10,
    retryOn: [workerCrashed, 'TimedOut'],
    attemptTimeout: { '*': '20s', loop: '200ms' },
    observer: print
  })
  const outcome = E.match(({ _tag }: { readonly _tag: string }) => _tag, String)

  const parts = [0, 50_000, 100_000, 150_000].map((from) => tasks.countPrimes([from, from + 50_000] as const))
  const primes = await pipe(
    TE.sequenceArray(parts),
    TE.map((counts) => counts.reduce((sum, count) => sum + count, 0))
  )()
  const resized = await tasks.resize(new Int32Array(new SharedArrayBuffer(4)))()
  const looped = await tasks.loop()
  const parsed = await tasks.parse('{')()
  await pool.destroy()

  return printFacts([
    { what: 'primes below 200,000', promised: '17984', happened: outcome(primes) },
    { what: 'a thread that crashed, and another', promised: 'resized', happened: outcome(resized) },
    { what: 'two threads stopped in their loops', promised: 'Exhausted', happened: outcome(looped) },
    { what: 'a mistake is not tried again', promised: 'NotRetryable', happened: outcome(parsed) },
    { what: 'threads left', promised: 0, happened: pool.threads.length }
  ])
}

if (isMainThread) process.exitCode = (await main()) ? 0 : 1
