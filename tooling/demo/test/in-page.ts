/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** What runs inside the page: each stands on its own, for it is sent there as text. */

/** What cannot be seen whole: a page that scrolls sideways, and text that something cuts off or that leaves the window. */
export function cutOff(): string[] {
  const found: string[] = []
  const page = document.documentElement
  if (page.scrollWidth > page.clientWidth) found.push(`the page is ${page.scrollWidth} px wide`)
  for (const dialog of document.querySelectorAll('[role=dialog] .dialog'))
    if (dialog.scrollWidth > dialog.clientWidth) found.push(`the dialog is ${dialog.scrollWidth} px wide`)
  const seen = new Map<Element, { readonly style: CSSStyleDeclaration; readonly bounds: DOMRect }>()
  const look = (element: Element) => {
    const known = seen.get(element) ?? {
      style: getComputedStyle(element),
      bounds: element.getBoundingClientRect(),
    }
    seen.set(element, known)
    return known
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement
    const text = node.textContent?.trim() ?? ''
    if (!element || text === '' || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION'].includes(element.tagName))
      continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const box = range.getBoundingClientRect()
    if (box.width === 0 || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      continue
    for (let holder: Element | null = element; holder; holder = holder.parentElement) {
      const { style, bounds } = look(holder)
      // Only for screen readers, or shortened by an ellipsis and said whole on hover.
      const whole = holder.closest('[title]')?.getAttribute('title') ?? ''
      const isShortened =
        style.textOverflow === 'ellipsis' && text.split('…').every((it) => whole.includes(it))
      if (bounds.width <= 1 || style.clipPath !== 'none' || isShortened) break
      if (holder !== page && holder !== document.body && ['auto', 'scroll'].includes(style.overflowX)) break
      const clips = holder === page || style.overflowX !== 'visible'
      const right = holder === page ? page.clientWidth : bounds.right
      const left = holder === page ? 0 : bounds.left
      if (clips && (box.right > right + 1 || box.left < left - 1)) {
        found.push(
          `"${text.slice(0, 60)}" is cut off by <${holder.tagName.toLowerCase()} class="${holder.getAttribute('class') ?? ''}">`,
        )
        break
      }
      const isButton = holder.matches('button, .v-btn, [role=button]')
      if (isButton && (box.bottom > bounds.bottom + 1 || box.top < bounds.top - 1)) {
        found.push(`"${text.slice(0, 60)}" stands out of its button`)
        break
      }
      if (style.position === 'fixed') break
    }
  }
  return [...new Set(found)]
}

/** What an ellipsis shortens of these: no amount may be. */
export function shortened(of: string): string[] {
  const cells = [...document.querySelectorAll(of)]
  if (cells.length === 0) return ['there is none']
  return cells.filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.textContent ?? '')
}

/** Running text whose lines are longer than the eye finds its way back from. */
export function longLines(most: number): string[] {
  return [...document.querySelectorAll('p, li, dd')].flatMap((element) => {
    const text = (element instanceof HTMLElement ? element.innerText : '').trim()
    if (element.querySelector('p, li, dd, table, div, span, button') || text.length <= most) return []
    const range = document.createRange()
    range.selectNodeContents(element)
    const lines = new Set([...range.getClientRects()].map((it) => Math.round(it.top / 8))).size
    const each = Math.round(text.length / Math.max(1, lines))
    return each > most ? [`${each} characters a line: ${text.slice(0, 60)}`] : []
  })
}

/** Doubles every text, as browsers do that enlarge text alone. */
export function doubleText(): void {
  const all = [...document.querySelectorAll<HTMLElement>('*')].map((element) => {
    const { fontSize, lineHeight } = getComputedStyle(element)
    return { element, size: Number.parseFloat(fontSize), line: Number.parseFloat(lineHeight) }
  })
  for (const { element, size, line } of all) {
    element.style?.setProperty('font-size', `${2 * size}px`)
    if (Number.isFinite(line)) element.style?.setProperty('line-height', `${2 * line}px`)
  }
}

/** How far the page has jumped since it began to load. */
export function layoutShift(): Promise<{ total: number; what: string[] }> {
  return new Promise((resolve) => {
    const seen: { value: number; what: string }[] = []
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        // Not in the types of the platform: https://wicg.github.io/layout-instability/
        const shift = entry as PerformanceEntry & {
          value: number
          hadRecentInput: boolean
          sources: { node: Node | null }[]
        }
        if (shift.hadRecentInput) continue
        const names = shift.sources.map(({ node }) =>
          node instanceof Element ? `${node.tagName}.${node.className}` : (node?.nodeName ?? '?'),
        )
        seen.push({ value: shift.value, what: `${shift.value.toFixed(4)} ${names.join(' ')}` })
      }
    })
    observer.observe({ type: 'layout-shift', buffered: true })
    // Buffered entries come with the next task.
    setTimeout(() => {
      observer.disconnect()
      resolve({ total: seen.reduce((sum, it) => sum + it.value, 0), what: seen.map((it) => it.what) })
    }, 50)
  })
}

