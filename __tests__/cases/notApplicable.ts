/** Rows that have no test of their own, each with the reason. */
export const notApplicable: Readonly<Record<string, string>> = {}
