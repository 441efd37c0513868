import {
  circuitBreaker,
  isCircuitOpen,
  isLimitExceeded,
  limitSet,
  resourceLimit,
  withCircuitBreaker
} from 'reprise'
import { scripted } from 'reprise/testing'
import { describeRefusal } from '../../../src/action/ResourceError.js'

const exceeded = {
  _tag: 'LimitExceeded',
  key: 'tokens',
  reason: 'aboveCapacity',
  requested: 20_000,
  capacity: 10_000,
  retryAfter: undefined,
  waited: 0
}

const hostile = {
  get _tag(): string {
    throw new Error('getter')
  }
}

describe('isLimitExceeded', () => {
  it('that of a set -> true', () => {
    const refused = limitSet([resourceLimit({ key: 'a', capacity: 1 })])().tryAcquire({ a: 2 })()
    expect(refused._tag === 'Left' && isLimitExceeded(refused.left)).toBe(true)
  })

  it.each<[string, unknown]>([
    ['a tag alone', { _tag: 'LimitExceeded' }],
    ['a reason of its own', { ...exceeded, reason: 'mine' }],
    ['a reason that all objects have', { ...exceeded, reason: 'toString' }],
    ['a reason that is no text', { ...exceeded, reason: ['queueFull'] }],
    ['a key that is no text', { ...exceeded, key: 1 }],
    ['another tag', { ...exceeded, _tag: 'CircuitOpen' }],
    ['a getter that throws', hostile],
    ['null', null],
    ['a text', 'LimitExceeded']
  ])('%s -> false', (_, value) => {
    expect(isLimitExceeded(value)).toBe(false)
  })
})

describe('isCircuitOpen', () => {
  it('that of a breaker -> true', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1 })()
    breaker.isolate()
    const refused = await withCircuitBreaker(breaker)(scripted('R'))()
    expect(refused._tag === 'Left' && isCircuitOpen(refused.left)).toBe(true)
  })

  it.each<[string, unknown, boolean]>([
    ['a refusal', { _tag: 'CircuitOpen', retryAfter: 0 }, true],
    ['a tag alone', { _tag: 'CircuitOpen' }, false],
    ['an endless one', { _tag: 'CircuitOpen', retryAfter: Infinity }, false],
    ['a getter that throws', hostile, false],
    ['nothing', undefined, false]
  ])('%s -> %s', (_, value, expected) => {
    expect(isCircuitOpen(value)).toBe(expected)
  })
})

describe('describeRefusal', () => {
  it.each<[unknown, string | undefined]>([
    [exceeded, "the limit 'tokens' refused: asked for 20000 of 10000"],
    [{ ...exceeded, reason: 'queueFull', requested: 1 }, "the limit 'tokens' refused: the queue is full"],
    [
      { ...exceeded, reason: 'waitedTooLong', waited: 500.4, retryAfter: 99.5 },
      "the limit 'tokens' refused: waited for 500 ms; retry after 100 ms"
    ],
    [
      { ...exceeded, reason: 'notNow', retryAfter: 6000 },
      "the limit 'tokens' refused: not free now; retry after 6000 ms"
    ],
    [
      { ...exceeded, reason: 'unreachable' },
      "the limit 'tokens' refused: what it is shared over cannot be reached"
    ],
    [{ _tag: 'CircuitOpen', retryAfter: 10_000 }, 'the circuit is open; retry after 10000 ms'],
    [{ _tag: 'CircuitOpen', retryAfter: 0 }, 'the circuit is half-open; all trials are taken'],
    [{ _tag: 'CircuitOpen', retryAfter: 2 ** 53 - 1 }, 'the circuit is isolated'],
    [{ _tag: 'CircuitOpen' }, undefined],
    [new Error('down'), undefined],
    [undefined, undefined]
  ])('%j -> %s', (error, expected) => {
    expect(describeRefusal(error)).toBe(expected)
  })
})
