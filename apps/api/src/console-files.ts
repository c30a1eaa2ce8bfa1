import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ConsentryError } from '@consentry/core'
import express, { Router, type RequestHandler } from 'express'

import { sendPage } from './pages/frame.ts'
import { unbuiltPage } from './pages/notes.ts'
import { nonceOf } from './security-headers.ts'

/** Serves the built console: hashed files for a year, `index.html` with this answer's nonce for every page of it. */
export function consoleFiles(webRoot: string): Router {
  const router = Router()
  const hashed = { immutable: true, maxAge: '1y', index: false, redirect: false } as const
  router.use('/assets', setRoute, express.static(join(webRoot, 'assets'), hashed), notFound)
  router.use(express.static(webRoot, { index: false, maxAge: '1h', redirect: false }))
  router.get('/{*path}', setRoute, pageOf(join(webRoot, 'index.html')))
  return router
}

const setRoute: RequestHandler = (_request, response, next) => {
  response.locals.route = '/'
  next()
}

// A missing file must not be answered with a page: the browser would read it as a script.
const notFound: RequestHandler = () => {
  throw new ConsentryError('not_found')
}

function pageOf(file: string): RequestHandler {
  return async (request, response, next) => {
    if (!request.accepts('html')) return next()
    // Read anew each time: small, and a console built while the process runs is served at once.
    const page = await readFile(file, 'utf8').catch(() => null)
    if (page === null) return sendPage(response, 503, unbuiltPage)
    response
      .status(200)
      .set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      .end(page.replaceAll('__CSP_NONCE__', nonceOf(response)))
  }
}
