/** The maxima of a policy over all calls that it could time. */
import { alphabetOf } from './Alphabet.js'
import { envelopeOf } from './Envelope.js'
import { reach } from './reach.js'
import { type AnyPolicy, toPolicy } from './RetryPolicy.js'
import { walk } from './walk.js'

// --- model

/** A greatest value: reached exactly, only known not to be exceeded, or none at all. */
export type Bound = number | { readonly atMost: number } | 'unbounded'

/** The maxima over all calls that a policy could time. Times in milliseconds. */
export interface Bounds {
  readonly retries: Bound
  readonly totalDelay: Bound
  readonly delay: Bound
}

// --- bounds

/** Sound figures; exact where a history reaches them. */
export const bounds = (policy: AnyPolicy): Bounds => {
  const { retries, sum, wait } = envelopeOf(toPolicy('bounds: policy', policy))
  const structure = { retries, totalDelay: Math.floor(sum), delay: Math.floor(wait) }
  const walked = walk(policy, retries === Infinity)
  const bound = (key: keyof Bounds): Bound => {
    const found = walked?.[key]
    const whole =
      walked?.whole === true &&
      !(key === 'delay' && walked.retries.value === Infinity && structure.delay === Infinity)
    if (whole && found?.reached === true) return found.value === Infinity ? 'unbounded' : found.value
    const most = Math.min(structure[key], whole ? (found?.value ?? Infinity) : Infinity)
    if (most === Infinity) return 'unbounded'
    if (found?.reached === true && found.value >= most) return most
    return reached()[key] >= most ? most : { atMost: most }
  }
  const { causes } = alphabetOf(policy)
  let made: ReturnType<typeof reach> | undefined
  const reached = () => (made ??= reach(policy, causes))
  return { retries: bound('retries'), totalDelay: bound('totalDelay'), delay: bound('delay') }
}
