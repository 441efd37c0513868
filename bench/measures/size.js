// 5. What it takes to load: the bytes of a page, and the time of an import.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { loadPeers } from '../support/peers.js'
import { median } from '../support/statistics.js'

const bench = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)

/** Where the library of an entry begins, as an ES module and as CommonJS. */
const moduleOf = ({ name, module }) =>
  module ?? { esm: fileURLToPath(import.meta.resolve(name)), cjs: require.resolve(name) }

/** Bytes of a bundle for browsers, minified and gzipped; nothing where it cannot be bundled for one. */
const bundled = async (contents, alias) => {
  const { build } = await import('esbuild')
  try {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: bench },
      alias,
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      logLevel: 'silent'
    })
    return gzipSync(outputFiles[0].contents, { level: 9 }).length
  } catch {
    return undefined
  }
}

const bytesOf = async (peer) => {
  const { name, least, alsoLeast = '', module } = peer
  const alias = module && { [name]: module.esm }
  return {
    least: await bundled(`export { ${least} } from '${name}'; ${alsoLeast}`, alias),
    all: await bundled(`export * as all from '${name}'; ${alsoLeast}`, alias)
  }
}

/** Milliseconds that a new process takes to import a file. */
const importTime = (format, file) =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(
      new URL(`../support/importing.${format === 'esm' ? 'js' : 'cjs'}`, import.meta.url)
    )
    const child = spawn(process.execPath, [script, format === 'esm' ? pathToFileURL(file).href : file], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.on('close', (code) =>
      code === 0 ? resolve(Number(output)) : reject(new Error(`${file}: ${code}`))
    )
  })

const formats = ['esm', 'cjs']
const empty = fileURLToPath(new URL('../support/empty.', import.meta.url))

/** Medians of what an import takes more than that of an empty module, all in turn, round after round. */
const importTimes = async (peers, rounds) => {
  const files = [
    ['nothing', { esm: `${empty}js`, cjs: `${empty}cjs` }],
    ...peers.map((peer) => [peer.name, moduleOf(peer)])
  ]
  const took = new Map(files.map(([name]) => [name, { esm: [], cjs: [] }]))
  for (let round = 0; round < rounds; round++)
    for (const [name, module] of files)
      for (const format of formats) took.get(name)[format].push(await importTime(format, module[format]))
  const medians = ({ esm, cjs }) => ({ esm: median(esm), cjs: median(cjs) })
  const base = medians(took.get('nothing'))
  return peers.map(({ name }) => {
    const { esm, cjs } = medians(took.get(name))
    return { esm: esm - base.esm, cjs: cjs - base.cjs }
  })
}

export const measure = {
  number: 5,
  title: 'Size',
  about: `Bundles are made by esbuild for browsers, minified, then gzipped: of the names that the least useful program with backoff and a limit needs, and
of everything that the package exports. Import is the time in a new process, less that of an empty module: the median of many, in turn.`,
  run: async ({ quick, log }) => {
    const peers = (await loadPeers()).filter(({ least }) => least !== undefined)
    log('bundles')
    const bytes = await Promise.all(peers.map(bytesOf))
    log('imports')
    const times = await importTimes(peers, quick ? 3 : 25)
    const figure = (title, unit, goal, valueAt) => ({
      title,
      unit,
      goal,
      values: Object.fromEntries(
        peers.map(({ name }, i) => {
          const value = valueAt(i)
          return [name, value === undefined ? undefined : { value }]
        })
      )
    })
    return [
      figure('the least program, gzip', 'B', { most: 1900 }, (i) => bytes[i].least),
      figure('everything, gzip', 'B', undefined, (i) => bytes[i].all),
      figure('import, ES modules', 'ms', { most: 3 }, (i) => times[i].esm),
      figure('import, CommonJS', 'ms', { most: 3 }, (i) => times[i].cjs)
    ]
  }
}
