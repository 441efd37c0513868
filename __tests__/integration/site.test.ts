import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import ts from 'typescript'
import { launch, serve, type Served, withChromium } from '../support/browser.js'
import { root } from '../support/built.js'
import { node } from '../support/run.js'

// A compiler and a browser beside everything else take their time.
jest.setTimeout(600_000)

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const { exports: entries, version } = JSON.parse(read('package.json')) as {
  readonly exports: Readonly<Record<string, unknown>>
  readonly version: string
}

/** Entry points by the names under which they are imported, with their files. */
const entryPoints = Object.keys(entries)
  .filter((name) => !name.endsWith('.json'))
  .map((name) => [posix.join('reprise', name), posix.join('src', name, 'index.ts')] as const)

/** What a file re-exports: an index.ts has nothing else. */
const exportsOf = (file: string): ReadonlyArray<string> =>
  ts
    .createSourceFile(file, read(file), ts.ScriptTarget.ES2022)
    .statements.flatMap((statement) =>
      ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : []
    )

const parent = mkdtempSync(join(tmpdir(), 'reprise-site-'))
/** Not at the root of the server: it has to work under any path. */
const folder = join(parent, 'some/where')
let files: ReadonlyArray<string> = []
let built: Awaited<ReturnType<typeof node>>

const page = (file: string): string => readFileSync(join(folder, file), 'utf8')

beforeAll(async () => {
  built = await node(['scripts/buildDocs.js', folder], root, 560_000)
  files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.split(sep).join('/'))
})

afterAll(() => {
  rmSync(parent, { recursive: true, force: true })
})

