/** `true` where two types are the same, to the letter. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only where `T` is `true`. */
export const expectType = <T extends boolean>(_: T): void => undefined
