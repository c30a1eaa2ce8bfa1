import { createI18n } from 'vue-i18n'
import type { Messages, MoreMessages } from './locales/messages.ts'

/** Every language of the console by its own name; one file each in locales/. */
export const LANGUAGES = {
  en: 'English',
  fr: 'Français',
  de: 'Deutsch',
  es: 'Español',
  sv: 'Svenska',
} as const
export type Language = keyof typeof LANGUAGES

/** A browser loads one of them; English too is a chunk of its own, which the others need not carry. */
export const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => (await import('./locales/en.ts')).en,
  fr: async () => (await import('./locales/fr.ts')).fr,
  de: async () => (await import('./locales/de.ts')).de,
  es: async () => (await import('./locales/es.ts')).es,
  sv: async () => (await import('./locales/sv.ts')).sv,
}

/** The words of pages that nobody meets first: they come with these pages, so that the first one is there at once. */
export const MORE: Readonly<Record<Language, () => Promise<MoreMessages>>> = {
  en: async () => (await import('./locales/more/en.ts')).en,
  fr: async () => (await import('./locales/more/fr.ts')).fr,
  de: async () => (await import('./locales/more/de.ts')).de,
  es: async () => (await import('./locales/more/es.ts')).es,
  sv: async () => (await import('./locales/more/sv.ts')).sv,
}

const KEY = 'consentry.language'

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: {} as Partial<Record<Language, Messages>>,
  // French counts nothing as one: "0 jour". The others count as English does.
  pluralRules: { fr: (n, forms) => (forms === 2 ? Number(n >= 2) : Math.min(n, forms - 1)) },
  postTranslation: (text) => (typeof text === 'string' ? withoutDoubleStop(text) : text),
  missingWarn: false,
  fallbackWarn: false,
})

/** The language that was chosen here, else the first that the browser asks for. */
export function readLanguage(): Language {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages]
  return wanted.map((it) => isLanguage(it.slice(0, 2).toLowerCase())).find((it) => it !== null) ?? 'en'
}

/** Shows a language from the first word on; English where its file does not arrive. */
export async function showLanguage(language: Language): Promise<void> {
  try {
    i18n.global.setLocaleMessage(language, await LOADERS[language]())
    i18n.global.locale.value = language
    document.documentElement.lang = language
  } catch (error) {
    console.error('The language could not be loaded', error)
    if (language !== 'en') await showLanguage('en')
  }
}

/** A page, once its further words are there. */
export function withMoreWords<T>(page: () => Promise<T>): () => Promise<T> {
  return async () => {
    const language = isLanguage(i18n.global.locale.value) ?? 'en'
    const [shown, words] = await Promise.all([page(), MORE[language]()])
    i18n.global.mergeLocaleMessage(language, words)
    return shown
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

/** "It is in your list as Great Lakes Inc.." when a value ends in its own full stop, as French months do. */
function withoutDoubleStop(text: string): string {
  return text.replace(/(?<!\.)\.\.(?=\s|$)/g, '.')
}
