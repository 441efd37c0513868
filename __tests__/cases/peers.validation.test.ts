import { capDelay, exponential, limitElapsed, limitRetries, limitTotalDelay } from 'reprise'

/** What a constructor refuses with. */
const refusal = (construct: () => unknown): unknown => {
  try {
    construct()
  } catch (error) {
    return error
  }
  return 'accepted'
}

// "Refused" is a RangeError that names the argument and the value; "non-negative" reads "a whole number >=
// 0".
it('V-01 retries -1 -> refused, "a whole number >= 0"', () => {
  const error = refusal(() => limitRetries(-1))
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: expect.stringMatching(/^limitRetries.*whole number >= 0.*-1$/) })
})

it('V-03 retries NaN -> refused', () => {
  const error = refusal(() => limitRetries(NaN))
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: expect.stringMatching(/^limitRetries.*NaN$/) })
})

it.each<[string, () => unknown, RegExp]>([
  ['factor', () => exponential(100, -1), /^exponential: factor.*-1$/],
  ['base', () => exponential(-1), /^exponential: base.*-1$/],
  ['cap', () => capDelay(-1), /^capDelay.*-1$/],
  ['total time', () => limitElapsed(-1), /^limitElapsed.*-1$/],
  ['total delay', () => limitTotalDelay(-1), /^limitTotalDelay.*-1$/]
])('V-04 %s -1 -> refused', (_, construct, message) => {
  const error = refusal(construct)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: expect.stringMatching(message) })
})
