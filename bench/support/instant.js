/**
 * Replaces the timers of this process by ones whose waits end at once, as fake timers of tests do: for libraries that cannot
 * be given a clock. Before they are loaded, since some keep the function that they find.
 */
export const makeTimersInstant = () => {
  globalThis.setTimeout = (wake) => {
    const timer = { cancelled: false, ref: () => timer, unref: () => timer }
    void Promise.resolve().then(() => {
      if (!timer.cancelled) wake()
    })
    return timer
  }
  globalThis.clearTimeout = (timer) => {
    if (timer) timer.cancelled = true
  }
}
