import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { VUETIFY_COLORS } from '../src/theme.ts'

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8')
const tokens = new Map(
  Array.from(css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g), ([, name, light, dark]) => [
    name ?? '',
    { light: light ?? '', dark: dark ?? '' },
  ]),
)
type Theme = 'light' | 'dark'

/** Text on ground, and the ratio that the brief measured in each theme. */
const MEASURED: [text: string, ground: string, light: number | null, dark: number | null][] = [
  ['field', 'surface', 3.88, 4.71],
  ['field', 'bg', 3.55, 5.24],
  ['ink', 'bg', 15.08, 15.7],
  ['ink', 'surface', 16.48, 14.11],
  ['ink-2', 'bg', 7.22, 9.9],
  ['ink-2', 'surface', 7.89, 8.9],
  ['ink-3', 'bg', 5.15, 7.36],
  ['ink-3', 'sunk', 5.38, 6.16],
  ['link', 'bg', 5.84, 9.35],
  ['link', 'surface', 6.38, 8.41],
  ['on-primary', 'primary', 15.38, 14.72],
  ['on-danger', 'danger', 6.87, 9.21],
  ['chart-1', 'surface', 5.22, 6.62],
  ['chart-2', 'surface', 3.19, 4.19],
  ['broken', 'broken-fill', 5.97, 7.89],
  ['attention', 'attention-fill', 6.34, 9.12],
  ['waiting', 'waiting-fill', 5.55, 7.28],
  ['new', 'new-fill', 6.82, 7.39],
  ['connected', 'connected-fill', 5.93, 8.33],
]

it.each(MEASURED)('%s on %s has the contrast of the table', (text, ground, light, dark) => {
  expect(contrast(text, ground, 'light')).toBeCloseTo(light ?? 0, 1)
  expect(contrast(text, ground, 'dark')).toBeCloseTo(dark ?? 0, 1)
})

const TEXT_ON: [string, string][] = [
  ['ink', 'sunk'],
  ['ink-2', 'sunk'],
  ['ink-3', 'surface'],
  ['ink-2', 'current'],
  ['ink', 'current'],
  ['link', 'sunk'],
  ['broken', 'surface'],
  ['attention', 'surface'],
  ['connected', 'surface'],
  ['danger', 'surface'],
]
it.each(TEXT_ON)('%s can be read on %s', (text, ground) => {
  expect(contrast(text, ground, 'light')).toBeGreaterThanOrEqual(4.5)
  expect(contrast(text, ground, 'dark')).toBeGreaterThanOrEqual(4.5)
})

it('Vuetify computes with the same colours', () => {
  const pairs = {
    background: 'bg',
    surface: 'surface',
    primary: 'primary',
    'on-primary': 'on-primary',
    error: 'danger',
  }
  for (const theme of ['light', 'dark'] as const) {
    const colors: Record<string, string> = VUETIFY_COLORS[theme]
    for (const [vuetify, token] of Object.entries(pairs))
      expect(colors[vuetify]).toBe(tokens.get(token)?.[theme])
  }
})

/** WCAG 2.2, "contrast ratio". */
function contrast(a: string, b: string, theme: Theme): number {
  const [light = 0, dark = 0] = [luminance(a, theme), luminance(b, theme)].toSorted((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

/** WCAG 2.2, "relative luminance". */
function luminance(token: string, theme: Theme): number {
  const hex = tokens.get(token)?.[theme] ?? ''
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) =>
    channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255),
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function channel(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}
