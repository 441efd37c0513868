/**
 * The one script: it swaps a text in, if the one that is there begins as expected and the time is right, and says what is
 * there otherwise. With no text to swap in, it looks.
 *
 * A key holds a hash: the `state` is the text. Whoever wins a swap is the first to know what there is, and would win the next
 * one as well, for as long as it goes on at once; so whoever loses is `next`, `until` a moment, if nobody is, and nobody else
 * may swap before.
 */
import { createHash } from 'node:crypto'
import { print } from '../policy/print.js'

// --- model

export interface Swap {
  readonly key: string
  /** How the present text has to begin; '' if there must be none. */
  readonly expected: string
  readonly next:
    | {
        readonly text: string
        /** How long Redis keeps it, in milliseconds; `Infinity` for ever. */
        readonly keep: number
        /** Not before this moment of Redis's clock, and not after that one. */
        readonly from: number
        readonly to: number
        /** Are those who follow the key told? */
        readonly told: boolean
        /** Who swaps, and how long it takes for another try, in milliseconds, if it has lost. */
        readonly by: string
        readonly patience: number
      }
    | undefined
  /** Whoever has lost, and has nothing to swap any more, passes its turn. */
  readonly passedBy?: string
}

/** What Redis said, and when, by its own clock. */
export type Swapped = { readonly time: number } & (
  | { readonly _tag: 'Done' }
  /** As expected, and not changed: nothing was to be swapped in; or it was too early or too late, or not its turn. */
  | { readonly _tag: 'Same'; readonly isNext: boolean }
  /** Another text; `undefined` for none. */
  | { readonly _tag: 'Other'; readonly text: string | undefined; readonly isNext: boolean }
  /** No such thing at all, but a list, say. */
  | { readonly _tag: 'Wrong'; readonly message: string }
)

// --- the script

// Times are in microseconds, which a number of Lua holds exactly.
export const script = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local found = redis.pcall('HMGET', KEYS[1], 'state', 'next', 'until')
if found.err then return {'wrong', time[1], time[2], found.err} end
local text = found[1]
if not text and redis.call('EXISTS', KEYS[1]) == 1 then return {'wrong', time[1], time[2], 'a hash of others'} end
local same = not text
if ARGV[1] ~= '' then same = text and string.sub(text, 1, #ARGV[1]) == ARGV[1] end
local mine = ''
if ARGV[2] ~= '' then
  local free = not found[2] or found[2] == ARGV[7] or now >= tonumber(found[3])
  if same and free and now >= tonumber(ARGV[4]) and now <= tonumber(ARGV[5]) then
    redis.call('HSET', KEYS[1], 'state', ARGV[2])
    if found[2] then redis.call('HDEL', KEYS[1], 'next', 'until') end
    if ARGV[3] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
    if ARGV[6] ~= '' then redis.pcall('PUBLISH', ARGV[6], ARGV[2]) end
    return {'done', time[1], time[2]}
  end
  if text and free then
    redis.call('HSET', KEYS[1], 'next', ARGV[7], 'until', string.format('%.0f', now + ARGV[8]))
    mine = 'next'
  end
elseif found[2] and found[2] == ARGV[7] then
  redis.call('HDEL', KEYS[1], 'next', 'until')
end
if same then return {'same', time[1], time[2], mine} end
return {'other', time[1], time[2], mine, text}
`

export const scriptHash = /* #__PURE__ */ createHash('sha1').update(script).digest('hex')

/** Gives the arguments of the script. */
export const argumentsOf = ({ key, expected, next, passedBy }: Swap): ReadonlyArray<string> => {
  if (next === undefined)
    return passedBy === undefined ? [expected, ''] : [expected, '', '', '', '', '', passedBy]
  const { text, keep, from, to, told, by, patience } = next
  return [expected, text, keepOf(keep), micros(from), micros(to), told ? key : '', by, micros(patience)]
}

// What is kept for longer than a century is kept for ever.
const keepOf = (keep: number): string => (keep < 3e12 ? String(Math.max(1, Math.ceil(keep))) : '')

const micros = (time: number): string => String(Math.floor(time * 1000))

/** Gives what the script said; `undefined` for what it never says. */
export const readReply = (reply: unknown): Swapped | undefined => {
  if (!Array.isArray(reply)) return undefined
  const [said, seconds, microseconds, mine, text] = reply as ReadonlyArray<unknown>
  const time = Number(seconds) * 1000 + Number(microseconds) / 1000
  if (!Number.isFinite(time)) return undefined
  const isNext = mine === 'next'
  switch (said) {
    case 'done':
      return { _tag: 'Done', time }
    case 'same':
      return { _tag: 'Same', time, isNext }
    case 'other':
      return { _tag: 'Other', time, text: typeof text === 'string' ? text : undefined, isNext }
    case 'wrong':
      return { _tag: 'Wrong', time, message: print(mine) }
    default:
      return undefined
  }
}
