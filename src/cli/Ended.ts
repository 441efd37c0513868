/** How the program ends: what it says, and its exit status. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** 0 if all is well, 1 if something is wrong with the file, 2 for wrong usage, 130 if it was interrupted. */
  readonly status: 0 | 1 | 2 | 130
}
