import {
  type Catalog,
  EVERYTHING,
  type GivenSchema,
  misfit,
  type Replayed,
  readScript,
  replayHistory,
  type SourceMigration,
  UserError,
} from '@expand-contract/core'
import type { Context } from '../command/context.ts'
import type { Project } from '../project/project.ts'
import { didYouMean } from '../report/nearest.ts'
import { fromDatabase } from './from-database.ts'
import { fromDump } from './from-dump.ts'
import type { SchemaFlags } from './schema-flags.ts'

/** A history, and the project that it belongs to, if any. */
export interface Subject {
  readonly project: Project | undefined
  readonly migrations: readonly SourceMigration[]
}

/** A schema that was read, before it is known where in the history it stands. */
export interface ReadSchema {
  /** `the database`, or the file. */
  readonly from: string
  readonly catalog: Catalog
  /** Major version of the server that it comes from, where it is told and supported. */
  readonly postgres: number | undefined
  readonly postgresBy: 'database' | 'dump'
  /** How many migrations of the history it has behind it, and how that is known; undefined: it does not tell. */
  readonly applied: { readonly count: number; readonly why: string } | undefined
}

/** What planning takes from elsewhere, and how that was decided, in sentences. */
export interface Given {
  /** Undefined where the migrations tell all that is needed. */
  readonly schema: GivenSchema | undefined
  /** Position of the first migration that the schema does not have yet. */
  readonly at: number
  readonly notes: readonly string[]
  /** The context with the server's version, where nobody asked for another one. */
  readonly context: Context
}

/**
 * Reads the schema that the flags name and finds its place in the history: just before the first migration that the database has not applied, or for a dump, and for files of no
 * project, just before the newest; `--schema-at` says otherwise. Throws {@link UserError} where the two do not fit.
 */
export async function readGiven(flags: SchemaFlags, subject: Subject, context: Context): Promise<Given> {
  const read =
    flags.schemaDump === undefined ? await fromDatabase(flags.database, subject, context) : await fromDump(flags.schemaDump, context)
  const { migrations, project } = subject
  const entries = replayHistory(migrations)
  const { at, why } = placeOf(flags, read, migrations)
  refuseMisfit(read, entries, at, flags)
  const isNeeded =
    project === undefined || entries.slice(at).some(({ before, after }) => before.incomplete.size + after.incomplete.size > 0)
  const before = migrations[at]
  const notes = [
    before === undefined
      ? `${capital(read.from)}: ${why}. There is no migration left that its schema could stand before.`
      : `${capital(read.from)}: ${why}, so its schema is taken to be the one just before ${before.id}${isNeeded ? '.' : '. The migrations themselves tell all of it, so theirs is used.'}`,
    ...versionNotes(read, context),
  ]
  return {
    schema: before && isNeeded ? { before: before.id, catalog: read.catalog } : undefined,
    at,
    notes,
    context:
      context.postgresBy !== 'flag' && read.postgres !== undefined
        ? { ...context, postgres: read.postgres, postgresBy: read.postgresBy }
        : context,
  }
}

function versionNotes({ postgres, from }: ReadSchema, context: Context): string[] {
  if (postgres === undefined || context.postgresBy !== 'flag' || postgres >= context.postgres) return []
  return [
    `${capital(from)} is PostgreSQL ${postgres}, older than the ${context.postgres} that --postgres asks for: what is safe there may not be safe on it.`,
  ]
}

function placeOf({ schemaAt }: SchemaFlags, read: ReadSchema, migrations: readonly SourceMigration[]): { at: number; why: string } {
  if (schemaAt !== undefined) {
    const exact = migrations.findIndex((m) => m.id === schemaAt)
    const some = migrations.flatMap((m, i) => (m.id.includes(schemaAt) ? [i] : []))
    const [only, ...more] = exact >= 0 ? [exact] : some
    if (only !== undefined && more.length === 0) return { at: only, why: '--schema-at says where it stands' }
    const ids = migrations.map((m) => m.id)
    const what = more.length > 0 ? `"${schemaAt}" may mean ${some.length} migrations` : `there is no migration "${schemaAt}"`
    throw new UserError(`--schema-at: ${what}.${didYouMean(schemaAt, ids)} Name the first one that the schema does not have yet.`)
  }
  if (read.applied) return { at: read.applied.count, why: read.applied.why }
  const newest = Math.max(0, migrations.length - 1)
  return { at: newest, why: 'it does not tell which migrations are applied; all but the newest are taken to be' }
}

/** A schema in the wrong place would judge wrongly in silence. */
function refuseMisfit(read: ReadSchema, entries: readonly Replayed[], at: number, { schemaAt }: SchemaFlags): void {
  const here = entries[at] ?? afterAll(entries)
  const why = here && misfit(read.catalog, here)
  if (why === undefined) return
  const fits = entries.filter((e) => e !== here && !e.before.incomplete.has(EVERYTHING) && misfit(read.catalog, e) === undefined).at(-1)
  const place = entries[at] ? `just before ${entries[at].id}` : 'after all migrations'
  const way =
    fits && (read.applied === undefined || schemaAt !== undefined)
      ? `It fits just before ${fits.id}: --schema-at ${fits.id}`
      : 'Is it the right one? If it was changed by hand, bring the change into a migration first, or leave out the flag.'
  throw new UserError(`${capital(read.from)} does not fit the migrations: ${place}, ${why}. ${way}`)
}

function afterAll(entries: readonly Replayed[]): Replayed | undefined {
  const last = entries.at(-1)
  return last && { id: '', script: readScript(''), before: last.after, after: last.after, at: [] }
}

function capital(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text
}
