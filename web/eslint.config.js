import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['node_modules/'] },
  js.configs.recommended,
  { languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: { ...globals.browser, ...globals.node } }, rules: { eqeqeq: 'error', 'prefer-const': 'error', 'no-var': 'error' } },
  { files: ['runtime/{worker,processes,fetch}.js', '**/sw.js'], languageOptions: { sourceType: 'script', globals: { ...globals.serviceworker, ...globals.worker, ...globals.node } }, rules: { 'no-redeclare': 'off', 'no-unused-vars': ['error', { caughtErrors: 'none' }] } },
  // of ../wasm, where this looks too (tests/web/CMakeLists.txt): parts of Emscripten's script, and the tools of the build
  { files: ['kernel/*.js', 'glue.js', 'imports.js'], languageOptions: { sourceType: 'script', globals: { ...globals.worker, ...globals.node, BatonKernel: 'writable' } }, rules: { 'no-var': 'off', 'prefer-const': 'off', 'no-redeclare': 'off' } },
];
