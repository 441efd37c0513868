import { discard, readBody } from '../../../src/http/readBody.js'

/** A stream of these chunks that ends, or not; and what became of it. */
const streaming = (chunks: ReadonlyArray<string>, ends = true) => {
  const seen: string[] = []
  const encoder = new TextEncoder()
  let next = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = chunks[next]
        next += 1
        if (chunk !== undefined) return controller.enqueue(encoder.encode(chunk))
        if (!ends) return new Promise(() => {})
        seen.push('ended')
        return controller.close()
      },
      cancel: () => {
        seen.push('cancelled')
      }
    },
    // Nothing is asked of it before somebody reads.
    { highWaterMark: 0 }
  )
  return { body, seen }
}

describe('readBody', () => {
  it.each([
    ['less than the limit', ['ab', 'cd'], 10, 'abcd', false, ['ended']],
    ['just the limit', ['ab', 'cd'], 4, 'abcd', false, ['ended']],
    ['more, in one piece', ['abcdef'], 4, 'abcd', true, ['cancelled']],
    ['more, in the next piece', ['abcd', 'e'], 4, 'abcd', true, ['cancelled']],
    ['a limit of 0', ['abcd'], 0, '', true, ['cancelled']],
    ['a limit of 0, an empty body', [], 0, '', false, ['ended']],
    ['letters of several bytes, cut in the middle', ['aé'], 2, 'a', true, ['cancelled']]
  ])('%s: %j, %d -> %j', async (_what, chunks, limit, text, truncated, became) => {
    const { body, seen } = streaming(chunks)
    expect(await readBody({ body }, limit)).toEqual({ text, truncated })
    expect(seen).toEqual(became)
  })

  it('a letter that comes in two pieces -> whole', async () => {
    const [first, second] = [Uint8Array.of(0xc3), Uint8Array.of(0xa9)]
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(first)
        controller.enqueue(second)
        controller.close()
      }
    })
    expect(await readBody({ body }, 10)).toEqual({ text: 'é', truncated: false })
  })

  describe('with fake timers', () => {
    beforeEach(() => void jest.useFakeTimers())
    afterEach(() => void jest.useRealTimers())

    it('a body that goes on for ever -> cancelled after a second, with what came', async () => {
      const { body, seen } = streaming(['ab'], false)
      const pending = readBody({ body }, 10)
      await jest.advanceTimersByTimeAsync(999)
      expect(seen).toEqual([])
      await jest.advanceTimersByTimeAsync(1)
      expect(await pending).toEqual({ text: 'ab', truncated: true })
      expect(seen).toEqual(['cancelled'])
      expect(jest.getTimerCount()).toBe(0)
    })

    it('a body of another kind that goes on for ever -> given up after a second', async () => {
      const pending = readBody({ body: {}, text: () => new Promise(() => {}) }, 10)
      await jest.advanceTimersByTimeAsync(1000)
      expect(await pending).toEqual({ text: '', truncated: true })
      expect(jest.getTimerCount()).toBe(0)
    })

    it('a body that ends -> no timer is left', async () => {
      await readBody({ body: streaming(['ab']).body }, 10)
      await readBody({ text: async () => 'ab' }, 10)
      expect(jest.getTimerCount()).toBe(0)
    })
  })

  it('a body that breaks off -> what came', async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1
        if (pulled > 1) throw new Error('reset')
        controller.enqueue(Uint8Array.of(97))
      }
    })
    expect(await readBody({ body }, 10)).toEqual({ text: 'a', truncated: true })
  })

  it.each([
    ['no body', { body: null }, '', false],
    ['a stub with nothing', {}, '', false],
    ['a stub with a text', { text: async () => 'abc' }, 'abc', false],
    ['a stub with a long text', { text: async () => 'abcdefghijkl' }, 'abcdefghij', true],
    ['a text that rejects', { text: async () => Promise.reject(new Error('no')) }, '', true]
  ])('%s -> %j', async (_what, answer, text, truncated) => {
    expect(await readBody(answer, 10)).toEqual({ text, truncated })
  })

  it('a response without a body, or one whose body has been read -> nothing', async () => {
    expect(await readBody(new Response(null), 10)).toEqual({ text: '', truncated: false })
    const read = new Response('text')
    await read.text()
    expect((await readBody(read, 10)).text).toBe('')
  })

  it('a body that somebody else reads -> left to them', async () => {
    const { body } = streaming(['ab'])
    const reader = body.getReader()
    expect(await readBody({ body }, 10)).toEqual({ text: '', truncated: true })
    expect((await reader.read()).value).toHaveLength(2)
  })
})

describe('discard', () => {
  it('a body that nobody reads -> cancelled', () => {
    const { body, seen } = streaming(['ab'])
    discard({ body })
    expect(seen).toEqual(['cancelled'])
  })

  it('one that somebody reads, or that is none -> left alone', async () => {
    const { body, seen } = streaming(['ab'])
    const reader = body.getReader()
    discard({ body })
    expect((await reader.read()).value).toHaveLength(2)
    discard({ body: null })
    discard({})
    expect(seen).toEqual([])
  })
})
