import { json, type HeaderInput } from '../http.ts'

/** Partner Center's own fault body. The schema calls `code` a string; every recorded answer has a number. */
export function fault(
  status: number,
  code: number,
  description: string,
  headers: HeaderInput = {},
): Response {
  return json(status, { code, description, data: [], source: 'PartnerFD' }, headers)
}

export type PartnerRefusal = { status: number; code: number; description: string }

export const refusals = {
  accessDenied: { status: 403, code: 2032, description: 'Access denied' },
  role: {
    status: 403,
    code: 900150,
    description: 'The supplied role does not have the rights to perform the requested operation',
  },
  program: { status: 403, code: 900149, description: 'Reseller program status is not active.' },
  agreement: {
    status: 403,
    code: 900124,
    description: 'The company has not accepted the Microsoft Partner Agreement',
  },
  mfa: {
    status: 401,
    code: 900421,
    description:
      'Unauthorized - MFA required. The access token was issued without multifactor authentication.',
  },
} as const satisfies Record<string, PartnerRefusal>

/** 401 before anybody is known, in the shape that the settings choose. */
export function unauthorized(shape: 'fault' | 'gateway' | 'empty'): Response {
  const headers = { 'www-authenticate': 'OAuth realm=urn:cpsvc:cpid:00000000-0000-0000-0000-000000000000' }
  if (shape === 'empty') return new Response(null, { status: 401, headers })
  if (shape === 'gateway')
    return json(
      401,
      { statusCode: 401, message: 'Unauthorized. Access token is missing or invalid.' },
      headers,
    )
  return fault(401, 400, 'Access denied', headers)
}
