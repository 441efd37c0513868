/**
 * Whoever wakes another takes over the async context (`AsyncLocalStorage`) of the other, as a timer of its own would; a timer
 * that many share does not. What it costs to keep it is paid only where there may be one.
 */

type Restore = (run: () => void) => void

// Node's types know of no browsers, and of no Node before 20.16.
const node = globalThis.process as Partial<NodeJS.Process> | undefined

const capture = node?.getBuiltinModule?.('async_hooks').AsyncLocalStorage.snapshot as
  (() => Restore) | undefined

// Until Node 24, promises are marked as long as anybody has a context; since then contexts leave no mark.
const areMarked = parseInt(node?.versions?.node ?? '') < 24

/** Gives what runs something in the async context that there is now; nothing where there can be none. */
export const asyncContext = (): Restore | undefined =>
  areMarked && Object.getOwnPropertySymbols(Promise.resolve()).length === 0 ? undefined : capture?.()
