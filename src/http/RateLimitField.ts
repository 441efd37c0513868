/**
 * The `RateLimit` header field of the IETF draft (draft-ietf-httpapi-ratelimit-headers): a list of quotas, such as
 * `"burst";r=0;t=30, "day";r=950;t=3600`. The draft's older form, `limit=100, remaining=0, reset=30`, is in use too.
 */

/** A quota: how much is left of it, and in how many seconds it is whole again. */
export interface Quota {
  readonly remaining: number
  readonly reset: number
}

/** Gives the quotas of a field that say both; none if anything in it is malformed, as the draft has it. */
export const parseRateLimit = (text: string): ReadonlyArray<Quota> => {
  if (!closed.test(text)) return []
  const members = split(text, ',')
  const older = toOlderForm(members)
  if (older !== undefined) return older
  const quotas = members.map(toParameters)
  return quotas.includes(undefined)
    ? []
    : quotas.flatMap((parameters) => toQuota(parameters?.get('r'), parameters?.get('t')))
}

// A structured field (RFC 9651): text in quotes may hold what separates outside of them.
const split = (text: string, separator: ',' | ';'): ReadonlyArray<string> =>
  (
    text.match(separator === ',' ? /(?:"(?:[^"\\]|\\.)*"|[^",])+/g : /(?:"(?:[^"\\]|\\.)*"|[^";])+/g) ?? []
  ).map((part) => part.trim())

// All quotes that are opened are closed.
const closed = /^(?:"(?:[^"\\]|\\.)*"|[^"])*$/

const string = /^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/
const token = /^[A-Za-z*][-\w!#$%&'*+.^`|~:/]*$/
const parameter = /^([a-z*][a-z\d_.*-]*)(?:=("(?:[^"\\]|\\.)*"|[^\s"]+))?$/

/** Gives the parameters of a quota: of a name in quotes, or a token. */
const toParameters = (member: string): ReadonlyMap<string, string> | undefined => {
  const [name = '', ...rest] = split(member, ';')
  const pairs = rest.map((each) => parameter.exec(each))
  return (string.test(name) || token.test(name)) && !pairs.includes(null)
    ? // The name of a parameter is there wherever the pattern fits; its value need not be.
      new Map(pairs.map((pair) => [pair?.[1] as string, pair?.[2] ?? '']))
    : undefined
}

const toQuota = (remaining: string | undefined, reset: string | undefined): ReadonlyArray<Quota> =>
  isWhole(remaining) && isWhole(reset) ? [{ remaining: Number(remaining), reset: Number(reset) }] : []

// Integers of structured fields have 15 digits at most.
const isWhole = (text: string | undefined): text is string => text !== undefined && /^\d{1,15}$/.test(text)

const toOlderForm = (members: ReadonlyArray<string>): ReadonlyArray<Quota> | undefined => {
  const pairs = members.map((member) => /^([a-z]+)=(\d+)(?:;.*)?$/.exec(member))
  if (pairs.length === 0 || pairs.includes(null)) return undefined
  // Both groups are there wherever the pattern fits.
  const values = new Map(pairs.map((pair) => [pair?.[1] as string, pair?.[2] as string]))
  return toQuota(values.get('remaining'), values.get('reset'))
}
