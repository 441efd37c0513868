import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/built.js'
import { node } from '../support/run.js'

// On a machine that may be busy.
const limit = 180_000

const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder)).filter((file) => file.endsWith('.ts'))

// What an integration test plays and looks at is not run a second time.
const integration = filesIn('__tests__/integration').map((file) =>
  readFileSync(join(root, '__tests__/integration', file), 'utf8')
)
const isPlayed = (example: string): boolean =>
  integration.some((text) => text.includes(`examples/${example}`))

const examples = filesIn('examples')

test('there is a demo, and it is played', () => expect(examples.filter(isPlayed)).toContain('demo.ts'))

for (const file of examples.filter((example) => !isPlayed(example))) {
  test(
    `examples/${file} runs as its reader would run it`,
    async () => {
      const { code, output } = await node(['scripts/example.js', `examples/${file}`], root, limit)
      if (code !== 0) throw new Error(`examples/${file} ended with ${code} (limit ${limit} ms)\n${output}`)
    },
    limit + 5_000
  )
}
