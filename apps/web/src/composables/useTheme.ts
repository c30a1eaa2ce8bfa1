import { ref } from 'vue'
import { useTheme as useVuetifyTheme } from 'vuetify'
import { readTheme, showTheme, storeTheme, type ThemeChoice } from '../theme.ts'

/** System, light or dark; kept in this browser. */
export function useTheme() {
  const vuetify = useVuetifyTheme()
  const choice = ref(readTheme())

  function choose(next: ThemeChoice): void {
    choice.value = next
    storeTheme(next)
    showTheme(next)
    vuetify.change(next)
  }
  return { choice, choose }
}
