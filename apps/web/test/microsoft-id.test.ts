import { describe, expect, it } from 'vitest'
import { isWellFormed, readMicrosoftId } from '../src/microsoft-id.ts'

const ID = '5b2e7c1a-0f64-4d39-8e27-93c1a6b4f078'

describe('a Microsoft ID is found in what people paste', () => {
  it.each([
    ['as it is', ID],
    ['with spaces and a line break around it', `  ${ID}\n`],
    ['in capitals', ID.toUpperCase()],
    ['in braces', `{${ID}}`],
    ['in quotes with a comma, as copied from JSON', `"${ID}",`],
    ['without hyphens', ID.replaceAll('-', '')],
    [
      'in an address of Partner Center',
      `https://partner.microsoft.com/dashboard/v2/account?tenantId=${ID}&x=1`,
    ],
    [
      'in an address of the sign-in',
      `https://login.microsoftonline.com/${ID}/v2.0/.well-known/openid-configuration`,
    ],
  ])('%s', (_, typed) => {
    expect(readMicrosoftId(typed)).toEqual({ form: 'guid', value: ID })
  })
})

describe('a domain is taken in its place', () => {
  it.each([
    ['yourcompany.com', 'yourcompany.com'],
    [' YourCompany.onmicrosoft.com ', 'yourcompany.onmicrosoft.com'],
    ['https://www.yourcompany.com/contact', 'yourcompany.com'],
    ['somebody@yourcompany.co.uk', 'yourcompany.co.uk'],
    ['https://login.microsoftonline.com/yourcompany.com/oauth2', 'yourcompany.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%s', (typed, value) => {
    expect(readMicrosoftId(typed)).toEqual({ form: 'domain', value })
  })
})

describe('while somebody is still typing nothing is called wrong', () => {
  it.each(['5', '5b2e7c1a-0f64', ID.slice(0, -1), 'yourcompany', 'yourcompany.', 'https://'])(
    '%s',
    (typed) => {
      expect(readMicrosoftId(typed).form).toBe('partial')
    },
  )
})

describe('what can no longer become one is malformed', () => {
  it.each(['my company', 'yourcompany.com/x', 'https://portal.azure.com/#home', 'ünknown', '../../etc'])(
    '%s',
    (typed) => {
      expect(readMicrosoftId(typed).form).toBe('malformed')
    },
  )
})

it('an empty field is neither', () => {
  expect(readMicrosoftId(' {} ').form).toBe('empty')
  expect(isWellFormed(readMicrosoftId(''))).toBe(false)
  expect(isWellFormed(readMicrosoftId(ID))).toBe(true)
})
