import { formatDuration } from '../policy/formatDuration.js'
import { margin, printable, wrap } from './Layout.js'
import type { Paint } from './Paint.js'

/** Says whose policy it is, in a worker; and what policy, as code. */
export const renderTitle =
  (paint: Paint, width: number) =>
  ({ method, code }: { readonly method: string | null; readonly code: string }): ReadonlyArray<string> => {
    if (method === null) return wrap(printable(code), width, '  ').map(paint.faint)
    const others = method === '*' ? paint.faint(' (all methods that are not named)') : ''
    return [
      paint.title(printable(method)) + others,
      ...wrap(printable(code), width - margin.length, '  ').map((line) => margin + paint.faint(line))
    ]
  }

/** What limits the time of a worker's calls, in words. */
export const timeoutsInWords = ({
  attemptTimeout,
  timeout
}: {
  readonly attemptTimeout: number | null
  readonly timeout: number | null
}): ReadonlyArray<string> => [
  ...(attemptTimeout === null ? [] : [`Cuts off an attempt after ${formatDuration(attemptTimeout)}.`]),
  ...(timeout === null ? [] : [`Ends the whole call after ${formatDuration(timeout)}, waits included.`])
]