describe('the site', () => {
  test('is built without a warning', () => {
    expect(built).toEqual({ code: 0, output: expect.stringMatching(/index\.html is ready/) })
    expect(built.output).not.toMatch(/warn|error/i)
  })

  test('every link, and every fragment -> is there; every page -> can be reached', async () => {
    const { code, output } = await node(
      [
        join(dirname(require.resolve('linkinator')), 'cli.js'),
        folder,
        '--recurse',
        '--check-fragments',
        '--format',
        'json',
        // Others may be down, and no test calls them.
        '--skip',
        '^https?://(?!localhost)'
      ],
      root,
      560_000
    )
    const { links } = JSON.parse(output) as { links: ReadonlyArray<{ url: string; state: string }> }
    expect(links.filter(({ state }) => state !== 'OK')).toEqual([])
    expect(code).toBe(0)
    const reached = new Set(links.map(({ url }) => url.replace(/#.*/, '').replace(/\/$/, '/index.html')))
    const pages = files.filter((file) => file.endsWith('.html'))
    expect(pages.length).toBeGreaterThan(entryPoints.length)
    expect(pages.filter((file) => !reached.has(join(folder, file)) && file !== 'index.html')).toEqual([])
  })

  test('links to elsewhere -> are well-formed, and nothing is loaded from there', () => {
    const pages = files.filter((file) => file.endsWith('.html'))
    const attributes = pages.flatMap((file) =>
      [...page(file).matchAll(/<(\w+)[^>]*?\s(?:href|src|srcset)="([^"]*)"/g)].map(([, tag, url]) => [
        tag,
        url
      ])
    )
    const away = attributes.filter(
      ([, url]) => /^([a-z][a-z+.-]*:|\/)/i.test(url!) && !url!.startsWith('data:')
    )
    expect(new Set(away.map(([tag]) => tag))).toEqual(new Set(['a']))
    expect(away.filter(([, url]) => new URL(url!).protocol !== 'https:')).toEqual([])
    const styles = files.filter((file) => file.endsWith('.css')).map(page)
    expect(styles.flatMap((css) => css.match(/@import.*|url\((?!\s*["']?data:).*/g) ?? [])).toEqual([])
  })

  test('what it says of where it comes from -> the version, and no path of a machine', () => {
    expect(page('index.html')).toContain(`v${version}`)
    const texts = files.filter((file) => /\.(html|js|css|txt|svg)$/.test(file))
    expect(
      texts.filter((file) => [root, parent, tmpdir() + sep].some((path) => page(file).includes(path)))
    ).toEqual([])
    expect(texts.filter((file) => /Defined in|href="site:/.test(page(file)))).toEqual([])
  })

  test.each(entryPoints)('%s -> has a page, and each of its exports a page with a comment', (name, file) => {
    const slug = name.replaceAll('/', '_')
    const module = page(`modules/${slug}.html`)
    expect(module).toContain(`<h1>Module ${name}`)
    expect(module).toContain('<section class="tsd-panel tsd-comment">')
    expect(page('modules.html')).toContain(`modules/${slug}.html`)
    const faults = exportsOf(file).flatMap((each) => {
      const path = ['functions', 'variables', 'interfaces', 'types']
        .map((kind) => `${kind}/${slug}.${each}.html`)
        .find((path) => files.includes(path))
      if (path === undefined) return [`${each} has no page`]
      // Fields have comments of their own: what counts is the line in the list of the module.
      const [, line = ''] = module.split(`href="../${path}"`)
      return [
        ...(line.split('</dd>')[0]!.includes('<div class="tsd-comment') ? [] : [`${each} has no comment`]),
        ...(page(path).includes('<div class="tsd-tag-since">') ? [] : [`${each} has no @since`])
      ]
    })
    expect(faults).toEqual([])
    expect(exportsOf(file)).not.toEqual([])
    // TypeDoc's word for what has no @category.
    expect(module).not.toContain('id="other"')
  })

  test('README, guides, examples -> pages of it, each with all of its headings', () => {
    const documents: ReadonlyArray<readonly [string, string]> = [
      ['README.md', 'index.html'],
      ['docs/cookbook.md', 'documents/Cookbook.html'],
      ['docs/migration.md', 'documents/Coming_from_others.html'],
      ['docs/fleet.md', 'documents/Fleets.html'],
      ['docs/reliability.md', 'documents/Reliability.html'],
      ['docs/bench.md', 'documents/Bench.html'],
      ['CHANGELOG.md', 'documents/Changelog.html'],
      ['CONTRIBUTING.md', 'documents/Contributing.html']
    ]
    for (const [file, path] of documents) {
      const headings = page(path).match(/<h[1-4] id="/g) ?? []
      expect([file, headings.length]).toEqual([file, headingsOf(read(file)).length])
    }
    const examples = readdirSync(join(root, 'examples')).filter((file) => /\.(ts|yaml)$/.test(file))
    expect(examples.filter((file) => !files.includes(`documents/Examples.${file}.html`))).toEqual([])
    expect(page('index.html')).toContain('src="media/outage.svg"')
  })
})

// --- the same pages, as they are read in the repository

const prose = (markdown: string): string => markdown.replaceAll(/^```[^]*?^```$/gm, '')

const headingsOf = (markdown: string): ReadonlyArray<string> =>
  [...prose(markdown).matchAll(/^#{1,4} (.*)$/gm)].map(([, heading]) => heading!)

/** What a heading is called in an address, by the servers of repositories. */
const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const markdown = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
]

test.each(markdown)('%s, in the repository -> each relative link leads somewhere', (file) => {
  const targets = [...prose(read(file)).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
  const lost = targets.filter((target) => {
    const [path, fragment] = target.split('#') as [string, string | undefined]
    const to = path === '' ? file : posix.join(posix.dirname(file), path)
    return (
      !existsSync(join(root, to)) ||
      (fragment !== undefined && !headingsOf(read(to)).map(slugOf).includes(fragment))
    )
  })
  expect(lost).toEqual([])
})

// --- the site as it is seen

withChromium('the site, in Chromium', () => {
  let served: Served | undefined
  let browser: Browser | undefined
  let context: BrowserContext
  let tab: Page
  /** What must never be: errors, and requests to anyone else. */
  let wrong: string[]

  beforeAll(async () => {
    served = await serve(parent)
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await served?.close()
  })

  beforeEach(() => {
    wrong = []
  })

  afterEach(async () => {
    await context.close()
    expect(wrong).toEqual([])
  })

  const goTo = async (origin: string, path: string, width: number): Promise<void> => {
    context = await browser!.newContext({ viewport: { width, height: 900 } })
    tab = await context.newPage()
    tab.setDefaultTimeout(120_000)
    tab.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
    tab.on('requestfailed', (request) => wrong.push(`failed: ${request.url()}`))
    tab.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:'))
        wrong.push(`request: ${request.url()}`)
    })
    tab.on('response', (response) => {
      if (response.status() >= 400) wrong.push(`${response.status()}: ${response.url()}`)
    })
    await tab.goto(`${origin}/${path}`)
  }

  const open = (path: string, width = 1280): Promise<void> => goTo(`${served!.url}/some/where`, path, width)

  const fromFiles = (path: string): Promise<void> => goTo(pathToFileURL(folder).href, path, 1280)

  /** What is found, the best first. */
  const search = async (text: string): Promise<ReadonlyArray<string>> => {
    // Until then it says that it prepares its index.
    await tab.waitForFunction('document.querySelector("#tsd-search-status").innerHTML === ""')
    await tab.locator('#tsd-search-trigger').click()
    await tab.locator('#tsd-search-input').fill(text)
    await tab.locator('#tsd-search-results a').first().waitFor()
    return tab.evaluate('[...document.querySelectorAll("#tsd-search-results a")].map(({ href }) => href)')
  }

  const pages = [
    'index.html',
    'modules.html',
    'modules/reprise.html',
    'functions/reprise.withRetry.html',
    'interfaces/reprise.RetryPolicy.html',
    'types/reprise_codec.PolicyJson.html',
    'documents/Cookbook.html',
    'documents/Coming_from_others.html',
    'documents/Fleets.html',
    'documents/Bench.html',
    'documents/Changelog.html',
    'documents/Examples.demo.ts.html',
    'lab/index.html'
  ]

  test.each([1280, 390])('%i px -> no page is wider, code and tables scroll in themselves', async (width) => {
    for (const path of pages) {
      await open(path, width)
      if (path.startsWith('lab/')) await tab.waitForSelector('#results[aria-busy=false]')
      expect([path, await tab.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
      const outside: ReadonlyArray<string> = await tab.evaluate(
        `[...document.querySelectorAll('.col-content :is(pre, table, img)')]
          .filter((each) => each.getBoundingClientRect().right > innerWidth).map(({ outerHTML }) => outerHTML)`
      )
      expect([path, outside]).toEqual([path, []])
      await context.close()
    }
    await open('documents/Bench.html', width)
    const scrolls = (selector: string): Promise<boolean> =>
      tab.evaluate(
        `[...document.querySelectorAll('${selector}')].some(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth)`
      )
    if (width === 390) expect(await scrolls('.col-content table')).toBe(true)
    await context.close()
    await open('index.html', width)
    expect(await scrolls('.col-content pre > code')).toBe(true)
  })

  test('search -> withRetry, and text of a guide', async () => {
    await open('documents/Bench.html')
    expect((await search('withRetry'))[0]).toMatch(/functions\/reprise\.withRetry\.html$/)
    await tab.locator('#tsd-search-results a').first().click()
    await tab.waitForURL(/functions\/reprise\.withRetry\.html$/)
    expect(await tab.locator('h1').textContent()).toContain('withRetry')
    expect(await search('nonsense')).toContain(`${served!.url}/some/where/documents/Cookbook.html`)
  })

  test('the lab -> is one click away, and so is the way back', async () => {
    await open('functions/reprise.withRetry.html')
    await tab.locator('#tsd-toolbar-links').getByRole('link', { name: 'Lab' }).click()
    await tab.waitForURL(/\/some\/where\/lab\/index\.html/)
    await tab.waitForSelector('#results[aria-busy=false]')
    await tab.getByRole('link', { name: 'Documentation' }).click()
    await tab.waitForURL(/\/some\/where\/index\.html$/)
    expect(await tab.locator('.col-content h1').textContent()).toContain('reprise')
  })

  test('from files, without a server -> the pages, their navigation and the search', async () => {
    await fromFiles('index.html')
    await tab.locator('#tsd-nav-container').getByRole('link', { name: 'Cookbook' }).click()
    await tab.waitForURL(/Cookbook\.html$/)
    expect((await search('withRetry'))[0]).toMatch(/functions\/reprise\.withRetry\.html$/)
    // Browsers refuse this file, so the icons are in the page as well.
    wrong = wrong.filter((each) => !each.endsWith('/assets/icons.svg'))
    expect(await tab.locator('#tsd-search-trigger use').getAttribute('href')).toMatch(/^#/)
  })

  test('the lab from files -> says what it needs', async () => {
    await fromFiles('lab/index.html')
    await tab.waitForSelector('#unstarted', { state: 'visible' })
    expect(await tab.locator('#unstarted').textContent()).toMatch(/from a server only/)
    // Browsers refuse modules from files.
    expect(wrong.splice(0).every((each) => each.endsWith('page.js'))).toBe(true)
  })
})
