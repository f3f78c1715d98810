import { checksum, type History, type Query, quoteName, quoteText, type Records, type SourceMigration } from '@expand-contract/core'
import { APPLIED_TABLE, timeOf } from './applied.ts'
import { readJournal } from './journal.ts'

/** Where Drizzle's migrators keep what they have applied, unless the configuration says otherwise. */
const SCHEMA = 'drizzle'

/** How Drizzle keeps its table: of 0.3x the hash of the file and the time in the journal, of v1 the folder's name too. */
export async function records({ layout, migrations }: History): Promise<Records> {
  const { schema = SCHEMA, name = APPLIED_TABLE } = layout.table ?? {}
  const table = `${quoteName(schema)}.${quoteName(name)}`
  const isV1 = layout.format === 'drizzle-v1'
  const times = new Map(isV1 ? [] : (await readJournal(layout.migrations))?.entries.map(({ tag, when }) => [tag, when] as const))
  const names = ['hash', 'created_at', ...(isV1 ? ['name'] : [])]
  const rowOf = ({ id, text }: Pick<SourceMigration, 'id' | 'text'>) =>
    isV1 ? [checksum(text), timeOf(id), id] : [checksum(text), times.get(id)]
  const columns = ['id SERIAL PRIMARY KEY', 'hash text NOT NULL', 'created_at bigint', ...(isV1 ? V1_COLUMNS : [])]
  return {
    table: { schema, name },
    create: plain(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`, `CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')})`),
    ...(isV1 && { upgrade: { lacks: 'name', queries: upgraded(table, migrations) } }),
    wantsEmpty: false,
    lock: undefined,
    searchPath: undefined,
    markApplied: (id) => {
      const values = rowOf({ id, text: migrations.find((m) => m.id === id)?.text ?? '' }).map((v) =>
        typeof v === 'string' ? quoteText(v) : v,
      )
      return `INSERT INTO ${table} (${names.join(', ')}) VALUES (${values.join(', ')});`
    },
    applied: (migration) => ({
      text: `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      values: rowOf(migration),
    }),
  }
}

const V1_COLUMNS = ['name text', 'applied_at timestamp with time zone DEFAULT now()']

/** A table of 0.3x, as the migrator of v1 brings it up to date: rows get the name of the migration of the same second, or of the same text where several share it. */
function upgraded(table: string, migrations: readonly SourceMigration[]): Query[] {
  const added = plain(...V1_COLUMNS.map((column) => `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${column}`))
  const named = migrations.map(({ id, text }): Query => {
    const time = timeOf(id)
    const single = time !== undefined && migrations.filter((m) => timeOf(m.id) === time).length === 1
    return {
      text: `UPDATE ${table} SET name = $1, applied_at = NULL WHERE name IS NULL AND ((created_at / 1000 * 1000 = $2 AND $4) OR hash = $3)`,
      values: [id, time ?? null, checksum(text), single],
    }
  })
  return [...added, ...named]
}

function plain(...texts: readonly string[]): Query[] {
  return texts.map((text) => ({ text, values: [] }))
}
