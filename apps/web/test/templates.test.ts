import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse, type SFCParseResult } from 'vue/compiler-sfc'

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

type RootNode = NonNullable<NonNullable<SFCParseResult['descriptor']['template']>['ast']>
type TemplateChildNode = RootNode['children'][number]
type Tree = RootNode | TemplateChildNode
type Prop = Extract<TemplateChildNode, { props: unknown }>['props'][number]

function words(node: Tree | undefined): string[] {
  if (!node) return []
  if (node.type === TEXT) return /\p{L}/u.test(node.content) ? [node.content] : []
  const spoken = 'props' in node ? node.props.flatMap(spokenText) : []
  // The parser's tree has elements and texts only; branches arise later, in the compiler.
  const inside = 'children' in node ? (node.children as TemplateChildNode[]).flatMap(words) : []
  return [...spoken, ...inside]
}

function spokenText(prop: Prop): string[] {
  if (prop.type !== ATTRIBUTE || !SPOKEN.includes(prop.name)) return []
  return /\p{L}/u.test(prop.value?.content ?? '') ? [`${prop.name}=${prop.value?.content}`] : []
}
