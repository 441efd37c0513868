import { parseHttpDate } from '../../../src/http/httpDate.js'

// The moment of all examples in RFC 9110, 5.6.7.
const moment = 784_111_777_000

// 2026-11-20T00:00:00Z
const now = 1_795_132_800_000

describe('parseHttpDate', () => {
  it.each([
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT', moment],
    ['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT', moment],
    ['asctime', 'Sun Nov  6 08:49:37 1994', moment],
    ['asctime with a day of two digits', 'Wed Nov 16 08:49:37 1994', moment + 864_000_000],
    ['1970', 'Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['the year 1 BC is not that of 1900', 'Sat, 01 Jan 0000 00:00:00 GMT', -62_167_219_200_000],
    ['a leap day', 'Tue, 29 Feb 2000 00:00:00 GMT', 951_782_400_000],
    ['a leap second -> the next one', 'Sat, 31 Dec 2016 23:59:60 GMT', 1_483_228_800_000],
    ['a wrong day of the week is no matter', 'Mon, 06 Nov 1994 08:49:37 GMT', moment]
  ])('%s: %s -> %d', (_form, text, time) => {
    expect(parseHttpDate(text, now)).toBe(time)
  })

  it.each([
    '',
    'soon',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    '06 Nov 1994 08:49:37 GMT',
    'Sunday, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov  6 08:49:37 1994 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Wed, 29 Feb 2023 00:00:00 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT'
  ])('%j -> nothing', (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined()
  })

  // In 2026: up to November 20th of 2076 is ahead, what is later is in the past.
  it.each([
    ['a few days ahead', 'Monday, 30-Nov-26 00:00:00 GMT', Date.UTC(2026, 10, 30)],
    ['a few days ago', 'Sunday, 01-Nov-26 00:00:00 GMT', Date.UTC(2026, 10, 1)],
    ['fifty years ahead, to the second', 'Friday, 20-Nov-76 00:00:00 GMT', Date.UTC(2076, 10, 20)],
    ['a second more -> the past', 'Friday, 20-Nov-76 00:00:01 GMT', Date.UTC(1976, 10, 20, 0, 0, 1)],
    ['77 -> 1977', 'Thursday, 20-Jan-77 00:00:00 GMT', Date.UTC(1977, 0, 20)]
  ])('two digits, %s: %s', (_what, text, time) => {
    expect(parseHttpDate(text, now)).toBe(time)
  })

  it('two digits, near the end of a century: in 2090, 05 -> 2105', () => {
    expect(parseHttpDate('Monday, 05-Jan-05 00:00:00 GMT', Date.UTC(2090, 0, 1))).toBe(Date.UTC(2105, 0, 5))
  })
})
