import { runInThisContext } from 'node:vm'
import { turn } from './task.js'

// Jest gives tests a copy of `process`, which hears nothing.
const real = runInThisContext('process') as NodeJS.Process

/** Gives what the process was told of `event` while `run` ran. */
export const heard = async (
  event: 'unhandledRejection' | 'warning',
  run: () => Promise<unknown>
): Promise<ReadonlyArray<unknown>> => {
  const told: unknown[] = []
  const listener = (what: unknown): void => void told.push(what)
  real.on(event as 'warning', listener)
  try {
    await run()
    await turn()
    await turn()
  } finally {
    real.off(event, listener)
  }
  return told
}
