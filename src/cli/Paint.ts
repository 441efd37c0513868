/** Colours by what they are for, so that texts are built the same way with and without. */
import picocolors from 'picocolors'

type Colour = (text: string) => string

export interface Paint {
  readonly title: Colour
  readonly faint: Colour
  readonly solid: Colour
  readonly light: Colour
  readonly good: Colour
  readonly warning: Colour
  readonly bad: Colour
}

/** Gives colours, or texts as they are. */
export const paintOf = (coloured: boolean): Paint => {
  const { bold, cyan, dim, green, red, yellow } = picocolors.createColors(coloured)
  return {
    title: bold,
    faint: dim,
    solid: cyan,
    light: (text) => dim(cyan(text)),
    good: green,
    warning: yellow,
    bad: (text) => bold(red(text))
  }
}

/** Are there to be colours? On a terminal that knows them, unless `NO_COLOR` says no (https://no-color.org). */
export const isColoured = (
  // Streams that are no terminals have nothing to say, and picocolors takes that for a wish to find out by itself.
  isTerminal: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>
): boolean => isTerminal === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
