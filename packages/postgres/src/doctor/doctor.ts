import { type Step, UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { refusePooler } from '../deploy/pooler.ts'
import type { Line } from './line.ts'
import { serverLines } from './server.ts'
import { indexLine, ledgerLine, stepLines } from './tables.ts'

/** What a careful engineer looks at before a deploy. Reads only; `steps` are those that are pending. */
export async function examine(client: Client, watcher: Client, steps: readonly Step[]): Promise<Line[]> {
  return [
    ...(await serverLines(client)),
    await connectionLine(client, watcher),
    await ledgerLine(client),
    await indexLine(client),
    ...(await stepLines(client, steps)),
  ]
}

async function connectionLine(client: Client, watcher: Client): Promise<Line> {
  const about = 'connection'
  try {
    await refusePooler(client, watcher)
    return { about, says: 'direct: a session of its own' }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { about, says: 'not direct', finding: error.message }
  }
}
