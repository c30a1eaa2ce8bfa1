import * as fc from 'fast-check'

export type Header = readonly [name: string, value: string]

const ODD: readonly Header[] = [
  ['accept', 'text/html'],
  ['accept', 'text/csv'],
  ['accept', 'application/jsonl'],
  ['accept', 'application/xml'],
  ['accept', '*/*;q=0'],
  ['accept', ''],
  ['accept', 'a/b;'.repeat(800)],
  ['accept-encoding', 'gzip;q=0, *;q=0'],
  ['accept-language', 'xx-'.repeat(500)],
  ['if-match', '*'],
  ['if-match', '"v1"'],
  ['if-match', '"'],
  ['if-match', '"v0",'.repeat(1000)],
  ['if-none-match', '*'],
  ['if-modified-since', 'Sat, 01 Jan 2050 00:00:00 GMT'],
  ['range', 'bytes=0-1'],
  ['range', 'bytes=-1,999999999999-'],
  ['consentry-organisation', 'angreifer'],
  ['consentry-organisation', 'geheimrat'],
  ['consentry-organisation', '__proto__'],
  ['consentry-organisation', "' OR 1=1 --"],
  ['consentry-organisation', ''],
  ['host', 'evil.example'],
  ['host', '[::1'],
  ['host', ''],
  ['x-forwarded-host', 'evil.example'],
  ['x-forwarded-proto', 'javascript'],
  ['x-forwarded-for', '1.2.3.4, , junk, 300.1.1.1'],
  ['x-consentry-client-address', '127.0.0.1'],
  ['forwarded', 'for="[::1]";proto=x'],
  ['x-http-method-override', 'DELETE'],
  ['x-original-url', '/api/v1/service-keys'],
  ['x-request-id', 'a" onload=x'],
  ['origin', 'https://evil.example'],
  ['origin', 'null'],
  ['origin', 'not an origin'],
  ['sec-fetch-site', 'cross-site'],
  ['sec-fetch-site', 'same-origin'],
  ['sec-purpose', 'prefetch;prerender'],
  ['referer', 'javascript:alert(1)'],
  ['expect', '100-continue'],
  ['expect', 'the unexpected'],
  ['upgrade', 'websocket'],
  ['upgrade', 'h2c'],
  ['te', 'trailers, deflate'],
  ['traceparent', '00-zz-zz-01'],
  ['user-agent', '\u00ff<script>'],
  ['user-agent', ''],
  ['cookie', 'a=b; ='],
  ['cookie', '__proto__=1; constructor=2'],
  ['cookie', 'consentry.session_token=%E0%A4%A'],
  ['cookie', 'consentry_browser=' + 'A'.repeat(43)],
  ['cookie', 'consentry_trip=' + 'A'.repeat(43)],
  ['cookie', 'consentry_organisation=geheimrat'],
  ['cookie', 'x='.padEnd(7000, 'y')],
  ['cookie', 'k=v; '.repeat(1200)],
  ['authorization', 'Bearer a b'],
  ['authorization', 'bearer'],
  ['authorization', 'Digest username="x"'],
]

/** None, or a few, that no ordinary caller would send. */
export const oddHeaders = fc.oneof<fc.MaybeWeightedArbitrary<Header[]>[]>(
  { weight: 3, arbitrary: fc.constant<Header[]>([]) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...ODD), { maxLength: 2 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(fc.stringMatching(/^x-[a-z]{1,12}$/), headerText()), { maxLength: 4 }),
  },
)

/** Text that a header may carry: RFC 9110 field-content, with the bytes above ASCII. */
function headerText(): fc.Arbitrary<string> {
  return fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(charOf), maxLength: 60 })
}

function charOf(code: number): string {
  return code === 0x7f ? ' ' : String.fromCharCode(code)
}
