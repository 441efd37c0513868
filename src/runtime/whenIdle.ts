/**
 * Calls `next` when everything that is ready has run, microtasks and all that they bring about. Unlike a turn of the event
 * loop, in Node it costs a fraction of a microsecond; whoever does it without end keeps the event loop from turning.
 */
export const whenIdle = (next: () => void): void => {
  idler ??= nextTick === undefined ? byMessage() : byTick(nextTick)
  idler(next)
}

type Idler = (next: () => void) => void

// Made when it is first used: an open channel is a handle.
let idler: Idler | undefined

// Read once: whoever fakes the timers of a test does not mean this. Browsers have neither `process` nor `setImmediate`;
// Node's types know of no browsers.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition, @typescript-eslint/unbound-method -- it has no `this`
const nextTick = /* #__PURE__ */ (() => globalThis.process?.nextTick as Idler | undefined)()

const ready = /* #__PURE__ */ Promise.resolve()

/** Node runs what was given to `nextTick` in a microtask only when there are no microtasks left. */
const byTick =
  (tick: Idler): Idler =>
  (next) =>
    void ready.then(() => {
      tick(next)
    })

/** A message to oneself arrives after all microtasks, and without the 4 ms that browsers add to nested timers. */
const byMessage = (): Idler => {
  const waiting: Array<() => void> = []
  const { port1, port2 } = new MessageChannel()
  // Where there are handles, one that nobody waits for does not keep the process alive.
  const port: Partial<Pick<typeof port1, 'ref' | 'unref'>> = port1
  port1.addEventListener('message', () => {
    // Each message is of one who waits.
    const next = waiting.shift() as () => void
    if (waiting.length === 0) port.unref?.()
    next()
  })
  port1.start()
  return (next) => {
    if (waiting.push(next) === 1) port.ref?.()
    port2.postMessage(0)
  }
}
