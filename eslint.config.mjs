import nextCoreWebVitals from 'eslint-config-next/core-web-vitals';
import nextTypeScript from 'eslint-config-next/typescript';

const tests = ['**/*.test.{ts,tsx,mjs}', '**/*.e2e.ts', '**/*.lab.ts', '**/testing/**', 'e2e/**'];

const config = [
  {
    ignores: ['.next/**', 'dist/**', 'data/**', '.cache/**', 'server/db/generated/**', 'next-env.d.ts'],
  },
  ...nextCoreWebVitals,
  ...nextTypeScript,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-nested-ternary': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'start' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` list instead of an enum.' },
      ],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // No React and no pages here: their rules would only misread ordinary names such as `use` and `module`.
    files: ['agents/**', 'contract/**', 'e2e/**', 'lab/**', 'server/**', 'tools/**'],
    rules: { 'react-hooks/rules-of-hooks': 'off', '@next/next/no-assign-module-variable': 'off' },
  },
  { files: tests, rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' } },
];

export default config;
