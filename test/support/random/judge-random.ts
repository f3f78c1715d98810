import { applyStatement, type Catalog, EMPTY_CATALOG, readScript } from '@expand-contract/core'
import type { Client } from 'pg'
import { createJudge } from '../replay-judge.ts'
import { bind } from './bind.ts'

/** A statement after which replay and PostgreSQL differ. */
export interface Difference {
  /** The statements that PostgreSQL took, the last of them the one that made the difference. */
  readonly accepted: readonly string[]
  readonly lines: readonly string[]
}

/** A statement with names to be put in, and what chooses them; or one that has them. */
export type Draft = string | readonly [text: string, picks: readonly number[]]

/**
 * Runs statements in one transaction, which is rolled back; those that PostgreSQL refuses are left out and not replayed. Compares after each, or only after the
 * last; stops at the first difference. That replay calls something incomplete is one too.
 */
export async function judgeStatements(
  client: Client,
  version: number,
  drafts: readonly Draft[],
  compare: 'each' | 'last' = 'each',
): Promise<{ accepted: number; difference?: Difference }> {
  const accepted: string[] = []
  const judge = createJudge(client, version)
  let catalog: Catalog = EMPTY_CATALOG
  await client.query('BEGIN')
  try {
    for (const [i, draft] of drafts.entries()) {
      const sql = typeof draft === 'string' ? draft : bind(...draft, catalog)
      const isTaken = await takes(client, sql)
      if (isTaken) {
        accepted.push(sql)
        catalog = replayed(catalog, sql, i)
      }
      if (compare === 'each' ? !isTaken : i < drafts.length - 1) continue
      const { differences, incomplete } = await judge(catalog)
      const lines = [...differences, ...incomplete.map((line) => `incomplete: ${line}`)]
      if (lines.length > 0) return { accepted: accepted.length, difference: { accepted, lines } }
    }
    return { accepted: accepted.length }
  } finally {
    await client.query('ROLLBACK')
  }
}

/** The fewest of the statements that still end in a difference. */
export async function fewest(client: Client, version: number, { accepted, lines }: Difference): Promise<Difference> {
  let best: Difference = { accepted, lines }
  for (let i = best.accepted.length - 2; i >= 0; i--) {
    const { difference } = await judgeStatements(
      client,
      version,
      best.accepted.filter((_, k) => k !== i),
      'last',
    )
    if (difference && difference.accepted.length < best.accepted.length && difference.accepted.at(-1) === accepted.at(-1)) best = difference
  }
  return best
}

async function takes(client: Client, sql: string): Promise<boolean> {
  await client.query('SAVEPOINT random_ddl')
  try {
    await client.query(`${sql};\nRELEASE random_ddl`)
    return true
  } catch {
    await client.query('ROLLBACK TO SAVEPOINT random_ddl; RELEASE random_ddl')
    return false
  }
}

function replayed(before: Catalog, sql: string, number: number): Catalog {
  const { statements, unreadable } = readScript(`${sql};`)
  if (unreadable) throw new Error(`PostgreSQL takes it, but it can't be read: ${sql}: ${unreadable.message}`)
  return statements.reduce((catalog, statement) => applyStatement(catalog, statement, `statement ${number}`), before)
}
