// Prints how many promises a call makes, and how many functions of the library it enters: node counts.js FOLDER
import { createHook } from 'node:async_hooks'
import { Session } from 'node:inspector/promises'
import { median } from '../support/statistics.js'
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

/** Counts what a call enters, as the engine does for coverage; the median, since a timer may fire in between. */
const functionsOf = async (run) => {
  const count = 10
  const found = []
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage')
  for (let window = 0; window < 15; window++) {
    await times(run)(count)
    const { result } = await session.post('Profiler.takePreciseCoverage')
    const entered = result
      .filter(({ url }) => url.startsWith(dist))
      .flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0].count))
    found.push(entered.reduce((sum, each) => sum + each, 0) / count)
  }
  await session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
  return median(found)
}

print({ ...(await ofCalls('promises', promisesOf)), ...(await ofCalls('functions', functionsOf)) })
