/** The wall clock, in milliseconds since 1970. It may jump: lengths of time are measured on a `Clock`. */
export const wallTime = (): number => Date.now()
