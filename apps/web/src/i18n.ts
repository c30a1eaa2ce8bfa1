import { createI18n } from 'vue-i18n'
import { en } from './locales/en.ts'
import type { Messages } from './locales/messages.ts'

/** Every language of the console by its own name; one file each in locales/, of which a browser loads one. */
export const LANGUAGES = {
  en: 'English',
} as const
export type Language = keyof typeof LANGUAGES

export const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => en,
}

const KEY = 'consentry.language'

/** English is there at once: a language that does not load falls back to it. */
export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en } as Partial<Record<Language, Messages>>,
  missingWarn: false,
  fallbackWarn: false,
})

/** The language that was chosen here, else the first that the browser asks for. */
export function readLanguage(): Language {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages]
  return wanted.map((it) => isLanguage(it.slice(0, 2).toLowerCase())).find((it) => it !== null) ?? 'en'
}

/** Shows a language from the first word on. */
export async function showLanguage(language: Language): Promise<void> {
  try {
    i18n.global.setLocaleMessage(language, await LOADERS[language]())
    i18n.global.locale.value = language
    document.documentElement.lang = language
  } catch (error) {
    console.error('The language could not be loaded', error)
  }
}

/** Chooses a language for this browser; the page is loaded anew, so that every word is of it. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language)
  location.reload()
}

function isLanguage(name: string): Language | null {
  return name in LANGUAGES ? (name as Language) : null
}
