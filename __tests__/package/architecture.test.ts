import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { violations } from './architecture.js'

const src = join(__dirname, '../../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'))

describe('src', () => {
  test('has files', () => expect(files).toContain('index.ts'))

  test.each(files)('%s', (file) => {
    expect(violations(file, readFileSync(join(src, file), 'utf8'))).toEqual([])
  })
})

const titled = ([path, text, message = '']: readonly [path: string, text: string, message?: string]) =>
  [`${path}: ${text.slice(0, 80).replace(/\s+/g, ' ')}`, message, path, text] as const

describe('violations', () => {
  const bad: ReadonlyArray<[path: string, text: string, message: string]> = [
    ['policy/step.ts', "import { a } from '../runtime/Clock.js'", 'policy/ must not import from runtime/'],
    [
      'policy/step.ts',
      "import type { A } from '../runtime/Clock.js'",
      'policy/ must not import from runtime/'
    ],
    ['runtime/Clock.ts', "import { a } from '../action/Attempt.js'", 'runtime/ must not import from action/'],
    ['action/Action.ts', "export * from '../resource/Limit.js'", 'action/ must not import from resource/'],
    [
      'resource/Limit.ts',
      "const a = import('../worker/worker.js')",
      'resource/ must not import from worker/'
    ],
    [
      'worker/worker.ts',
      "type A = import('../codec/index.js').A",
      'must not import from the entry point codec/'
    ],
    ['worker/worker.ts', "import { a } from '../index.js'", 'must not import from the entry point index.ts'],
    ['index.ts', "export * from './testing/index.js'", 'must not import from the entry point testing/'],
    ['testing/index.ts', "import { a } from '../lab/index.js'", 'must not import from the entry point lab/'],
    ['cli/main.ts', "import { a } from '../http/index.js'", 'must not import from the entry point http/'],
    ['codec/index.ts', "import { a } from '../lab/index.js'", 'must not import from the entry point lab/'],
    [
      'lab/index.ts',
      "import type { A } from '../codec/index.js'",
      'must not import from the entry point codec/'
    ],
    ['lab/index.ts', "import { a } from '../cli/main.js'", 'must not import from the entry point cli/'],
    ['codec/index.ts', "import { a } from '../cli/main.js'", 'must not import from the entry point cli/'],
    ['policy/step.ts', "import { a } from './Schedule'", 'must end in .js'],
    ['policy/step.ts', "import { a } from '../../examples/demo.js'", 'outside src'],
    ['action/Action.ts', "import { a } from 'reprise'", 'relative paths'],
    ['action/Action.ts', "import { right } from 'fp-ts/lib/Either.js'", 'must not import'],
    ['action/Action.ts', "import { type Either } from 'fp-ts/lib/Either.js'", 'use `import type`'],
    ['action/Action.ts', "import * as t from 'io-ts'", 'use `import type`'],
    ['action/Action.ts', "import { setTimeout } from 'node:timers/promises'", 'use `import type`'],
    ['index.ts', "const t = require('io-ts')", 'use `import type`'],
    ['policy/step.ts', "import type { Decoder } from 'io-ts'", "policy/ must not import 'io-ts'"],
    ['action/Action.ts', "import type { Either } from 'fp-ts/Either'", "must be 'fp-ts/lib/X.js'"],
    ['codec/index.ts', "import { pipe } from 'fp-ts/function'", "must be 'fp-ts/lib/X.js'"],
    ['codec/index.ts', "import { either } from 'fp-ts'", "must be 'fp-ts/lib/X.js'"],
    ['codec/index.ts', 'export class A {}', 'no class'],
    ['action/Action.ts', 'const a = class {}', 'no class'],
    ['action/Action.ts', 'export default 1', 'no default export'],
    ['action/Action.ts', 'export default function f() {}', 'no default export'],
    ['action/Action.ts', 'const a = 1\nexport { a as default }', '2: no default export'],
    ['action/Action.ts', 'const id = setTimeout(f, 1)', 'setTimeout only under runtime/'],
    ['action/Action.ts', 'const id = globalThis.setTimeout(f, 1)', 'setTimeout only under runtime/'],
    ['lab/index.ts', 'const later = { setInterval }', 'setInterval only under runtime/'],
    ['testing/index.ts', 'const wait = setImmediate', 'setImmediate only under runtime/'],
    ['resource/Limit.ts', 'queueMicrotask(f)', 'queueMicrotask only under runtime/'],
    ['resource/Limit.ts', 'const t = Date.now()', 'Date.now only under runtime/'],
    ['resource/Limit.ts', 'const now = Date.now', 'Date.now only under runtime/'],
    ['resource/Limit.ts', 'const t = new Date()', 'the current Date only under runtime/'],
    ['resource/Limit.ts', 'const t = performance.now()', 'performance only under runtime/'],
    ['resource/Limit.ts', 'const r = (random = Math.random) => random()', 'Math.random only under runtime/'],
    ['action/Action.ts', 'const s = AbortSignal.timeout(5)', 'AbortSignal.timeout only under runtime/'],
    ['policy/step.ts', 'type A = Promise<number>', 'policy/ knows no Promise'],
    ['policy/step.ts', 'const a = async () => 1', 'policy/ knows no Promise'],
    ['policy/step.ts', 'a\n'.repeat(401), '401: longer than 400 lines'],
    ['policy/retry-policy.ts', '', '1: a file is a PascalCase noun'],
    ['policy/retry_policy.ts', '', '1: a file is a PascalCase noun'],
    ['policy/step.helpers.ts', '', '1: a file is a PascalCase noun']
  ]
  test.each(bad.map(titled))('%s -> %s', (_title, message, path, text) => {
    const found = violations(path, text)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(message)
  })

  const good: ReadonlyArray<[path: string, text: string]> = [
    ['worker/worker.ts', "import { a } from '../policy/step.js'\nimport { b } from './WorkerOptions.js'"],
    ['index.ts', "export { worker } from './worker/worker.js'"],
    ['codec/index.ts', "import * as t from 'io-ts'\nimport { pipe } from 'fp-ts/lib/function.js'"],
    [
      'lab/Fleet.ts',
      "import { virtualClock } from '../testing/index.js'\nimport { a } from '../worker/worker.js'"
    ],
    [
      'action/Action.ts',
      "import type { Either } from 'fp-ts/lib/Either.js'\nimport type { Decoder } from 'io-ts'"
    ],
    ['cli/main.ts', "import { decodePolicy } from '../codec/index.js'"],
    ['cli/main.ts', "import { runFleet } from '../lab/index.js'"],
    ['codec/ScenarioCodec.ts', "import type { Scenario } from '../lab/Scenario.js'"],
    ['runtime/Clock.ts', 'export const now = () => performance.now()'],
    ['action/Action.ts', 'const id = clock.setTimeout(f, 1)\n// Date.now(), class A, setTimeout'],
    [
      'action/Action.ts',
      "interface Clock { setTimeout(f: () => void): void }\nconst a = { performance: 'setTimeout' }"
    ],
    ['http/index.ts', 'const t = Date.parse(text) - new Date(text).getTime()'],
    ['policy/step.ts', 'const f = (x: 1) => { switch (x) { default: return 1 } }\n' + 'a\n'.repeat(399)]
  ]
  test.each(good.map(titled))('%s -> nothing', (_title, _message, path, text) => {
    expect(violations(path, text)).toEqual([])
  })
})
