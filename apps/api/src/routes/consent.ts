import {
  ConsentryError,
  declineLink,
  finishConsent,
  readAttemptOfBrowser,
  showConsentLink,
  startConsent,
  type Actor,
  type AttemptRow,
  type Callback,
} from '@consentry/core'
import express, { Router, type ErrorRequestHandler, type Request, type Response } from 'express'

import { addressOf, countedAs } from '../address.ts'
import { findMember } from '../callers.ts'
import type { Context } from '../context.ts'
import { keepBrowser, keepTrip, readBrowser, readTrip } from '../cookies.ts'
import { sendPage } from '../pages/frame.ts'
import { linkPage } from '../pages/link-page.ts'
import { thanksPage } from '../pages/notes.ts'
import { problemPage } from '../pages/problem-page.ts'
import { resultPage } from '../pages/result-page.ts'
import { logIfUnknown, refusalOf } from '../problem-json.ts'

const CONSOLE = '/my-services/microsoft-365-csp-direct/authentication'

/** The browser's side of a consent: the link, the way back from Microsoft, and the result for outsiders. */
export function consentPages(context: Context): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '20kb' })
  router.use(async (request, response, next) => {
    response.locals.route = '/consent'
    await context.limiters.stranger(countedAs(addressOf(request)))
    next()
  })
  router.get('/start/:token', (request, response) =>
    showLink(context, request, response, request.params.token),
  )
  router.post('/start/:token', form, (request, response) =>
    answerLink(context, request, response, request.params.token),
  )
  router.get('/callback', (request, response) => comeBack(context, request, response, request.query))
  router.post('/callback', form, (request, response) => comeBackByForm(context, request, response))
  router.get('/result', (request, response) => showResult(context, request, response))
  router.use(() => {
    throw new ConsentryError('not_found')
  })
  router.use(errorPage(context))
  return router
}

// GET and HEAD use nothing up: mail scanners and previews open links. Only a signed-in member goes on at once.
async function showLink(
  context: Context,
  request: Request,
  response: Response,
  token: string,
): Promise<void> {
  const shown = await showConsentLink(context.deps, token)
  if (!shown) throw new ConsentryError('link_ended')
  const looking = request.method === 'HEAD' || request.get('sec-purpose')?.startsWith('prefetch') === true
  const member = looking ? null : await memberOf(context, request, shown.attempt)
  if (member) await setOff(context, request, response, token, member)
  else sendPage(response, 200, (words) => linkPage(words, context.config, token, shown))
}

async function answerLink(
  context: Context,
  request: Request,
  response: Response,
  token: string,
): Promise<void> {
  // Not the origin: a page with Referrer-Policy no-referrer sends "null" there. The token itself cannot be guessed.
  if (request.get('sec-fetch-site') === 'cross-site') throw new ConsentryError('cross_site')
  const shown = await showConsentLink(context.deps, token)
  if (!shown) throw new ConsentryError('link_ended')
  const { attempt } = shown
  if (fieldOf(request.body, 'decision') === 'decline') {
    await declineLink(context.deps, token)
    sendPage(response, 200, (words) => thanksPage(words, attempt.createdByName))
  } else {
    await setOff(context, request, response, token, await memberOf(context, request, attempt))
  }
}

function memberOf({ deps, auth }: Context, request: Request, { organisationId }: AttemptRow) {
  return findMember(deps, auth, request, organisationId)
}

async function setOff(
  { deps, config }: Context,
  request: Request,
  response: Response,
  token: string,
  member: Actor | null,
): Promise<void> {
  const secure = config.url.startsWith('https:')
  const browser = keepBrowser(request, response, secure)
  const { location } = await startConsent(deps, token, { browser, member })
  keepTrip(response, token, secure)
  goTo(response, location)
}

// A form posted by Microsoft's page carries no Lax cookie; the browser's own GET to the same address does.
async function comeBackByForm(context: Context, request: Request, response: Response): Promise<void> {
  if (readBrowser(request, isSecure(context)) !== null)
    return comeBack(context, request, response, request.body)
  const query = new URLSearchParams()
  for (const name of FIELDS) query.append(name, fieldOf(request.body, name) ?? '')
  goTo(response, `/consent/callback?${query}`)
}

async function comeBack(
  context: Context,
  request: Request,
  response: Response,
  fields: unknown,
): Promise<void> {
  if (request.method === 'HEAD') return void response.status(200).end()
  const browser = readBrowser(request, isSecure(context))
  const { attempt, done } = await finishConsent(context.deps, callbackOf(fields), browser)
  context.running.track(done)
  const inConsole = `${CONSOLE}/${attempt.microsoftId}/attempts/${attempt.id}`
  goTo(response, attempt.byMember ? inConsole : `/consent/result?attempt=${encodeURIComponent(attempt.id)}`)
}

async function showResult(context: Context, request: Request, response: Response): Promise<void> {
  const { deps } = context
  const browser = readBrowser(request, isSecure(context))
  const id = fieldOf(request.query, 'attempt')
  const result = browser && id ? await readAttemptOfBrowser(deps, id, browser) : null
  if (!result) throw new ConsentryError('not_found')
  const trip = await openTrip(context, request)
  const token = trip?.attempt.id === result.attempt.id ? trip.token : null
  sendPage(response, 200, (words) => resultPage(words, { ...result, token }))
}

/** The link this browser set off with last, if it can still be used. */
async function openTrip({ deps }: Context, request: Request) {
  const token = readTrip(request)
  const shown = token && (await showConsentLink(deps, token))
  return shown ? { ...shown, token } : null
}

function errorPage(context: Context): ErrorRequestHandler {
  return async (error: unknown, request, response, _next) => {
    const reference = String(request.id)
    const { problem, status, retryAfterSeconds } = refusalOf(error, reference)
    logIfUnknown(context.log, error, problem, reference)
    if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds))
    const ended = problem.code === 'link_ended' || status === 404
    const trip = ended || status >= 500 ? null : await openTrip(context, request)
    const sender = trip ? { name: trip.attempt.createdByName, email: trip.attempt.createdByEmail } : undefined
    const told = { problem, token: trip?.token, tenant: trip?.connection.name, sender }
    sendPage(response, status, (words) => problemPage(words, told))
  }
}

const FIELDS = ['state', 'code', 'error', 'error_description'] as const

function callbackOf(fields: unknown): Callback {
  const [state, code, error, errorDescription] = FIELDS.map((name) => fieldOf(fields, name))
  return { state, code, error, errorDescription }
}

/** One text field of a query or form; a repeated or missing one is none. */
function fieldOf(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined
  const value: unknown = Object.getOwnPropertyDescriptor(fields, name)?.value
  const usable = typeof value === 'string' && value !== '' && value.length <= 10_000 && !value.includes('\0')
  return usable ? value : undefined
}

function isSecure({ config }: Context): boolean {
  return config.url.startsWith('https:')
}

function goTo(response: Response, location: string): void {
  response.status(303).set({ location, 'cache-control': 'no-store' }).end()
}
