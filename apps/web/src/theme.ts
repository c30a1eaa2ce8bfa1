export type ThemeChoice = 'system' | 'light' | 'dark'
export const THEME_CHOICES = ['system', 'light', 'dark'] as const satisfies readonly ThemeChoice[]

/** Vuetify computes with colours, so it needs figures: the same as in tokens.css, which test/tokens.test.ts proves. */
export const VUETIFY_COLORS = {
  light: {
    background: '#f3f5f7',
    'on-background': '#16202a',
    surface: '#ffffff',
    'on-surface': '#16202a',
    primary: '#1a2631',
    'on-primary': '#ffffff',
    error: '#ae231c',
    'on-error': '#ffffff',
  },
  dark: {
    background: '#0e141a',
    'on-background': '#e7edf2',
    surface: '#161f28',
    'on-surface': '#e7edf2',
    primary: '#e7edf2',
    'on-primary': '#131b23',
    error: '#ffa198',
    'on-error': '#2a0f0d',
  },
}

const KEY = 'consentry.theme'

export function readTheme(): ThemeChoice {
  const stored = localStorage.getItem(KEY)
  return THEME_CHOICES.find((choice) => choice === stored) ?? 'system'
}

export function storeTheme(choice: ThemeChoice): void {
  localStorage.setItem(KEY, choice)
}

/** Tokens follow the root's color-scheme; without the attribute that is the system's. */
export function showTheme(choice: ThemeChoice): void {
  if (choice === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = choice
}
