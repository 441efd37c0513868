// The licences of the packages that are in a bundle.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folders of the packages that these files belong to. */
const packagesOf = (inputs) => [
  ...new Set(
    inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.slice(0, 1) ?? [])
  )
]

/** The name, version and licence text of a package; fails for one that has none, since it may not be shipped then. */
const licenceOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  if (file === undefined) throw new Error(`${name} has no licence text`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

/** Gives the licences of what is in a bundle, as a text that begins with `head`; `inputs` are files, relative to `root`. */
export const licencesOf = (head, root, inputs) =>
  `${head}\n\n${packagesOf(inputs)
    .map((each) => licenceOf(join(root, each)))
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`)}`
