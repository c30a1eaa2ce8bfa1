import { RUNGS, type CheckKind } from '@consentry/core'

/** English, and by its shape what every other language has to say. Values stand in `{gaps}`. */
export const en = {
  lang: 'en',
  /** For dates. */
  locale: 'en-GB',

  link: {
    short: '{organisation} asks to connect',
    title: '{organisation} asks to connect to your Microsoft partner tenant',
    asked: '{person} asked on {time}',
    doubt: 'In doubt? Call on a number you already have, not one from the message.',
    tenant: 'Your tenant',
    microsoftId: 'Microsoft ID',
    reason: 'Their reason',
    can: 'They will be able to',
    able: [
      ['Work in Partner Center as you', 'What the account you use may do there'],
      ['Read your billing reports', 'Microsoft’s invoices to your company'],
      ['Stay signed in', 'Until you or Microsoft end it'],
    ],
    cannot: 'They will not be able to',
    unable: [
      ['See your password', 'You type it at Microsoft only'],
      ['Read mail or files', 'Yours or your customers’'],
      ['Keep access after you end it', 'You can do so yourself at any time'],
    ],
    accountTitle: 'Use an account that is',
    account:
      '{privileged} in Microsoft Entra and {agent} in Partner Center, with a second sign-in step (MFA). A service account is better than your own.',
    privileged: 'Privileged Role Administrator',
    agent: 'Admin Agent',
    next: 'Next you go to Microsoft',
    address:
      'Before you type a password, check that the address begins with {address}. Afterwards you come back here and see the result.',
    go: 'Continue to Microsoft',
    decline: 'I did not expect this',
    until: 'This link works once, until {time}.',
    foot: 'You are on {host}, a Consentry that {organisation} uses.',
  },
  stuck: {
    title: 'If Microsoft does not send you back here',
    says: [
      [
        '“Need admin approval”',
        'An administrator has to grant it: send this link to one, or ask them to approve it there.',
      ],
      [
        '“You can’t get there from here”, or something about the device',
        'A rule of your company blocks this device: use one that your company knows.',
      ],
      ['“Account does not exist in tenant”', 'Go back and choose another account, one of the tenant itself.'],
      ['“More information required”', 'Finish setting up the second step, then open this link again.'],
      ['The page was closed', 'Open this link again in this browser. Nothing is lost.'],
    ],
  },
  end: {
    title: 'How to end the access later',
    text: 'In the Entra admin center open Enterprise applications, choose Consentry, then Properties, and choose Delete. Then revoke the sessions of the account that was used.',
  },
  thanks: {
    title: 'Thank you',
    text: 'The link no longer works. {person} sees that it ended.',
  },
  result: {
    checking: 'Checking {tenant}',
    proven: '{n} of {all} proven. You may close this page; the checks go on.',
    underway: 'Not back from Microsoft yet',
    underwayText: '{tenant} is not connected: the trip to Microsoft has not ended. Nothing was stored.',
    connected: '{tenant} is connected',
    done: 'Done. {tenant} is connected.',
    close: 'You can close this page. {person} sees the result in Consentry.',
    expected: 'Expected',
    back: 'Go back to {address}',
    otherAccount:
      'This tenant was connected with another account. {person} decides which one it runs with; you can close this page.',
    checked: 'What was checked',
    passed: 'passed',
    failed: 'failed',
    running: 'checking',
    notReached: 'not reached',
  },
  problem: {
    again: 'Start again',
    otherAccount: 'Try again with another account',
    sender: 'Wrong company, or stuck? Tell {person}, who sent the link.',
    support: 'For Microsoft support',
    code: 'Code',
    microsoft: {
      error: 'Microsoft’s answer',
      suberror: 'More exactly',
      code: 'Microsoft’s code',
      message: 'Message',
      traceId: 'Trace ID',
      correlationId: 'Correlation ID',
      timestamp: 'Time (UTC)',
      httpStatus: 'HTTP status',
      refreshTokenAgeMs: 'Age of the sign-in (ms)',
    },
  },
  unbuilt: {
    title: 'The console is not built',
    text: 'Run {command} in the repository and load this page again. The API works without it.',
  },
  rungs: {
    grant: { ...RUNGS.grant, checking: 'Exchanging Microsoft’s answer', found: '' },
    account: {
      ...RUNGS.account,
      checking: 'Comparing tenant and account',
      found: '{account}, a member of this tenant.',
    },
    mfa: { ...RUNGS.mfa, checking: 'Reading how the account signed in', found: '' },
    permissions: {
      ...RUNGS.permissions,
      checking: 'Comparing permissions',
      found: 'Partner Center, stay signed in.',
    },
    partner_center: {
      ...RUNGS.partner_center,
      checking: 'Asking for this tenant’s profile',
      found: 'Answered for {company}.',
    },
    role: { ...RUNGS.role, checking: 'Trying a call that needs the role', found: '' },
    graph: {
      ...RUNGS.graph,
      checking: 'Asking Microsoft’s data service',
      found: 'This cloud has no partner billing in Microsoft Graph; nothing is needed there.',
    },
    billing: {
      ...RUNGS.billing,
      checking: 'Asking for the newest invoice',
      found: 'Newest invoice: {invoice}, {month}.',
    },
  } satisfies Record<CheckKind, Rung>,
}

/** `passed` is what is always said of a passed rung, `found` what it says with what it found, in the API's sentences. */
type Rung = {
  readonly title: string
  readonly passed: string
  readonly checking: string
  readonly found: string
}

export type Words = typeof en
