import { createI18n } from 'vue-i18n'
import { en } from './locales/en.ts'

/** Every language of the console: one file each in locales/. Text in `tag` is the BCP 47 tag for dates and numbers. */
export const LOCALES = { en }

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: LOCALES,
  missingWarn: false,
  fallbackWarn: false,
})
