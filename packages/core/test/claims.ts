import { readClaims } from '../src/microsoft/tenant.ts'

/** The claims of a token that must be readable. */
export function readClaimsForTest(token: string): { aud: string; tid: string; scp: string; amr: string[] } {
  const { aud, tid, scp, amr } = readClaims(token) ?? {}
  return { aud: String(aud), tid: String(tid), scp: String(scp), amr: Array.isArray(amr) ? amr : [] }
}
