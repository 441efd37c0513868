/** Timers and a clock that a test moves, in the place of those of the machine. */

export interface Pending {
  readonly ring: () => void
  /** What `setTimeout` was asked for, and when. */
  readonly delay: number
  readonly setAt: number
  /** When it fires. */
  readonly at: number
  /** How often it was released from keeping the process alive. */
  released: number
  readonly unref: () => void
}

export interface Machine {
  readonly now: () => number
  readonly pending: () => ReadonlyArray<Pending>
  /** The delays of all timers that were ever set. */
  readonly asked: ReadonlyArray<number>
  readonly set: ReadonlyArray<Pending>
  /** The most timers that were ever set at once. */
  readonly most: () => number
  /** How many timers were cleared before they fired. */
  readonly cleared: () => number
  /** Lets time pass while nothing gets a turn. */
  readonly pass: (ms: number) => void
  /** Fires the timer that is first, and gives it. */
  readonly fire: () => Pending | undefined
  /** Lets time pass, and fires what is due on the way. */
  readonly advance: (ms: number) => void
  readonly install: () => void
  readonly uninstall: () => void
}

/** Makes a machine whose clock starts at `start`; `off` draws how many milliseconds a timer fires late, or early if below 0. */
export const machine = (start: number, off: () => number = () => 0): Machine => {
  let time = start
  let pending: ReadonlyArray<Pending> = []
  let most = 0
  let cleared = 0
  const set: Pending[] = []
  const asked: number[] = []

  const setTimeout = (ring: () => void, delay: number): Pending => {
    const timer: Pending = {
      ring,
      delay,
      setAt: time,
      // However early, some time has passed.
      at: time + Math.max(0.25, Math.max(1, delay) + off()),
      released: 0,
      unref: () => {
        timer.released += 1
      }
    }
    pending = [...pending, timer]
    most = Math.max(most, pending.length)
    set.push(timer)
    asked.push(delay)
    return timer
  }
  const clearTimeout = (timer: unknown): void => {
    const others = pending.filter((each) => each !== timer)
    cleared += pending.length - others.length
    pending = others
  }
  const now = (): number => time

  const first = (): Pending | undefined =>
    pending.reduce<Pending | undefined>((best, each) => (best && best.at <= each.at ? best : each), undefined)
  const fire = (): Pending | undefined => {
    const timer = first()
    if (timer) {
      pending = pending.filter((each) => each !== timer)
      time = Math.max(time, timer.at)
      timer.ring()
    }
    return timer
  }

  let real: { setTimeout: unknown; clearTimeout: unknown; now: unknown } | undefined
  const put = (functions: { setTimeout: unknown; clearTimeout: unknown; now: unknown }): void => {
    Object.assign(globalThis, { setTimeout: functions.setTimeout, clearTimeout: functions.clearTimeout })
    Object.assign(performance, { now: functions.now })
  }
  return {
    now,
    pending: () => pending,
    asked,
    set,
    most: () => most,
    cleared: () => cleared,
    pass: (ms) => {
      time += ms
    },
    fire,
    advance: (ms) => {
      const until = time + ms
      for (let timer = first(), i = 0; timer && timer.at <= until; timer = first(), i++) {
        if (i === 10_000) throw new Error(`timers without end, at ${time}`)
        fire()
      }
      time = Math.max(time, until)
    },
    install: () => {
      real = {
        setTimeout: globalThis.setTimeout,
        clearTimeout: globalThis.clearTimeout,
        now: Reflect.get(performance, 'now')
      }
      put({ setTimeout, clearTimeout, now })
    },
    uninstall: () => {
      if (real) put(real)
      real = undefined
    }
  }
}
