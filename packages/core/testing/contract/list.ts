import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { Store } from '../../src/deps.ts'
import type { ConnectionRow } from '../../src/types.ts'
import { MONDAY } from '../rows.ts'
import { type Current, givenConnection, givenOrganisation, minutesLater } from './opened.ts'

export function listContract(current: Current): void {
  async function given(store: Store, rows: readonly Partial<ConnectionRow>[]): Promise<string> {
    const { id: organisationId } = await givenOrganisation(store)
    for (const row of rows) await givenConnection(store, { ...row, organisationId })
    return organisationId
  }

  async function names(store: Store, organisationId: string, query = {}): Promise<string[]> {
    return (await store.listConnections(organisationId, { limit: 100, ...query })).items.map(
      (each) => each.name,
    )
  }

  const MIXED: readonly Partial<ConnectionRow>[] = [
    { name: 'connected b', status: 'connected', stopsWorkingBy: minutesLater(1) },
    { name: 'Connected C', status: 'connected' },
    { name: 'connected a', status: 'connected' },
    { name: 'new', status: 'new' },
    { name: 'waiting', status: 'waiting' },
    { name: 'attention undated', status: 'attention' },
    { name: 'attention later', status: 'attention', stopsWorkingBy: minutesLater(20) },
    { name: 'attention soon b', status: 'attention', stopsWorkingBy: minutesLater(10) },
    { name: 'attention soon a', status: 'attention', stopsWorkingBy: minutesLater(10) },
    { name: 'broken b', status: 'broken' },
    { name: 'broken a', status: 'broken', stopsWorkingBy: minutesLater(50) },
  ]
  const IN_ORDER = [
    'broken a',
    'broken b',
    'attention soon a',
    'attention soon b',
    'attention later',
    'attention undated',
    'waiting',
    'new',
    'connected a',
    'connected b',
    'Connected C',
  ]

  describe('the list of connections', () => {
    it('puts the most urgent first: broken, attention by date, waiting, new, connected, then by name', async () => {
      const { store } = current()
      const organisationId = await given(store, MIXED)
      expect(await names(store, organisationId)).toEqual(IN_ORDER)
    })

    it.each([1, 2, 3, 11, 12])('gives every row once in pages of %i', async (limit) => {
      const { store } = current()
      const organisationId = await given(store, MIXED)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.listConnections(organisationId, { limit, cursor })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map((each) => each.name))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined && seen.length < 20)
      expect(seen).toEqual(IN_ORDER)
    })

    it.each([1, 4, 11, 12])('is by name when asked, each row once in pages of %i', async (limit) => {
      const { store } = current()
      const organisationId = await given(store, [
        ...MIXED,
        { name: 'Ärger' },
        { name: '\u{1F600}' },
        { name: '\uFFFD' },
      ])
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.listConnections(organisationId, { limit, cursor, sort: 'name' })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map((each) => each.name))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined && seen.length < 20)
      expect(seen).toEqual([
        'attention later',
        'attention soon a',
        'attention soon b',
        'attention undated',
        'broken a',
        'broken b',
        'connected a',
        'connected b',
        'Connected C',
        'new',
        'waiting',
        'Ärger',
        '\uFFFD',
        '\u{1F600}',
      ])
      const narrowed = { sort: 'name', status: 'attention', search: 'soon' }
      expect(await names(store, organisationId, narrowed)).toEqual(['attention soon a', 'attention soon b'])
    })

    it('refuses the cursor of another order as a malformed request', async () => {
      const { store } = current()
      const organisationId = await given(store, MIXED)
      const { nextCursor } = await store.listConnections(organisationId, { limit: 1, sort: 'name' })
      const listed = store.listConnections(organisationId, { limit: 1, cursor: nextCursor ?? '' })
      await expect(listed).rejects.toMatchObject({ code: 'malformed_request' })
    })

    it('tells same names apart by id across pages', async () => {
      const { store } = current()
      const organisationId = await given(store, [{}, {}, {}])
      const first = await store.listConnections(organisationId, { limit: 2 })
      const rest = await store.listConnections(organisationId, { limit: 2, cursor: first.nextCursor ?? '' })
      const ids = [...first.items, ...rest.items].map((each) => each.id)
      expect(new Set(ids).size).toBe(3)
      expect(rest.nextCursor).toBeNull()
    })

    it('goes on at the same place when rows before the cursor come and go', async () => {
      const { store } = current()
      const organisationId = await given(store, [{ name: 'b' }, { name: 'c' }, { name: 'd' }])
      const page = await store.listConnections(organisationId, { limit: 1 })
      await givenConnection(store, { organisationId, name: 'a' })
      await store.disconnect(page.items[0]?.id ?? '', MONDAY)
      const cursor = page.nextCursor ?? ''
      expect(await names(store, organisationId, { cursor })).toEqual(['c', 'd'])
    })

    it.each([
      'nonsense',
      '',
      Buffer.from('[1]').toString('base64url'),
      Buffer.from('{').toString('base64url'),
    ])('refuses the cursor %j as a malformed request', async (cursor) => {
      const { store } = current()
      const organisationId = await given(store, [{}])
      const listed = store.listConnections(organisationId, { limit: 1, cursor })
      await expect(listed).rejects.toMatchObject({ code: 'malformed_request' })
    })

    it('can be narrowed to a status', async () => {
      const { store } = current()
      const organisationId = await given(store, MIXED)
      expect(await names(store, organisationId, { status: 'attention' })).toEqual(IN_ORDER.slice(2, 6))
    })

    it('can be narrowed to certain Microsoft IDs, also to none', async () => {
      const { store } = current()
      const only = randomUUID()
      const organisationId = await given(store, [{ name: 'one', microsoftId: only }, { name: 'two' }])
      expect(await names(store, organisationId, { only: [only] })).toEqual(['one'])
      expect(await names(store, organisationId, { only: [] })).toEqual([])
      expect((await store.countConnections(organisationId, [only])).new).toBe(1)
      expect((await store.countConnections(organisationId, [])).new).toBe(0)
    })

    it.each([
      ['name', 'MÜLL'],
      ['domain', 'Mueller.Example'],
      ['Microsoft ID', 'ABCDEF01'],
    ])('is searched by %s, upper or lower case', async (_what, search) => {
      const { store } = current()
      const found = {
        name: 'Bäckerei Müller',
        domain: 'mueller.example',
        microsoftId: 'abcdef01-0000-4000-8000-000000000000',
      }
      const organisationId = await given(store, [found, { name: 'Other', domain: 'other.example' }])
      expect(await names(store, organisationId, { search })).toEqual(['Bäckerei Müller'])
    })

    it('can be of those that stop by a day alone', async () => {
      const { store } = current()
      const at = (day: number) => new Date(Date.UTC(2026, 10, day))
      const organisationId = await given(store, [
        { name: 'Later', status: 'connected', stopsWorkingBy: at(20) },
        { name: 'Soon', status: 'connected', stopsWorkingBy: at(10) },
        { name: 'That day', status: 'connected', stopsWorkingBy: at(15) },
        { name: 'Never', status: 'connected' },
      ])
      const query = { status: 'connected', stopsBy: at(15) } as const
      expect(await names(store, organisationId, query)).toEqual(['Soon', 'That day'])
    })

    it('counts what a search finds, of each status', async () => {
      const { store } = current()
      const organisationId = await given(store, [
        { name: 'Nordwind one', status: 'broken' },
        { name: 'Nordwind two' },
        { name: 'Other', domain: 'nordwind.example' },
        { name: 'Nobody' },
      ])
      const counts = await store.countConnections(organisationId, undefined, 'NORDWIND')
      expect(counts).toMatchObject({ broken: 1, new: 2, connected: 0 })
    })

    it.each(['100%', '50_', String.raw`a\b`])('takes %s in a search literally', async (search) => {
      const { store } = current()
      const organisationId = await given(store, [
        { name: `is ${search} here` },
        { name: '100 Fabrikam' },
        { name: '501' },
        { name: 'a\\\\b' },
        { name: 'ab' },
      ])
      expect(await names(store, organisationId, { search })).toEqual([`is ${search} here`])
    })

    it('finds a connection under the name it was given last', async () => {
      const { store } = current()
      const organisationId = await given(store, [{ name: 'Before' }])
      const [row] = (await store.listConnections(organisationId, { limit: 1 })).items
      await store.updateConnection(row?.id ?? '', { name: 'AFTER' })
      expect(await names(store, organisationId, { search: 'before' })).toEqual([])
      expect(await names(store, organisationId, { search: 'after' })).toEqual(['AFTER'])
    })

    it('counts each status', async () => {
      const { store } = current()
      const organisationId = await given(store, MIXED)
      expect(await store.countConnections(organisationId)).toEqual({
        broken: 2,
        attention: 4,
        waiting: 1,
        new: 1,
        connected: 3,
      })
    })
  })
}
