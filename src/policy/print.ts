/** Gives a text for any value: functions by name, texts and lists as JSON. */
export const print = (value: unknown): string => {
  try {
    if (typeof value === 'function') return value.name || '<function>'
    const asJson = typeof value === 'string' || Array.isArray(value)
    return asJson ? JSON.stringify(value) : String(value)
  } catch {
    return typeof value
  }
}
