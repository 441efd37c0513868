import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { figuresOf } from '../../docs/lab/figures.js'
import { newRunner } from '../../docs/lab/fleet.js'
import { baselineOf } from '../../docs/lab/policy.js'
import { fromHash } from '../../docs/lab/settings.js'
import { launch, serve, type Served, withChromium } from '../support/browser.js'
import { root } from '../support/built.js'
import { node } from '../support/run.js'

// A browser beside everything else takes its time.
jest.setTimeout(180_000)

// One row, 30 clients: quick to run.
const row = '#base=10ms&cap=2s&retries=unlimited&timeout=off&scenario=contention&clients=30'

withChromium('the page of the lab, in Chromium', () => {
  let folder = ''
  let served: Served | undefined
  let browser: Browser | undefined
  let context: BrowserContext
  let page: Page
  /** What must never be: errors, and requests to anyone else. */
  let wrong: string[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-page-'))
    const built = await node(['scripts/buildLab.js', folder], root)
    expect(built).toEqual({ code: 0, output: expect.stringContaining('index.html is ready') })
    served = await serve(folder)
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await served?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  beforeEach(() => {
    wrong = []
  })

  afterEach(async () => {
    await context.close()
    expect(wrong).toEqual([])
  })

  const open = async (hash: string, width = 1280, height = 900): Promise<void> => {
    context = await browser!.newContext({ viewport: { width, height } })
    page = await context.newPage()
    page.setDefaultTimeout(120_000)
    page.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
    page.on('console', (message) => wrong.push(`${message.type()}: ${message.text()}`))
    page.on('requestfailed', (request) => wrong.push(`failed: ${request.url()}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(`${served!.url}/`) && !request.url().startsWith('data:'))
        wrong.push(`request: ${request.url()}`)
    })
    await page.goto(`${served!.url}/${hash}`)
    await idle()
  }

  const idle = (): Promise<unknown> => page.waitForSelector('#results[aria-busy=false]')

  const textOf = async (selector: string): Promise<string> =>
    ((await page.locator(selector).textContent()) ?? '').replaceAll('\u00a0', ' ')

  /** All that follows from an address. */
  const seen = async () => ({
    waits: await page.locator('#waits').innerHTML(),
    timeline: await page.locator('#timeline').innerHTML(),
    code: await textOf('#code'),
    words: await textOf('#words'),
    verdict: await textOf('#verdict'),
    figures: await page.locator('#figures').innerText()
  })

  const figures = async (): Promise<ReadonlyArray<ReadonlyArray<string>>> =>
    (await page.locator('#figures tbody tr').all()).reduce<Promise<ReadonlyArray<ReadonlyArray<string>>>>(
      async (rows, row) => [...(await rows), await row.locator('th, td').allTextContents()],
      Promise.resolve([])
    )

  const hash = (): Promise<string> => page.evaluate('location.hash')

  const wide = (): Promise<number> => page.evaluate('document.documentElement.scrollWidth')

  const reload = async (): Promise<void> => {
    await page.reload()
    await idle()
  }

  test('the bare address -> a retry storm, beside no retries', async () => {
    await open('')
    expect(await page.locator('#timeline svg path').count()).toBeGreaterThan(10)
    expect(await page.locator('#waits svg path').count()).toBeGreaterThan(10)
    expect(await textOf('#verdict')).toMatch(/^The server never recovers: \d/)
    expect(await textOf('#against')).toMatch(/^Without retries it recovers (at once|in [12](\.5)? s): \d/)
    expect(await textOf('#code')).toContain('withJitter("full"),\n  limitRetries(3)')
    expect(await textOf('#words')).toContain('Makes at most 4 attempts (3 retries)')
    expect(await page.locator('#note').isVisible()).toBe(false)
    expect(await wide()).toBe(1280)
    // Parts that others refer to by name are those of their own chart.
    const ids: ReadonlyArray<string> = await page.evaluate(
      '[...document.querySelectorAll("[id]")].map(({ id }) => id)'
    )
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
  })

  test('a fleet -> the numbers that it has in Node', async () => {
    await open(`${row}&vs=pinned&vs.base=10ms&vs.retries=unlimited&vs.timeout=off&vs.jitter=0.5`)
    const { settings } = fromHash(await hash())
    const run = newRunner()
    const options = { signal: new AbortController().signal, onProgress: () => {} }
    const [mine, other] = [
      await run(settings.policy, settings.fleet, options),
      await run(baselineOf(settings), settings.fleet, options)
    ]
    if (mine._tag === 'Left' || other._tag === 'Left') throw new Error('it did not run')
    expect(await figures()).toEqual(
      figuresOf(settings, mine.right, other.right).map(({ label, mine, other }) => [label, mine, other])
    )
  })

  test('a slider, by keyboard -> another picture, and an address that brings it back', async () => {
    await open('')
    const before = await seen()
    await page.getByRole('slider', { name: 'Retries' }).press('ArrowRight')
    expect(await hash()).toBe('#retries=4')
    expect(await textOf('#code')).toContain('limitRetries(4)')
    await idle()
    const after = await seen()
    for (const [key, value] of Object.entries(after)) {
      expect([key, value === before[key as keyof typeof before]]).toEqual([
        key,
        // It goes on as badly as before.
        key === 'verdict' && value === before.verdict
      ])
    }
    await reload()
    expect(await seen()).toEqual(after)
  })

  test('a slider, by mouse, while a fleet runs -> what was set last', async () => {
    await open(row)
    const slider = page.getByRole('slider', { name: 'Clients' })
    const { height, width, x, y } = (await slider.boundingBox())!
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    for (const part of [0.6, 0.8, 1]) {
      await page.mouse.move(x + width * part - 1, y + height / 2)
      await page.waitForTimeout(60)
    }
    await page.mouse.up()
    expect(await hash()).toBe(row.replace('clients=30', 'clients=1000'))
    await idle()
    const after = await seen()
    expect(after.timeline).toContain('1,000 clients')
    await reload()
    expect(await seen()).toEqual(after)
  })

  test('a pinned policy -> stays beside what is set, in the address too, until it is taken off', async () => {
    await open(row)
    await page.getByRole('button', { name: 'Compare with this' }).click()
    await page.getByLabel('Jitter').selectOption('none')
    expect(await hash()).toBe(
      `${row.replace('&cap', '&jitter=none&cap')}&vs=pinned&vs.base=10ms&vs.cap=2s&vs.retries=unlimited&vs.timeout=off`
    )
    await idle()
    const after = await seen()
    expect(after.timeline).toContain('pinned policy')
    expect(after.waits).toContain('pinned policy')
    await page.getByText('The pinned policy', { exact: true }).click()
    expect(await textOf('#pinned-code')).toContain('withJitter("full")')
    await reload()
    expect(await seen()).toEqual(after)

    await page.getByRole('button', { name: 'Compare with no retries' }).click()
    expect(await hash()).toBe(row.replace('&cap', '&jitter=none&cap'))
    await idle()
    expect((await seen()).timeline).toContain('without retries')
  })

  test('a story, and back -> both pictures', async () => {
    await open(row)
    const before = await seen()
    await page.getByRole('link', { name: 'A thundering herd' }).click()
    await page.waitForFunction(
      'document.querySelector("#verdict").textContent.startsWith("All is over after 15")'
    )
    await idle()
    expect(await page.getByRole('slider', { name: 'Clients' }).getAttribute('aria-valuetext')).toBe('500')
    await page.goBack()
    await page.waitForFunction(
      '!document.querySelector("#verdict").textContent.startsWith("All is over after 15")'
    )
    await idle()
    expect(await seen()).toEqual(before)
  })

  test('a budget -> its ratio, its panel and its code', async () => {
    await open(row)
    await page.getByLabel('Retry budget').check()
    await idle()
    expect(await hash()).toBe(row.replace('&scenario', '&budget=0.1&scenario'))
    expect(await page.getByRole('slider', { name: 'Retries for each call' }).isVisible()).toBe(true)
    expect((await seen()).timeline).toContain('budget')
    expect(await textOf('#code')).toContain('withRetryBudget(budget)')
  })

  test('an address that makes no sense -> a note, and the defaults for that', async () => {
    await open(`${row}&jitter=%F0%00<img src=x onerror=alert(1)>&__proto__=1`)
    expect(await textOf('#note')).toMatch(
      /^Not all of this address makes sense: “__proto__” is no setting; jitter is “.*<img src=x onerr.*”, and should be none, full/
    )
    expect(await textOf('#code')).toContain('withJitter("full")')
    await page.getByRole('slider', { name: 'Clients' }).press('ArrowRight')
    expect(await page.locator('#note').isVisible()).toBe(false)
    expect(await hash()).toBe(row.replace('clients=30', 'clients=40'))
    await idle()
  })

  test('retries without end -> says that it has stopped', async () => {
    await open('#schedule=immediate&retries=unlimited&scenario=herd&clients=2000&capacity=1')
    expect(await textOf('#verdict')).toMatch(/^Stopped: these clients make more than 200,000 calls/)
    expect(await page.locator('#figures tr').count()).toBe(0)
    await page.getByLabel('Schedule').selectOption('exponential')
    await page.getByRole('slider', { name: 'Retries' }).press('Home')
    await idle()
    expect(await textOf('#verdict')).toMatch(/^All is over after /)
  })

  test.each(['', '#budget=0.1&breaker=on&jitter=0.5&vs=pinned&vs.retries=20'])(
    'a phone, %s -> nothing is wider than it',
    async (address) => {
      await open(address, 375, 800)
      expect(await wide()).toBe(375)
      expect(await page.locator('#brief').isVisible()).toBe(true)
      expect(await textOf('#brief')).toBe(await textOf('#verdict'))
    }
  )

  test('every input -> has a name and can be reached with the keyboard', async () => {
    await open('#budget=0.1&jitter=0.5')
    const nameless: ReadonlyArray<string> = await page.evaluate(
      '[...document.querySelectorAll("input, select")].filter(({ labels }) => labels.length !== 1).map(({ id }) => id)'
    )
    expect(nameless).toEqual([])
    const inputs = page.locator('.settings :is(input, select)').filter({ visible: true })
    await page.locator('#stories a').last().focus()
    for (const input of await inputs.all()) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.id')).toBe(await input.getAttribute('id'))
    }
    expect(await inputs.count()).toBe(18)
  })

  test('what is loaded -> the page first, and Vega after it', async () => {
    await open(row)
    const scripts = await page.evaluate<ReadonlyArray<string>>(
      'performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((name) => name.endsWith(".js"))'
    )
    expect(scripts[0]).toBe('/page.js')
    expect(scripts.slice(1).every((name) => name.startsWith('/parts/'))).toBe(true)
    expect(readFileSync(join(folder, 'page.js')).length).toBeLessThan(150_000)
    expect(existsSync(join(folder, 'LICENSES.txt'))).toBe(true)
    expect(readFileSync(join(folder, 'LICENSES.txt'), 'utf8')).toMatch(/^vega-lite \d/m)
  })
})
