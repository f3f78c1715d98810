import type { Catalog } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { readScript } from '../sql/read.ts'
import type { Statement } from '../sql/statement.ts'
import { type Lookup, lookupIn, TEMPORARY } from './lookup.ts'
import { temporaryTables } from './names.ts'
import { type NameUse, namesIn, patched } from './names-in.ts'
import { qualifyLists } from './qualify-lists.ts'

/** A statement whose names all have their schemas, and what about them is not known. */
export interface Qualified {
  readonly statement: Statement
  /** Names that could not be found along the search_path. */
  readonly unknown: readonly string[]
  /** It makes something where no schema of the search_path is there: PostgreSQL refuses that. */
  readonly homeless?: true
}

/**
 * The statement with the schema of every name written out, as the search_path of its moment finds it, so that it means the same under PostgreSQL's own path. It
 * is the same object where that path is in force and no temporary table is there or made.
 */
export function qualified(catalog: Catalog, statement: Statement): Qualified {
  if (!isNeeded(catalog, statement)) return { statement, unknown: [] }
  const lookup = lookupIn(catalog)
  const unknown = new Set<string>()
  const whole = statement.split.of > 1 ? reread(statement, statement.sql) : statement
  const creations = creationsOf(whole.node)
  const made = untag(whole.node)[1].relation?.relname as string | undefined
  const uses = namesIn(whole.node).map((use) => ({ ...use, location: use.location - whole.base }))
  const sql = patched(whole.sql, uses, (use) => {
    // A new table may point at itself.
    const isNew = creations.size > 0 && use.kind === 'relation' && use.path[0] === made
    return schemaFor(use, creations.get(use.location + whole.base) ?? (isNew ? [...creations.values()][0] : undefined), lookup, unknown)
  })
  const named = sql === undefined || sql === whole.sql ? whole : reread(statement, sql)
  const listed = qualifyLists(named.node, lookup)
  if (sql === undefined) unknown.add('a name')
  const homeless = lookup.creation === undefined && isHomeless(listed)
  return {
    statement: listed === named.node && named === whole ? statement : { ...named, node: listed },
    unknown: [...unknown],
    ...(homeless && { homeless }),
  }
}

function isNeeded(catalog: Catalog, { node }: Statement): boolean {
  return catalog.searchPath !== undefined || temporaryTables(catalog.tables).length > 0 || createsTemporary(node)
}

function createsTemporary(node: PgNode): boolean {
  const [tag, fields] = untag(node)
  const range =
    tag === 'CreateStmt'
      ? fields.relation
      : tag === 'CreateTableAsStmt'
        ? fields.into?.rel
        : tag === 'SelectStmt'
          ? fields.intoClause?.rel
          : undefined
  return range?.relpersistence === 't'
}

/** The statement with another text for its own. */
function reread(statement: Statement, sql: string): Statement {
  const [only] = readScript(sql).statements
  if (!only || only.split.of > 1) return statement
  return { ...statement, sql: only.sql, node: only.node, base: only.base }
}

/** Places where something new is named, with its persistence. */
function creationsOf(node: PgNode): ReadonlyMap<number, 'permanent' | 'temporary'> {
  return new Map(
    rangesMade(node).map((r) => [(r.location as number | undefined) ?? 0, r.relpersistence === 't' ? 'temporary' : 'permanent']),
  )
}

function rangesMade(node: PgNode): PgNode[] {
  const [tag, s] = untag(node)
  return [
    tag === 'CreateStmt' || tag === 'CreateForeignTableStmt' ? (s.relation ?? s.base?.relation) : undefined,
    tag === 'CreateTableAsStmt' ? s.into?.rel : undefined,
    tag === 'SelectStmt' ? s.intoClause?.rel : undefined,
    tag === 'ViewStmt' ? s.view : undefined,
    tag === 'CreateSeqStmt' ? s.sequence : undefined,
    tag === 'CompositeTypeStmt' ? s.typevar : undefined,
  ].filter((range) => range !== undefined) as PgNode[]
}

/** True where what a statement makes has no schema. */
function isHomeless(node: PgNode): boolean {
  const [tag, s] = untag(node)
  const list = MADE.has(tag) ? (s.typeName ?? s.domainname ?? s.funcname ?? s.defnames) : undefined
  return list?.length === 1 || rangesMade(node).some((range) => range.schemaname === undefined)
}

const MADE: ReadonlySet<string> = new Set('CreateEnumStmt CreateRangeStmt CreateDomainStmt CreateFunctionStmt DefineStmt'.split(' '))

function schemaFor(
  { kind, path: [name = '', ...more] }: NameUse,
  creation: 'permanent' | 'temporary' | undefined,
  lookup: Lookup,
  unknown: Set<string>,
): readonly string[] | undefined {
  if (more.length > 0 || kind === 'qualifier') return undefined
  const found = (schema: string | undefined): readonly string[] | undefined => {
    if (schema === undefined) unknown.add(name)
    return schema === undefined || schema === 'own' ? undefined : [schema, name]
  }
  if (creation === 'temporary') return [TEMPORARY, name]
  if (creation === 'permanent') return found(lookup.creation)
  switch (kind) {
    case 'type':
    case 'type literal':
      return found(lookup.type(name))
    case 'function':
      return found(lookup.routine(name))
    default: {
      const schema = lookup.relation(name) ?? lookup.index(name)
      // What nobody made is PostgreSQL's own, or there is none: the first schema is where its lack is told.
      if (schema !== undefined) return [schema, name]
      return name.startsWith('pg_') ? undefined : [lookup.nowhere, name]
    }
  }
}
