/** What the command line reads and writes, on a real disk. */
import { mkdirSync, mkdtempSync, promises, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { readRegistry } from '../../../src/cli/readRegistry.js'
import { readText } from '../../../src/cli/readText.js'
import { checkTarget, writeText } from '../../../src/cli/writeText.js'

let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-files-'))
  mkdirSync(at('folder'))
  writeFileSync(at('a.yaml'), 'fixed: 1s\n')
  writeFileSync(at('no text'), Buffer.from([0xff, 0xfe]))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const right = (value: unknown) => ({ _tag: 'Right', right: value })
const left = (message: string, file?: string) => ({
  _tag: 'Left',
  left: [{ ...(file !== undefined && { file }), message }]
})
const failing = (error: unknown): Readable => {
  const stream = new Readable({ read: () => undefined })
  stream.destroy(error as Error)
  return stream
}
const denied = Object.assign(new Error('EACCES'), { code: 'EACCES' })

describe('readText', () => {
  const read = (name: string) => readText(name === '-' ? '-' : at(name), () => Readable.from([]))()

  test.each([
    ['a.yaml', right('fixed: 1s\n')],
    ['-', right('')],
    ['none.yaml', left('there is no such file')],
    ['folder', left('is a folder, not a file')],
    ['no text', left('is not text in UTF-8')]
  ])('%s -> %j', async (name, expected) => {
    expect(await read(name)).toEqual(expected)
  })

  const input = (stream: Readable) => readText('-', () => stream)()

  test('standard input of 1 MB -> its text; of more -> too large, and not read to its end', async () => {
    const part = Buffer.alloc(250_000, 'x')
    expect(await input(Readable.from([part, part, part, part]))).toEqual(right('x'.repeat(1_000_000)))
    const endless = new Readable({
      read() {
        this.push(part)
      }
    })
    expect(await input(endless)).toEqual(left('is larger than 1 MB, as no configuration is'))
    expect(endless.destroyed).toBe(true)
  })

  test.each([
    [denied, 'may not be read: permission denied'],
    [new Error('worn out'), 'cannot be read: worn out']
  ])('%p -> %s', async (error, message) => {
    expect(await input(failing(error))).toEqual(left(message))
  })

  test('what is thrown is no error -> its text', async () => {
    const thrown = readText('-', () => {
      throw 'nonsense'
    })
    expect(await thrown()).toEqual(left('cannot be read: nonsense'))
  })
})

describe('writeText', () => {
  test('a file -> written', async () => {
    expect(await writeText(at('b.svg'), '<svg/>')()).toEqual(right(undefined))
    expect(readFileSync(at('b.svg'), 'utf8')).toBe('<svg/>')
  })

  test('in no folder -> says so', async () => {
    expect(await writeText(at('none/b.svg'), '')()).toEqual(left('there is no such folder'))
  })

  test('over a folder -> says so', async () => {
    expect(await writeText(at('folder'), '')()).toMatchObject({
      left: [{ message: expect.stringMatching(/^cannot be written: .*EISDIR/) as string }]
    })
  })

  test.each([
    [denied, 'may not be written: permission denied'],
    [new Error('worn out'), 'cannot be written: worn out'],
    ['nonsense', 'cannot be written: nonsense']
  ])('the disk says %p -> %s', async (error, message) => {
    const disk = jest.spyOn(promises, 'writeFile').mockRejectedValue(error)
    expect(await writeText(at('c.svg'), '')()).toEqual(left(message))
    disk.mockRestore()
  })
})

describe('checkTarget', () => {
  test.each([
    ['new.svg', right(undefined)],
    ['a.yaml', right(undefined)],
    ['folder', left('is a folder, not a file')],
    ['none/new.svg', left('there is no such folder')],
    ['a.yaml/new.svg', left('is not in a folder')]
  ])('%s -> %j', async (name, expected) => {
    expect(await checkTarget(at(name))()).toEqual(expected)
  })
})

describe('readRegistry', () => {
  // Modules of CommonJS: here, an import is made a require.
  const load = (name: string, source: string) => {
    writeFileSync(at(name), source)
    return readRegistry(at(name))()
  }

  test('no such file -> says so', async () => {
    expect(await readRegistry(at('none.cjs'))()).toEqual(left('there is no such file', at('none.cjs')))
  })

  test('a module that cannot be loaded -> says why', async () => {
    expect(await load('broken.cjs', '}')).toMatchObject({
      left: [{ file: at('broken.cjs'), message: expect.stringMatching(/^cannot be loaded: /) as string }]
    })
  })
})
