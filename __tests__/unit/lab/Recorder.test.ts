import type { Clock } from 'reprise'
import { newRecorder } from '../../../src/lab/Recorder.js'
import { bin } from '../../support/fleets.js'

/** A recorder with bins of 10, and a clock to set. */
const recorder = () => {
  const state = { now: 0, calls: 0, running: 0, queued: 0 }
  const clock: Clock = { now: () => state.now, after: () => () => undefined }
  const made = newRecorder(
    clock,
    {
      calls: () => state.calls,
      load: () => ({ running: state.running, queued: state.queued })
    },
    10
  )
  /** Moves the time, as an agenda does. */
  const at = (now: number): void => {
    made.moves(now)
    state.now = now
  }
  return { ...made, state, at }
}

const { time: _, ...quiet } = bin(0)

describe('newRecorder', () => {
  it('nothing -> nothing', () => {
    expect(recorder().recorded()).toEqual({
      requests: 0,
      succeeded: 0,
      failed: {},
      ended: 0,
      completion: 0,
      latencies: new Float64Array(),
      series: { width: 10, bins: [] }
    })
  })

  it('what happens -> in the bin of its moment, which ends before the next begins', () => {
    const { began, ended, at, state, recorded, counts } = recorder()
    began()
    at(9.9)
    began()
    state.calls = 2
    state.running = 2
    at(10)
    ended(0, undefined)
    state.running = 1
    at(19.9)
    ended(9.9, 'Exhausted')
    began()
    at(35)
    state.running = 0
    state.queued = 4
    ended(19.9, undefined)
    expect(counts()).toEqual({ requests: 3, ended: 3 })
    const { latencies, ...rest } = recorded()
    expect([...latencies].map((each) => +each.toFixed(6))).toEqual([10, 15.1])
    expect(rest).toEqual({
      requests: 3,
      succeeded: 2,
      failed: { Exhausted: 1 },
      ended: 3,
      completion: 35,
      series: {
        width: 10,
        bins: [
          { ...quiet, time: 0, requests: 2, calls: 2, underWay: 2, running: 2 },
          { ...quiet, time: 10, requests: 1, succeeded: 1, failed: 1, latency: 10, underWay: 1, running: 1 },
          { ...quiet, time: 20, underWay: 1, running: 1 },
          { ...quiet, time: 30, succeeded: 1, latency: expect.closeTo(15.1, 9), queued: 4 }
        ]
      }
    })
  })

  it('failures -> counted by tag, in the order of the tags', () => {
    const { ended, recorded } = recorder()
    for (const tag of ['Exhausted', 'TimedOut', 'CircuitOpen', 'TimedOut']) ended(0, tag)
    expect(JSON.stringify(recorded().failed)).toBe('{"CircuitOpen":1,"Exhausted":1,"TimedOut":2}')
  })

  it('a bin in which only a call failed -> is recorded', () => {
    const { began, ended, at, recorded } = recorder()
    began()
    at(15)
    ended(0, 'Failed')
    expect(recorded().series.bins).toEqual([
      { ...quiet, time: 0, requests: 1, underWay: 1 },
      { ...quiet, time: 10, failed: 1 }
    ])
  })

  it('1025 calls, and as many again -> all of their latencies', () => {
    const { ended, state, recorded } = recorder()
    state.now = 5000
    for (let i = 0; i < 2050; i++) ended(5000 - i, undefined)
    expect([...recorded().latencies]).toEqual(Array.from({ length: 2050 }, (_, i) => i))
  })

  it('the mean latency of a bin -> of those that succeeded in it', () => {
    const { began, ended, at, recorded } = recorder()
    for (let i = 0; i < 4; i++) began()
    at(9)
    ended(0, undefined)
    ended(4, undefined)
    ended(1, 'Failed')
    at(19)
    ended(18, undefined)
    expect(recorded().series.bins.map(({ latency }) => latency)).toEqual([7, 1])
  })

  it('watches -> summed by name, as they are when a bin ends', () => {
    const { watch, began, at, recorded } = recorder()
    const open = { a: 1, b: 2 }
    watch({ open: () => open.a, left: () => 10 })
    watch({ open: () => open.b })
    began()
    open.a = 5
    at(10)
    open.b = 0
    at(19)
    began()
    expect(recorded().series.bins.map(({ watched }) => watched)).toEqual([
      { open: 7, left: 10 },
      { open: 5, left: 10 }
    ])
  })

  it('calls that the server counts after the last call has ended -> recorded', () => {
    const { began, ended, at, state, recorded } = recorder()
    began()
    at(5)
    ended(0, 'TimedOut')
    at(25)
    state.calls = 1
    const { completion, series } = recorded()
    expect(completion).toBe(5)
    expect(series.bins).toEqual([
      { ...quiet, time: 0, requests: 1, failed: 1 },
      { ...quiet, time: 10 },
      { ...quiet, time: 20, calls: 1 }
    ])
  })

  it('time that goes on while nothing happens -> not recorded, unless a call is under way', () => {
    const idle = recorder()
    idle.began()
    idle.at(5)
    idle.ended(0, undefined)
    idle.at(95)
    expect(idle.recorded().series.bins).toHaveLength(1)
    const waiting = recorder()
    waiting.began()
    waiting.at(95)
    expect(waiting.recorded().series.bins).toEqual([
      { ...quiet, time: 0, requests: 1, underWay: 1 },
      ...[10, 20, 30, 40, 50, 60, 70, 80, 90].map((time) => ({ ...quiet, time, underWay: 1 }))
    ])
  })

  it('400 bins -> 200 of twice the width: counts summed, latencies weighted, the state as at the end', () => {
    const { watch, began, ended, at, state, recorded } = recorder()
    watch({ time: () => state.now })
    for (let i = 0; i < 399; i++) {
      at(10 * i)
      state.calls += 3
      state.running = i
      // Twice in even bins, three times in odd ones, with latencies of 1 and of 5.
      for (let n = 0; n < (i % 2 === 0 ? 2 : 3); n++) {
        began()
        state.now = 10 * i
        ended(10 * i - (i % 2 === 0 ? 1 : 5), undefined)
      }
    }
    at(3990)
    ended(3990, 'Failed')
    const { series, succeeded } = recorded()
    expect(series.width).toBe(20)
    expect(series.bins).toHaveLength(200)
    expect(series.bins[0]).toEqual({
      ...quiet,
      time: 0,
      requests: 5,
      calls: 6,
      succeeded: 5,
      // (2 * 1 + 3 * 5) / 5
      latency: 3.4,
      underWay: 0,
      running: 1,
      watched: { time: 10 }
    })
    expect(series.bins[199]).toMatchObject({ time: 3980, requests: 2, calls: 3, succeeded: 2, failed: 1 })
    expect(series.bins.reduce((sum, bin) => sum + bin.succeeded, 0)).toBe(succeeded)
  })

  it('a day in bins of 10 ms -> fewer than 400, a power of two as wide', () => {
    const { began, ended, at, recorded } = recorder()
    began()
    at(86_400_000)
    ended(0, undefined)
    const { width, bins } = recorded().series
    expect(width).toBe(10 * 2 ** 15)
    // 86,400,000 / 327,680 = 263.67
    expect(bins).toHaveLength(264)
    expect(bins.map(({ time }) => time)).toEqual(bins.map((_, i) => i * width))
    expect(bins[0]).toMatchObject({ requests: 1, succeeded: 0, latency: 0 })
    expect(bins.at(-1)).toMatchObject({ succeeded: 1, latency: 86_400_000 })
  })
})
