import { createHash } from 'node:crypto'

import { expect, it } from 'vitest'

import { refuseBadPassword } from '../src/sign-in.ts'

const EMAIL = 'kim.larsen@fjordbyte.example'

it.each(['correct horse battery', 'æøåæøåæøå', 'x7-quite odd', 'kim.larsen likes fjords'])(
  'takes %s',
  async (password) => {
    await expect(refuseBadPassword(password, EMAIL)).resolves.toBeUndefined()
  },
)

it.each([
  ['short', /too short/],
  ['x'.repeat(129), /too long/],
  ['password', /everybody tries/],
  ['Password1', /everybody tries/],
  ['12345678', /everybody tries/],
  ['aaaaaaaaaa', /everybody tries/],
  ['kim.larsen', /own name/],
  ['KimLarsen2026!', /own name/],
  ['Fjordbyte2026', /own name/],
  ['Consentry-1234', /own name/],
  [EMAIL, /own name/],
])('refuses %s', async (password, why) => {
  await expect(refuseBadPassword(password, EMAIL)).rejects.toThrow(why)
})

it('refuses one known from a breach, and tells the list no more than five digits of its hash', async () => {
  const password = 'correct horse battery'
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
  const asked: string[] = []
  const list = (lines: string) => async (url: string) => {
    asked.push(url)
    return new Response(lines)
  }
  const found = list(`0000:1\r\n${hash.slice(5)}:42`)
  await expect(refuseBadPassword(password, EMAIL, found)).rejects.toThrow(/breach/)
  expect(asked).toEqual([`https://api.pwnedpasswords.com/range/${hash.slice(0, 5)}`])
  await refuseBadPassword(password, EMAIL, list(`${hash.slice(5)}:0`))
})

it('goes by its own list where the other cannot be asked', async () => {
  const down = async () => {
    throw new TypeError('unreachable')
  }
  await refuseBadPassword('correct horse battery', EMAIL, down)
  await expect(refuseBadPassword('password1', EMAIL, down)).rejects.toThrow(/everybody/)
})
