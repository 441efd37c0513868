/** Runs something so many times, one after the other; gives the last result. Each entry has this module for itself: `loopFor`. */
export const loop = async (run, count) => {
  let last
  for (let i = 0; i < count; i++) last = await run()
  return last
}
