import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import 'vuetify/styles/core'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import App from './App.vue'
import { i18n, readLanguage, showLanguage } from './i18n.ts'
import { queryClient } from './queries.ts'
import { buildRouter } from './router.ts'
import { readTheme, showTheme } from './theme.ts'
import { buildVuetify } from './vuetify.ts'

const theme = readTheme()
showTheme(theme)
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce

await showLanguage(readLanguage())

createApp(App)
  .use(i18n)
  .use(buildVuetify(nonce, theme))
  .use(VueQueryPlugin, { queryClient })
  .use(buildRouter())
  .mount('#app')
