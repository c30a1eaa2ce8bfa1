import { createHash } from 'node:crypto'

import type { Unchanged } from '@consentry/core'
import type { Request } from 'express'

/**
 * A strong ETag (RFC 9110 8.8.3) of what people can edit of a thing, made of that alone: what changes by itself, such as
 * when it was last used, would refuse an edit that overwrites nothing.
 */
export function etagOf<T>(editable: T): string {
  return `"${createHash('sha256').update(JSON.stringify(editable)).digest('base64url')}"`
}

/**
 * What `If-Match` (any of the listed tags, or `*` for whatever is there) or, without it, `If-None-Match` (`*`: nothing
 * yet) asks for before a change: RFC 9110 13.1.1, 13.1.2, 13.2.2. Undefined when the request asks for neither; then
 * whatever is there is replaced. A thing that is not there has the tag null.
 */
export function unchangedSince<T>(
  request: Request,
  tagOf: (now: T) => string | null,
): Unchanged<T> | undefined {
  const [match, noneMatch] = [request.get('if-match'), request.get('if-none-match')]
  if (match !== undefined) return (now) => lists(match, tagOf(now))
  if (noneMatch !== undefined) return (now) => !lists(noneMatch, tagOf(now))
  return undefined
}

function lists(tags: string, tag: string | null): boolean {
  if (tag === null) return false
  return tags.trim() === '*' || tags.split(',').some((it) => it.trim() === tag)
}
