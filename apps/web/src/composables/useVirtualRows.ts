import { computed, onMounted, onUnmounted, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'
import { drawnRows, placeAfter, placeOf, trackOf, type Place } from '../virtual-rows.ts'

const REST_MS = 120

type Options = {
  readonly count: MaybeRefOrGetter<number>
  readonly height: MaybeRefOrGetter<number>
  /** Called with the rows that are drawn, but not with those that a dragged bar flies past. */
  readonly onSight: (first: number, end: number) => void
  /** Called with the first row in sight once a scrolled list has come to rest. */
  readonly onRest: (row: number) => void
}

/** Which rows of a long list are drawn in its scrolled element, and where. */
export function useVirtualRows(
  element: Readonly<Ref<HTMLElement | null>>,
  { count, height, onSight, onRest }: Options,
) {
  const viewport = ref(0)
  const place = ref<Place>({ top: 0, at: 0 })
  const rows = computed(() => ({ count: toValue(count), height: toValue(height), viewport: viewport.value }))
  const drawn = computed(() => drawnRows(rows.value, place.value))
  const track = computed(() => trackOf(rows.value))
  const firstInSight = computed(() => Math.round(place.value.at / rows.value.height))
  const lastInSight = computed(() =>
    Math.min(rows.value.count, Math.floor((place.value.at + viewport.value) / rows.value.height)),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  const observer = new ResizeObserver(measure)

  function measure(): void {
    viewport.value = element.value?.clientHeight ?? 0
    settle()
  }
  function onScroll(): void {
    if (!element.value) return
    const { top } = place.value
    place.value = placeAfter(rows.value, place.value, element.value.scrollTop)
    // A jump is looked at like a step; only what follows before there was a rest may be a dragged bar.
    if (timer === undefined || Math.abs(place.value.top - top) <= viewport.value) sight()
    clearTimeout(timer)
    timer = setTimeout(rest, REST_MS)
  }
  function settle(): void {
    put(placeOf(rows.value, place.value.at))
    sight()
  }
  function rest(): void {
    timer = undefined
    settle()
    onRest(firstInSight.value)
  }
  const sight = () => onSight(drawn.value.first, drawn.value.end)
  function put(to: Place): void {
    place.value = to
    if (element.value && Math.abs(element.value.scrollTop - to.top) > 1) element.value.scrollTop = to.top
  }
  /** Brings a row to the top. */
  function show(row: number): void {
    put(placeOf(rows.value, row * rows.value.height))
    sight()
  }

  onMounted(() => {
    if (element.value) observer.observe(element.value)
  })
  onUnmounted(() => {
    observer.disconnect()
    clearTimeout(timer)
  })
  watch([() => toValue(count), () => toValue(height)], settle, { flush: 'post' })
  return { drawn, track, onScroll, show, firstInSight, lastInSight }
}
