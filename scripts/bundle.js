// Bundles the sources, for what an import costs is the number of files, and then their bytes. All that several entry points
// need is in one file, core.js, so that they share it; `core.browser.js` is the same with the timers of browsers
// (package.json puts it in its place there). What is imported from packages stays an import.
import { transform } from 'esbuild'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import MagicString from 'magic-string'
import { rollup } from 'rollup'

/** Takes the types off; and for browsers, the timers of browsers in the place of those of Node. */
const sources = (forBrowsers) => ({
  name: 'sources',
  resolveId: (id, importer) => {
    if (!id.startsWith('.') || importer === undefined) return undefined
    const file = resolve(dirname(importer), id.replace(/\.js$/, '.ts'))
    return forBrowsers && file.endsWith(join('runtime', 'timers.ts'))
      ? file.replace(/\.ts$/, '.browser.ts')
      : file
  },
  transform: (code, id) =>
    transform(code, {
      loader: 'ts',
      target: 'es2022',
      sourcefile: id,
      sourcemap: true,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } }
    })
})

/**
 * V8 skims a function that it only comes across, but reads an arrow function in full when a module is loaded: a third of
 * what an import costs. So those outside of any function become other functions; those inside are skimmed with it. The
 * constants that hold one become declarations, which are set up before the first statement: another 4 %. A browser is
 * better served by the shorter arrows.
 */
const skimmable = {
  name: 'skimmable',
  renderChunk: function (code) {
    const text = new MagicString(code)
    const rewrite = ({ start, end, params, async, expression }, from = start, name = '') => {
      const arrow = code.indexOf('=>', params.at(-1)?.end ?? start)
      const head = `${async ? 'async ' : ''}function ${name}(`
      if (params.length === 0) text.overwrite(from, arrow, `${head}) `)
      else text.overwrite(from, params[0].start, head).overwrite(params.at(-1).end, arrow, ') ')
      text.remove(arrow, arrow + 2)
      if (expression) text.appendLeft(arrow + 2, ' { return (').appendLeft(end, ') }')
    }
    const visit = (node) => {
      if (/^(FunctionDeclaration|FunctionExpression)$/.test(node?.type)) return
      if (node?.type === 'ArrowFunctionExpression') rewrite(node)
      else if (typeof node === 'object' && node !== null) Object.values(node).forEach(visit)
    }
    const visitStatement = (statement) => {
      const { id, init } = statement.declarations?.length === 1 ? statement.declarations[0] : {}
      if (init?.type !== 'ArrowFunctionExpression') return visit(statement)
      rewrite(init, statement.start, id.name)
      // Without its semicolon.
      if (statement.end > init.end) text.remove(init.end, statement.end)
    }
    this.parse(code).body.forEach(visitStatement)
    return { code: text.toString(), map: text.generateMap({ hires: 'boundary' }) }
  }
}

/** What is imported is in a file of its own for each entry point, and what several of them need in another. */
const outputOf = (src, dist, format) => ({
  dir: join(dist, format),
  format: format === 'esm' ? 'es' : 'cjs',
  sourcemap: true,
  manualChunks: (id) => (shared.includes(relative(src, id).split(sep)[0]) ? 'core' : undefined),
  minifyInternalExports: false,
  hoistTransitiveImports: false,
  externalLiveBindings: false,
  exports: 'named',
  esModule: true,
  freeze: false,
  interop: 'auto'
})

const shared = ['policy', 'action', 'runtime', 'resource', 'worker']

const bundle = (src, forBrowsers) => {
  const folders = readdirSync(src).filter((name) => existsSync(join(src, name, 'index.ts')))
  const entries = ['index', ...folders.map((name) => `${name}/index`)]
  return rollup({
    input: Object.fromEntries(entries.map((name) => [name, join(src, `${name}.ts`)])),
    plugins: [sources(forBrowsers)],
    external: (id) => /^[\w@]/.test(id),
    treeshake: { moduleSideEffects: false },
    onwarn: ({ message }) => {
      throw new Error(message)
    }
  })
}

/** Keeps one file of all that would be written. */
const only = (file) => ({
  name: 'only',
  generateBundle: (_, files) => {
    for (const name of Object.keys(files)) if (!name.startsWith(file)) delete files[name]
  }
})

const exportsOf = ({ output }, file) => output.find(({ fileName }) => fileName === file).exports.join()

/** Writes the bundles of a folder of sources into the folders `esm` and `cjs` of another. */
export const bundleAll = async (src, dist) => {
  const [forNode, forBrowsers] = await Promise.all([bundle(src, false), bundle(src, true)])
  for (const format of ['esm', 'cjs']) {
    const output = outputOf(src, dist, format)
    const files = { entryFileNames: '[name].js', chunkFileNames: '[name].js' }
    const node = await forNode.write({ ...output, ...files, plugins: [skimmable] })
    const browser = await forBrowsers.write({
      ...output,
      chunkFileNames: '[name].browser.js',
      plugins: [only('core.browser.js')]
    })
    if (exportsOf(node, 'core.js') !== exportsOf(browser, 'core.browser.js'))
      throw new Error('core.browser.js cannot stand in for core.js: they export different names')
  }
}
