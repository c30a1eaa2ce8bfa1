import { html, seeOther, type Call, type HeaderInput } from '../http.ts'
import { describe, traceOf, type EntraError } from './errors.ts'
import type { Reply } from './flow.ts'
import { formPostPage } from './pages.ts'

type Fields = Record<string, string | undefined>

/** Sends the browser back to the app with these fields, in the response mode it asked for. */
export function sendReply(reply: Reply, fields: Fields, headers: HeaderInput = {}): Response {
  const all = { ...fields, state: reply.state }
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  if (reply.mode === 'form_post') return html(200, formPostPage(reply.redirectUri, present), headers)
  const encoded = new URLSearchParams(present).toString()
  if (reply.mode === 'fragment') return seeOther(`${reply.redirectUri}#${encoded}`, headers)
  const joint = reply.redirectUri.includes('?') ? '&' : '?'
  return seeOther(`${reply.redirectUri}${joint}${encoded}`, headers)
}

/** Sends an error back to the app (RFC 6749 4.1.2.1, with Microsoft's additions). */
export function sendError(call: Call, reply: Reply, error: EntraError, extra: Fields = {}): Response {
  const trace = traceOf(call.world, call.request)
  call.note.aadsts = error.code
  // Redirects part the description by line breaks even where JSON bodies use spaces (v2-admin-consent.md).
  const description = describe(error, trace, '\r\n')
  const fields = {
    error: error.entry.error,
    error_description: description,
    error_uri: `${call.world.urls.login}/error?code=${error.code}`,
  }
  return sendReply(reply, { ...extra, ...fields })
}
