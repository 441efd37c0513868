import type { Failure, RetryError } from 'reprise'
import {
  errorTypeOf,
  failureAttributes,
  failureTypeOf,
  outcomeOf,
  snakeCase,
  toException
} from '../../../src/opentelemetry/Outcome.js'

const failure = (cause: object): Failure<unknown, unknown> =>
  ({ ...cause, attempt: 1, startedAt: 0, duration: 5, delay: undefined }) as Failure<unknown, unknown>
const threw = (error: unknown) => failure({ _tag: 'Threw', error })
const rejected = failure({ _tag: 'Rejected', value: 1, reasons: ['too small', 'too late'] })

const gaveUp = (
  _tag: RetryError<unknown, unknown>['_tag'] | 'TimedOut',
  failures: ReadonlyArray<Failure<unknown, unknown>>,
  more: object = {}
) => ({ _tag, attempts: failures.length, elapsed: 5, omitted: 0, failures, ...more })

const coded = (message: string, code: unknown) => Object.assign(new Error(message), { code })

class ConnectionError extends Error {}
class NamedError extends Error {
  override name = 'BusyError'
}

const circuitOpen = { _tag: 'CircuitOpen', retryAfter: 5 }
const limitExceeded = {
  _tag: 'LimitExceeded',
  key: 'tokens',
  reason: 'queueFull',
  requested: 1,
  capacity: 2,
  retryAfter: undefined,
  waited: 0
}

describe('snakeCase', () => {
  it.each([
    ['Exhausted', 'exhausted'],
    ['NotRetryable', 'not_retryable'],
    ['aboveCapacity', 'above_capacity'],
    ['notNow', 'not_now']
  ])('%s -> %s', (tag, name) => {
    expect(snakeCase(tag)).toBe(name)
  })
})

describe('outcomeOf', () => {
  it.each<[string, unknown, string]>([
    ['a retry that gave up', gaveUp('Exhausted', [threw(1)]), 'exhausted'],
    ['a failure that is not worth a retry', gaveUp('NotRetryable', [threw(1)]), 'not_retryable'],
    ['an abort', gaveUp('Aborted', []), 'aborted'],
    ['a policy that threw', gaveUp('PolicyFault', [threw(1)], { fault: 1 }), 'policy_fault'],
    ['a budget', gaveUp('BudgetExhausted', [threw(1)]), 'budget_exhausted'],
    ['a timeout', gaveUp('TimedOut', [], { timeout: 5 }), 'timed_out'],
    ['a circuit breaker', circuitOpen, 'circuit_open'],
    ['a limit', limitExceeded, 'limit_exceeded'],
    ['an error', new Error('no'), 'failure'],
    ['an error of a user that shares a tag', { _tag: 'Exhausted' }, 'failure'],
    ['an error of a user with a tag of its own', gaveUp('Mine' as never, []), 'failure'],
    ['nothing', undefined, 'failure']
  ])('%s -> %s', (_, error, outcome) => {
    expect(outcomeOf(error)).toBe(outcome)
  })
})

describe('errorTypeOf', () => {
  it.each<[string, unknown, string]>([
    ['a code before a name', coded('no', 'ECONNREFUSED'), 'ECONNREFUSED'],
    ['a tag before a code', { _tag: 'HttpError', code: 'E1' }, 'HttpError'],
    ['a name of its own', new TypeError('no'), 'TypeError'],
    ['a class that gives a name', new NamedError('no'), 'BusyError'],
    ['a class that gives none', new ConnectionError('no'), 'ConnectionError'],
    ['an error', new Error('no'), 'Error'],
    ['a DOMException, whose code is a number', new DOMException('late', 'TimeoutError'), 'TimeoutError'],
    ['a code that is a text about one error', coded('no', 'user 7 not found'), 'Error'],
    ['a code that is too long', coded('no', 'E'.repeat(65)), 'Error'],
    ['a code of 64 characters', coded('no', 'E'.repeat(64)), 'E'.repeat(64)],
    ['plain data without a name', { status: 503 }, '_OTHER'],
    ['a text', 'down', '_OTHER'],
    ['undefined', undefined, '_OTHER'],
    [
      'a getter that throws',
      Object.defineProperty({}, 'code', {
        get: () => {
          throw new Error('no')
        }
      }),
      '_OTHER'
    ],
    [
      'a retry that gave up -> its last failure',
      gaveUp('Exhausted', [threw(coded('a', 'A')), threw(coded('b', 'B'))]),
      'B'
    ],
    ['a refused result', gaveUp('Exhausted', [threw(1), rejected]), 'Rejected'],
    [
      'a retry in a retry',
      gaveUp('Exhausted', [threw(gaveUp('NotRetryable', [threw(coded('a', 'A'))]))]),
      'A'
    ],
    [
      'a timeout of an attempt',
      gaveUp('Exhausted', [threw(gaveUp('TimedOut', [], { timeout: 5 }))]),
      'TimedOut'
    ],
    ['a timeout of the call', gaveUp('TimedOut', [threw(coded('a', 'A'))], { timeout: 5 }), 'TimedOut'],
    [
      'an abort with an error as its reason',
      gaveUp('Aborted', [], { reason: new DOMException('', 'AbortError') }),
      'AbortError'
    ],
    ['an abort with a text as its reason', gaveUp('Aborted', [threw(1)], { reason: 'enough' }), 'Aborted'],
    ['a policy that threw', gaveUp('PolicyFault', [threw(coded('a', 'A'))], { fault: 1 }), 'PolicyFault'],
    ['a circuit breaker', circuitOpen, 'CircuitOpen'],
    ['a limit', limitExceeded, 'LimitExceeded']
  ])('%s -> %p is %s', (_, error, type) => {
    expect(errorTypeOf(error)).toBe(type)
  })
})

describe('failureTypeOf', () => {
  it('a Left or a throw -> the type of its error; a refused result -> Rejected', () => {
    expect(failureTypeOf(threw(new RangeError('no')))).toBe('RangeError')
    expect(failureTypeOf(failure({ _tag: 'Failed', error: { _tag: 'Busy' } }))).toBe('Busy')
    expect(failureTypeOf(rejected)).toBe('Rejected')
  })
})

describe('failureAttributes', () => {
  it('an error -> its type, as that of the exception, too, and its message', () => {
    expect(failureAttributes(threw(coded('refused', 'E1')))).toEqual({
      'error.type': 'E1',
      'exception.type': 'E1',
      'exception.message': 'refused'
    })
  })

  it('an error without a name -> no type of an exception', () => {
    expect(failureAttributes(threw('down'))).toEqual({ 'error.type': '_OTHER', 'exception.message': 'down' })
  })

  it('a refused result -> the reasons', () => {
    expect(failureAttributes(rejected)).toEqual({
      'error.type': 'Rejected',
      'reprise.reasons': ['too small', 'too late']
    })
  })
})

describe('toException', () => {
  it('an error -> its type in place of its name, its message and stack', () => {
    const error = coded('refused', 'E1')
    expect(toException(error)).toEqual({ name: 'E1', message: 'refused', stack: error.stack })
  })

  it('a text -> a message', () => {
    expect(toException('down')).toEqual({ message: 'down' })
  })

  it('tagged data -> its tag, and what it holds', () => {
    expect(toException({ _tag: 'Busy', load: 3 })).toEqual({
      name: 'Busy',
      message: '{"_tag":"Busy","load":3}'
    })
  })
})

describe('errorTypeOf, of a retry that has kept no failure', () => {
  it('-> its own tag', () => {
    expect(errorTypeOf(gaveUp('Exhausted', [], { hint: undefined }))).toBe('Exhausted')
  })
})
