/** Rows that have no test of their own, each with the reason. */
export const notApplicable: Readonly<Record<string, string>> = {
  'H-12':
    'nothing tells a function how many retries are left; reading limits off a policy is what `bounds` will do',
  'S-06': 'it is about the state of a circuit breaker, which is tested with the rows of that section'
}
