/**
 * Tools for testing code that retries: virtual time, seeded randomness, scripted functions.
 *
 * @module reprise/testing
 */
export { type Played, type Scenario, scenario } from './scenario.js'
export { type Scripted, scripted, type ScriptOptions } from './scripted.js'
export { seededRandom } from './seededRandom.js'
export { instantClock, type VirtualClock, virtualClock } from './VirtualClock.js'
