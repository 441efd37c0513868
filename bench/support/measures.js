import { readdirSync } from 'node:fs'

const folder = new URL('../measures/', import.meta.url)

/** Gives the measures whose numbers are in a list like `1,3`, or all, in order. */
export const chosen = async (numbers) => {
  const wanted = numbers?.split(',').map(Number)
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)))
  const measures = modules.map(({ measure }) => measure).sort((a, b) => a.number - b.number)
  const unknown = wanted?.filter((number) => !measures.some((each) => each.number === number)) ?? []
  if (unknown.length > 0) throw new Error(`--only: there is no measure ${unknown.join()}`)
  return measures.filter(({ number }) => wanted?.includes(number) ?? true)
}
