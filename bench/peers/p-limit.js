import pLimit from 'p-limit'

export const peer = {
  name: 'p-limit',
  places: (places) => {
    const limit = pLimit(places)
    return (fn) => () => limit(fn)
  }
}
