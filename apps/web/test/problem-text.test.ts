import { expect, it } from 'vitest'
import { createSSRApp } from 'vue'
import { createI18n } from 'vue-i18n'
import { renderToString } from 'vue/server-renderer'

import { useProblemText, type ProblemText } from '../src/composables/useProblemText.ts'
import { de } from '../src/locales/de.ts'
import { en } from '../src/locales/en.ts'

const WRONG_CLOUD = {
  code: 'wrong_cloud',
  title: 'This tenant is in another Microsoft cloud',
  detail: 'It is in the China cloud; this address serves global only.',
}

async function described(locale: 'en' | 'de', known: Record<string, string>): Promise<ProblemText | null> {
  let text: ProblemText | null = null
  const app = createSSRApp({
    setup() {
      text = useProblemText().describe(WRONG_CLOUD, known)
      return () => null
    },
  })
  await renderToString(app.use(createI18n({ legacy: false, locale, messages: { en, de } })))
  return text
}

it('names what is known where something else is not, and keeps to the words of the API in English', async () => {
  expect((await described('de', { own: 'global' }))?.why).toBe(
    'Seine Cloud: eine andere. Diese Adresse bedient nur: global.',
  )
  expect((await described('de', {}))?.why).toBe(
    'Seine Cloud: eine andere. Diese Adresse bedient nur: die eigene.',
  )
  expect((await described('en', { own: 'global' }))?.why).toBe(WRONG_CLOUD.detail)
})
