import { expect, test } from 'vitest'
import { nordwind, setUp } from './helpers.ts'

const { service } = nordwind.users

async function pageAfter(steps: number): Promise<string> {
  const { microsoft, authorizeUrl } = setUp()
  let page = await (await microsoft.fetch(authorizeUrl())).text()
  const answers = [{ upn: service }, { mfa: 'approve' }]
  for (const answer of answers.slice(0, steps)) {
    const action = /action="([^"]+)"/.exec(page)?.[1] ?? ''
    const flow = /name="flow" value="([^"]+)"/.exec(page)?.[1] ?? ''
    page = await (
      await microsoft.fetch(action, { method: 'POST', body: new URLSearchParams({ flow, ...answer }) })
    ).text()
  }
  return page
}

test.each([0, 1, 2])(
  'page %i says that it is a simulator, has a language, a title and one heading, and no script',
  async (steps) => {
    const page = await pageAfter(steps)
    expect(page).toContain('Microsoft simulator')
    expect(page).toContain('<html lang="en">')
    expect(page.match(/<h1/g)).toHaveLength(1)
    expect(page).not.toContain('<script')
  },
)

test('the picker lists the tenant’s accounts with what they can do, and lets another be typed', async () => {
  const page = await pageAfter(0)
  for (const upn of Object.values(nordwind.users)) expect(page).toContain(`data-upn="${upn}"`)
  expect(page).toContain('Privileged Role Administrator, Admin Agent')
  expect(page).toContain('no MFA')
  expect(page).toContain('<label for="upn">Use another account</label>')
})

test('MFA has its two buttons', async () => {
  const page = await pageAfter(1)
  expect(page).toContain('id="mfa-approve"')
  expect(page).toContain('id="mfa-skip"')
})

test('consent lists app, publisher and permissions in words, with two buttons', async () => {
  const page = await pageAfter(2)
  expect(page).toContain('Publisher: Consentry Software')
  expect(page).toContain('Read all partner billing data of your organization')
  expect(page).toContain('Maintain access to data you have given it access to')
  expect(page).toContain('id="consent-accept"')
  expect(page).toContain('id="consent-cancel"')
})

test('a page’s form is dead once its flow has ended', async () => {
  const { microsoft } = setUp()
  const body = new URLSearchParams({ flow: 'gone', decision: 'accept' })
  const response = await microsoft.fetch(`${microsoft.urls.login}/${nordwind.id}/Consent/Set`, {
    method: 'POST',
    body,
  })
  expect(await response.text()).toContain('AADSTS50089')
})

test('names from the seed cannot break out of the HTML', async () => {
  const { microsoft, authorizeUrl } = setUp()
  microsoft.control.setUser(service, { name: '<img src=x onerror=alert(1)>' })
  const page = await (await microsoft.fetch(authorizeUrl())).text()
  expect(page).not.toContain('<img')
})

test('cancelling at the picker is access_denied with the subcode cancel', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const page = await (await microsoft.fetch(authorizeUrl())).text()
  const flow = /name="flow" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const body = new URLSearchParams({ flow, decision: 'cancel' })
  const response = await microsoft.fetch(`${microsoft.urls.login}/${nordwind.id}/login`, {
    method: 'POST',
    body,
    redirect: 'manual',
  })
  const { searchParams } = new URL(response.headers.get('location') ?? '')
  expect(Object.fromEntries(searchParams)).toMatchObject({
    error: 'access_denied',
    error_subcode: 'cancel',
    state: 'the-state',
  })
})
