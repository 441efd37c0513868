/** How far a fleet has come, in one line. */
import type { FleetProgress } from '../lab/index.js'
import { formatDuration } from '../policy/formatDuration.js'
import { margin, printable } from './Layout.js'
import { grouped } from './Measures.js'

/** Which run it is. */
export interface Running {
  readonly name: string
  readonly run: number
  readonly runs: number
}

const longest = 30

/** Gives a line that is shorter than `width`, so that a terminal does not break it. */
export const progressLine = (
  { name, run, runs }: Running,
  { calls, ended, expected, time }: FleetProgress,
  width: number
): string => {
  // What is to be expected may be less than what comes.
  const part = Math.min(1, expected === 0 ? 1 : ended / expected)
  const left = margin + printable(name) + (runs === 1 ? '' : ` (${run} of ${runs})`)
  const parts = [
    `${Math.floor(part * 100)} %`.padStart(5),
    formatDuration(Math.floor(time / 1000) * 1000),
    `${grouped(calls)} calls`
  ]
  // What there is no room for is left out, from the end; a bar takes what is left.
  const right = parts.reduce((text, each) => {
    const longer = `${text}${margin}${each}`
    return left.length + longer.length < width ? longer : text
  }, '')
  const room = Math.min(longest, width - 1 - left.length - margin.length - right.length)
  const bar = room < 5 ? '' : margin + '█'.repeat(Math.round(part * room)).padEnd(room, '░')
  return `${left}${bar}${right}`.slice(0, Math.max(0, width - 1))
}
