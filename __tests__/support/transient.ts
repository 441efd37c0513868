import { type Condition, isRetryable, never, PolicyShow, retryOn } from 'reprise'

type Row = readonly [what: string, error: unknown]

/** An error with a code. */
export const coded = (code: string): Row => [code, Object.assign(new Error('no'), { code })]

/** An error with a message. */
export const said = (message: string): Row => [message, new Error(message)]

/** Tests a catalogue: what it matches, by itself, below other errors and in a list, and what it leaves alone. */
export const judges = (
  name: string,
  condition: Condition,
  { matched, left }: { readonly matched: ReadonlyArray<Row>; readonly left: ReadonlyArray<Row> }
): void =>
  describe(name, () => {
    const alone = isRetryable(retryOn(condition)(never))
    const listed = isRetryable(retryOn(['SomethingElse', condition])(never))
    const below = (error: unknown): Error => new Error('a', { cause: new Error('b', { cause: error }) })
    const answers = (error: unknown): ReadonlyArray<boolean> => [
      alone(error),
      alone(below(error)),
      listed(error)
    ]

    it.each(matched.map(([what, error]) => [what, { error }] as const))(
      '%s -> retried',
      (_what, { error }) => {
        expect(answers(error)).toEqual([true, true, true])
      }
    )

    it.each(left.map(([what, error]) => [what, { error }] as const))(
      '%s -> not retried',
      (_what, { error }) => {
        expect(answers(error)).toEqual([false, false, false])
      }
    )

    it.each([undefined, null, 5, 'text', {}, [], new Error('anything else')])(
      '%p -> not retried',
      (error) => {
        expect(answers(error)).toEqual([false, false, false])
      }
    )

    it('a policy with it -> shows its name', () => {
      expect(PolicyShow.show(retryOn(condition)(never))).toContain(
        name === 'transientHttp' ? 'transientStatus' : name
      )
    })
  })
