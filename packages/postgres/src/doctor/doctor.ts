import { type Step, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { refusePooler } from '../deploy/pooler.ts'
import { leftLines } from './left.ts'
import type { Found, Line } from './line.ts'
import { serverLines } from './server.ts'
import { indexLine, ledgerLine, stepLines } from './tables.ts'

/** What a careful engineer looks at before a deploy. Reads only; `steps` are those that are pending. */
export async function examine(client: Client, watcher: Client, steps: readonly Step[]): Promise<Line[]> {
  const before = [...(await serverLines(client)), await connectionLine(client, watcher), await ledgerLine(client), await indexLine(client)]
  return [
    ...before.map((line): Line => ({ when: 'before', ...line })),
    ...(await stepLines(client, steps)).map((line): Line => ({ when: 'during', ...line })),
    ...(await leftLines(client)).map((line): Line => ({ when: 'after', ...line })),
  ]
}

async function connectionLine(client: Client, watcher: Client): Promise<Found> {
  const about = 'connection'
  try {
    await refusePooler(client, watcher)
    return { about, says: 'direct: a session of its own' }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { about, says: 'not direct', finding: error.message }
  }
}
