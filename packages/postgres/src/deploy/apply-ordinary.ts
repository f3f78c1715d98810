import { type Records, type Sending, type SourceMigration, sentAs, type Unit } from '@expand-contract/core'
import { describe } from '../run-steps.ts'
import type { Done } from './apply-step.ts'
import { run } from './own-table.ts'
import type { Session } from './session.ts'
import { inTransaction } from './transaction.ts'
import { isPassing, tried } from './tries.ts'

/** lock_timeout, in ms, of a migration that is no step of a plan: what changes a table at once needs no longer. The migration's own SET wins. */
const LOCK_TIMEOUT = 2_000

/** A migration that the database refused. */
export class MigrationFailure extends Error {
  override readonly name = 'MigrationFailure'
}

/**
 * Applies a migration that is no step of a plan as its ORM would send it, and records it as the ORM would. What is one transaction commits with its row; of another
 * one the row says first that it was begun. Throws {@link MigrationFailure}, and UserError where locks can't be had.
 */
export async function applyOrdinary(session: Session, migration: SourceMigration, records: Records, sending: Sending): Promise<Done> {
  const { client } = session
  const sent = sentAs(migration.text, sending)
  if (sent.in === 'transaction') {
    const tries = await tried(session, migration.id, LOCK_TIMEOUT, ({ lockTimeout }) =>
      inTransaction(client, async () => {
        await client.query(`SET LOCAL lock_timeout = ${lockTimeout}`)
        await client.query(sent.sql).catch((error) => {
          throw failure(migration, error, 'Nothing of it was changed. Correct it, and run the command again.')
        })
        await run(client, records.applied(migration))
      }),
    )
    return { tries, again: false }
  }
  const { parts } = records
  if (parts) await run(client, parts.begun(migration))
  let tries = 1
  try {
    for (const unit of sent.units) tries = Math.max(tries, await applyUnit(session, migration, unit))
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    // The next connection finds the row begun and not finished, which says the same.
    if (parts) await run(client, parts.failed(migration, said)).catch(() => undefined)
    throw error
  }
  await run(client, parts ? parts.finished(migration) : records.applied(migration))
  return { tries, again: false }
}

async function applyUnit(session: Session, migration: SourceMigration, { sql, repeatable }: Unit): Promise<number> {
  const { client } = session
  const send = async (lockTimeout: number): Promise<void> => {
    if (lockTimeout > 0) await client.query(`SET lock_timeout = ${lockTimeout}`)
    try {
      for (const text of sql) await client.query(text)
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw failure(migration, error, 'What it did before this statement may stay.')
    } finally {
      if (lockTimeout > 0) await client.query('RESET lock_timeout').catch(() => undefined)
    }
  }
  if (repeatable) return tried(session, migration.id, LOCK_TIMEOUT, ({ lockTimeout }) => send(lockTimeout))
  await send(0)
  return 1
}

function failure({ id }: SourceMigration, error: unknown, then: string): Error {
  if (isPassing(error)) return error as Error
  return new MigrationFailure(`${id}: PostgreSQL refuses it: ${describe(error)}. ${then}`, { cause: error })
}
