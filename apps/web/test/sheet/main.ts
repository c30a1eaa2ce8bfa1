import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import 'vuetify/styles/core'
import '../../src/styles/fonts.css'
import '../../src/styles/tokens.css'
import '../../src/styles/base.css'
import { i18n, readLanguage, showLanguage } from '../../src/i18n.ts'
import { queryClient } from '../../src/queries.ts'
import { buildVuetify } from '../../src/vuetify.ts'
import MessageSheet from './MessageSheet.vue'

/** Every message of the catalogue on one page, in the language of the browser: for the eye, and for a test. */
await showLanguage(readLanguage())
const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/:rest(.*)*', component: MessageSheet }],
})
createApp(MessageSheet)
  .use(i18n)
  .use(buildVuetify(undefined, 'system'))
  .use(VueQueryPlugin, { queryClient })
  .use(router)
  .mount('#app')
