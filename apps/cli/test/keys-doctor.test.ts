import { readdir } from 'node:fs/promises'

import { demo } from '@consentry/microsoft-simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { examineMicrosoft } from '../src/examine-microsoft.ts'
import { consentry, consentryProgram, openWorld, signInElsewhere, type World } from './world.ts'

const OTHER = 'other:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='

type Findings = { ok: boolean; checks: { name: string; ok: boolean; detail: string }[] }

describe('keys and doctor', () => {
  let world: World

  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(async () => {
    await world.close()
  })

  it('makes a key without any configuration, and another each time', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => consentryProgram({}, ['keys', 'generate', '--json'])),
    )
    const entry: unknown = expect.stringMatching(/^k\d{8}-[0-9a-f]{6}:[\w+/]{43}=$/)
    expect(one?.value).toEqual({ entry })
    expect(one?.stdout).not.toBe(other?.stdout)
  })

  it('finds no database before there is one, creates none by looking, and says how to', async () => {
    const first = await doctor(world.env)
    expect(first.code).toBe(1)
    expect(first.faults).toEqual(['database'])
    expect(first.detail('database')).toContain('consentry migrate')
    expect(await readdir(world.folder)).toEqual([])
  })

  it('is content with a deployment that stands, and names the redirect URI', async () => {
    const migrated = await consentryProgram(world.database, ['migrate', '--json'])
    expect(migrated).toMatchObject({ code: 0, stderr: '' })
    const { code, faults, detail } = await doctor(world.env)
    expect({ code, faults }).toEqual({ code: 0, faults: [] })
    expect(detail('redirect URI')).toContain('http://localhost:3000/consent/callback')
  })

  it('tells of the key that stored sign-ins need and the ring lacks', async () => {
    await consentry(world.database, ['organisation', 'create', '--name', 'Contoso'])
    const { nordwind } = demo.tenants
    const line = { microsoftId: nordwind.id, refreshToken: await signInElsewhere(world, nordwind) }
    const add = ['connection', 'import', '-', '--organisation', 'contoso']
    expect(await consentry(world.env, add, JSON.stringify(line))).toMatchObject({ code: 0 })

    const [own = ''] = world.keys.CONSENTRY_KEYS.split(':')
    const ring = { ...world.env, CONSENTRY_KEYS: `${OTHER},${world.keys.CONSENTRY_KEYS}` }
    const rows = [
      { id: 'other', rows: 0 },
      { id: own, rows: 1 },
    ]
    expect((await consentry(ring, ['keys', 'status', '--json'])).value).toEqual({
      active: 'other',
      keys: rows,
    })
    const lacking = { ...world.env, CONSENTRY_KEYS: OTHER }
    expect((await consentry(lacking, ['keys', 'status', '--json'])).value).toEqual({
      active: 'other',
      keys: rows,
    })
    const { code, faults, detail } = await doctor(lacking)
    expect({ code, faults }).toEqual({ code: 1, faults: ['key ring'] })
    expect(detail('key ring')).toContain(own)
    const impostor = { ...world.env, CONSENTRY_KEYS: `${own}:${OTHER.split(':')[1]}` }
    expect((await doctor(impostor)).detail('key ring')).toContain('is not the one that sealed them')
  })

  it('seals everything with the first key, and says which one may go', async () => {
    const [own = ''] = world.keys.CONSENTRY_KEYS.split(':')
    const lacking = await consentry({ ...world.env, CONSENTRY_KEYS: OTHER }, ['keys', 'rotate', '--json'])
    expect(lacking).toMatchObject({ code: 1, value: { rewrapped: 0, stuck: [demo.tenants.nordwind.id] } })
    const ring = { ...world.env, CONSENTRY_KEYS: `${OTHER},${world.keys.CONSENTRY_KEYS}` }
    expect(await consentry(ring, ['keys', 'rotate', '--json'])).toMatchObject({
      code: 0,
      value: {
        active: 'other',
        rewrapped: 1,
        stuck: [],
        keys: [
          { id: 'other', rows: 1 },
          { id: own, rows: 0 },
        ],
      },
    })
    expect((await consentry(ring, ['keys', 'rotate'])).stdout).toContain('may be removed from CONSENTRY_KEYS')
    const back = { ...world.env, CONSENTRY_KEYS: `${world.keys.CONSENTRY_KEYS},${OTHER}` }
    expect(await consentry(back, ['keys', 'rotate'])).toMatchObject({ code: 0 })
  })

  it('names every variable at fault, and a host that cannot be reached', async () => {
    const bad = await doctor({ ...world.env, CONSENTRY_SECRET: '', CONSENTRY_TIME_ZONE: 'Mars' })
    expect(bad.detail('configuration')).toMatch(/CONSENTRY_SECRET: .*\nCONSENTRY_TIME_ZONE: /)
    const pasted = await doctor({ ...world.env, MICROSOFT_CLIENT_SECRETS: demo.tenants.nordwind.id })
    expect(pasted.detail('configuration')).toContain('has the id of a secret in place of the secret')
    const unreachable = await doctor({ ...world.env, MICROSOFT_GRAPH_URL: 'http://127.0.0.1:1' })
    expect(unreachable.faults).toEqual(['Microsoft Graph'])
  })

  it.each([
    [-6, false, 'behind'],
    [-4, true, 'behind'],
    [4, true, 'ahead'],
    [6, false, 'ahead'],
  ])('compares the clock with Microsoft: %i minutes off is fine: %s', async (minutes, ok, words) => {
    const now = () => new Date(Date.now() + minutes * 60_000)
    const findings = await examineMicrosoft(world.microsoft.urls, { fetch, now })
    const clock = findings.find((it) => it.name === 'clock')
    expect(clock?.ok).toBe(ok)
    expect(clock?.detail).toContain(words)
  })
})

async function doctor(env: World['env']) {
  const { code, value } = await consentry(env, ['doctor', '--json'])
  const { ok, checks } = value as Findings // the shape that the contract promises
  expect(ok).toBe(code === 0)
  return {
    code,
    faults: checks.filter((it) => !it.ok).map((it) => it.name),
    detail: (name: string) => checks.find((it) => it.name === name)?.detail,
  }
}
