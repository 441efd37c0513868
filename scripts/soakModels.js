// What `soak.js` holds the library to: small models of limits and budgets, kept by the functions that are called. Each check
// gives what is wrong, in words, or nothing.

// Sums of fractions drift.
const most = (capacity) => capacity * (1 + 1e-9)

/** A count of those who are at something at once. */
export const newPlaces = (capacity) => {
  const places = { inside: 0, peak: 0 }
  return Object.assign(places, {
    enter: () => {
      places.inside += 1
      places.peak = Math.max(places.peak, places.inside)
      return places.inside > capacity ? `${places.inside} at once of ${capacity} places` : undefined
    },
    leave: () => {
      places.inside -= 1
    }
  })
}

/**
 * What every rule of rates promises, seen from outside: those that let it flow, at most the capacity and what flows in any
 * stretch of time; a sliding window, at most the capacity in any stretch of `per`; a fixed one, at most twice that.
 */
export const newRate = (algorithm, { capacity, per }) =>
  algorithm === 'slidingWindow' || algorithm === 'fixedWindow'
    ? newLog(algorithm === 'fixedWindow' ? 2 * capacity : capacity, per)
    : newBucket(capacity, per)

const newBucket = (capacity, per) => {
  let level = 0
  let at = 0
  const flow = (now) => {
    level = Math.max(0, level - ((now - at) * capacity) / per)
    at = now
  }
  return {
    take: (amount, now) => {
      flow(now)
      level += amount
      return level > most(capacity) ? `${level} in a bucket of ${capacity} per ${per} ms` : undefined
    },
    refund: (amount, now) => {
      flow(now)
      level = Math.max(0, level - amount)
    }
  }
}

const newLog = (capacity, per) => {
  const log = newTimes(per)
  return {
    take: (amount, now) => {
      log.add(now, amount)
      const sum = log.sum(now)
      return sum > most(capacity) ? `${sum} of ${capacity} within ${per} ms` : undefined
    },
    // What was taken counts in full: no less strict than the library, where nothing is given back.
    refund: () => undefined
  }
}

/** What happened within a time, not counting what is just as old as that. */
const newTimes = (length) => {
  let entries = []
  let from = 0
  let total = 0
  return {
    add: (at, amount) => {
      entries.push({ at, amount })
      total += amount
    },
    sum: (now) => {
      for (; from < entries.length && entries[from].at + length <= now; from++) total -= entries[from].amount
      if (from > 1000) {
        entries = entries.slice(from)
        from = 0
      }
      return total
    }
  }
}

/**
 * A budget of so many retries for each call in a window, and so many besides. The library is exact to a tenth of the window;
 * and a hedge, which is a call as well, counts here when the first attempt does.
 */
export const newBudget = ({ ratio, minimumPerSecond, window }) => {
  const calls = newTimes(window * 1.1)
  const retries = newTimes((window * 9) / 10)
  const floor = (minimumPerSecond * window) / 1000
  return {
    called: (now) => {
      calls.add(now, 1)
    },
    retried: (now) => {
      retries.add(now, 1)
      const made = retries.sum(now)
      const allowed = floor + ratio * calls.sum(now)
      return made > most(allowed) ? `${made} retries within ${window} ms, of ${allowed}` : undefined
    }
  }
}
