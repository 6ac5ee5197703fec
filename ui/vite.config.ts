import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import elementPlus from 'unplugin-element-plus/vite'
import { defineConfig } from 'vitest/config'
import { mock } from './dev/mock/index'

const server = process.env.CANG_SERVER ?? 'http://127.0.0.1:5000'

const proxy = {
  '/api': { target: server, changeOrigin: false },
  '/socket.io': { target: server, ws: true, changeOrigin: false },
}

export default defineConfig(({ mode }) => ({
  plugins: [vue(), elementPlus({}), ...(mode === 'mock' ? [mock()] : [])],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'true', // Element Plus has options
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    // The content security policy allows no data: scripts or styles, and small files gain nothing from inlining.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // Dozens of files of a few bytes would cost more in requests than they save.
    rollupOptions: { output: { experimentalMinChunkSize: 12_000 } },
  },
  server: {
    host: '127.0.0.1',
    proxy: mode === 'mock' ? undefined : proxy,
  },
  // Named beforehand: what is found late makes the page reload while it is looked at.
  optimizeDeps: {
    include: ['element-plus', 'element-plus/es/components/*/style/css', 'socket.io-client', '@lucide/vue'],
  },
  preview: { host: '127.0.0.1', proxy: mode === 'mock' ? undefined : proxy },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.spec.ts'],
    setupFiles: ['src/testing/setup.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
}))
