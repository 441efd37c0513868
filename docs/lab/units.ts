/** Numbers as people read them; units stay on the line of their number. */

/** `250 ms`, `1.5 s`, `2 min 5 s`; three digits that count. */
export const timeText = (ms: number): string => {
  if (ms < 999.5) return `${plain(ms)}\u00a0ms`
  if (ms < 99_950) return `${plain(ms / 1000)}\u00a0s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}\u00a0min${seconds % 60 === 0 ? '' : ` ${seconds % 60}\u00a0s`}`
}

/** `30.5 %`; all of them is what all is, and no more. */
export const percentText = (part: number): string =>
  `${part < 1 && part > 0.999 ? '>\u00a099.9' : plain(100 * part)}\u00a0%`

/** `12,676`, `3.17`. */
export const countText = (value: number): string => plain(value)

/** Whole numbers as they are, others with three digits that count. */
const plain = (value: number): string => {
  const [digits = '', decimals] = String(
    Number.isInteger(value) || value >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
  ).split('.')
  return digits.replace(/\B(?=(\d{3})+$)/g, ',') + (decimals === undefined ? '' : `.${decimals}`)
}
