// Every row of the collected cases has a test that carries its id, or a reason why it has none.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { notApplicable } from './notApplicable.js'

// Behaviours of other libraries, without bulkheads (K).
// prettier-ignore
const peers = [
  // Delay tables
  'D-01', 'D-02', 'D-04', 'D-05', 'D-07', 'D-08', 'D-10', 'D-11', 'D-16', 'D-17', 'D-20', 'D-21', 'D-23',
  'D-24', 'D-26', 'D-27', 'D-32', 'D-33', 'D-35', 'D-36', 'D-38', 'D-39', 'D-41', 'D-42',
  // Jitter
  'J-01', 'J-02', 'J-04', 'J-05', 'J-08', 'J-09', 'J-15',
  // Limits
  'L-01', 'L-03', 'L-04', 'L-06', 'L-07', 'L-10', 'L-11', 'L-13', 'L-14', 'L-17', 'L-19', 'L-23', 'L-24',
  'L-26', 'L-28',
  // Composition and laws
  'C-01', 'C-02', 'C-04', 'C-05', 'C-07', 'C-08', 'C-10', 'C-11', 'C-13', 'C-14', 'C-16', 'C-17', 'C-20',
  'C-21', 'C-23', 'C-24', 'C-28', 'C-29', 'C-31', 'C-32', 'C-34', 'C-35', 'C-37', 'C-40',
  // Execution: calls, results, order
  'X-01', 'X-02', 'X-04', 'X-05', 'X-07', 'X-13', 'X-16', 'X-17', 'X-19', 'X-20', 'X-22', 'X-23', 'X-25',
  'X-26', 'X-28', 'X-29', 'X-32', 'X-33', 'X-36', 'X-38',
  // Which failures are retried
  'F-02', 'F-03', 'F-05', 'F-06', 'F-08', 'F-09', 'F-12', 'F-13', 'F-19', 'F-20', 'F-22', 'F-23', 'F-26',
  'F-27', 'F-30', 'F-31', 'F-33', 'F-34', 'F-36', 'F-37', 'F-41', 'F-42',
  // Cancellation
  'A-02', 'A-03', 'A-07', 'A-08', 'A-11', 'A-12', 'A-14', 'A-15',
  // Timeouts
  'T-03', 'T-04', 'T-08', 'T-09', 'T-11', 'T-12',
  // Hooks, status, events
  'H-01', 'H-03', 'H-05', 'H-08', 'H-12', 'H-14', 'H-15', 'H-17', 'H-18', 'H-21', 'H-22', 'H-24',
  // Validation of arguments
  'V-01', 'V-03', 'V-04',
  // Nesting
  'N-04', 'N-05',
  // Simulation, resuming, saving
  'S-01', 'S-02', 'S-05', 'S-06',
  // Circuit breaker
  'B-01', 'B-02', 'B-04', 'B-05', 'B-08', 'B-12', 'B-15', 'B-18', 'B-20', 'B-21', 'B-23', 'B-24', 'B-27', 'B-29',
  'B-31', 'B-32', 'B-34', 'B-35', 'B-37', 'B-38',
  // Other
  'M-06'
]

// Pitfalls of other libraries, without those of limits (P10, P11).
// prettier-ignore
const pitfalls = [
  'P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P12', 'P13', 'P14', 'P15', 'P16', 'P17', 'P18', 'P19', 'P20', 'P21', 'P22', 'P23', 'P24', 'P25', 'P26', 'P27', 'P28', 'P29'
]

// Behaviours of a worker, without pools and processes (R20 to R23, R34, R35, R37 to R40) and limits (L).
// prettier-ignore
const worker = [
  'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'R14', 'R15', 'R16', 'R17',
  'R18', 'R19', 'R24', 'R25', 'R26', 'R27', 'R28', 'R29', 'R30', 'R31', 'R32', 'R33', 'R36', 'R41', 'R42', 'R43',
  'R44', 'R45', 'R46', 'R47', 'R48', 'R49', 'R50',
  'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'C11', 'C12', 'C13', 'C14', 'C15', 'C16'
]

// Limits: bulkheads, permits, and those of a worker, without pools and processes (L18 to L20).
// prettier-ignore
const limits = [
  'K-01', 'K-02', 'K-04', 'K-05', 'K-07', 'K-08', 'K-10', 'P10', 'P11',
  'L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9', 'L10', 'L11', 'L12', 'L13', 'L14', 'L15', 'L16', 'L17',
  'L21', 'L22', 'L23', 'L24', 'L25', 'L26', 'L27', 'L28', 'L29', 'L30', 'L31', 'L32', 'L33', 'L34'
]

const ids = [...peers, ...pitfalls, ...worker, ...limits]

// What needs a process of its own (P20) is tested with the package.
const files = [...readdirSync(__dirname), '../package/process.test.ts']
const sources = files
  .filter((file) => file.endsWith('.test.ts') && file !== 'coverage.test.ts')
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))

// it('X-01 ...', test('X-01 ...' and it.each(...)('X-01 ...': a test that is skipped is none.
const title = /(?:(?<![\w.])(?:it|test)|\))\(\s*(['"`])([A-Z]-?\d+)\b/g
const tested = new Set(sources.flatMap((source) => [...source.matchAll(title)].map(([, , id]) => id!)))

it('has a test or a reason for every id', () => {
  expect(ids.filter((id) => !tested.has(id) && notApplicable[id] === undefined)).toEqual([])
})

it('has no reason for an id that is tested or unknown', () => {
  expect(Object.keys(notApplicable).filter((id) => tested.has(id) || !ids.includes(id))).toEqual([])
})

it('has no test of an unknown id in a section that it lists', () => {
  const letters = new Set(ids.map((id) => id[0]))
  expect([...tested].filter((id) => letters.has(id[0]) && !ids.includes(id))).toEqual([])
})

it('finds no test that is skipped, or left to do', () => {
  const skipped =
    /\b(?:it|test|describe)(?:\.each|\.concurrent)?\.(?:skip|only|todo|failing)\b|\b[xf](?:it|test|describe)\b/
  expect(sources.flatMap((source) => skipped.exec(source)?.[0] ?? [])).toEqual([])
})
