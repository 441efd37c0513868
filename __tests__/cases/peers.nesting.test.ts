// Nesting, and other. Fallbacks are those of fp-ts.
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { immediate, isExhausted, limitRetries, retryUntil, withRetry } from 'reprise'
import { scripted } from 'reprise/testing'

const limit = (count: number) => pipe(immediate, limitRetries(count))

it('N-04 retry outside, fallback inside -> fallback answers on call 1, no retry', async () => {
  const fn = scripted('L')
  const task = pipe(
    fn,
    TE.orElse(() => TE.right(99)),
    withRetry(limit(2))
  )
  expect(await task()).toEqual({ _tag: 'Right', right: 99 })
  expect(fn.calls()).toBe(1)
})

// "Exceeded" is Exhausted.
it('N-05 fallback outside on "exceeded", retry inside -> calls 3, fallback value', async () => {
  const fn = scripted('L')
  const task = pipe(
    fn,
    withRetry(limit(2)),
    TE.orElse((error) => (isExhausted(error) ? TE.right(99) : TE.left(error)))
  )
  expect(await task()).toEqual({ _tag: 'Right', right: 99 })
  expect(fn.calls()).toBe(3)
})

// A fallback for a result: `retryUntil` refuses it, and the fallback answers the Exhausted that follows.
it.each([
  [400, { status: 400 }],
  [500, { status: 200, from: 'fallback' }]
])('M-06 fallback for result 500 only: %d -> %j', async (status, expected) => {
  const fn = scripted<never, object>('R', { right: () => ({ status }) })
  const task = pipe(
    fn,
    withRetry(
      pipe(
        limit(0),
        retryUntil((response: object) => !('status' in response && response.status === 500))
      )
    ),
    TE.orElse(() => TE.right<never, object>({ status: 200, from: 'fallback' }))
  )
  expect(await task()).toEqual({ _tag: 'Right', right: expected })
  expect(fn.calls()).toBe(1)
})
