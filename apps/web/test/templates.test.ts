import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'vue/compiler-sfc'

/** The part of Vue's template tree that is read here. */
type Node = {
  readonly type: number
  readonly content?: unknown
  readonly children?: readonly Node[]
  readonly props?: readonly {
    readonly type: number
    readonly name: string
    readonly value?: { readonly content: string } | undefined
  }[]
}
const TEXT = 2
const ATTRIBUTE = 6
const SPOKEN = ['title', 'aria-label', 'label', 'placeholder', 'alt', 'hint']

const SOURCE = new URL('../src/', import.meta.url)
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.vue'),
)

it.each(files)('%s has no text of its own: every word comes from the locale', (name) => {
  const { descriptor } = parse(readFileSync(new URL(name, SOURCE), 'utf8'))
  expect(words(descriptor.template?.ast)).toEqual([])
})

it.each(files)('%s has no style attribute, which the content security policy refuses in markup', (name) => {
  const { descriptor } = parse(readFileSync(new URL(name, SOURCE), 'utf8'))
  expect(descriptor.template?.content ?? '').not.toMatch(/\sstyle="/)
})

it.each(files)('%s stays within the size that can be read at once', (name) => {
  const lines = readFileSync(new URL(name, SOURCE), 'utf8').split('\n').length
  expect(lines).toBeLessThanOrEqual(name.startsWith('pages') ? 200 : 180)
})

function words(node: Node | undefined): string[] {
  if (!node) return []
  const own =
    node.type === TEXT && typeof node.content === 'string' && /\p{L}/u.test(node.content)
      ? [node.content]
      : []
  const attributes = (node.props ?? [])
    .filter(
      (prop) =>
        prop.type === ATTRIBUTE && SPOKEN.includes(prop.name) && /\p{L}/u.test(prop.value?.content ?? ''),
    )
    .map((prop) => `${prop.name}=${prop.value?.content}`)
  return [...own, ...attributes, ...(node.children ?? []).flatMap(words)]
}
