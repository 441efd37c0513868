/** A wheel of sleepers on a machine that a test moves. */
import { newSleeper, newWheel, type Sleeper } from '../../src/runtime/Wheel.js'
import { type Machine, machine } from './machine.js'

const installed: Machine[] = []

/** Puts a machine in the place of the real one, until `uninstallAll`. */
export const install = (start: number, off?: () => number): Machine => {
  const host = machine(start, off)
  host.install()
  installed.push(host)
  return host
}

/** To be called after each test. */
export const uninstallAll = (): void => {
  jest.restoreAllMocks()
  for (const each of installed.splice(0).reverse()) each.uninstall()
}

/** A wheel on a machine that starts at 1000, and who woke when. */
export const wheelAt = (start = 1000, off?: () => number) => {
  const host = install(start, off)
  const wheel = newWheel()
  const woken: Array<readonly [name: string, at: number]> = []
  const add = (name: string, delay: number, then: () => void = () => undefined): Sleeper => {
    const sleeper = newSleeper(() => {
      woken.push([name, host.now()])
      then()
    })
    wheel.add(sleeper, delay)
    return sleeper
  }
  return { host, wheel, woken, add }
}

export const day = 86_400_000
