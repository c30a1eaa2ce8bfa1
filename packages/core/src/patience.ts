import { setTimeout as sleep } from 'node:timers/promises'

import { diagnoseAs } from './applications.ts'
import type { Deps } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { ConsentryError } from './errors.ts'
import type { TokenAnswer, Tokens } from './microsoft/entra.ts'
import { SECOND } from './microsoft/http.ts'
import { prepareJudge, type TokenJudge } from './microsoft/tenant.ts'
import { climberWords } from './proof.ts'
import type { ConnectionRow } from './types.ts'

const DIRECTORY_WAITS = [0.5, 1, 2, 4].map((it) => it * SECOND)

/** The code lives ten minutes: a moment's fault of the directory need not cost the person's trip. */
export async function prepareJudgePatiently(deps: Deps, microsoftId: string): Promise<TokenJudge> {
  for (const wait of DIRECTORY_WAITS) {
    try {
      return await prepareJudge(deps, microsoftId)
    } catch (error) {
      if (!(error instanceof ConsentryError) || error.code !== 'lookup_down') throw error
      await sleep(wait)
    }
  }
  return prepareJudge(deps, microsoftId)
}

// A consent takes seconds to reach all of Microsoft's servers; until then they answer as if it had not been given.
const PROPAGATION_WAITS = [1, 2, 4, 8, 16].map((it) => it * SECOND)
const PASSING_TRIES = 2

/** Redeems, again while Microsoft is slow or does not know of the consent yet. */
export async function propagated(
  deps: Deps,
  connection: ConnectionRow,
  clientId: string | null,
  ask: () => Promise<TokenAnswer>,
): Promise<{ tokens: Tokens } | { refused: Diagnosis }> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask()
    if ('tokens' in answer) return answer
    const refused = diagnoseAs(clientId, answer.refused, deps.now(), climberWords(connection))
    const unknownYet =
      refused.problem.code === 'permission_missing' || refused.problem.microsoft?.code === '650051'
    const wait = PROPAGATION_WAITS[tries]
    const goOn = unknownYet || (refused.verdict === 'transient' && tries < PASSING_TRIES)
    if (!goOn || wait === undefined) return { refused }
    await sleep(wait)
  }
}
