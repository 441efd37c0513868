/** The dates of HTTP (RFC 9110, 5.6.7): three forms, all of them in GMT, and nothing else. */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const longDay = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day'
const month = `(?<month>${months.join('|')})`
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'

const forms: ReadonlyArray<RegExp> = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^${day}, (?<date>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT (RFC 850)
  new RegExp(`^${longDay}, (?<date>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`),
  // Sun Nov  6 08:49:37 1994 (asctime)
  new RegExp(`^${day} ${month} (?<date>\\d\\d| \\d) ${time} (?<year>\\d{4})$`)
]

/**
 * Gives the milliseconds since 1970 of a date; `undefined` for anything else. `now` is for years of two digits: what looks
 * more than 50 years ahead is in the past.
 */
export const parseHttpDate = (text: string, now: number): number | undefined => {
  const parts = forms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (parts === undefined) return undefined
  // Each form has all of these groups.
  const { year, month, date, hour, minute, second } = parts as Record<
    'year' | 'month' | 'date' | 'hour' | 'minute' | 'second',
    string
  >
  const at = (year: number): number | undefined =>
    toTime(year, months.indexOf(month), Number(date), Number(hour), Number(minute), Number(second))
  return year.length === 4 ? at(Number(year)) : nearest(at, Number(year), now)
}

/** Gives the date in the century that puts it at most 50 years ahead of now, and else as late as can be. */
const nearest = (
  at: (year: number) => number | undefined,
  twoDigits: number,
  now: number
): number | undefined => {
  const thisYear = new Date(now).getUTCFullYear()
  const century = thisYear - (thisYear % 100)
  const latest = new Date(now).setUTCFullYear(thisYear + 50)
  return [century + 100, century, century - 100]
    .map((base) => at(base + twoDigits))
    .find((time) => time !== undefined && time <= latest)
}

const toTime = (
  year: number,
  month: number,
  date: number,
  hour: number,
  minute: number,
  second: number
): number | undefined => {
  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999. A date that there is not becomes one of another month.
  const midnight = new Date(0).setUTCFullYear(year, month, date)
  // 60 is a leap second.
  return new Date(midnight).getUTCMonth() === month && hour < 24 && minute < 60 && second <= 60
    ? midnight + ((hour * 60 + minute) * 60 + second) * 1000
    : undefined
}
