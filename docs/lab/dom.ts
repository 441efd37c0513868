/** Elements, made in one expression. */

export const h = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: ReadonlyArray<Node | string>
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

/** Gives the element of the page with that id, which index.html has. */
export const byId = (id: string): HTMLElement => document.getElementById(id) ?? h('div', { id, hidden: '' })