/** What a finger may miss: controls that do not answer as far around their middle, but for links inside a sentence. */
export function smallTargets(least: number): string[] {
  const controls =
    'a[href], button, input, select, textarea, summary, [role=button], [role=option], [role=tab]'
  const reach = least / 2 - 1
  return [...document.querySelectorAll<HTMLElement>(controls)].flatMap((element) => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return []
    // A tick or a field answers on its label or frame, too.
    const whole = element.closest('label, .v-field') ?? element
    const box = whole.getBoundingClientRect()
    const display = getComputedStyle(element).display
    const beside = [...(element.parentElement?.childNodes ?? [])]
    const hasText = beside.some((it) => it.nodeType === Node.TEXT_NODE && it.textContent?.trim() !== '')
    const isInSentence = display === 'inline' || (display === 'inline-block' && hasText)
    if (element.matches(':disabled, .v-btn--disabled')) return []
    if (box.width <= 1 || box.bottom < 0 || box.right < 0 || box.top > innerHeight || isInSentence) return []
    const x = Math.min(Math.max(box.left + box.width / 2, reach), innerWidth - reach)
    const y = box.top + box.height / 2
    const around = [
      [x, y - reach],
      [x, y + reach],
      [x - reach, y],
      [x + reach, y],
    ] as const
    // What lies on top of it, such as the bar at the bottom, says nothing of its size.
    const middle = document.elementFromPoint(x, y)
    if (!middle || !(whole.contains(middle) || middle.contains(whole))) return []
    const answers = around.every(([left, top]) => {
      const hit = document.elementFromPoint(left, top)
      return hit !== null && (whole.contains(hit) || hit.closest('label')?.contains(element) === true)
    })
    if (answers) return []
    const name = (element.getAttribute('aria-label') ?? element.innerText ?? '').trim().slice(0, 40)
    return [
      `${Math.round(box.width)} × ${Math.round(box.height)}: ${element.tagName} "${name}" ${element.className}`,
    ]
  })
}

/** Icons and parts of charts with less contrast to what lies below them (WCAG 2.2, 1.4.11). */
export function faintShapes(least: number): string[] {
  type Colour = readonly [number, number, number, number]
  const read = (text: string): Colour | null => {
    const [r, g, b, a = 1] = (/^rgba?\(([^)]+)\)/.exec(text)?.[1] ?? '').split(/[ ,/]+/).map(Number)
    return r === undefined || g === undefined || b === undefined ? null : [r, g, b, a]
  }
  const luminance = (colour: Colour) => {
    const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((it) => {
      const value = it / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (element: Element): Colour => {
    for (let holder: Element | null = element; holder; holder = holder.parentElement) {
      const colour = read(getComputedStyle(holder).backgroundColor)
      if (colour?.[3] === 1) return colour
    }
    return [255, 255, 255, 1]
  }
  const faint = (colour: Colour | null, holder: Element | null, name: string) => {
    if (
      !colour ||
      colour[3] < 1 ||
      !holder?.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    )
      return []
    if (holder.closest(':disabled, [aria-disabled=true], .v-btn--disabled')) return []
    const [dark = 0, light = 0] = [luminance(colour), luminance(ground(holder))].toSorted((a, b) => a - b)
    const ratio = (light + 0.05) / (dark + 0.05)
    return ratio >= least ? [] : [`${ratio.toFixed(2)}: ${name} in ${holder.className || holder.tagName}`]
  }
  const shapes = [...document.querySelectorAll('svg :is(rect, path, circle)')].flatMap((shape) => {
    // The mark is exempt, and so is the ring that only fills a corner.
    if (shape.closest('svg')?.querySelector('.lamp') || shape.closest('.ring')) return []
    const style = getComputedStyle(shape)
    if (style.opacity !== '1') return []
    const colour = read(style.fill === 'none' ? style.stroke : style.fill)
    return faint(colour, shape.closest('svg')?.parentElement ?? null, shape.outerHTML.slice(0, 60))
  })
  const bars = [...document.querySelectorAll('.bars .bar')].flatMap((bar) =>
    faint(read(getComputedStyle(bar).backgroundColor), bar.parentElement, 'a bar'),
  )
  return [...new Set([...shapes, ...bars])]
}

/** What moves though somebody asked their system for calm. */
export function moving(): string[] {
  return [...document.querySelectorAll('*')].flatMap((element) => {
    const { animationName, transitionDuration } = getComputedStyle(element)
    const moves = animationName !== 'none' || transitionDuration.split(', ').some((it) => it !== '0s')
    return moves ? [`${element.tagName} ${element.getAttribute('class') ?? ''} moves`] : []
  })
}
