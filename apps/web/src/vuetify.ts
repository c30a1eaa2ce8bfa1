import { createVuetify } from 'vuetify'
import { VUETIFY_COLORS } from './theme.ts'

/** Below wide the bar is a drawer; below narrow there is a bar at the bottom. */
const BREAKPOINTS = { xs: 0, sm: 600, md: 840, lg: 1145, xl: 1545, xxl: 2560 }

/** `nonce` lets Vuetify's own style element pass the content security policy. */
export function buildVuetify(nonce: string | undefined, theme: string) {
  return createVuetify({
    theme: {
      defaultTheme: theme,
      ...(nonce ? { cspNonce: nonce } : {}),
      variations: { colors: [], lighten: 0, darken: 0 },
      themes: {
        light: { dark: false, colors: VUETIFY_COLORS.light },
        dark: { dark: true, colors: VUETIFY_COLORS.dark },
      },
    },
    display: { mobileBreakpoint: 'lg', thresholds: BREAKPOINTS },
    defaults: {
      VBtn: { variant: 'outlined', flat: true, ripple: false },
      VCard: { variant: 'outlined' },
      VTextField: { variant: 'outlined', hideDetails: 'auto' },
      VTooltip: { openOnFocus: true },
      VDialog: { maxWidth: 520 },
    },
  })
}
