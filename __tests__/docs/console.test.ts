// What the documentation shows of a terminal is what a terminal shows.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireBuild, root } from '../support/built.js'
import { node } from '../support/run.js'

requireBuild()

const readme = readFileSync(join(root, 'README.md'), 'utf8')

const fences = (language: string): ReadonlyArray<string> =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, body = '']) => body)

const consoles = fences('console').map((body) => {
  const [command = '', ...output] = body.split('\n')
  return [command.replace(/^\$ npx reprise /, ''), output.join('\n')] as const
})

test('README.md shows the command line', () => expect(consoles).not.toEqual([]))

const picture = readFileSync(join(root, 'docs/outage.svg'), 'utf8')

// A fleet of ten thousand takes its time on a busy machine.
test.each(consoles)(
  'npx reprise %s',
  async (command, output) => {
    expect(await node(['dist/cli/reprise.cjs', ...command.split(' ')], root, 550_000)).toEqual({
      code: 0,
      output
    })
  },
  600_000
)

test('README.md shows the picture that its command has just drawn', () => {
  expect(consoles.filter(([command]) => command.endsWith('--svg docs/outage.svg'))).toHaveLength(1)
  expect(readFileSync(join(root, 'docs/outage.svg'), 'utf8')).toBe(picture)
})

test('README.md shows a file of examples/', () => {
  expect(fences('yaml')).toEqual([readFileSync(join(root, 'examples/policy.yaml'), 'utf8')])
})
