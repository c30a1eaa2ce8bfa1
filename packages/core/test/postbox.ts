import type { Transports } from '../src/index.ts'

export type Mail = { readonly to: string; readonly subject: string; readonly text: string; readonly at: Date }

/** Takes whatever is sent, and keeps the mails with the moment at which each came. */
export function createPostbox(now: () => Date): { readonly mails: Mail[]; readonly transports: Transports } {
  const mails: Mail[] = []
  const transports: Transports = {
    async mail(mail) {
      mails.push({ ...mail, at: now() })
      return { ok: true, answer: '250' }
    },
    post: async () => ({ ok: true, answer: '200' }),
  }
  return { mails, transports }
}
