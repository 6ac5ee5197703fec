import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import typescript from 'typescript-eslint'

export default typescript.config(
  { ignores: ['dist/', 'node_modules/'] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  ...vue.configs['flat/recommended'],
  prettier,
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: typescript.parser },
    },
    rules: {
      'no-undef': 'off', // the type checker knows better
      'max-lines': ['error', { max: 400 }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': ['error', { order: ['defineProps', 'defineModel', 'defineEmits'] }],
      'vue/no-v-html': 'error',
      'vue/html-button-has-type': 'error',
      'vue/require-default-prop': 'off', // absence is undefined
      'vue/multi-word-component-names': ['error', { ignores: ['index', 'detail', 'repository'] }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    // One fetch and one socket: api/ and live/ own the wire.
    files: ['src/**/*.{ts,vue}'],
    ignores: ['src/api/client.ts', 'src/**/*.spec.ts'],
    rules: { 'no-restricted-globals': ['error', { name: 'fetch', message: 'Use api/client.ts' }] },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    ignores: ['src/live/**'],
    rules: { 'no-restricted-imports': ['error', { name: 'socket.io-client', message: 'Use live/connection.ts' }] },
  },
  { files: ['public/**'], languageOptions: { globals: globals.browser } },
  { files: ['scripts/**', '*.js', 'dev/**', 'e2e/**'], languageOptions: { globals: globals.node } },
  // Playwright reads from the pattern which fixtures a fixture needs, also when it needs none.
  { files: ['e2e/**'], rules: { 'no-empty-pattern': 'off' } },
)
