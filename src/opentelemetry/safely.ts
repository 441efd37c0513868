/** Gives what `f` gives; or something else where it throws, since watching must change nothing. */
export const safely = <A, B>(f: () => A, otherwise: B): A | B => {
  try {
    return f()
  } catch {
    return otherwise
  }
}
