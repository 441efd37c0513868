import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** Where Chromium is: `CHROMIUM_PATH`, or where Debian puts it. Nowhere, if it is not there or that is empty. */
const chromiumPath = process.env['CHROMIUM_PATH'] ?? ['/usr/bin/chromium'].find(existsSync) ?? ''

/** `describe` where there is a Chromium; else it is skipped, and one line says so. */
export const withChromium = (title: string, tests: () => void): void => {
  if (chromiumPath !== '') return describe(title, tests)
  process.stderr.write(
    `skipped, for want of Chromium: ${title} (apt-get install chromium, or set CHROMIUM_PATH)\n`
  )
  describe.skip(title, tests)
}

/** Starts Chromium without a window; it calls nobody by itself. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync'
    ]
  })

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript'
}

export interface Served {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Serves the files of a folder on the loopback interface. */
export const serve = async (folder: string): Promise<Served> => {
  const server: Server = createServer(({ url = '/' }, response) => {
    const path = normalize(new URL(url, 'http://localhost').pathname)
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
    if (!existsSync(file)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}
