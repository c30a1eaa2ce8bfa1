import { expect, it } from 'vitest'

import { es } from '../src/locales/es.ts'
import { fr } from '../src/locales/fr.ts'
import { folded, wordsOf } from '../src/search.ts'

const finds = (search: string, text: string) => wordsOf(search).every((word) => folded(text).includes(word))

it.each([
  ['without accents', 'seconde etape', fr.problems.mfa_missing.title],
  ['in capitals, which are seldom accented', 'SECONDE ETAPE', fr.problems.mfa_missing.title],
  ['with the apostrophe of the keyboard', "n'est pas", fr.problems.malformed_id.title],
  ['with the apostrophe of print', 'Microsoft’s', "Microsoft's export covers new invoices"],
  ['without the tilde', 'contrasena', es.problems.password_expired.title],
  ['with accents that the text lacks', 'sécret', 'Le secret de Consentry'],
  ['with letters put together from two', 'e\u0301tape', fr.problems.mfa_missing.title],
  ['with words in another order', 'étape  connexion', fr.problems.mfa_missing.title],
])('finds a text %s', (_, search, text) => {
  expect(finds(search, text)).toBe(true)
})

it('finds nothing where a word is missing', () => {
  expect(finds('seconde facture', fr.problems.mfa_missing.title)).toBe(false)
})
