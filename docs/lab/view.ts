/** The part of the page that shows what settings come to. */
import { explain, lint } from 'reprise'
import { type ChartSpec, type FleetResult, timelineChart, toSvg, waitsChart } from 'reprise/lab'
import { byId, h } from './dom.js'
import { figuresOf, otherName, verdictOf } from './figures.js'
import { outagesOf, type RunFault } from './fleet.js'
import { baselineOf, codeOf, policyOf } from './policy.js'
import { type Settings, toHash } from './settings.js'
import { stories } from './stories.js'
import { countText } from './units.js'

const mineName = 'this policy'

// --- what needs no time

/** Shows all that follows from settings without running anything. */
export const showPolicy = (settings: Settings, problems: ReadonlyArray<string>): void => {
  const policy = policyOf(settings.policy)
  const isPinned = settings.baseline !== 'no-retries'
  byId('code').textContent = codeOf(settings.policy)
  byId('words').textContent = explain(policy).words.join(' ')
  byId('warnings').replaceChildren(...lint(policy).map(({ message }) => h('li', {}, message)))
  byId('unpin').hidden = !isPinned
  byId('pinned').hidden = !isPinned
  byId('pinned-code').textContent = codeOf(baselineOf(settings))
  byId('note').hidden = problems.length === 0
  byId('note').textContent =
    problems.length === 0
      ? ''
      : `Not all of this address makes sense: ${problems.join('; ')}. Defaults are used instead.`
  byId('stories').replaceChildren(
    ...stories.map((story) => {
      const hash = toHash(story.settings)
      const current = hash === toHash(settings) ? { 'aria-current': 'true' } : {}
      return h('a', { href: hash === '' ? '#' : hash, ...current }, story.name)
    })
  )
}

// --- progress

export const showBusy = (part: number | undefined): void => {
  byId('results').setAttribute('aria-busy', String(part !== undefined))
  byId('bar').hidden = part === undefined
  byId('bar').style.setProperty('--part', String(part ?? 0))
}

// --- charts

/** The width of a panel, given that of its card and what stands beside it. */
const panelWidth = (id: string, beside: number, columns = 1): number =>
  Math.max(60, Math.floor((byId(id).clientWidth - beside) / columns - beside * 0.4 * (columns - 1)))

/** Draws the waits; the pinned policy beside this one. */
export const drawWaits = (settings: Settings): Promise<string> => {
  const mine = { [mineName]: policyOf(settings.policy) }
  const isPinned = settings.baseline !== 'no-retries'
  const policies = isPinned ? { ...mine, [otherName(settings)]: policyOf(baselineOf(settings)) } : mine
  const width = panelWidth('waits', isPinned ? 110 : 84) / (isPinned ? 2 : 1)
  return draw(waitsChart(policies, { width, height: 130, draws: 40, seed: settings.fleet.seed }))
}

/** Draws what happened in both fleets. */
export const drawTimeline = (settings: Settings, mine: FleetResult, other: FleetResult): Promise<string> => {
  const results = [mine, other]
  const outages = outagesOf(settings.fleet)
  const watched = new Set(
    results.flatMap(({ series }) => series.bins.flatMap((bin) => Object.keys(bin.watched)))
  )
  // The chart is about as high as what stands beside it.
  const room = outages.length === 0 ? 550 : 490
  const panels = (results.some(({ failed }) => Object.keys(failed).length > 0) ? 4 : 3) + watched.size
  return draw(
    timelineChart(
      { [mineName]: mine, [otherName(settings)]: other },
      {
        width: panelWidth('timeline', 68),
        height: Math.max(48, Math.floor(room / panels - 38)),
        // A server may go on with what nobody waits for any more.
        until: Math.max(1, mine.completion, other.completion),
        outages
      }
    )
  )
}

const draw = async (spec: ChartSpec): Promise<string> => {
  const svg = await toSvg(spec)()
  if (svg._tag === 'Right') return svg.right
  const { left } = svg
  throw left._tag === 'VegaMissing' ? new Error(left.message) : left.error
}

export const showChart = (id: 'waits' | 'timeline', svg: string): void => {
  // Vega has escaped what is in it.
  byId(id).innerHTML = svg
}

// --- results

export const showFigures = (settings: Settings, mine: FleetResult, other: FleetResult): void => {
  const verdict = verdictOf(settings, mine, other)
  byId('verdict').textContent = verdict.mine
  byId('brief').textContent = verdict.mine
  byId('against').textContent = verdict.other
  const head = (text: string, kind: string) => h('th', { scope: 'col', class: kind }, text)
  byId('figures').replaceChildren(
    h('thead', {}, h('tr', {}, h('td'), head(mineName, 'mine'), head(otherName(settings), 'other'))),
    h(
      'tbody',
      {},
      ...figuresOf(settings, mine, other).map((figure) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, figure.label),
          h('td', {}, figure.mine),
          h('td', {}, figure.other)
        )
      )
    )
  )
}

/** Says why there is no result. */
export const showFault = (text: string): void => {
  byId('verdict').textContent = text
  byId('brief').textContent = text
  byId('against').textContent = ''
  byId('figures').replaceChildren()
  byId('timeline').replaceChildren()
}

export const faultText = (fault: RunFault): string => {
  switch (fault._tag) {
    case 'TooManyCalls':
      return `Stopped: these clients make more than ${countText(fault.most)} calls, which is more than this page has patience for. Try fewer retries, longer waits or fewer clients.`
    case 'FleetAborted':
      return 'Stopped.'
    case 'FleetFailed':
      return `This fleet could not run: ${fault.error instanceof Error ? fault.error.message : String(fault.error)}.`
  }
}
