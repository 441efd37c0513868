import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  andThen,
  type AnyPolicy,
  both,
  capDelay,
  custom,
  decorrelated,
  delayFrom,
  delays,
  either,
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
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { toAwsSdk } from 'reprise/interop'

const three = limitRetries(3)
const hint = (): number | undefined => undefined
const isDone = (result: unknown): boolean => result === 'done'
const isBusy = (error: unknown): boolean => error === 'busy'

/** The attempts, and the waits that the lowest draw, the middle one and a high one give. */
const made = (policy: AnyPolicy): unknown => {
  const drawn = [0, 0.5, 0.999].map((random) => {
    const retry = toAwsSdk(policy, () => random)
    if (retry._tag === 'Left') return retry.left.map(({ part, reason, closest }) => [part, reason, closest])
    const { computeNextBackoffDelay, maxAttempts } = retry.right
    return [maxAttempts, ...Array.from({ length: maxAttempts - 1 }, (_, i) => computeNextBackoffDelay(i + 1))]
  })
  return drawn.every((each) => JSON.stringify(each) === JSON.stringify(drawn[0])) ? drawn[0] : drawn
}

describe('toAwsSdk', () => {
  it.each<[string, AnyPolicy, unknown]>([
    ['exponential', pipe(exponential(100), three), [4, 100, 200, 400]],
    ['linear', pipe(linear(100), three), [4, 100, 200, 300]],
    ['fibonacci', pipe(fibonacci(100), three), [4, 100, 100, 200]],
    ['a list', delays([5, 0, 7.9]), [4, 5, 0, 7]],
    ['shrinking', pipe(exponential(100, 0.5), three), [4, 100, 50, 25]],
    ['immediate', pipe(immediate, three), [4, 0, 0, 0]],
    ['bounds', pipe(exponential(100), floorDelay(150), capDelay(300), three), [4, 150, 200, 300]],
    [
      'jitter',
      pipe(exponential(100), withJitter(0.5), capDelay(300), three),
      [
        [4, 50, 100, 100],
        [4, 100, 200, 200],
        [4, 149, 299, 299]
      ]
    ],
    ['andThen', pipe(fixed(100), limitRetries(2), andThen(delays([7]))), [4, 100, 100, 7]],
    ['both and either', pipe(fixed(100), both(linear(60)), either(fixed(150)), three), [4, 100, 120, 150]],
    [
      'mapDelay',
      pipe(
        linear(100),
        mapDelay('half', (ms) => ms / 2),
        three
      ),
      [4, 50, 100, 150]
    ],
    ['limitDelay', pipe(exponential(100), limitDelay(400)), [4, 100, 200, 400]],
    ['limitTotalDelay', pipe(exponential(100), limitTotalDelay(699)), [3, 100, 200]],
    ['decorrelated of nothing', pipe(decorrelated(0), three), [4, 0, 0, 0]],
    [
      'conditions that say nothing',
      pipe(fixed(1), retryOn(not([])), both(pipe(immediate, three))),
      [4, 1, 1, 1]
    ],
    ['never', never, [1]],
    ['no retry, whatever else', pipe(decorrelated(1), retryOn('A'), limitRetries(0)), [1]],
    ['35 retries', pipe(immediate, limitRetries(35)), [36, ...Array<number>(35).fill(0)]]
  ])('%s -> attempts and waits', (_, policy, expected) => expect(made(policy)).toEqual(expected))

  const only = 'the AWS SDK says the number of the retry, and nothing else'
  const byDraws = [
    'the draws say when it stops, and the AWS SDK stops by count alone',
    'limitRetries'
  ] as const
  const conditions = [
    'the AWS SDK has no conditions',
    'a strategy of your own, with isRetryableError; or withRetry around a client with maxAttempts: 1'
  ] as const
  const needed = ['no limitRetries', 'the AWS SDK needs a number of attempts', 'limitRetries(35)'] as const
  const tokens = [
    'the retry tokens of the AWS SDK pay for 35 retries of a call at most',
    'limitRetries(35)'
  ] as const
  const tooLong = ['the longest wait of the AWS SDK is 24 d 20 h 31 min', 'capDelay(2147483647)'] as const

  it.each<[string, AnyPolicy, ReadonlyArray<ReadonlyArray<string>>]>([
    ['no limit', fixed(100), [needed]],
    ['36 retries', pipe(fixed(100), limitRetries(36)), [['limitRetries(36)', ...tokens]]],
    [
      'a list of 36',
      delays(Array<number>(36).fill(1)),
      [[`delays([${Array<number>(36).fill(1).join(', ')}])`, ...tokens]]
    ],
    ['too long', pipe(fixed('1000h'), three), [['fixed(3600000000)', ...tooLong]]],
    ['too long a cap', pipe(fixed('1000h'), capDelay('900h'), three), [['capDelay(3240000000)', ...tooLong]]],
    [
      'decorrelated',
      pipe(decorrelated(100), three),
      [['decorrelated(100)', only, 'pipe(exponential(100), withJitter("full"))']]
    ],
    [
      'custom',
      custom('mine', () => 'stop'),
      [['custom("mine", <function>)', only, 'delays, with the waits that come out']]
    ],
    [
      'deep within',
      pipe(fixed(1), both(pipe(decorrelated(5), either(decorrelated(5)))), three),
      [['decorrelated(5)', only, 'pipe(exponential(5), withJitter("full"))']]
    ],
    [
      'a limit that draws reach',
      pipe(fixed(100), withJitter(0.5), limitDelay(120), three),
      [['limitDelay(120)', ...byDraws]]
    ],
    [
      'a stage that draws end',
      pipe(fixed(100), withJitter(0.5), limitTotalDelay(120), andThen(pipe(fixed(9), three))),
      [['limitTotalDelay(120)', ...byDraws]]
    ],
    [
      'mapDelay without a wait',
      pipe(
        fixed(100),
        mapDelay('bad', () => NaN),
        three
      ),
      [
        [
          'mapDelay("bad", <function>)',
          'a function in it gives no wait',
          'a function that gives one for each wait'
        ]
      ]
    ],
    [
      'what is beside the waits',
      pipe(
        fixed(100),
        retryOn(isBusy),
        when('A', fixed(1)),
        abortOn(['B', 'C']),
        limitElapsed('1m'),
        retryUntil(isDone),
        delayFrom(hint, { max: 5 })
      ),
      [
        [
          'when("A", fixed(1))',
          only,
          'one schedule for all errors; the SDK itself waits longer where a service throttles'
        ],
        [
          'delayFrom(hint, { max: 5 })',
          'the AWS SDK reads no wait from an error by a function',
          "the strategy's own care for Retry-After, of up to 5 s more than the wait"
        ],
        [
          'limitElapsed(60000)',
          'the AWS SDK stops by count, not by time',
          'an abortSignal for the request, which ends an attempt under way as well'
        ],
        [
          'retryUntil(isDone)',
          'the AWS SDK retries errors, and looks at no result',
          'the waiters of the SDK'
        ],
        ['retryOn(isBusy)', ...conditions],
        ['abortOn(["B", "C"])', ...conditions],
        needed
      ]
    ],
    [
      'a validator without retries',
      pipe(never, retryUntil(isDone)),
      [['retryUntil(isDone)', 'the AWS SDK retries errors, and looks at no result', 'the waiters of the SDK']]
    ]
  ])('%s -> what is in the way', (_, policy, expected) => expect(made(policy)).toEqual(expected))

  it('a function that answers one thing now, another then -> is in the way', () => {
    let calls = 0
    const moody = mapDelay('moody', (ms) => (calls++ % 4 < 2 ? ms : 5))
    expect(made(pipe(fixed(100), moody, three))).toEqual([
      [
        'mapDelay("moody", <function>)',
        'the draws say when it stops, and the AWS SDK stops by count alone',
        'limitRetries'
      ]
    ])
  })

  it('an attempt beyond the last, or none at all -> the nearest wait', () => {
    const retry = toAwsSdk(pipe(exponential(100), three))
    const waits =
      retry._tag === 'Right' && [0, -1, NaN, 2.5, 4, Infinity].map(retry.right.computeNextBackoffDelay)
    expect(waits).toEqual([100, 100, 100, 200, 400, 400])
    const none = toAwsSdk(never)
    expect(none._tag === 'Right' && none.right.computeNextBackoffDelay(1)).toBe(0)
  })

  it('no random given -> draws by the machine', () => {
    const retry = toAwsSdk(pipe(fixed(1e6), withJitter('full'), three))
    if (retry._tag === 'Left') throw new Error('Left')
    const waits = Array.from({ length: 20 }, () => retry.right.computeNextBackoffDelay(1))
    expect(new Set(waits).size).toBeGreaterThan(1)
  })

  it('a random that is none -> RangeError', () => {
    const retry = toAwsSdk(pipe(fixed(1), three), () => 1)
    expect(() => retry._tag === 'Right' && retry.right.computeNextBackoffDelay(1)).toThrow(
      new RangeError('random must be a number in [0, 1), got 1')
    )
  })

  it('no policy -> TypeError', () => {
    expect(() => toAwsSdk(undefined as never)).toThrow(
      new TypeError('toAwsSdk: policy must be made by constructors, got undefined')
    )
  })
})
