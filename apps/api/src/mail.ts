import type { Answered } from '@consentry/core'
import type { Mail, Mailer } from '@consentry/deliver'

import type { Log } from './log.ts'

/** True when the server took it; never throws: no act waits for mail. */
export type SendMail = (mail: Mail) => Promise<boolean>

/** Sends mails and logs what could not be sent, without its text: links stand there. */
export function mailWith(send: Mailer, log: Pick<Log, 'warn'>): SendMail {
  return async (mail) => {
    const { ok, answer }: Answered = await send(mail)
    if (!ok) log.warn({ subject: mail.subject, answer }, 'mail could not be sent')
    return ok
  }
}

/** Who invites, to what, and the link. */
export function invitationMail(to: string, words: InvitationWords): Mail {
  const { url, until } = words
  // Names are what people typed: they must not look like lines of ours.
  const [organisation, by] = [words.organisation, words.by].map((it) => it.replaceAll(/\s+/g, ' '))
  return {
    to,
    subject: `${by} invites you to ${organisation} on Consentry`,
    text: [
      `${by} invites you to work in ${organisation} on Consentry, which keeps Microsoft partner tenants signed in.`,
      '',
      url,
      '',
      `The link works once, until ${until.toUTCString()}. If you did not expect it, do nothing.`,
    ].join('\n'),
  }
}

export type InvitationWords = {
  readonly organisation: string
  readonly by: string
  readonly url: string
  readonly until: Date
}

/** The link to set a new password. */
export function resetMail(to: string, url: string): Mail {
  return {
    to,
    subject: 'Set a new password for Consentry',
    text: [
      'Somebody, probably you, asked for a new password for this address.',
      '',
      url,
      '',
      'The link works once, for an hour. If it was not you, do nothing: your password stays as it is.',
    ].join('\n'),
  }
}
