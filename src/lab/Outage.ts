/** The bad times of a server, read once. */
import { invalid, isWithin, known } from '../policy/argument.js'
import { toMillis } from '../policy/Duration.js'
import type { Outage, Scenario } from './Scenario.js'

// --- model

/** How a server is for a while: from a moment on, and before another. */
export interface Spell {
  readonly from: number
  readonly to: number
  readonly mode: Outage['mode']
  readonly factor: number
  readonly ratio: number
}

/** How a server is, from a moment on. */
export interface Weather {
  readonly from: number
  readonly down: boolean
  readonly silent: boolean
  /** How many times as long it works. */
  readonly factor: number
  /** The part of requests that fails. */
  readonly ratio: number
}

// --- constructors

const own: Readonly<Record<Outage['mode'], ReadonlyArray<string>>> = {
  down: [],
  silent: [],
  slow: ['factor'],
  failing: ['ratio']
}

/** Reads outages; throws an error that names the key and its value. */
export const toSpells = (outages: ReadonlyArray<Outage>): ReadonlyArray<Spell> =>
  // Callers without types may hand over anything.
  Array.isArray(outages) ? outages.map(toSpell) : invalid('server.outages', 'a list', outages)

const toSpell = (outage: Outage, index: number): Spell => {
  const name = `server.outages[${index}]`
  // Callers without types may hand over anything.
  if (typeof outage !== 'object' || (outage as unknown) === null) invalid(name, 'an object', outage)
  if (!Object.hasOwn(own, outage.mode)) invalid(`${name}.mode`, 'down, silent, slow or failing', outage.mode)
  known(name, outage, ['from', 'to', 'mode', ...own[outage.mode]])
  const from = toMillis(`${name}.from`, outage.from)
  const to = toMillis(`${name}.to`, outage.to)
  if (to <= from) invalid(`${name}.to`, `after ${from} ms`, outage.to)
  const factor = outage.mode === 'slow' ? outage.factor : 1
  if (!isWithin(factor, 1e6)) invalid(`${name}.factor`, 'a number from 0 to 1000000', factor)
  const ratio = outage.mode === 'failing' ? outage.ratio : 0
  if (!isWithin(ratio, 1)) invalid(`${name}.ratio`, 'a number from 0 to 1', ratio)
  return { from, to, mode: outage.mode, factor, ratio }
}

/** Gives the time of all outages, from the first to the last; `undefined` if there are none. */
export const outagesOf = (scenario: Scenario): { readonly from: number; readonly to: number } | undefined => {
  const spells = 'contention' in scenario ? [] : toSpells(scenario.server.outages ?? [])
  return spells.length === 0
    ? undefined
    : {
        from: Math.min(...spells.map(({ from }) => from)),
        to: Math.max(...spells.map(({ to }) => to))
      }
}

// --- in the course of time

/** Gives what tells the weather of moments, to be asked in their order. Where spells overlap, all of them count. */
export const forecast = (spells: ReadonlyArray<Spell>, failures: number): ((now: number) => Weather) => {
  const moments = [...new Set([0, ...spells.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b)
  const weathers = moments.map((from): Weather => {
    const now = spells.filter((spell) => spell.from <= from && from < spell.to)
    return {
      from,
      down: now.some(({ mode }) => mode === 'down'),
      silent: now.some(({ mode }) => mode === 'silent'),
      factor: now.reduce((product, { factor }) => product * factor, 1),
      ratio: Math.max(failures, ...now.map(({ ratio }) => ratio))
    }
  })
  // There is one of the start, and the index stays below the length.
  let index = 0
  return (now) => {
    while ((weathers[index + 1]?.from ?? Infinity) <= now) index += 1
    return weathers[index] as Weather
  }
}
