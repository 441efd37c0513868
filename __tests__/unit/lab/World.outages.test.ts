import type { Outage, Scenario, Server } from '../../../src/lab/Scenario.js'
import { answers, service } from '../../support/worlds.js'

describe('an outage', () => {
  const withOutage = (outage: Outage, server: Partial<Server> = {}, network = 10): Scenario =>
    service({ ...server, outages: [outage] }, network)

  describe('down from 1000 to 2000', () => {
    const down: Outage = { from: '1s', to: '2s', mode: 'down' }

    it.each([
      // Each takes 10 ms to arrive, is worked on for 100 ms, and takes 10 ms back.
      [889, 1009, 'Right'],
      // What would be done at the very moment is lost; it is told at once.
      [890, 1010, 'Unavailable'],
      [900, 1010, 'Unavailable'],
      [989, 1010, 'Unavailable'],
      // What arrives at the start, and until the end, is refused at once.
      [990, 1010, 'Unavailable'],
      [1500, 1520, 'Unavailable'],
      [1989, 2009, 'Unavailable'],
      [1990, 2110, 'Right']
    ])('sent at %d -> at %d: %s', async (sent, at, answer) => {
      expect((await answers(withOutage(down), [sent])).answered).toEqual([[0, at, answer]])
    })

    it('what is worked on longer than it lasts -> is lost all the same, and answered once', async () => {
      expect((await answers(withOutage(down, { latency: '5s' }), [500])).answered).toEqual([
        [0, 1010, 'Unavailable']
      ])
    })

    it('who works, and who waits -> are told in turn; afterwards all places are free', async () => {
      const { answered, load, calls } = await answers(
        withOutage(down, { latency: 300, capacity: 2 }),
        [800, 810, 820, 830, 2000, 2000, 2000]
      )
      expect(answered).toEqual([
        [0, 1010, 'Unavailable'],
        [1, 1010, 'Unavailable'],
        [2, 1010, 'Unavailable'],
        [3, 1010, 'Unavailable'],
        [4, 2320, 'Right'],
        [5, 2320, 'Right'],
        [6, 2620, 'Right']
      ])
      expect([load, calls]).toEqual([{ running: 0, queued: 0 }, 7])
    })

    it('some who have waited for long, and one for less -> are told in turn', async () => {
      // The second has the place when the last one comes.
      const scenario = withOutage(down, { latency: 200 })
      expect((await answers(scenario, [700, 710, 720, 730, 950])).answered).toEqual([
        [0, 920, 'Right'],
        [1, 1010, 'Unavailable'],
        [2, 1010, 'Unavailable'],
        [3, 1010, 'Unavailable'],
        [4, 1010, 'Unavailable']
      ])
    })

    it('two of them that touch, and one in the other -> down all the time, and what is lost is lost once', async () => {
      const outages: ReadonlyArray<Outage> = [
        { from: 1500, to: 2000, mode: 'down' },
        { from: 1000, to: 1500, mode: 'down' },
        { from: 1100, to: 1200, mode: 'down' }
      ]
      expect((await answers(service({ outages }), [950, 1150, 1500, 1999, 2000])).answered).toEqual([
        [0, 1000, 'Unavailable'],
        [1, 1150, 'Unavailable'],
        [2, 1500, 'Unavailable'],
        [3, 1999, 'Unavailable'],
        [4, 2100, 'Right']
      ])
    })

    it('from the start -> refused from the start', async () => {
      const outage: Outage = { from: 0, to: 50, mode: 'down' }
      expect((await answers(withOutage(outage, {}, 0), [0, 49, 50])).answered).toEqual([
        [0, 0, 'Unavailable'],
        [1, 49, 'Unavailable'],
        [2, 150, 'Right']
      ])
    })
  })

  describe('silent from 1000 to 2000', () => {
    const silent: Outage = { from: '1s', to: '2s', mode: 'silent' }

    it.each([
      [889, [[0, 1009, 'Right']]],
      [890, []],
      [989, []],
      [990, []],
      [1989, []],
      [1990, [[0, 2110, 'Right']]]
    ])('sent at %d -> %j', async (sent, answered) => {
      expect(await answers(withOutage(silent), [sent])).toEqual({
        answered,
        calls: 1,
        load: { running: 0, queued: 0 }
      })
    })

    it('what waits -> is worked on; what is done after the end is answered', async () => {
      const scenario = withOutage(silent, { latency: 600 }, 0)
      expect((await answers(scenario, [900, 900, 900])).answered).toEqual([
        // The first would be done at 1500, which nobody hears.
        [1, 2100, 'Right'],
        [2, 2700, 'Right']
      ])
    })

    it('down within it -> what is lost is not told', async () => {
      const outages: ReadonlyArray<Outage> = [
        { from: 1000, to: 2000, mode: 'silent' },
        { from: 1500, to: 1600, mode: 'down' }
      ]
      const { answered, load } = await answers(service({ outages, latency: 800 }), [900, 950, 1990, 2000])
      expect(answered).toEqual([[3, 2800, 'Right']])
      expect(load).toEqual({ running: 0, queued: 0 })
    })
  })

  describe('slow, 5 times, from 1000 to 2000', () => {
    it.each([
      // It is as slow as it is when it begins.
      [989, 1109],
      [990, 1510],
      [1989, 2509],
      [1990, 2110]
    ])('sent at %d -> answered at %d', async (sent, at) => {
      const scenario = withOutage({ from: '1s', to: '2s', mode: 'slow', factor: 5 })
      expect((await answers(scenario, [sent])).answered).toEqual([[0, at, 'Right']])
    })
  })

  describe('failing, half of them, from 1000 to 2000', () => {
    const failing: Outage = { from: '1s', to: '2s', mode: 'failing', ratio: 0.5 }

    it.each([
      // It counts when it is done; 0.49 is below a half, and above the failures at any time.
      [889, 0.49, 0.1, 'Right'],
      [890, 0.49, 0.1, 'Failed'],
      [890, 0.5, 0.1, 'Right'],
      [1889, 0.49, 0.1, 'Failed'],
      [1890, 0.49, 0.1, 'Right'],
      [1890, 0.09, 0.1, 'Failed'],
      // The greater of the two.
      [1000, 0.59, 0.6, 'Failed'],
      [1000, 0.6, 0.6, 'Right']
    ])('sent at %d, drawing %d, failures of %d -> %s', async (sent, draw, failures, answer) => {
      const { answered } = await answers(withOutage(failing, { failures }), [sent], () => draw)
      expect(answered).toEqual([[0, sent + 120, answer]])
    })
  })
})
