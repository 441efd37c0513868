import Bottleneck from 'bottleneck'

export const peer = {
  name: 'bottleneck',
  places: (places) => {
    const limiter = new Bottleneck({ maxConcurrent: places })
    return (fn) => () => limiter.schedule(fn)
  },
  rate: (capacity, per) => {
    const limiter = new Bottleneck({
      reservoir: capacity,
      reservoirRefreshAmount: capacity,
      reservoirRefreshInterval: per
    })
    return (fn) => () => limiter.schedule(fn)
  }
}
