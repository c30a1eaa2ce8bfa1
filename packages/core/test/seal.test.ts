import { describe, expect, it } from 'vitest'

import { checkKeyRing, generateKeyEntry, readKeyRing } from '../src/index.ts'
import { newDataKey, seal, unseal } from '../src/seal.ts'

const NOW = new Date('2026-11-23T07:00:00Z')
const ring = readKeyRing({ CONSENTRY_KEYS: generateKeyEntry(NOW) })
const context = { purpose: 'refresh-token', subject: 7 } as const

async function connection(id: string, keys = ring) {
  const owner = { organisationId: 'organisation', microsoftId: id }
  return { id, ...owner, ...(await newDataKey(keys, owner)) }
}

describe('a sealed text', () => {
  it('opens for the connection, purpose and generation it was sealed for', async () => {
    const row = await connection('one')
    expect(await unseal(ring, row, context, await seal(ring, row, context, 'a token'))).toBe('a token')
  })

  it.each([
    ['another generation', { ...context, subject: 8 }],
    ['another purpose', { purpose: 'access-token', subject: 7 } as const],
  ])('does not open for %s', async (_, other) => {
    const row = await connection('one')
    await expect(unseal(ring, row, other, await seal(ring, row, context, 'a token'))).rejects.toThrow()
  })

  it('does not open in the row of another connection, not even with the data key moved along', async () => {
    const one = await connection('one')
    const two = await connection('two')
    const sealed = await seal(ring, one, context, 'a token')
    await expect(unseal(ring, two, context, sealed)).rejects.toThrow()
    await expect(unseal(ring, { ...two, dataKey: one.dataKey }, context, sealed)).rejects.toThrow()
  })

  it.each([{ microsoftId: 'two' }, { organisationId: 'another' }])(
    'has a data key that opens for its own tenant only, not for one with %j',
    async (other) => {
      const row = await connection('one')
      await expect(ring.unwrap(row.dataKey, 'organisation\none')).resolves.toHaveLength(32)
      const sealed = await seal(ring, row, context, 'a token')
      await expect(unseal(ring, { ...row, ...other }, context, sealed)).rejects.toMatchObject({
        code: 'sealed_altered',
      })
    },
  )

  it('does not open when any byte was changed', async () => {
    const row = await connection('one')
    const sealed = Buffer.from(await seal(ring, row, context, 'a token'), 'base64url')
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8((changed.readUInt8(index) + 1) % 256, index)
      await expect(unseal(ring, row, context, changed.toString('base64url'))).rejects.toThrow()
    }
  })

  it('differs each time and never shows its text', async () => {
    const row = await connection('one')
    const [first, second] = [
      await seal(ring, row, context, 'a token'),
      await seal(ring, row, context, 'a token'),
    ]
    expect(first).not.toBe(second)
    expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain('a token')
  })
})

describe('the key ring', () => {
  it('opens with any of its keys what the first one sealed before', async () => {
    const old = generateKeyEntry(NOW)
    const before = readKeyRing({ CONSENTRY_KEYS: old })
    const row = await connection('one', before)
    const sealed = await seal(before, row, context, 'a token')
    const after = readKeyRing({ CONSENTRY_KEYS: `${generateKeyEntry(NOW)},${old}` })
    expect(await unseal(after, row, context, sealed)).toBe('a token')
  })

  it('names the key it lacks', async () => {
    const store = { countByDataKey: async () => [{ id: 'k-lost', rows: 3 }], sampleDataKeys: async () => [] }
    await expect(checkKeyRing({ store, keys: ring })).rejects.toMatchObject({
      code: 'keys_missing',
      message: expect.stringContaining('k-lost'),
    })
  })

  it('tells a key that only has the right name from a data key that was altered', async () => {
    const [id = ''] = generateKeyEntry(NOW).split(':')
    const keyNamed = () => readKeyRing({ CONSENTRY_KEYS: `${id}:${generateKeyEntry(NOW).split(':')[1]}` })
    const [right, wrong] = [keyNamed(), keyNamed()]
    const row = await connection('one', right)
    const altered = { ...row, dataKey: `${id}.altered` }
    const store = {
      countByDataKey: async () => [{ id, rows: 2 }],
      sampleDataKeys: async () => [altered, row],
    }
    await expect(checkKeyRing({ store, keys: right })).resolves.toBeUndefined()
    await expect(checkKeyRing({ store, keys: wrong })).rejects.toMatchObject({
      code: 'keys_wrong',
      message: expect.stringContaining(id),
    })
  })

  it.each([
    [{}, 'CONSENTRY_KEYS: is missing'],
    [{ CONSENTRY_KEYS: 'no colon' }, 'is not id:base64-of-32-bytes'],
    [{ CONSENTRY_KEYS: 'short:aGVsbG8=' }, 'is not id:base64-of-32-bytes'],
    [{ CONSENTRY_KEYS_FILE: '/nowhere/at/all' }, 'CONSENTRY_KEYS_FILE: the file cannot be read'],
    [
      { CONSENTRY_KEY_VAULT_KEY: 'https://v.example/keys/k' },
      'CONSENTRY_KEY_VAULT_KEY: does not lead to a key vault',
    ],
  ])('that cannot be read stops the start with its name (%#)', (env, message) => {
    expect(() => readKeyRing(env)).toThrow(message)
  })
})
