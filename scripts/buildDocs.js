// Builds the documentation as one static site: README.md, the guides, the examples, what the comments of the sources say
// of every export, and the page of the lab. It needs nothing from anywhere else, and works under any path. By itself:
// `node scripts/buildDocs.js [FOLDER]`, which is docs/site if not given.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, PageEvent, TSConfigReader, TypeDocReader } from 'typedoc'
import { buildLab } from './buildLab.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file) => readFileSync(join(root, file), 'utf8')

// --- what is on the site

const front = 'README.md'

const named = {
  'docs/cookbook.md': 'Cookbook',
  'docs/migration.md': 'Coming from others',
  'docs/fleet.md': 'Fleets',
  'docs/reliability.md': 'Reliability',
  'docs/bench.md': 'Bench',
  'bench/README.md': 'How it is measured'
}

/** The pages beside the reference and what they are called, in the order of the navigation. */
const titles = Object.fromEntries(
  Object.entries({
    ...named,
    ...Object.fromEntries(
      readdirSync(join(root, 'docs'))
        .map((file) => `docs/${file}`)
        .filter((file) => file.endsWith('.md') && !(file in named))
        .map((file) => [file, /^# (.*)/m.exec(read(file))?.[1] ?? file])
    ),
    'CHANGELOG.md': 'Changelog',
    'CONTRIBUTING.md': 'Contributing'
  }).filter(([file]) => existsSync(join(root, file)))
)

const examples = readdirSync(join(root, 'examples')).filter((file) => /\.(ts|yaml)$/.test(file))

/** Links to what TypeDoc does not know of begin so, until the page is written that they are on. */
const onSite = 'site:'
const lab = `${onSite}lab/index.html`

// --- pages, for TypeDoc to read

const withoutCode = (markdown, change) =>
  markdown
    .split(/^(```[^]*?^```$)/m)
    .map((part) => (part.startsWith('```') ? part : change(part)))
    .join('')

/** Makes the links of a page in the repository lead to pages of the site; what has none is named, for there is no way to it. */
const relink = (file, markdown) =>
  withoutCode(markdown, (prose) =>
    // Names of headings are made without what is code in them.
    prose
      .replaceAll(/^#.*$/gm, (heading) => heading.replaceAll('`', ''))
      .replaceAll(/(?<!!)\[([^[\]]*)\]\(([^()\s]+)\)/g, (link, label, target) => {
        if (/^[a-z]+:|^#/.test(target)) return link
        const path = posix.join(posix.dirname(file), target.replace(/#.*/, ''))
        if (path === front || path in titles) return link
        if (path === 'docs/lab') return `[${label}](${lab})`
        if (examples.some((each) => path === `examples/${each}`)) return `[${label}](${target}.md)`
        if (!existsSync(join(root, path))) throw new Error(`${file}: ${target} is not there`)
        return `${label} (\`${path}\`)`
      })
  )

// Not as one object: TypeDoc takes braces for tags.
const page = (title, text, children = []) =>
  `---\ntitle: ${JSON.stringify(title)}\nchildren: ${JSON.stringify(children)}\n---\n\n${text}`

/** The comment at the top of an example, which says what it shows. */
const headOf = (code) =>
  (/^\/\*\*\n([^]*?)\n \*\//.exec(code)?.[1] ?? /^((?:#.*\n)*)/.exec(code)?.[1] ?? '').replaceAll(
    /^(#| \*) ?/gm,
    ''
  )

const exampleText = (file) => {
  const code = read(`examples/${file}`)
  return `# ${file}\n\n\`\`\`${file.endsWith('.ts') ? 'ts' : 'yaml'}\n${code}\`\`\`\n`
}

const sentence = (text) =>
  /^[^]*?[.:](?=\s|$)/.exec(text)?.[0].replaceAll('\n', ' ').replace(/:$/, '.') ?? text

const examplesText = () =>
  `# Examples\n\nPrograms that run on your machine, each with \`node scripts/example.js examples/NAME.ts\` in the repository, and files for \`npx reprise\`.\n\n${examples
    .map((file) => `- [${file}](${file}.md): ${sentence(headOf(read(`examples/${file}`)))}`)
    .join('\n')}\n`

/** Writes the pages into a folder, as they lie in the repository. */
const stage = (folder) => {
  const write = (file, text) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  write(front, relink(front, read(front)))
  mkdirSync(join(folder, 'docs'), { recursive: true })
  for (const file of readdirSync(join(root, 'docs')).filter((each) => each.endsWith('.svg')))
    copyFileSync(join(root, 'docs', file), join(folder, 'docs', file))
  for (const [file, title] of Object.entries(titles)) write(file, page(title, relink(file, read(file))))
  for (const file of examples) write(`examples/${file}.md`, page(file, exampleText(file)))
  write(
    'examples/README.md',
    page(
      'Examples',
      examplesText(),
      examples.map((file) => `./${file}.md`)
    )
  )
}

// --- the site

const { exports } = JSON.parse(read('package.json'))
const entryPoints = Object.keys(exports)
  .filter((name) => !name.endsWith('.json'))
  .map((name) => join(root, 'src', name, 'index.ts'))

/** Whether a folder may be emptied: there is nothing in it, or a site. */
const isSite = (folder) =>
  !existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, 'modules.html'))

/** Writes all but the page of the lab into a folder, instead of what was in it before. */
const buildReference = async (folder) => {
  const pages = mkdtempSync(join(tmpdir(), 'reprise-docs-'))
  try {
    stage(pages)
    const app = await Application.bootstrapWithPlugins(
      {
        options: join(root, 'typedoc.json'),
        entryPoints,
        readme: join(pages, front),
        projectDocuments: [...Object.keys(titles), 'examples/README.md'].map((file) => join(pages, file)),
        navigationLinks: { Lab: lab },
        out: folder
      },
      [new TypeDocReader(), new TSConfigReader()]
    )
    app.renderer.on(PageEvent.END, (each) => {
      each.contents = each.contents?.replaceAll(
        `href="${onSite}`,
        `href="${'../'.repeat(each.url.split('/').length - 1)}`
      )
    })
    const project = await app.convert()
    if (project === undefined) return false
    app.validate(project)
    await app.generateOutputs(project)
    return !(app.logger.hasErrors() || app.logger.hasWarnings())
  } finally {
    rmSync(pages, { recursive: true })
  }
}

const buildDocs = async (folder) =>
  (await buildReference(folder)) && (await buildLab(join(folder, 'lab'))).length > 0

const [, , given] = process.argv
const folder = resolve(given ?? join(root, 'docs/site'))
if (given !== undefined && !isSite(folder)) {
  console.error(`${given} holds something else than a site`)
  process.exitCode = 1
} else if (await buildDocs(folder)) {
  console.log(`${basename(folder)}/index.html is ready: any server of static files will do`)
} else process.exitCode = 1
