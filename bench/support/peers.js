import { readdirSync } from 'node:fs'

const folder = new URL('../peers/', import.meta.url)

/** The entry that all others are beside. */
export const hand = 'hand loop'

/** Says which entries there are, for this process and its children; the hand loop is always one. */
export const setEntries = (pattern) => {
  process.env['BENCH_ENTRIES'] = pattern
}

const isWanted = ({ name }) => name === hand || new RegExp(process.env['BENCH_ENTRIES'] ?? '').test(name)

/**
 * Loads the peers, or only those of some names, where others would be in the way: the hand loop first, then the library, then
 * the others by name.
 */
export const loadPeers = async (names) => {
  const files = names === undefined ? readdirSync(folder) : [...new Set(names.map(fileOf))]
  const modules = await Promise.all(
    files.filter((file) => file.endsWith('.js')).map((file) => import(new URL(file, folder).href))
  )
  return modules
    .flatMap((module) => module.peers ?? [module.peer])
    .filter((peer) => isWanted(peer) && (names?.includes(peer.name) ?? true))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

const fileOf = (name) => {
  if (name === hand) return 'hand.js'
  return name.startsWith('reprise') ? 'reprise.js' : `${name.split('/').at(-1)}.js`
}

const rank = ({ name, isOurs }) => (name === hand ? 0 : isOurs ? 1 : 2)
