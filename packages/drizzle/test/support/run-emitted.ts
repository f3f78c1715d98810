import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { checksum, type SourceMigration, type Stage } from '@expand-contract/core'
import type { Client } from 'pg'

/** Runs emitted migrations as a runner must: the guard by itself, then the step in its own transaction mode, then Drizzle's row for it. */
export async function runEmitted(client: Client, { steps }: Stage, migrations: readonly SourceMigration[], version: 0 | 1): Promise<void> {
  for (const [i, migration] of migrations.entries()) {
    const [guard = '', ...statements] = migration.text.split('--> statement-breakpoint')
    await client.query(guard)
    const step = steps[i]
    if (step?.kind === 'ddl' && step.transaction === 'atomic') {
      await client.query('BEGIN')
      for (const statement of statements) await client.query(statement)
      await client.query('COMMIT')
    } else {
      for (const statement of statements) await client.query(statement)
    }
    await record(client, migration, version)
  }
}

async function record(client: Client, { id, path: file, text }: SourceMigration, version: 0 | 1): Promise<void> {
  const when = version === 1 ? millisOf(id) : await whenOf(file, id)
  const values = version === 1 ? [checksum(text), when, id] : [checksum(text), when]
  const columns = version === 1 ? 'hash, created_at, name' : 'hash, created_at'
  await client.query(
    `INSERT INTO drizzle.__drizzle_migrations (${columns}) VALUES (${values.map((_, i) => `$${i + 1}`).join(', ')})`,
    values,
  )
}

async function whenOf(file: string, tag: string): Promise<number | undefined> {
  const journal = JSON.parse(await readFile(path.join(path.dirname(file), 'meta', '_journal.json'), 'utf8')) as {
    entries: { tag: string; when: number }[]
  }
  return journal.entries.find((e) => e.tag === tag)?.when
}

function millisOf(folder: string): number {
  const [year, month, day, hour, minute, second] = (/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_/.exec(folder) ?? []).slice(1).map(Number)
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
}
