// Most libraries take a function that gives a promise, and nothing else. What they are wrapped in to do the same work as the
// others is what their users would write.

/** Gives the three shapes of work from a function that runs one function with retries. */
export const fromCall = (call) => ({
  promise: (fn) => () => call(fn),
  either: (task) => {
    const fn = unwrapped(task)
    return () => call(fn)
  },
  argument: (fn) => (arg) => call(() => fn(arg))
})

/** Makes a `Left` a rejection, where that is what is retried. */
export const unwrapped = (task) => async () => {
  const result = await task()
  if (result._tag === 'Left') throw result.left
  return result.right
}
