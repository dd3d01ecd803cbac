import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['node_modules/'] },
  js.configs.recommended,
  { languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: { ...globals.browser, ...globals.node } }, rules: { eqeqeq: 'error', 'prefer-const': 'error', 'no-var': 'error' } },
  { files: ['runtime/{worker,processes,fetch}.js', '**/sw.js'], languageOptions: { sourceType: 'script', globals: { ...globals.serviceworker, ...globals.worker, ...globals.node } }, rules: { 'no-redeclare': 'off', 'no-unused-vars': ['error', { caughtErrors: 'none' }] } },
];
