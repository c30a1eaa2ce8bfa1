import type { Answered, Config } from '@consentry/core'

export type Mail = { readonly to: string; readonly subject: string; readonly text: string }

/** Sends a mail. Never throws: no act waits for mail; what the server said is in the answer, and no link of the text. */
export type Mailer = (mail: Mail) => Promise<Answered>

const PATIENCE = 10_000

/** Plain text over the configured server. */
export function createMailer({ mail }: Pick<Config, 'mail'>): Mailer {
  if (!mail) return async () => ({ ok: false, answer: 'Mail is not set up: set CONSENTRY_SMTP_URL.' })
  const { url, from } = mail
  const timeouts = { connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE }
  const options = { url, ...timeouts, disableFileAccess: true, disableUrlAccess: true }
  return async ({ to, subject, text }) => {
    try {
      // Read only now: most programs end without a mail.
      const { createTransport } = await import('nodemailer')
      // An address object, so that commas and line breaks in it cannot name further recipients.
      await createTransport(options).sendMail({ from, to: { name: '', address: to }, subject, text })
      return { ok: true, answer: 'The mail server took it.' }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      return { ok: false, answer: `The mail server did not take it (${code}).` }
    }
  }
}
