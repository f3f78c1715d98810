import type { Client } from 'pg'
import { listKept } from '../keep/clean.ts'
import { versionOf } from '../ledger/index.ts'
import type { Found } from './line.ts'

/** What earlier deploys left to do. */
export async function leftLines(client: Client): Promise<Found[]> {
  const hasLedger = (await versionOf(client)) > 0
  return [
    ...(hasLedger ? [await begun(client), await refused(client)] : []),
    await notValid(client),
    ...(hasLedger ? [await kept(client)] : []),
  ]
}

async function begun(client: Client): Promise<Found> {
  const { rows } = await client.query<{ plan: string; step: string; since: Date; by: string }>(
    `SELECT plan, step, started_at AS since, run_by AS by FROM expand_contract.step WHERE finished_at IS NULL AND undone_at IS NULL ORDER BY id`,
  )
  const about = 'begun steps'
  const [first] = rows
  if (!first) return { about, says: 'every step that was begun is done' }
  return {
    about,
    says: `${first.step} of ${first.plan} was begun at ${first.since.toISOString()} by ${first.by} and is not done`,
    finding: 'Where nobody is at it any more, npx expand-contract deploy goes on with it (a backfill: npx expand-contract backfill).',
  }
}

async function refused(client: Client): Promise<Found> {
  const { rows } = await client.query<{ n: number; plan: string }>(
    'SELECT count(*)::int AS n, plan FROM expand_contract.backfill_refused GROUP BY plan ORDER BY plan',
  )
  const about = 'refused rows'
  const [first] = rows
  if (!first) return { about, says: 'none' }
  const finding = `Its backfill is not done until they are corrected: SELECT * FROM expand_contract.backfill_refused, then npx expand-contract backfill ${first.plan}`
  return { about, says: `${first.n} of ${first.plan}`, finding }
}

async function notValid(client: Client): Promise<Found> {
  const { rows } = await client.query<{ name: string; table: string }>(
    `SELECT quote_ident(conname) AS name, conrelid::regclass::text AS table FROM pg_constraint WHERE NOT convalidated AND conrelid <> 0 ORDER BY 2, 1`,
  )
  const about = 'constraints that are not validated'
  const [first] = rows
  if (!first) return { about, says: 'none' }
  // A plan may still be between the two: no finding, for it may be meant to be so.
  const says = `${rows.length}: ${first.name} of ${first.table}${rows.length > 1 ? ' and others' : ''} holds for new rows; whether it does for old ones, VALIDATE CONSTRAINT tells`
  return { about, says }
}

async function kept(client: Client): Promise<Found> {
  const all = await listKept(client)
  const about = 'what deploys have kept'
  if (all.length === 0) return { about, says: 'nothing' }
  const megabytes = Math.ceil(all.reduce((sum, k) => sum + k.bytes, 0) / 1e6)
  return {
    about,
    says: `${all.length}, ${megabytes} MB, the oldest for ${Math.max(...all.map((k) => k.days))} days; npx expand-contract clean removes what is due`,
  }
}
