// Tests run as CommonJS and are only transpiled: their types are checked by `npm run typecheck`.
const compilerOptions = {
  target: 'es2022',
  module: 'commonjs',
  moduleResolution: 'bundler',
  esModuleInterop: true,
  isolatedModules: true
}

export default {
  testEnvironment: 'node',
  // Many tests wait for another process: one core is not to be left for jest alone.
  maxWorkers: '100%',
  // Machines may be busy; what has to be quick says so itself.
  testTimeout: 60_000,
  roots: ['<rootDir>/__tests__', '<rootDir>/src'],
  testMatch: ['**/__tests__/**/*.test.ts'],
  modulePathIgnorePatterns: ['/\\.blocks'],
  transform: { '\\.ts$': ['ts-jest', { tsconfig: compilerOptions }] },
  moduleNameMapper: {
    '^reprise$': '<rootDir>/src/index.ts',
    '^reprise/(.*)$': '<rootDir>/src/$1/index.ts',
    // Sources import './X.js', as Node needs it; here that is X.ts. Packages keep their own .js files.
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js']
  },
  // For `jest --coverage __tests__/unit __tests__/laws __tests__/cases`: every branch of the sources runs there, without Redis,
  // a browser, or a process of its own.
  collectCoverageFrom: ['src/**/*.ts'],
  coverageReporters: [['text', { skipFull: true, maxCols: 100 }]],
  coverageThreshold: { global: { branches: 100 } }
}
