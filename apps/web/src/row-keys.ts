const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
}

/** Moves the focus between the links marked `data-row`; true when the key was one of its own. */
export function moveBetweenRows(container: HTMLElement, event: KeyboardEvent): boolean {
  const step = STEPS[event.key]
  if (!step || event.target instanceof HTMLInputElement) return false
  const links = Array.from(container.querySelectorAll<HTMLElement>('[data-row]'))
  const at = links.findIndex((link) => link === document.activeElement)
  links[step(at, links.length - 1)]?.focus()
  return true
}
