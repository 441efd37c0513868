/** A minute of the load of `npm run soak`, on the package as it is built. */
import { requireBuild, root } from '../support/built.js'
import { node } from '../support/run.js'

requireBuild()

test('45 s of random load over all resources -> no problems', async () => {
  const { code, output } = await node(['scripts/soak.js', '--seconds', '45'], root, 600_000)
  // All that it printed, where it is not as expected.
  if (code !== 0) throw new Error(`${code}: ${output}`)
  expect(output).toContain('\n0 problems\n')
}, 620_000)
