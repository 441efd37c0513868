import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  abortOn,
  allOf,
  andThen,
  anyCause,
  type AnyPolicy,
  both,
  capDelay,
  custom,
  decorrelated,
  delayFrom,
  delays,
  either,
  explain,
  ExplanationShow,
  exponential,
  fibonacci,
  fixed,
  floorDelay,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  not,
  recordFailures,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { badCounts, refuses } from '../../support/bad.js'

const everyError =
  'Retries every error, except aborts and what an inner retry or an open circuit breaker gave up on.'
const retryAfter = (error: unknown): number | undefined => (error as { retryAfter?: number }).retryAfter
const isFinal = (result: unknown): boolean => result === 'final'

describe('explain', () => {
  /** The sentences between what is retried and what comes of it in all. */
  const told = (policy: AnyPolicy): ReadonlyArray<string> => explain(policy).words.slice(1, -1)

  it.each<[string, AnyPolicy, string]>([
    ['exponential', exponential(100), 'Waits 100 ms before the first retry, then twice as long each time.'],
    [
      'a factor',
      exponential('1s', 1.5),
      'Waits 1 s before the first retry, then 1.5 times as long each time.'
    ],
    ['a factor of 1', exponential('1s', 1), 'Waits 1 s before each retry.'],
    ['a factor of 0', exponential('1s', 0), 'Waits 1 s before the first retry, and not at all after it.'],
    ['exponential of 0', exponential(0), 'Retries at once.'],
    ['exponential of 0, a factor of 0', exponential(0, 0), 'Retries at once.'],
    ['linear', linear('1s', '500ms'), 'Waits 1 s before the first retry, then 500 ms more each time.'],
    ['linear from 0', linear(0, 50), 'Retries at once, then waits 50 ms more each time.'],
    ['linear from 0, of no step', linear(0, 0), 'Retries at once.'],
    ['fibonacci of 0', fibonacci(0), 'Retries at once.'],
    ['decorrelated of 0', decorrelated(0), 'Retries at once.'],
    ['linear of no step', linear(50, 0), 'Waits 50 ms before each retry.'],
    ['fixed', fixed('90s'), 'Waits 1 min 30 s before each retry.'],
    ['immediate', immediate, 'Retries at once.'],
    [
      'fibonacci',
      fibonacci(100),
      'Waits 100 ms before each of the first two retries, then as long as the two waits before it together.'
    ],
    [
      'decorrelated',
      decorrelated(100),
      'Draws each wait between 100 ms and 3 times the wait before it, at first up to 300 ms.'
    ],
    ['delays', delays(['10ms', '1s', '1m']), 'Waits 10 ms, 1 s and 1 min, then stops.'],
    ['delays: one', delays([10]), 'Waits 10 ms, then stops.'],
    ['custom', custom('mine', () => 'stop'), 'Waits as "mine" says, and stops when that does.']
  ])('%s -> its sentence', (_, schedule, sentence) => {
    expect(told(schedule)).toEqual([sentence])
  })

  it.each<[string, (self: ReturnType<typeof fixed>) => AnyPolicy, string]>([
    ['withJitter 0.25', withJitter(0.25), 'Spreads each wait at random by up to 25 % either way.'],
    ['withJitter full', withJitter('full'), 'Draws each wait at random between 0 and its length.'],
    [
      'withJitter equal',
      withJitter('equal'),
      'Draws each wait at random between half and all of its length.'
    ],
    [
      'delayFrom above a cap',
      (self) => capDelay('10s')(delayFrom(retryAfter, { max: '1m' })(self)),
      'Waits at least as long as the error asks for (by retryAfter), but stops if that is more than 10 s.'
    ],
    [
      'delayFrom of a function without a name',
      delayFrom(
        (
          () => () =>
            5
        )(),
        { max: '1m' }
      ),
      'Waits at least as long as the error asks for (by a nameless function), but stops if that is more than 1 min.'
    ],
    [
      'delayFrom',
      delayFrom(retryAfter, { max: '1m' }),
      'Waits at least as long as the error asks for (by retryAfter), but stops if that is more than 1 min.'
    ],
    ['floorDelay', floorDelay('1s'), 'Waits at least 1 s.'],
    ['capDelay', capDelay('10s'), 'Waits at most 10 s, spread included.'],
    ['limitDelay', limitDelay('10s'), 'Stops before a wait of more than 10 s.'],
    ['limitTotalDelay', limitTotalDelay('1h'), 'Stops before the waits add up to more than 1 h.'],
    ['limitElapsed', limitElapsed('30s'), 'Starts no retry later than 30 s after the start of the call.'],
    ['mapDelay', mapDelay('double', (delay) => delay * 2), 'Changes each wait by "double".']
  ])('%s -> its sentence', (_, change, sentence) => {
    expect(told(change(fixed(5)))).toContain(sentence)
  })

  it.each<[string, (self: ReturnType<typeof fixed>) => AnyPolicy]>([
    ['withJitter 0', withJitter(0)],
    ['a floor that a lower cap beats', (self) => pipe(self, floorDelay('2s'), capDelay('1s'))],
    ['a floor that is the cap', (self) => pipe(self, floorDelay('1s'), capDelay('1s'))]
  ])('%s -> is not told', (_, change) => {
    expect(told(change(fixed('1s'))).join(' ')).not.toMatch(/random|at least/)
  })

  it('no spread -> nothing but the waits', () => {
    expect(told(withJitter(0)(fixed('1s')))).toEqual(['Waits 1 s before each retry.'])
  })

  it.each<[string, AnyPolicy, ReadonlyArray<string>]>([
    ['nothing said', fixed(1), [everyError]],
    [
      'retryOn',
      pipe(fixed(1), retryOn(['ECONNRESET', TypeError, isFinal])),
      ['Retries only errors that match "ECONNRESET", TypeError or isFinal.']
    ],
    [
      'abortOn',
      pipe(fixed(1), abortOn('A'), abortOn(['B', 'C'])),
      [everyError, 'Never retries errors that match "A" or "B" or "C".']
    ],
    [
      'conditions within conditions',
      pipe(fixed(1), retryOn([not(['A', 'B']), allOf(['C', anyCause('D')])])),
      ['Retries only errors that match (anything but ("A" or "B")) or ("C" and "D" (causes included)).']
    ],
    ['empty conditions', pipe(fixed(1), retryOn(allOf([]))), ['Retries only errors that match anything.']],
    [
      'retryUntil',
      pipe(fixed(1), retryUntil([isFinal, t.string])),
      [everyError, 'Takes a result for a failure unless isFinal and string accept it.']
    ],
    [
      'a nameless validator',
      pipe(
        fixed(1),
        retryUntil((result: unknown) => result === 1)
      ),
      [everyError, 'Takes a result for a failure unless a nameless function accepts it.']
    ]
  ])('%s -> what is retried', (_, policy, sentences) => {
    expect(explain(policy).words.slice(0, sentences.length)).toEqual(sentences)
    expect(explain(policy).words[sentences.length]).toBe('Waits 1 ms before each retry.')
  })

  it.each<[string, AnyPolicy, string]>([
    [
      'a count',
      pipe(exponential(100), limitRetries(3)),
      'Makes at most 4 attempts (3 retries), and waits at most 400 ms at a time and 700 ms in all.'
    ],
    [
      'one retry',
      pipe(exponential(100), limitRetries(1)),
      'Makes at most 2 attempts (1 retry), and waits at most 100 ms in all.'
    ],
    ['no wait', pipe(immediate, limitRetries(3)), 'Makes at most 4 attempts (3 retries).'],
    [
      'a list, shorter than its limit',
      pipe(delays([10, 20]), limitRetries(9)),
      'Makes at most 3 attempts (2 retries), and waits at most 20 ms at a time and 30 ms in all.'
    ],
    ['no end', fixed('1s'), 'Never stops while failures go on, and waits at most 1 s at a time.'],
    ['no end and no bound', linear('1s'), 'Never stops while failures go on.'],
    [
      'a deadline alone',
      pipe(fixed('1s'), withJitter('full'), limitElapsed('30s')),
      'Sets no limit to the number of attempts, and waits at most 1 s at a time and 30 s in all.'
    ],
    [
      'highest draws just below the end of their windows',
      pipe(exponential(7), withJitter('full'), limitRetries(3)),
      'Makes at most 4 attempts (3 retries), and waits at most 28 ms at a time and 49 ms in all.'
    ],
    [
      'a limit within the windows',
      pipe(fixed('1s'), withJitter(0.5), limitDelay(1200), limitRetries(3)),
      'Makes at most 4 attempts (3 retries), and waits at most 1.2 s at a time and 3.6 s in all.'
    ],
    ['no retry', never, 'Makes one attempt, and no retry.'],
    ['no retry by limit', pipe(fixed(1), limitRetries(0)), 'Makes one attempt, and no retry.']
  ])('%s -> the last sentence', (_, policy, sentence) => {
    expect(explain(policy).words.at(-1)).toBe(sentence)
  })

  it('no retry -> only that, and what becomes of results', () => {
    expect(explain(pipe(never, retryOn('A'), retryUntil(isFinal))).words).toEqual([
      'Makes one attempt, and no retry.',
      'Takes a result for a failure unless isFinal accepts it.'
    ])
  })

  it('recordFailures -> at the end', () => {
    expect(explain(pipe(fixed(1), recordFailures(3))).words.at(-1)).toBe(
      'An error keeps the newest 3 failures.'
    )
  })

  it('waits of less than a millisecond -> what becomes of them', () => {
    expect(explain(fixed(0.5)).words.at(-1)).toBe('Rounds waits down to whole milliseconds.')
  })

  it.each<[string, AnyPolicy, ReadonlyArray<string>]>([
    [
      'andThen',
      pipe(
        exponential(100),
        limitRetries(5),
        andThen(pipe(fixed('1m'), limitRetries(1))),
        andThen(delays([5])),
        withJitter('full')
      ),
      [
        'Goes through stages, each of which begins when the one before stops.',
        'Stage 1: waits 100 ms before the first retry, then twice as long each time; makes at most 5 retries.',
        'Stage 2: waits 1 min before each retry; makes at most 1 retry.',
        'Stage 3: waits 5 ms, then stops.',
        'Draws each wait at random between 0 and its length.'
      ]
    ],
    [
      'both in either',
      pipe(
        linear('1s'),
        both(pipe(fibonacci(100), capDelay('2s'))),
        limitDelay('5s'),
        either(delays([10, 20]))
      ),
      [
        'Goes on while any of its parts does, after the shortest wait of those that do.',
        'Part 1: goes on while all of its parts do, after the longest of their waits.',
        'Part 1, part 1: waits 1 s before the first retry, then 1 s more each time.',
        'Part 1, part 2: waits 100 ms before each of the first two retries, then as long as the two waits before it together; waits at most 2 s, spread included.',
        'Part 1, as a whole: stops before a wait of more than 5 s.',
        'Part 2: waits 10 ms and 20 ms, then stops.'
      ]
    ],
    [
      'parts that never retry, and settings of a part as a whole',
      pipe(
        fixed(5),
        limitRetries(0),
        either(never),
        either(pipe(fixed(1), both(fixed(2)), capDelay(3), limitRetries(4)))
      ),
      [
        'Goes on while any of its parts does, after the shortest wait of those that do.',
        'Part 1: waits 5 ms before each retry; makes no retry.',
        'Part 2: never retries.',
        'Part 3: goes on while all of its parts do, after the longest of their waits.',
        'Part 3, part 1: waits 1 ms before each retry.',
        'Part 3, part 2: waits 2 ms before each retry.',
        'Part 3, as a whole: waits at most 3 ms, spread included; makes at most 4 retries.'
      ]
    ],
    [
      'mapDelay of a part',
      pipe(
        fixed(1),
        mapDelay('double', (delay) => delay * 2),
        both(fixed(2))
      ),
      [
        'Goes on while all of its parts do, after the longest of their waits.',
        'Part 1: waits 1 ms before each retry; changes each wait by "double".',
        'Part 2: waits 2 ms before each retry.'
      ]
    ],
    [
      'mapDelay over parts',
      pipe(
        fixed(1),
        both(fixed(2)),
        mapDelay('double', (delay) => delay * 2),
        capDelay(3)
      ),
      [
        'Goes on while all of its parts do, after the longest of their waits.',
        'Part 1: waits 1 ms before each retry.',
        'Part 2: waits 2 ms before each retry.',
        'Changes each wait by "double".',
        'Waits at most 3 ms, spread included.'
      ]
    ]
  ])('%s -> an outline', (_, policy, sentences) => {
    expect(told(policy)).toEqual(sentences)
  })

  it('conditions in parts -> told there, and not for the whole', () => {
    const policy = pipe(fixed(50), retryOn('A'), either(pipe(delays([10]), retryOn('B'))))
    expect(explain(policy).words.slice(0, 3)).toEqual([
      'Goes on while any of its parts does, after the shortest wait of those that do.',
      'Part 1: retries only errors that match "A"; waits 50 ms before each retry.',
      'Part 2: retries only errors that match "B"; waits 10 ms, then stops.'
    ])
  })

  const polite = pipe(
    exponential(100),
    when('Busy', pipe(fixed(20), when('VeryBusy', fixed(70)))),
    when('RateLimited', fixed('30s')),
    withJitter(0.5),
    limitRetries(2)
  )

  it('when -> in the order in which they are asked, and a table for each', () => {
    const { words, chosen, waits } = explain(polite)
    expect(words).toEqual([
      'Retries every error, except aborts and what an inner retry or an open circuit breaker gave up on, unless named below.',
      'Times some errors on schedules of their own, each with its own count.',
      'Errors that match "RateLimited": waits 30 s before each retry.',
      'Other errors that match "Busy": times some errors on schedules of their own, each with its own count.',
      'Other errors that match "Busy", errors that match "VeryBusy": waits 70 ms before each retry.',
      'Other errors that match "Busy", all other failures: waits 20 ms before each retry.',
      'All other failures: waits 100 ms before the first retry, then twice as long each time.',
      'Spreads each wait at random by up to 50 % either way.',
      'Makes at most 3 attempts (2 retries), and waits at most 45 s at a time and 1 min 30 s in all.'
    ])
    expect(waits.map(({ from, to }) => [from, to])).toEqual([
      [50, 150],
      [100, 300]
    ])
    expect(chosen.map(({ errors, waits }) => [errors, ...waits.map(({ from, to }) => [from, to])])).toEqual([
      ['errors that match "RateLimited"', [15_000, 45_000], [15_000, 45_000]],
      ['errors that match "Busy"', [10, 30], [10, 30]],
      ['errors that match "Busy" and errors that match "VeryBusy"', [35, 105], [35, 105]]
    ])
  })

  it('is plain JSON data', () => {
    const explanation = explain(pipe(polite, capDelay(Number.MAX_SAFE_INTEGER)))
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation)
  })

  it('retries -> as many rows', () => {
    const rows = (count?: number): [number, boolean] => {
      const { waits, more } = explain(pipe(fixed(5), limitRetries(12)), count)
      return [waits.length, more]
    }
    expect([rows(), rows(0), rows(11), rows(12), rows(13)]).toEqual([
      [10, true],
      [0, true],
      [11, true],
      [12, false],
      [12, false]
    ])
  })

  // Left out, it is 10.
  const given = badCounts.filter(([value]) => value !== undefined)
  refuses('explain: retries', given, (retries) => explain(fixed(1), retries))

  it('what is no policy -> a TypeError', () => {
    expect(() => explain({ schedule: { _tag: 'fixed', delay: 1 } })).toThrow(
      'explain: policy must be made by'
    )
  })
})

