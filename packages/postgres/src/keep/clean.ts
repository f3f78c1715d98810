import { quoteName } from '@expand-contract/core'
import type { Client } from 'pg'
import { inTransaction } from '../deploy/transaction.ts'
import { LEDGER_SCHEMA } from '../ledger/index.ts'
import { forgetKept, type KeptRow, readKept, sizeOf } from './kept.ts'

/** Something that is kept, and what it costs. */
export interface KeptSize extends KeptRow {
  readonly bytes: number
  /** Whole days since it was kept, by the clock of the database. */
  readonly days: number
}

/** What is kept of a plan, or of all, with its size and age. */
export async function listKept(client: Client, plan?: string): Promise<KeptSize[]> {
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  const now = rows[0]?.now.getTime() ?? 0
  const sized: KeptSize[] = []
  for (const kept of await readKept(client, plan)) {
    const bytes = kept.how === 'restore point' ? 0 : await sizeOf(client, kept.name)
    sized.push({ ...kept, bytes, days: Math.floor((now - kept.keptAt.getTime()) / 86_400_000) })
  }
  return sized
}

/** Removes what is kept for good, each with its row in the ledger. Nothing but the ledger knows these tables, so nobody waits for them. */
export async function removeKept(client: Client, { name, how }: KeptRow): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '2s'`)
    if (how !== 'restore point') await client.query(`DROP TABLE IF EXISTS ${LEDGER_SCHEMA}.${quoteName(name)}`)
    await forgetKept(client, name)
  })
}
