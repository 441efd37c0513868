// How a mutant is tested. `npm run mutation` (scripts/mutate.js) starts Stryker for one source file after the other and
// says which tests belong to it. No mutator is switched off: what no test can kill has its reason beside the code.

export default {
  testRunner: 'jest',
  coverageAnalysis: 'perTest',
  jest: {
    // Stryker would run every test that reaches the file, and nearly all do, through `reprise`.
    enableFindRelatedTests: false,
    // What a mutant hangs is a test that waits for ever: it fails soon, as no test of the suite waits for real.
    config: { testTimeout: 10_000, cacheDirectory: '<rootDir>/.cache' }
  },
  // Tests are only transpiled.
  disableTypeChecks: false,
  ignorePatterns: ['dist', 'bench', 'docs/site', '.blocks', 'reports'],
  // For loops that never end: long, so that a busy machine kills no mutant.
  timeoutMS: 30_000,
  cleanTempDir: 'always',
  // The script tells of what survives.
  logLevel: 'off',
  reporters: [],
  allowEmpty: true
}
