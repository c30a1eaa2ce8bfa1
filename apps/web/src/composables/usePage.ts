import { nextTick, onMounted, toValue, watchEffect, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'

let pagesSeen = 0

/** Sets the document's title, "{what} · {tenant} · Consentry". */
export function usePage(what: MaybeRefOrGetter<string>, of: MaybeRefOrGetter<string | null> = null): void {
  pagesSeen += 1
  const { t } = useI18n()
  watchEffect(() => {
    const named = { what: toValue(what), of: toValue(of) }
    document.title = named.of ? t('app.titleOf', named) : t('app.title', named)
  })
}

/** After a change of page the focus is on its heading. The first page leaves it to the browser. */
export function useHeadingFocus(heading: () => HTMLElement | null): void {
  onMounted(async () => {
    if (pagesSeen < 2) return
    await nextTick()
    heading()?.focus({ preventScroll: true })
  })
}
