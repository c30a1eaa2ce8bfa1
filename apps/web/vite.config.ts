import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import vuetify from 'vite-plugin-vuetify'

const API = 'http://localhost:3000'

const config = defineConfig({
  plugins: [vue(), vuetify()],
  define: {
    // Only the composition API is used; without these flags the legacy API and devtools hooks are bundled.
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: { proxy: { '/api': API, '/consent': API } },
  build: {
    outDir: 'dist',
    sourcemap: false,
    // light-dark() stays as written: every token is one line with both themes.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The content security policy allows fonts and images from this address only, so nothing becomes a data: URI.
    assetsInlineLimit: 0,
  },
})

export default defineConfig(({ command }) => {
  // Tests and demos build too, with a NODE_ENV of their own; what is served is always the small, silent build.
  if (command === 'build') process.env['NODE_ENV'] = 'production'
  return config
})
