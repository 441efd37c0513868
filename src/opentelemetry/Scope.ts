/** Under which name and version all of this reports, and how to keep what was made of a global provider. */

/** What OpenTelemetry calls the instrumentation scope. */
export const scope = { name: 'reprise', version: '0.2.0' } as const

/**
 * Gives what is made of the provider that is registered now, made anew only when that has changed: so an SDK that is registered
 * later is used from then on.
 */
export const perProvider = <P, A>(provider: () => P, make: (provider: P) => A): (() => A) => {
  let last: { readonly of: P; readonly made: A } | undefined
  return () => {
    const current = provider()
    if (last === undefined || last.of !== current) last = { of: current, made: make(current) }
    return last.made
  }
}
