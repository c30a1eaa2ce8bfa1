import type { Payload } from './telling-words.ts'
import type { Member, Role } from './types.ts'

export type Letter = { readonly to: string; readonly subject: string; readonly text: string }

const ROLES: Readonly<Record<Role, string>> = { owner: 'an owner', admin: 'an admin', viewer: 'a viewer' }

/** A message as a mail: plain text with one link, Microsoft's ids behind it, and at the foot why it came. */
export function letterOf(to: string, { data }: Payload, members: readonly Member[]): Letter {
  const { title, text, url, support, reminder, organisation } = data
  const member = members.find((it) => it.email.toLowerCase() === to)
  const reason = member
    ? `You get this because you are ${ROLES[member.role]} of ${organisation.name}.`
    : `You get this because ${to} is on the list of ${organisation.name}.`
  const change =
    member?.role === 'owner'
      ? 'Change it under Notifications.'
      : 'An owner can change it under Notifications.'
  const foot = [reminder, reason, change].filter(Boolean).join(' ')
  const parts = [text, url, support, foot]
  return { to, subject: title, text: parts.filter(Boolean).join('\n\n') }
}
