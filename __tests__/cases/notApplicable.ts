/** Rows that have no test of their own, each with the reason. */
export const notApplicable: Readonly<Record<string, string>> = {
  'S-06': 'it is about the state of a circuit breaker, which is tested with the rows of that section'
}
