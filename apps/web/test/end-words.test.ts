import { expect, it } from 'vitest'
import { createSSRApp } from 'vue'
import { createI18n } from 'vue-i18n'
import { renderToString } from 'vue/server-renderer'

import { useEndWords } from '../src/composables/useEndWords.ts'
import { en } from '../src/locales/en.ts'

async function whyOf(permission: string): Promise<string> {
  let why = ''
  const app = createSSRApp({
    setup() {
      const { wordsOf } = useEndWords()
      why = wordsOf({ kind: 'permission', permission, since: '2026-11-23', evidence: '' }).why
      return () => null
    },
  })
  await renderToString(app.use(createI18n({ legacy: false, locale: 'en', messages: { en } })))
  return why
}

it('says for what a permission is needed where that has a name, and else only that the sign-in ends', async () => {
  expect(await whyOf('PartnerBilling.Read.All')).toContain(en.features.PartnerBilling_Read_All)
  expect(await whyOf('NextRelease.Read.All')).toBe(en.ends.plain)
})
