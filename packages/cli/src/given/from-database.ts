import { type Applied, type Catalog, type TableName, UserError } from '@expand-contract/core'
import type { ReadDatabase } from '@expand-contract/postgres'
import type { Context } from '../command/context.ts'
import type { ReadSchema, Subject } from './given.ts'
import type { SchemaFlags } from './schema-flags.ts'

/** The schema of a database, and how far the ORM's own table says that the history is applied there. Throws {@link UserError}; no message holds the URL. */
export async function fromDatabase(flag: SchemaFlags['database'], subject: Subject, { io }: Context): Promise<ReadSchema> {
  const url = flag === true || flag === undefined ? fromEnvironment(io.env.DATABASE_URL) : flag
  const { readDatabase } = await import('@expand-contract/postgres')
  const table = subject.project?.layout.table?.name ?? subject.project?.adapter.appliedTable
  const read = await readDatabase(url, table)
  const record = table === undefined ? undefined : recordIn(read, table, url)
  return {
    from: 'the database',
    catalog: record && table !== undefined ? without(read.catalog, record.schema, table) : read.catalog,
    postgres: read.major,
    postgresBy: 'database',
    applied:
      record && subject.project
        ? countApplied(await subject.project.adapter.applied(subject.project.history, record.rows), subject)
        : undefined,
  }
}

function fromEnvironment(url: string | undefined): string {
  if (url) return url
  throw new UserError(
    '--database without a URL takes it from the environment variable DATABASE_URL, which is not set (.env files are not read). Set it, or write the URL behind the flag.',
  )
}

type Record = ReadDatabase['tables'][number]

/** The ORM's own table. Prisma's lies in the schema that the URL names. */
function recordIn({ tables }: ReadDatabase, name: string, url: string): Record {
  const wanted = new URL(url).searchParams.get('schema')
  const found = tables.length > 1 && wanted !== null ? tables.filter((t) => t.schema === wanted) : tables
  const [only, ...more] = found
  if (!only) {
    throw new UserError(
      `The database has no table ${name}, so it does not tell which migrations are applied there: it is another database, nothing is applied, or the table has another name. Check the URL, or say the first migration that it does not have yet: --schema-at <migration>`,
    )
  }
  if (more.length > 0) {
    const schemas = found.map((t) => t.schema).join(', ')
    throw new UserError(
      `The database has a table ${name} in several schemas (${schemas}). Say which one counts: add ?schema=<name> to the URL.`,
    )
  }
  return only
}

/** Applied migrations must be the oldest ones, without a gap. */
function countApplied({ applied, ahead, failed }: Applied, { migrations }: Subject): { count: number; why: string } {
  if (failed[0] !== undefined) {
    throw new UserError(
      `In the database the migration ${failed[0]} failed half way, so what it looks like now no migration tells. Resolve it there first (npx prisma migrate resolve), then run this again.`,
    )
  }
  if (ahead[0] !== undefined) {
    throw new UserError(
      `The database has applied a migration that is not in the folder (${ahead.join(', ')}): it is ahead of this branch, or another project's. Update the branch, or take a database that this history leads to.`,
    )
  }
  const gap = migrations.findIndex((m) => !applied.includes(m.id))
  const count = gap < 0 ? migrations.length : gap
  if (applied.length > count) {
    throw new UserError(
      `The database has applied ${applied[count]}, but not ${migrations[count]?.id} before it, so there is no point in the history that it stands at. Apply what is missing there, or take another database.`,
    )
  }
  return {
    count,
    why:
      count === 0
        ? 'no migration is applied there'
        : `${count} of ${migrations.length} migrations are applied there, up to ${migrations[count - 1]?.id}`,
  }
}

/** Without what the ORM made for itself. */
function without(catalog: Catalog, schema: string, table: string): Catalog {
  const isOwn = (key: TableName): boolean => key === `"${schema}"."${table}"`
  const sequences = [...catalog.sequences].filter(([, s]) => !s.ownedBy || !isOwn(s.ownedBy.table))
  return { ...catalog, tables: new Map([...catalog.tables].filter(([key]) => !isOwn(key))), sequences: new Map(sequences) }
}
