// Prints how many promises a call makes, and how many functions of the library it enters: node counts.js FOLDER
import { createHook } from 'node:async_hooks'
import { Session } from 'node:inspector/promises'
import { dist, ofCalls, print, times } from './work.js'

/** Counts the promises of a call, those of the function included. */
const promisesOf = (run) =>
  new Promise((resolve) => {
    let made = 0
    const hook = createHook({
      init: (_id, type) => {
        if (type === 'PROMISE') made++
      }
    })
    // In a turn of its own, and not awaited, since that makes promises.
    setImmediate(() => {
      hook.enable()
      void run()
      setImmediate(() => {
        hook.disable()
        resolve(made)
      })
    })
  })

/** Counts what a call enters, as the engine does for coverage. */
const functionsOf = async (run) => {
  const count = 100
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage')
  await times(run)(count)
  const { result } = await session.post('Profiler.takePreciseCoverage')
  await session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
  const entered = result
    .filter(({ url }) => url.startsWith(dist))
    .flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0].count))
  return entered.reduce((sum, each) => sum + each, 0) / count
}

print({ ...(await ofCalls('promises', promisesOf)), ...(await ofCalls('functions', functionsOf)) })
