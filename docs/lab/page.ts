/** The page: what is set, its address, and redrawing what follows from it. */
import { fleetControls, policyControls, protectionControls, type Control } from './controls.js'
import { byId } from './dom.js'
import { newRunner, type Ran } from './fleet.js'
import { type Shown, toElement } from './form.js'
import { baselineOf } from './policy.js'
import { type FleetSettings, fromHash, type PolicySettings, type Settings, toHash } from './settings.js'
import {
  drawTimeline,
  drawWaits,
  faultText,
  showBusy,
  showChart,
  showFault,
  showFigures,
  showPolicy
} from './view.js'

/** How long a slider has to rest before a fleet runs. */
const rest = 150

byId('unstarted').remove()

const run = newRunner()

// All that changes.
let { settings, problems } = fromHash(location.hash)
let redrawing = new AbortController()

// --- redrawing

const redraw = (delay: number): void => {
  redrawing.abort()
  redrawing = new AbortController()
  const { signal } = redrawing
  showBusy(0)
  void redrawFor(settings, delay, signal)
    .catch((error: unknown) => {
      if (!signal.aborted) showFault(`This page has a fault: ${String(error)}`)
    })
    .then(() => {
      if (!signal.aborted) showBusy(undefined)
    })
}

/** Redraws all that follows from settings; nothing any more once others have come. */
const redrawFor = async (settings: Settings, delay: number, signal: AbortSignal): Promise<void> => {
  const isOld = (): boolean => signal.aborted
  const runFor = (policy: PolicySettings, from: number, to: number): Promise<Ran> =>
    run(policy, settings.fleet, {
      signal,
      onProgress: (part) => {
        if (!isOld()) showBusy(from + (to - from) * part)
      }
    })

  await after(delay)
  if (isOld()) return
  const waits = await drawWaits(settings)
  if (isOld()) return
  showChart('waits', waits)

  const mine = await runFor(settings.policy, 0, 0.7)
  if (isOld()) return
  if (mine._tag === 'Left') {
    showFault(faultText(mine.left))
    return
  }
  const other = await runFor(baselineOf(settings), 0.7, 1)
  if (isOld()) return
  if (other._tag === 'Left') {
    showFault(faultText(other.left))
    return
  }
  const timeline = await drawTimeline(settings, mine.right, other.right)
  if (isOld()) return
  showFigures(settings, mine.right, other.right)
  showChart('timeline', timeline)
}

const after = (delay: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delay)
  })

// --- settings

const show = (): void => {
  for (const { show } of policyShown) show(settings.policy)
  for (const { show } of fleetShown) show(settings.fleet)
  showPolicy(settings, problems)
}

/** Takes settings over, into the address too: what has been set by hand makes sense. */
const change = (next: Settings): void => {
  settings = next
  problems = []
  history.replaceState(null, '', toHash(next) || location.pathname + location.search)
  show()
  redraw(rest)
}

const readAddress = (): void => {
  ;({ settings, problems } = fromHash(location.hash))
  show()
  redraw(0)
}

const place = <S>(
  id: string,
  controls: ReadonlyArray<Control<S>>,
  changeBy: (next: (part: S) => S) => void
): ReadonlyArray<Shown<S>> => {
  const shown = controls.map((control) => toElement(control, id, changeBy))
  byId(id).append(...shown.map(({ element }) => element))
  return shown
}

const changePolicy = (next: (policy: PolicySettings) => PolicySettings): void =>
  change({ ...settings, policy: next(settings.policy) })

const changeFleet = (next: (fleet: FleetSettings) => FleetSettings): void =>
  change({ ...settings, fleet: next(settings.fleet) })

const policyShown = [
  ...place('policy', policyControls, changePolicy),
  ...place('protection', protectionControls, changePolicy)
]
const fleetShown = place('fleet', fleetControls, changeFleet)

byId('pin').addEventListener('click', () => change({ ...settings, baseline: settings.policy }))
byId('unpin').addEventListener('click', () => change({ ...settings, baseline: 'no-retries' }))
addEventListener('hashchange', readAddress)

// Charts are as wide as their cards.
let width = innerWidth
addEventListener('resize', () => {
  if (width === innerWidth) return
  width = innerWidth
  redraw(rest)
})

readAddress()
