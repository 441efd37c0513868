import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/built.js'
import { node } from '../support/run.js'

const limit = 20_000

const examples = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.ts'))

test('there is a demo', () => expect(examples).toContain('demo.ts'))

test.each(examples)(
  'examples/%s runs as its reader would run it',
  async (file) => {
    const { code, output } = await node(['scripts/example.js', `examples/${file}`], root, limit)
    if (code !== 0) throw new Error(`examples/${file} ended with ${code} (limit ${limit} ms)\n${output}`)
  },
  limit + 5_000
)
