/**
 * What a policy does to a fleet of clients and to the server they call, before it is shipped: the library itself on virtual time,
 * charts of what came of it, the search for the best of some policies, and the replay of a recorded call.
 *
 * @module reprise/lab
 */
export type { ChartOptions, ChartSpec, Json } from './ChartSpec.js'
export { clientOf, type ClientOptions } from './clientOf.js'
export { comparisonChart, type ComparisonChartOptions } from './comparisonChart.js'
export type { Distribution } from './Distribution.js'
export { type FindOptions, findPolicy, type Measure, type Objective, type Ranked } from './findPolicy.js'
export type { Bin, FleetResult, Quantiles, Series } from './FleetResult.js'
export { replay, type Replayed, type ReplayOptions } from './replay.js'
export {
  type Decided,
  type Diverged,
  type InvalidToken,
  type NotReplayable,
  type ReplayFault,
  type ReviveFailed,
  showReplayFault
} from './ReplayFault.js'
export {
  type Call,
  type Calling,
  type Client,
  type FleetFault,
  type FleetOptions,
  type FleetProgress,
  runFleet,
  type Watch
} from './runFleet.js'
export type {
  Arrivals,
  ContentionScenario,
  Outage,
  Scenario,
  Server,
  ServerError,
  ServiceScenario
} from './Scenario.js'
export { timelineChart, type TimelineChartOptions } from './timelineChart.js'
export { type ChartFault, toSvg } from './toSvg.js'
export { waitsChart, type WaitsChartOptions } from './waitsChart.js'
export { type RecordingOptions, withRecording } from './withRecording.js'
