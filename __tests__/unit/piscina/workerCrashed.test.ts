import { workerCrashed } from 'reprise/piscina'

const coded = (code: string) => Object.assign(new Error('no'), { code })

describe('workerCrashed', () => {
  it.each<[string, unknown, boolean]>([
    ['process.exit(0)', new Error('worker exited with code: 0'), true],
    ['process.exit(-1)', new Error('worker exited with code: -1'), true],
    ['memory that is full', coded('ERR_WORKER_OUT_OF_MEMORY'), true],
    ['a thread that could not start', coded('ERR_WORKER_INIT_FAILED'), true],
    ['an error that could not be sent', coded('ERR_WORKER_UNSERIALIZABLE_ERROR'), true],
    ['what threads may not do', coded('ERR_WORKER_UNSUPPORTED_OPERATION'), false],
    ['a message that quotes one', new Error('it said: worker exited with code: 1'), false],
    ['a pool that shuts down', new Error('Terminating worker thread'), false],
    ['another error', new Error('no'), false],
    ['no error', undefined, false]
  ])('%s -> %p: %p', (_, error, crashed) => {
    expect(workerCrashed(error)).toBe(crashed)
  })
})
