/** What both the library and the hand loop give back. */
export const left = (error) => ({ _tag: 'Left', left: error })
export const right = (value) => ({ _tag: 'Right', right: value })

/** Gives the value of what a call resolved to, as a value or as an `Either`; throws if it was a failure. */
export const valueOf = (result) => {
  if (result?._tag === undefined) return result
  if (result._tag === 'Right') return result.right
  throw new Error('an entry ended with a failure where it should have succeeded', { cause: result.left })
}
