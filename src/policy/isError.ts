/** Is this an error, of this realm or of another, such as that of a test runner or a frame? Those of the DOM count. */
export const isError = (value: object): value is Error =>
  value instanceof Error ||
  ['[object Error]', '[object DOMException]'].includes(Object.prototype.toString.call(value))
