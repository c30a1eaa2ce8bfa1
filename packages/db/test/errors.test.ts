import { ConsentryError } from '@consentry/core'
import { expect, it } from 'vitest'

import { DatabaseError, withoutValues } from '../src/errors.ts'

const withCode = (code: string, message = 'refused') => Object.assign(new Error(message), { code })

it.each([
  ['a server that is not there', withCode('ECONNREFUSED')],
  ['a server that is starting', withCode('57P03')],
  ['too many connections', withCode('53300')],
  ['a full disk', withCode('SQLITE_FULL')],
  ['a read-only disk', withCode('EROFS')],
  ['a connection that broke off', new Error('Connection terminated unexpectedly')],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
])('%s is told as a fault of the database that passes', (_, error) => {
  expect(withoutValues(error)).toBeInstanceOf(DatabaseError)
  expect(withoutValues(error)).toMatchObject({ passes: true })
})

it.each([
  ['the domain', new ConsentryError('not_connected')],
  ['our own mistake', new Error('No connection has the id 1')],
  ['a database error that is told already', new DatabaseError(withCode('23505'))],
])('an error of %s stays what it is', (_, error) => {
  expect(withoutValues(error)).toBe(error)
})

it('a statement that was wrong does not pass', () => {
  expect(withoutValues(withCode('42P01'))).toMatchObject({ passes: false })
})