describe('ExplanationShow', () => {
  it('words and table', () => {
    expect(
      ExplanationShow.show(explain(pipe(exponential('500ms'), withJitter('equal'), limitRetries(3)))).split(
        '\n'
      )
    ).toEqual([
      everyError,
      'Waits 500 ms before the first retry, then twice as long each time.',
      'Draws each wait at random between half and all of its length.',
      'Makes at most 4 attempts (3 retries), and waits at most 2 s at a time and 3.5 s in all.',
      '',
      'retry  wait              latest start',
      '    1  250 ms to 500 ms  500 ms',
      '    2  500 ms to 1 s     1.5 s',
      '    3  1 s to 2 s        3.5 s'
    ])
  })

  it('no rows asked for -> words alone', () => {
    expect(ExplanationShow.show(explain(fixed(5), 0))).toBe(
      `${everyError}\nWaits 5 ms before each retry.\nNever stops while failures go on, and waits at most 5 ms at a time.`
    )
  })

  it('what goes on, and what when chooses', () => {
    expect(
      ExplanationShow.show(explain(pipe(fixed(5), when('A', never)), 1))
        .split('\n')
        .slice(4)
    ).toEqual([
      'Sets no limit to the number of attempts, and waits at most 5 ms at a time.',
      '',
      'retry  wait  latest start',
      '    1  5 ms  5 ms',
      'and so on',
      '',
      'For errors that match "A".',
      '',
      'No retry.'
    ])
  })
})
