import type { Config } from '@consentry/core'
import { createTransport } from 'nodemailer'

import type { Log } from './log.ts'

export type Mail = { readonly to: string; readonly subject: string; readonly text: string }

/** Sends a mail; false when it could not be handed over, or there is no way to. Never throws: no act waits for mail. */
export type Mailer = (mail: Mail) => Promise<boolean>

const PATIENCE = 10_000

/** Plain text over the configured server. What cannot be sent is logged without its text: links stand there. */
export function createMailer({ mail }: Pick<Config, 'mail'>, log: Log): Mailer {
  if (!mail) {
    return async ({ subject }) => {
      log.warn({ subject }, 'mail is not set up: set CONSENTRY_SMTP_URL')
      return false
    }
  }
  const { url, from } = mail
  const timeouts = { connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE }
  const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true })
  return async ({ to, subject, text }) => {
    try {
      // An address object, so that commas and line breaks in it cannot name further recipients.
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text })
      return true
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      log.error({ subject, code }, 'mail could not be sent')
      return false
    }
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
