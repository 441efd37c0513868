import { retryBudget, type RetryBudgetOptions } from 'reprise'
import { decodeRetryBudgetOptions, showConfigError } from 'reprise/codec'
import { retryBudgetForm } from '../../../src/codec/RetryBudgetCodec.js'
import { said } from '../../support/bad.js'
import { unexplained } from '../../support/schemas.js'

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decodeRetryBudgetOptions(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError).map(said) : []
}

const misfit = (message: string): string =>
  `configuration: expected options that fit together (retryBudget: ${message}), got an object`

describe('decodeRetryBudgetOptions', () => {
  it.each<[unknown, RetryBudgetOptions, number]>([
    // 10 a second, over 10 s.
    [{ ratio: 0.2 }, { ratio: 0.2 }, 100],
    [
      { ratio: 0.2, minimumPerSecond: 0.5, window: '1m' },
      { ratio: 0.2, minimumPerSecond: 0.5, window: 60_000 },
      30
    ],
    [{ maxTokens: 10, tokenRatio: 0.1 }, { maxTokens: 10, tokenRatio: 0.1 }, 10]
  ])('%j -> %j, a budget of %d', (json, expected, balance) => {
    const decoded = decodeRetryBudgetOptions(json)
    expect(decoded).toEqual({ _tag: 'Right', right: expected })
    expect(decoded._tag === 'Right' && retryBudget(decoded.right)().balance()).toBe(balance)
  })

  it.each<[unknown, ReadonlyArray<string>]>([
    ['0.2', ['configuration: expected options of a retry budget, got "0.2"']],
    [{}, [misfit('ratio must be …, got undefined')]],
    [
      { ratio: -0.2, window: 'x' },
      [
        'ratio: expected a number >= 0, got -0.2',
        `window: expected milliseconds >= 0 or a text like '2s', got "x"`
      ]
    ],
    [{ ratio: 1e10 }, [misfit('ratio must be …, got 10000000000')]],
    [{ ratio: 1, window: 0 }, [misfit('window must be …, got 0')]],
    [{ ratio: 1, tokenRatio: 1 }, [misfit('tokenRatio must be …, got 1')]],
    [{ maxTokens: 0, tokenRatio: 1 }, [misfit('maxTokens must be …, got 0')]],
    [
      { maxTokens: 1, ratios: 1 },
      [
        'ratios: expected the key ratio, or one of the keys ratio, minimumPerSecond, window, maxTokens, tokenRatio, got 1'
      ]
    ],
    [
      { ratio: 1, clock: {} },
      [
        'clock: expected one of the keys ratio, minimumPerSecond, window, maxTokens, tokenRatio, got an object'
      ]
    ]
  ])('%j -> %j', (json, expected) => {
    expect(errors(json)).toEqual(expected)
  })
})

describe('retryBudgetForm', () => {
  it('its schema -> explains every key', () => {
    expect(Object.keys(retryBudgetForm.schema['properties'] as object)).toHaveLength(5)
    expect(unexplained(retryBudgetForm.schema)).toEqual([])
  })
})
