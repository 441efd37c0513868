import {
  type IoredisClient,
  type NodeRedisClient,
  type RedisClient,
  toConnection
} from '../../../src/redis/RedisClient.js'
import { script, scriptHash } from '../../../src/redis/SwapScript.js'
import { turn } from '../../support/task.js'

const noScript = new Error('NOSCRIPT No matching script. Please use EVAL.')

/** A client that notes what it is asked, and does not know the script at first. */
const ofIoredis = () => {
  const asked: unknown[] = []
  const listeners = new Map<string, (...told: string[]) => void>()
  let isLoaded = false
  const client: IoredisClient = {
    evalsha: async (...args) => {
      asked.push(['evalsha', ...args])
      if (!isLoaded) throw noScript
      return 'by hash'
    },
    eval: async (...args) => {
      asked.push(['eval', ...args])
      isLoaded = true
      return 'by text'
    },
    duplicate: () => ({
      on: (event: string, listener: (...told: string[]) => void) => void listeners.set(event, listener),
      subscribe: async (channel: string) => void asked.push(['subscribe', channel]),
      disconnect: () => void asked.push(['disconnect'])
    })
  }
  return { client, asked, tell: (...told: string[]) => listeners.get('message')?.(...told), listeners }
}

const ofNodeRedis = (connect = async (): Promise<unknown> => undefined) => {
  const asked: unknown[] = []
  const listeners = new Map<string, (message: string) => void>()
  let isLoaded = false
  const client: NodeRedisClient = {
    evalSha: async (...args) => {
      asked.push(['evalSha', ...args])
      if (!isLoaded) throw noScript
      return 'by hash'
    },
    eval: async (...args) => {
      asked.push(['eval', ...args])
      isLoaded = true
      return 'by text'
    },
    duplicate: () => ({
      on: (event) => void asked.push(['on', event]),
      connect,
      subscribe: async (channel, listener) => {
        asked.push(['subscribe', channel])
        listeners.set(channel, listener)
      },
      destroy: () => void asked.push(['destroy'])
    })
  }
  return { client, asked, tell: (channel: string, message: string) => listeners.get(channel)?.(message) }
}

describe('a client of ioredis', () => {
  test('a script that Redis does not know -> its text, once', async () => {
    const { client, asked } = ofIoredis()
    const { run } = toConnection('client', client)
    expect([await run('k', ['a', 'b']), await run('k', [])]).toEqual(['by text', 'by hash'])
    expect(asked).toEqual([
      ['evalsha', scriptHash, 1, 'k', 'a', 'b'],
      ['eval', script, 1, 'k', 'a', 'b'],
      ['evalsha', scriptHash, 1, 'k']
    ])
  })
  test('a second connection -> each channel for whoever listens to it', async () => {
    const { client, asked, tell, listeners } = ofIoredis()
    const second = toConnection('client', client).open()
    const heard: string[] = []
    await second.subscribe('a', (message) => heard.push(`a ${message}`))
    await second.subscribe('b', (message) => heard.push(`b ${message}`))
    tell('b', '1')
    tell('c', '2')
    tell('a', '3')
    listeners.get('error')?.('down')
    second.close()
    expect(heard).toEqual(['b 1', 'a 3'])
    expect(asked).toEqual([['subscribe', 'a'], ['subscribe', 'b'], ['disconnect']])
  })
})

describe('a client of redis', () => {
  test('a script that Redis does not know -> its text, once', async () => {
    const { client, asked } = ofNodeRedis()
    const { run } = toConnection('client', client)
    expect([await run('k', ['a', 'b']), await run('k', [])]).toEqual(['by text', 'by hash'])
    expect(asked).toEqual([
      ['evalSha', scriptHash, { keys: ['k'], arguments: ['a', 'b'] }],
      ['eval', script, { keys: ['k'], arguments: ['a', 'b'] }],
      ['evalSha', scriptHash, { keys: ['k'], arguments: [] }]
    ])
  })
  test('a second connection -> connected before it subscribes', async () => {
    const { client, asked, tell } = ofNodeRedis()
    const second = toConnection('client', client).open()
    const heard: string[] = []
    await second.subscribe('a', (message) => heard.push(message))
    tell('a', '1')
    second.close()
    await turn()
    expect(heard).toEqual(['1'])
    expect(asked).toEqual([['on', 'error'], ['subscribe', 'a'], ['destroy']])
  })
  test('a second connection that fails -> the subscription fails, and closing does not', async () => {
    const { client } = ofNodeRedis(async () => Promise.reject(new Error('refused')))
    const second = toConnection('client', client).open()
    await expect(second.subscribe('a', () => undefined)).rejects.toThrow('refused')
    second.close()
    await turn()
  })
})

test('another error of a script -> as the client gives it', async () => {
  const error = new Error('OOM command not allowed')
  const { client } = ofIoredis()
  const broken = { ...client, evalsha: async () => Promise.reject(error) } as RedisClient
  await expect(toConnection('client', broken).run('k', [])).rejects.toBe(error)
})

const { client } = ofIoredis()
test.each([
  ['nothing', undefined],
  ['null', null],
  ['an object', {}],
  ['a text', 'redis://localhost'],
  ['a client without scripts', { ...client, evalsha: undefined }],
  ['a client without a way to make another', { ...client, duplicate: undefined }]
])('%s -> a TypeError that names it', (_, bad) =>
  expect(() => toConnection('redisStore: client', bad as never)).toThrow(
    /^redisStore: client must be a client of ioredis or redis, got /
  )
)
