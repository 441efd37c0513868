import { parseRateLimit } from '../../../src/http/RateLimitField.js'

describe('parseRateLimit', () => {
  it.each([
    ['"default";r=50;t=30', [{ remaining: 50, reset: 30 }]],
    ['default;r=0;t=30', [{ remaining: 0, reset: 30 }]],
    [
      '"burst";r=0;t=5, "day";r=950;t=3600',
      [
        { remaining: 0, reset: 5 },
        { remaining: 950, reset: 3600 }
      ]
    ],
    [
      '  "a" ; t=30 ;r=1  ,"b";r=2;t=40',
      [
        { remaining: 1, reset: 30 },
        { remaining: 2, reset: 40 }
      ]
    ],
    ['"a, b; c";r=1;t=2', [{ remaining: 1, reset: 2 }]],
    ['"say \\"no\\"";r=1;t=2', [{ remaining: 1, reset: 2 }]],
    ['"p";r=1;t=2;pk=:c2VjcmV0:', [{ remaining: 1, reset: 2 }]],
    ['"p";r=1;t=2;note="a;b,c"', [{ remaining: 1, reset: 2 }]],
    ['"p";r=1;t=2;r=0', [{ remaining: 0, reset: 2 }]],
    ['"p";r=1;t=2;strict', [{ remaining: 1, reset: 2 }]],
    ['limit=100, remaining=0, reset=50', [{ remaining: 0, reset: 50 }]],
    ['limit=10;w=1, remaining=3, reset=7', [{ remaining: 3, reset: 7 }]]
  ])('%s -> its quotas', (text, quotas) => {
    expect(parseRateLimit(text)).toEqual(quotas)
  })

  it.each([
    '',
    ',',
    ';',
    'soon',
    '"default"',
    '"default";r=50',
    '"default";t=30',
    '"default";r=-1;t=30',
    '"default";r=1.5;t=30',
    '"default";r=0;t=soon',
    '"default";r="0";t=30',
    '"default";r=0;t=1234567890123456',
    '"default;r=0;t=30',
    'default";r=0;t=30',
    '5;r=0;t=30',
    '"a";r=0;t=30, (',
    '"a";r=0;t=30;T=5',
    '"a";r=0;t=30 "b";r=0;t=1',
    'limit=100, remaining=0',
    'limit=100, remaining=none, reset=50'
  ])('%j -> none', (text) => {
    expect(parseRateLimit(text)).toEqual([])
  })
})
