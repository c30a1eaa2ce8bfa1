import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

import * as fc from 'fast-check'

import { mutated } from './mutate.ts'
import { GZIP_BOMB, NASTY_BODIES } from './random-text.ts'

export type Body = { readonly headers: readonly (readonly [string, string])[]; readonly bytes: Buffer | null }

const JSON_TYPE = 'application/json'

/** A body: mostly JSON made from valid values, at times wrong in one place, at times no JSON at all. */
export function bodyOf(valid: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  return fc.oneof(
    { weight: 10, arbitrary: valid.map((it) => plain(textOf(it))) },
    { weight: 8, arbitrary: mutated(valid).map((it) => plain(textOf(it))) },
    { weight: 2, arbitrary: fc.constantFrom(...NASTY_BODIES).map((it) => plain(it)) },
    { weight: 2, arbitrary: fc.tuple(valid.map(textOf), fc.constantFrom(...TYPES)).map(typed) },
    { weight: 2, arbitrary: fc.tuple(valid.map(textOf), fc.constantFrom(...ENCODINGS)).map(encoded) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((it) => plain(Buffer.from(it))) },
    { weight: 1, arbitrary: fc.constant({ headers: [], bytes: null }) },
  )
}

/** A form as a browser posts it, or nearly. */
export function formOf(names: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<Body> {
  const type = 'application/x-www-form-urlencoded'
  const fields = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 })
  return fc.oneof(
    { weight: 6, arbitrary: fields.map((it) => plain(new URLSearchParams(it).toString(), type)) },
    { weight: 2, arbitrary: bodyOf(fc.dictionary(fc.constantFrom(...names), value)) },
    { weight: 1, arbitrary: fc.constantFrom(...NASTY_BODIES).map((it) => plain(it, type)) },
  )
}

function plain(content: string | Buffer, type = JSON_TYPE): Body {
  return { headers: [['content-type', type]], bytes: Buffer.from(content) }
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? ''
}

const TYPES = [
  'application/json; charset=utf-8',
  'application/json;charset=utf-16le',
  'application/json; charset=utf-7',
  'application/json; charset=x-nothing',
  'application/json; charset="',
  'application/json; charset=__proto__',
  'application/json, text/plain',
  'application/merge-patch+json',
  'APPLICATION/JSON',
  'application',
  '/',
  '*/*',
  'text/plain',
  'text/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  '',
]

function typed([text, type]: [string, string]): Body {
  const bytes = type.includes('utf-16le') ? Buffer.from(text, 'utf16le') : Buffer.from(text)
  return { headers: [['content-type', type]], bytes }
}

const ENCODINGS: readonly (readonly [name: string, encode: (text: string) => Buffer])[] = [
  ['gzip', (it) => gzipSync(it)],
  ['GZIP', (it) => gzipSync(it)],
  ['deflate', (it) => deflateSync(it)],
  ['br', (it) => brotliCompressSync(it)],
  ['gzip', () => GZIP_BOMB],
  ['gzip', (it) => gzipSync(it).subarray(0, 12)],
  ['gzip', (it) => Buffer.from(it)],
  ['br', (it) => Buffer.from(it)],
  ['gzip, gzip', (it) => gzipSync(gzipSync(it))],
  ['zstd', (it) => Buffer.from(it)],
  ['nonsense', (it) => Buffer.from(it)],
  ['__proto__', (it) => Buffer.from(it)],
]

function encoded([text, [name, encode]]: [string, (typeof ENCODINGS)[number]]): Body {
  return {
    headers: [
      ['content-type', JSON_TYPE],
      ['content-encoding', name],
    ],
    bytes: encode(text),
  }
}
