import { checksum, type History, type Query, quoteName, type Records, type SourceMigration } from '@expand-contract/core'
import { APPLIED_TABLE } from './applied.ts'

/** The advisory lock that Prisma's migrate commands take (schema engine, `acquire_lock`). */
const LOCK = 72_707_369

const COLUMNS = [
  'id VARCHAR(36) PRIMARY KEY NOT NULL',
  'checksum VARCHAR(64) NOT NULL',
  'finished_at TIMESTAMPTZ',
  'migration_name VARCHAR(255) NOT NULL',
  'logs TEXT',
  'rolled_back_at TIMESTAMPTZ',
  'started_at TIMESTAMPTZ NOT NULL DEFAULT now()',
  'applied_steps_count INTEGER NOT NULL DEFAULT 0',
]

/** How Prisma keeps `_prisma_migrations`: in the schema of the connection URL, one step a migration, the checksum over the file's text. */
export async function records(_: History, schema = 'public'): Promise<Records> {
  const table = `${quoteName(schema)}.${quoteName(APPLIED_TABLE)}`
  const insert = (columns: string, last: string, { id, text }: SourceMigration): Query => ({
    text: `INSERT INTO ${table} (id, checksum, migration_name${columns}) VALUES (gen_random_uuid()::text, $1, $2${last})`,
    values: [checksum(text), id],
  })
  const unfinished = 'migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL'
  return {
    table: { schema, name: APPLIED_TABLE },
    create: [
      ...(schema === 'public' ? [] : [{ text: `CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`, values: [] }]),
      { text: `CREATE TABLE ${table} (${COLUMNS.join(', ')})`, values: [] },
    ],
    wantsEmpty: true,
    lock: LOCK,
    searchPath: quoteName(schema),
    markApplied: (id) => `npx prisma migrate resolve --applied ${id}`,
    applied: (migration) => insert(', finished_at, applied_steps_count', ', clock_timestamp(), 1', migration),
    parts: {
      begun: (migration) => insert('', '', migration),
      failed: ({ id }, message) => ({ text: `UPDATE ${table} SET logs = $2 WHERE ${unfinished}`, values: [id, message] }),
      finished: ({ id }) => ({
        text: `UPDATE ${table} SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE ${unfinished}`,
        values: [id],
      }),
    },
  }
}
