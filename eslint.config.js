import tseslint from 'typescript-eslint'

const noDefault = 'No default exports: an export has one name everywhere.'
const noClass = 'No classes: data is plain, functions are functions.'

export default tseslint.config(
  { ignores: ['dist/', 'docs/site/', 'coverage/', '**/.blocks*/', '**/.cache/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      // `import { type A }` would leave an import of the module behind at run time.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }
      ],
      // A parameter used once is how a curried function infers what its caller passes.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `void` stands in unions where a callback may, but need not, give something back.
      '@typescript-eslint/no-invalid-void-type': 'off',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error'
    }
  },
  {
    files: ['src/**/*.ts', 'docs/lab/*.ts'],
    rules: {
      'no-console': 'error',
      // What was thrown is passed on as it is, and anything can be thrown.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ClassDeclaration, ClassExpression', message: noClass },
        { selector: 'ExportDefaultDeclaration', message: noDefault },
        { selector: 'ExportSpecifier[exported.name="default"]', message: noDefault },
        { selector: 'TSEnumDeclaration', message: 'No enums: a union of literals is plain data.' }
      ]
    }
  },
  {
    // Tests throw odd things, pass functions about and look at untyped values, on purpose.
    files: ['__tests__/**/*.ts', 'examples/**/*.ts'],
    rules: {
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off'
    }
  },
  {
    // Type tests name types and values without using them.
    files: ['__tests__/types/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': 'off'
    }
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error', 'no-undef': 'off' }
  }
)
