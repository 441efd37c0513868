/**
 * Queues against a real Redis, and servers that are killed. Everything that is asserted holds however slow the machine is:
 * waits have lower bounds only, and what is awaited is an event.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Queue, UnrecoverableError, Worker } from 'bullmq'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  abortOn,
  andThen,
  delayFrom,
  delays,
  exponential,
  fixed,
  immediate,
  limitRetries,
  recordFailures,
  retryOn,
  retryUntil,
  when,
  withAttempt,
  withSignal,
  worker
} from 'reprise'
import {
  isAttemptLost,
  isQueueFault,
  queueWorker,
  type QueueSettings,
  toBullMQ,
  withJob
} from 'reprise/bullmq'
import { root } from '../support/built.js'
import { bundleScript } from '../support/bundle.js'
import { type RedisForTests, startRedis, whereRedis } from '../support/redis.js'
import { node } from '../support/run.js'

const limit = 60_000

whereRedis(() => {
  let redis: RedisForTests
  let folder: string
  const closing: Array<() => Promise<unknown>> = []

  beforeAll(async () => {
    redis = await startRedis()
    folder = mkdtempSync(join(tmpdir(), 'reprise-queue-'))
    bundle = await bundleScript('queue', serverScript, 'bullmq')
  }, limit)
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()))
  }, limit)
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    rmSync(bundle, { force: true })
    if (redis.restart === undefined) await tidyUp()
    await redis.stop()
  }, limit)

  const prefix = 'reprise-test'
  const names: string[] = []
  const newSettings = (): QueueSettings => {
    const queue = `test-${process.pid}-${names.length}`
    names.push(queue)
    return { connection: redis.connection, queue, prefix }
  }
  /** Leaves nothing behind in a Redis that is not our own. */
  const tidyUp = async (): Promise<void> => {
    for (const name of names) {
      const queue = new Queue(name, { connection: redis.connection, prefix })
      await queue.obliterate({ force: true })
      await queue.close()
    }
  }
  /** Locks short enough that what is lost is found out soon, and longer than a machine keeps a process waiting. */
  const quick = { lockDuration: 3000, stalledInterval: 200 }

  const closeLater = <Q extends { readonly close: () => Promise<unknown> }>(queue: Q): Q => {
    closing.push(() => queue.close())
    return queue
  }

  /** The queue as it is in Redis. */
  const rawQueue = (settings: QueueSettings): Queue =>
    closeLater(new Queue(settings.queue, { connection: redis.connection, prefix }))

  // --- serving processes

  let bundle: string

  type Act = (id: string, script: ReadonlyArray<'fail' | 'ok' | 'hang'>) => Promise<string>

  interface Line {
    readonly id: string
    readonly attempt: number
    readonly event: 'began' | 'failed' | 'done'
    readonly at: number
  }

  /** A queue whose function `act` is served by processes that note what they do. */
  const openActing = (options: { readonly numRetries: number; readonly retryWait: number }) => {
    const settings = newSettings()
    const file = join(folder, settings.queue)
    const given = { ...options, retryAlgorithm: 'fixed', retryJitter: 0 } as const
    const act: Act = async () => 'not served here'
    const queue = closeLater(queueWorker({ act }, given, settings))
    const children: ChildProcess[] = []
    closing.push(async () => Promise.all(children.map(kill)))
    const lines = (): ReadonlyArray<Line> =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Line)
        : []
    return {
      act: queue.client.act,
      lines,
      /** Resolves when so many jobs wait for their retries. */
      untilDelayed: async (count: number): Promise<void> => {
        const raw = rawQueue(settings)
        while ((await raw.getDelayedCount()) !== count) await sleep(10)
      },
      until: async (isSo: (lines: ReadonlyArray<Line>) => boolean): Promise<void> => {
        while (!isSo(lines())) await sleep(10)
      },
      serve: (): ChildProcess => {
        const told = JSON.stringify({ settings, file, options: given, serve: { ...quick, concurrency: 20 } })
        const child = spawn(process.execPath, [bundle, told], { stdio: ['ignore', 'ignore', 'inherit'] })
        children.push(child)
        return child
      }
    }
  }

  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  describe('a call', () => {
    class HttpError extends Error {
      override readonly name = 'HttpError'
      constructor(readonly status: number) {
        super(`status ${status}`)
      }
    }
    const calls = { flaky: 0 }
    const functions = {
      echo: async (...given: [a: unknown, b?: unknown]) => given,
      nothing: async () => {},
      flaky: async (id: number) => {
        calls.flaky += 1
        if (calls.flaky < 3) throw new HttpError(503)
        return { id }
      },
      down: async (): Promise<number> => {
        throw Object.assign(new Error('down', { cause: new TypeError('socket') }), { code: 'EPIPE' })
      },
      refused: (id: string) => TE.left<{ _tag: 'Denied'; id: string }, number>({ _tag: 'Denied', id }),
      growing: withAttempt(({ attempt, previous }) => async (n: number) => [n * attempt, previous._tag]),
      huge: async (n: number) => ({ n: BigInt(n) }),
      slow: async (ms: number) => sleep(ms)
    }
    const open = () => {
      const queue = closeLater(
        queueWorker(
          functions,
          {
            numRetries: { '*': 2, growing: 3 },
            retryWait: 5,
            retryJitter: 0,
            retryAlgorithm: 'fixed',
            retryOn: { '*': undefined, refused: (error: { _tag: string }) => error._tag !== 'Denied' },
            retryUntil: { '*': undefined, growing: ([n]: ReadonlyArray<unknown>) => Number(n) >= 30 },
            attemptTimeout: { '*': undefined, slow: 20 }
          },
          newSettings()
        )
      )
      queue.serve({ concurrency: 5 })
      return queue.client
    }

    test('arguments and results -> as JSON has them', async () => {
      const client = open()
      expect(await client.echo({ a: [1, null], at: new Date(0) }, undefined)()).toEqual(
        E.right([{ a: [1, null], at: '1970-01-01T00:00:00.000Z' }, undefined])
      )
      expect(await client.nothing()).toStrictEqual(E.right(undefined))
    })

    test('two failures, then a result -> the result, after three calls', async () => {
      expect(await open().flaky(7)()).toEqual(E.right({ id: 7 }))
      expect(calls.flaky).toBe(3)
    })

    test('failures only -> Exhausted, with errors rebuilt', async () => {
      const ended = await open().down()
      if (E.isRight(ended) || ended.left._tag !== 'Exhausted')
        throw new Error('has not exhausted its retries')
      const { attempts, failures, omitted } = ended.left
      expect([attempts, omitted, failures.map(({ _tag, attempt, delay }) => [_tag, attempt, delay])]).toEqual(
        [
          3,
          0,
          [
            ['Threw', 1, 5],
            ['Threw', 2, 5],
            ['Threw', 3, undefined]
          ]
        ]
      )
      const first = failures[0]
      if (first?._tag !== 'Threw') throw new Error('has not thrown')
      expect(first.error).toBeInstanceOf(Error)
      expect(first.error).toMatchObject({
        message: 'down',
        code: 'EPIPE',
        cause: { name: 'TypeError', message: 'socket' }
      })
    })

    test('a Left that is refused -> NotRetryable, the Left as it was', async () => {
      expect(await open().refused('a')()).toMatchObject(
        E.left({
          _tag: 'NotRetryable',
          attempts: 1,
          failures: [{ _tag: 'Failed', error: { _tag: 'Denied', id: 'a' } }]
        })
      )
    })

    test('withAttempt and retryUntil -> attempts count up, and know the failure before', async () => {
      const client = open()
      expect(await client.growing(10)()).toEqual(E.right([30, 'Some']))
      expect(await client.growing(1)()).toMatchObject(
        E.left({
          _tag: 'Exhausted',
          failures: [1, 2, 3, 4].map((n) => ({ _tag: 'Rejected', value: [n, n === 1 ? 'None' : 'Some'] }))
        })
      )
    })

    test('a result that JSON cannot hold -> NotRetryable, called once', async () => {
      expect(await open().huge(1)()).toMatchObject(
        E.left({ _tag: 'NotRetryable', attempts: 1, failures: [{ error: { name: 'TypeError' } }] })
      )
    })

    test('arguments that JSON cannot hold -> Aborted, no job', async () => {
      expect(await open().echo(1n)()).toMatchObject(
        E.left({
          _tag: 'Aborted',
          attempts: 0,
          reason: { _tag: 'QueueFault', kind: 'arguments', jobId: undefined }
        })
      )
    })

    test('attempts that take too long -> TimedOut, each', async () => {
      expect(await open().slow(10_000)()).toMatchObject(
        E.left({
          _tag: 'Exhausted',
          failures: [1, 2, 3].map(() => ({ error: { _tag: 'TimedOut', timeout: 20 } }))
        })
      )
    })

    test('a function that the server does not know -> Aborted, failed', async () => {
      const settings = newSettings()
      const { client } = closeLater(queueWorker({ one: async () => 1, two: async () => 2 }, {}, settings))
      closeLater(queueWorker({ one: async () => 1 }, {}, settings)).serve()
      expect(await client.two()).toMatchObject(
        E.left({ _tag: 'Aborted', reason: { kind: 'failed', message: "this process has no function 'two'" } })
      )
      expect(await client.one()).toEqual(E.right(1))
    })
  })

  test(
    'waits -> never early, by the clocks of the attempts',
    async () => {
      const list = [40, 0, 75, 10]
      const stamps: Array<readonly [began: number, ended: number]> = []
      const read = async (): Promise<number> => {
        const began = Date.now()
        await sleep(3)
        stamps.push([began, Date.now()])
        throw new Error('down')
      }
      const queue = closeLater(queueWorker({ read }, { policy: delays(list) }, newSettings()))
      queue.serve()
      const ended = await queue.client.read()
      expect(ended).toMatchObject(E.left({ _tag: 'Exhausted', attempts: 5 }))
      const waited = list.map((_, i) => stamps[i + 1]![0] - stamps[i]![1])
      expect(waited.map((ms, i) => ms >= list[i]!)).toEqual([true, true, true, true])
    },
    limit
  )

  test(
    'a job that is promoted by hand -> still waits for its time',
    async () => {
      const stamps: number[] = []
      const read = async (): Promise<string> => {
        stamps.push(Date.now())
        if (stamps.length === 1) throw new Error('down')
        return 'up'
      }
      const settings = newSettings()
      const queue = closeLater(queueWorker({ read }, { policy: delays([2000]) }, settings))
      queue.serve()
      const pending = pipe(queue.client.read, withJob({ jobId: 'hurried' }))()
      const own = rawQueue(settings)
      while ((await own.getDelayedCount()) === 0) await sleep(5)
      await (await own.getJob('hurried'))!.promote()
      expect(await pending).toEqual(E.right('up'))
      expect(stamps).toHaveLength(2)
      expect(stamps[1]! - stamps[0]!).toBeGreaterThanOrEqual(2000)
    },
    limit
  )

  describe('jobId', () => {
    test(
      'three calls with one id, one of them later -> one run, three results',
      async () => {
        let runs = 0
        const queue = closeLater(
          queueWorker({ bill: async (n: number) => n + (runs += 1) }, {}, newSettings())
        )
        queue.serve()
        const call = (n: number) => pipe(queue.client.bill, withJob({ jobId: 'bill-7' }))(n)()
        expect(await Promise.all([call(10), call(20)])).toEqual([E.right(11), E.right(11)])
        expect(await call(30)).toEqual(E.right(11))
        expect(runs).toBe(1)
      },
      limit
    )

    test(
      'the id of a job of another function -> Aborted, conflict',
      async () => {
        const queue = closeLater(
          queueWorker({ a: async (n: number) => n, b: async (n: number) => -n }, {}, newSettings())
        )
        queue.serve()
        const once = withJob({ jobId: 'mine' })
        expect(await pipe(queue.client.a, once)(1)()).toEqual(E.right(1))
        expect(await pipe(queue.client.b, once)(1)()).toMatchObject(
          E.left({ _tag: 'Aborted', reason: { kind: 'conflict', jobId: 'mine' } })
        )
      },
      limit
    )

    test(
      'a job that has failed, started again by hand -> a fresh call',
      async () => {
        let up = false
        const settings = newSettings()
        const read = async (): Promise<string> => {
          if (!up) throw new Error('down')
          return 'up'
        }
        const queue = closeLater(queueWorker({ read }, { policy: delays([1]) }, settings))
        queue.serve()
        const call = pipe(queue.client.read, withJob({ jobId: 'again' }))
        expect(await call()).toMatchObject(E.left({ _tag: 'Exhausted', attempts: 2 }))
        up = true
        await (await rawQueue(settings).getJob('again'))!.retry()
        expect(await call()).toEqual(E.right('up'))
      },
      limit
    )
  })

  describe('ending', () => {
    test(
      'an abort, a timeout -> the waiting ends, the job goes on',
      async () => {
        let open: () => void = () => undefined
        const gate = new Promise<void>((resolve) => (open = resolve))
        let done = 0
        const hold = async (n: number): Promise<number> => {
          await gate
          return (done += n)
        }
        const settings = newSettings()
        const patient = closeLater(queueWorker({ hold }, {}, settings))
        const hasty = closeLater(queueWorker({ hold }, { timeout: 30 }, settings))
        patient.serve({ concurrency: 3 })
        const controller = new AbortController()
        const aborted = pipe(
          patient.client.hold,
          withJob({ jobId: 'held' }),
          withSignal(controller.signal)
        )(1)()
        expect(await hasty.client.hold(1)()).toMatchObject(E.left({ _tag: 'TimedOut', timeout: 30 }))
        controller.abort('enough')
        expect(await aborted).toMatchObject(E.left({ _tag: 'Aborted', reason: 'enough' }))
        open()
        expect(E.isRight(await pipe(patient.client.hold, withJob({ jobId: 'held' }))(1)())).toBe(true)
        expect(done).toBeGreaterThanOrEqual(1)
      },
      limit
    )

    test(
      'close while a call waits -> Aborted, closed',
      async () => {
        const settings = newSettings()
        const queue = queueWorker({ read: async () => 1 }, {}, settings)
        const pending = queue.client.read()
        const raw = rawQueue(settings)
        while ((await raw.getWaitingCount()) === 0) await sleep(5)
        await queue.close()
        const ended = await pending
        expect(
          E.isLeft(ended) &&
            ended.left._tag === 'Aborted' &&
            isQueueFault(ended.left.reason) &&
            ended.left.reason.kind
        ).toBe('closed')
      },
      limit
    )

    test(
      'close -> nothing is left that keeps a process from ending',
      async () => {
        const told = JSON.stringify({ settings: newSettings(), once: true })
        expect(await node([bundle, told], root, 30_000)).toEqual({
          code: 0,
          output: '{"_tag":"Right","right":"once"}\n'
        })
      },
      limit
    )
  })

  describe('killed servers', () => {
    test(
      'SIGKILL in the middle of a wait -> another goes on with it, on time, and counts on',
      async () => {
        const { act, lines, serve, until, untilDelayed } = openActing({ numRetries: 2, retryWait: 2000 })
        const first = serve()
        const pending = act('w', ['fail', 'fail', 'ok'])()
        await until((all) => all.some(({ event }) => event === 'failed'))
        // The wait is written right after; a kill before that would be one in the middle of an attempt.
        await untilDelayed(1)
        await kill(first)
        serve()
        expect(await pending).toEqual(E.right('w'))
        const all = lines()
        expect(all.map(({ attempt, event }) => [attempt, event])).toEqual([
          [1, 'began'],
          [1, 'failed'],
          [2, 'began'],
          [2, 'failed'],
          [3, 'began'],
          [3, 'done']
        ])
        expect([all[2]!.at - all[1]!.at >= 2000, all[4]!.at - all[3]!.at >= 2000]).toEqual([true, true])
      },
      limit
    )

    test(
      'SIGKILL in the middle of an attempt -> the attempt counts, and is retried',
      async () => {
        const { act, lines, serve, until } = openActing({ numRetries: 1, retryWait: 50 })
        const first = serve()
        const pending = act('a', ['hang', 'ok'])()
        await until((all) => all.length === 1)
        await kill(first)
        serve()
        expect(await pending).toEqual(E.right('a'))
        expect(lines().map(({ attempt, event }) => [attempt, event])).toEqual([
          [1, 'began'],
          [2, 'began'],
          [2, 'done']
        ])
      },
      limit
    )

    test(
      'SIGKILL in the middle of the last attempt -> Exhausted with an AttemptLost, no further attempt',
      async () => {
        const { act, lines, serve, until } = openActing({ numRetries: 1, retryWait: 50 })
        const first = serve()
        const pending = act('l', ['fail', 'hang', 'ok'])()
        await until((all) => all.length === 3)
        await kill(first)
        serve()
        const ended = await pending
        if (E.isRight(ended)) throw new Error('has a result')
        expect(ended.left).toMatchObject({ _tag: 'Exhausted', attempts: 2 })
        const last = ended.left.failures[1]
        expect(last?._tag === 'Threw' && isAttemptLost(last.error)).toBe(true)
        expect(lines()).toHaveLength(3)
      },
      limit
    )

    test(
      'two servers -> each attempt of each of 100 calls is made once',
      async () => {
        const { act, lines, serve } = openActing({ numRetries: 2, retryWait: 20 })
        serve()
        serve()
        const ids = Array.from({ length: 100 }, (_, i) => `n${i}`)
        expect(await Promise.all(ids.map((id) => act(id, ['fail', 'ok'])()))).toEqual(ids.map(E.right))
        const began = lines().flatMap(({ id, attempt, event }) =>
          event === 'began' ? [`${id}/${attempt}`] : []
        )
        expect(began.sort()).toEqual(ids.flatMap((id) => [`${id}/1`, `${id}/2`]).sort())
      },
      limit
    )

    const whereOwn = (process.env['REDIS_URL'] ?? '') === '' ? test : test.skip
    whereOwn(
      'Redis killed and started on its append-only file -> every call ends, none early or twice',
      async () => {
        const { act, lines, serve, untilDelayed } = openActing({ numRetries: 2, retryWait: 2000 })
        serve()
        const ids = Array.from({ length: 20 }, (_, i) => `r${i}`)
        const pending = Promise.all(ids.map((id) => act(id, ['fail', 'fail', 'ok'])()))
        await untilDelayed(ids.length)
        await redis.restart!()
        expect(await pending).toEqual(ids.map(E.right))
        const of = (id: string) => lines().filter((line) => line.id === id)
        expect(
          ids.map((id) =>
            of(id)
              .map(({ attempt, event }) => `${attempt}${event}`)
              .join()
          )
        ).toEqual(ids.map(() => '1began,1failed,2began,2failed,3began,3done'))
        expect(ids.every((id) => of(id)[2]!.at - of(id)[1]!.at >= 2000)).toBe(true)
      },
      limit
    )
  })

  // --- the same as worker

  type Outcome = { readonly throws: string } | { readonly left: string } | { readonly gives: number }

  test(
    'generated scripts -> the results, counts and waits of worker',
    async () => {
      const scripts = new Map<string, ReadonlyArray<Outcome>>()
      const made = new Map<string, number>()
      const scripted = (key: string) => async (): Promise<E.Either<string, number>> => {
        const nth = made.get(key) ?? 0
        made.set(key, nth + 1)
        const outcome = scripts.get(key.split('/')[1]!)![nth] ?? { gives: 9 }
        if ('throws' in outcome) throw Object.assign(new Error(outcome.throws), { code: outcome.throws })
        return 'left' in outcome ? E.left(outcome.left) : E.right(outcome.gives)
      }
      const run = (key: string) => scripted(key)
      const functions = { a: run, b: run, c: run, d: run, e: run, f: run }
      const policies = {
        a: pipe(exponential(2), limitRetries(3)),
        b: pipe(fixed(3), limitRetries(4), retryOn('A')),
        c: pipe(delays([1, 0, 2]), abortOn(['B', 'x']), recordFailures(2)),
        d: pipe(
          immediate,
          limitRetries(2),
          retryUntil((n: number) => n > 3)
        ),
        e: pipe(fixed(1), limitRetries(2), when('A', pipe(exponential(1), limitRetries(1)))),
        f: pipe(
          delays([2]),
          andThen(pipe(fixed(4), limitRetries(1))),
          delayFrom((error) => (error === 'x' ? 6 : undefined), { max: 5 })
        )
      } as const
      const options = { policy: { '*': fixed(1), ...policies } }
      const local = worker(functions, options)
      const queue = closeLater(queueWorker(functions, options, newSettings()))
      queue.serve({ concurrency: 25 })

      const outcome = fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom<Outcome>({ throws: 'A' }, { throws: 'B' }, { left: 'x' }, { left: 'A' })
        },
        { weight: 1, arbitrary: fc.constantFrom<Outcome>({ gives: 1 }, { gives: 5 }) }
      )
      const cases = fc.sample(
        fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.array(outcome, { maxLength: 6 })),
        { numRuns: 60, seed: 20 }
      )
      cases.forEach(([, script], i) => scripts.set(String(i), script))
      const both = await Promise.all(
        cases.map(async ([name, script], i) => {
          const [there, here] = await Promise.all([queue.client[name](`q/${i}`)(), local[name](`w/${i}`)()])
          return {
            name,
            script,
            there: [summary(there), made.get(`q/${i}`)],
            here: [summary(here), made.get(`w/${i}`)]
          }
        })
      )
      expect(both.map(({ name, script, there }) => ({ name, script, end: there }))).toEqual(
        both.map(({ name, script, here }) => ({ name, script, end: here }))
      )
      // All that can happen is among them.
      expect(new Set(both.map(({ here: [end] }) => (end as { _tag: string })._tag))).toEqual(
        new Set(['Right', 'Exhausted', 'NotRetryable'])
      )
    },
    limit
  )

  /** What of an end does not depend on the time that it took. */
  const summary = (end: E.Either<unknown, unknown>): unknown => {
    if (E.isRight(end)) return end
    const {
      elapsed: _elapsed,
      failures,
      ...rest
    } = end.left as { elapsed: number; failures: ReadonlyArray<object> }
    return {
      ...rest,
      failures: failures.map((failure) => {
        const { error, duration: _d, startedAt: _s, ...more } = failure as Record<string, unknown>
        const { message, code } = (error ?? {}) as Partial<NodeJS.ErrnoException>
        return { ...more, error: typeof error === 'string' ? error : [message, code] }
      })
    }
  }

  // --- queues of one's own

  describe('toBullMQ', () => {
    test.each<[string, () => Error, ReadonlyArray<number>]>([
      ['an error that is retried', () => Object.assign(new Error('e'), { code: 'A' }), [30, 60]],
      ['an error that is refused', () => Object.assign(new Error('e'), { code: 'B' }), []],
      ['an UnrecoverableError', () => new UnrecoverableError('e'), []]
    ])(
      '%s -> waits that are not early, and no further attempt',
      async (_name, make, waits) => {
        const { jobOptions, settings } = toBullMQ(pipe(exponential(30), limitRetries(2), abortOn('B')))
        const { connection, queue } = newSettings()
        const own = closeLater(new Queue(queue, { connection, prefix }))
        const stamps: number[] = []
        const failing = closeLater(
          new Worker(
            queue,
            async () => {
              stamps.push(Date.now())
              throw make()
            },
            { connection, prefix, settings }
          )
        )
        const ended = new Promise<void>((resolve) =>
          failing.on('failed', (job) => void job?.isFailed().then((is) => is && resolve()))
        )
        await own.add('job', {}, jobOptions)
        await ended
        expect(stamps.slice(1).map((at, i) => at - stamps[i]! >= waits[i]!)).toEqual(waits.map(() => true))
      },
      limit
    )
  })

  test(
    'scripts/soakQueue.js, 300 calls -> none lost, all within their policies',
    async () => {
      const { code, output } = await node(['scripts/soakQueue.js', '--jobs', '300'], root, 3 * limit)
      expect(output).toMatch(/300 of 300 calls ended/)
      expect({ code, output }).toMatchObject({ code: 0 })
    },
    3 * limit + 5000
  )
})

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What a serving process runs: as its argument says, it serves `act`, or makes one call and closes. */
const serverScript = `
import { appendFileSync } from 'node:fs'
import { withAttempt } from 'reprise'
import { queueWorker } from 'reprise/bullmq'

const { settings, file, options, serve, once } = JSON.parse(process.argv[2])
if (once) {
  const queue = queueWorker({ once: async () => 'once' }, {}, settings)
  queue.serve()
  console.log(JSON.stringify(await queue.client.once()))
  await queue.close()
} else {
  const act = withAttempt(({ attempt }) => async (id, script) => {
    const note = (event) => appendFileSync(file, JSON.stringify({ id, attempt, event, at: Date.now() }) + '\\n')
    note('began')
    const outcome = script[attempt - 1]
    if (outcome === 'hang') await new Promise(() => setInterval(() => undefined, 1000))
    note(outcome === 'ok' ? 'done' : 'failed')
    if (outcome !== 'ok') throw new Error(outcome)
    return id
  })
  queueWorker({ act }, options, settings).serve(serve)
}
`
