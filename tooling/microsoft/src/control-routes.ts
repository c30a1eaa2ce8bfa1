import { json } from './http.ts'
import type { Fault } from './faults.ts'
import type { Microsoft } from './microsoft.ts'

/** The control API over HTTP lives below the login host. */
export function isControlPath(path: string): boolean {
  return path.startsWith('/__control/')
}

/** `…/faults` (POST, DELETE), `…/requests` (GET, DELETE), and `POST …/{act}` with a JSON array of arguments. */
export async function controlAnswer(microsoft: Microsoft, path: string, request: Request): Promise<Response> {
  const act = path.slice('/__control/'.length)
  const { control, requests } = microsoft
  try {
    if (request.method === 'GET' && act === 'requests') return json(200, requests)
    if (request.method === 'DELETE' && act === 'requests') return done(control.clearRequests())
    if (request.method === 'DELETE' && act === 'faults') return done(control.clearFaults())
    if (request.method !== 'POST') return json(405, { message: 'Use POST.' })
    const body: unknown = JSON.parse((await request.text()) || '[]')
    // Whoever steers a simulator is trusted to send what the types say.
    if (act === 'faults') return done(control.addFault(body as Fault))
    return await runAct(microsoft, act, Array.isArray(body) ? body : [body])
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) })
  }
}

async function runAct(microsoft: Microsoft, act: string, args: unknown[]): Promise<Response> {
  const acts: Record<string, unknown> = { ...microsoft.control, signIn: microsoft.signIn }
  const run = Object.hasOwn(acts, act) ? acts[act] : undefined
  if (typeof run !== 'function') return json(404, { message: `There is no act ${act}.` })
  const result: unknown = await run(...args)
  return result === undefined ? done() : json(200, result)
}

function done(_nothing?: void): Response {
  return new Response(null, { status: 204 })
}
