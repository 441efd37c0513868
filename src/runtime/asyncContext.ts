/**
 * Whoever wakes another takes over the async context (`AsyncLocalStorage`) of the other, as a timer of its own would; a timer
 * that many share does not. What it costs to keep it is paid only where somebody has one.
 */
import type { AsyncResource } from 'node:async_hooks'

// Node's types know of no browsers, and of no Node before 20.16.
const node = globalThis.process as Partial<NodeJS.Process> | undefined

const hooks = node?.getBuiltinModule?.('async_hooks')

// A hundredth of the time, and a tenth of the memory, that `AsyncLocalStorage.snapshot` takes.
const capture = (): AsyncResource | undefined => hooks && new hooks.AsyncResource('reprise')

/** The async context in which this was loaded: nobody's. */
export const outside = capture()

// Contexts are kept in one of two ways. Either each promise is marked, as long as anybody has one; or, on Node 24 and later,
// each resource has a frame, which is empty where there is none. A later Node whose frame has another name always captures.
const frame = Object.getOwnPropertySymbols(outside ?? {}).find(
  ({ description }) => description === 'context_frame'
)
const marksOnly = !frame && parseInt(String(node?.versions?.node)) < 24

const areMarked = (): boolean => Object.getOwnPropertySymbols(Promise.resolve()).length > 0

/** Gives what runs something in the async context that there is now; nothing where there is none. */
export const asyncContext = (): AsyncResource | undefined => {
  if (marksOnly && !areMarked()) return undefined
  const context = capture()
  if (!context || !frame) return context
  return Reflect.get(context, frame) === undefined && !areMarked() ? undefined : context
}
