/**
 * Gives a loop that no other entry has run through. In one that all share, the engine compiles for what many have in common,
 * so that what an entry costs would depend on which others there are.
 */
export const loopFor = async (name) =>
  (await import(new URL(`loop.js?${encodeURIComponent(name)}`, import.meta.url).href)).loop
