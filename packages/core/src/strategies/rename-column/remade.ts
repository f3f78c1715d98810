import type { Catalog, TableName } from '../../catalog/catalog.ts'
import { dependents } from '../../dependents.ts'
import type { Migration } from '../../migration.ts'
import { type PgNode, shape, untag } from '../../sql/parser.ts'
import { actionOf, rangeKey, strings } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'

/** What RENAME COLUMN takes along and the same script then drops or makes anew, for the ORM names it by the column: Drizzle Kit 0.3x writes all of it out. */
export interface Remade {
  /** Their statements. Where an object of the same name comes back as it was, the one that is carried is it already. */
  readonly claims: readonly number[]
  /** Names of objects that go with the old column: nothing is carried. */
  readonly gone: ReadonlySet<string>
  /** Their DROPs, but for those of foreign keys, which lock another table. */
  readonly drops: readonly string[]
  readonly foreign: readonly string[]
  /** An object that comes back under its name as another one. */
  readonly changed?: string
}

/** Finds it, behind the statement that renames `from`. */
export function remadeWith(rename: Statement, migration: Migration, key: TableName, from: string): Remade {
  const found = dependents(migration.before, key, from)
  const later = migration.script.statements.filter((s) => s.index > rename.index)
  const claims: number[] = []
  const gone = new Set<string>()
  const drops: string[] = []
  const foreign: string[] = []
  let changed: string | undefined
  for (const { name, ...object } of [...found.constraints, ...found.indexes]) {
    const drop = later.find((s) => droppedName(s, key) === name)
    if (!drop) continue
    const again = objectNamed(migration.after, key, name)
    if (again === undefined) gone.add(name)
    // What names two columns that are renamed belongs to the first of them.
    if (firstOf(object, migration, key) !== from) continue
    const made = later.filter((s) => madeName(s, key) === name).map((s) => s.index)
    // Made by a new column: its strategy answers for the statements.
    if (again !== undefined && made.length === 0) {
      changed = name
      continue
    }
    claims.push(drop.index)
    if (again === undefined) ('kind' in object && object.kind === 'foreign' ? foreign : drops).push(drop.sql)
    else {
      claims.push(...made)
      if (again !== objectNamed(migration.at[drop.index] ?? migration.before, key, name)) changed = name
    }
  }
  return { claims, gone, drops, foreign, ...(changed !== undefined && { changed }) }
}

function droppedName(statement: Statement, key: TableName): string | undefined {
  const constraint = actionOf(statement, 'AT_DropConstraint')
  if (constraint) return constraint.table === key ? constraint.name : undefined
  const [tag, s] = untag(statement.node)
  if (tag !== 'DropStmt' || s.removeType !== 'OBJECT_INDEX' || s.objects.length !== 1) return undefined
  return strings((s.objects[0] as PgNode).List?.items).at(-1)
}

function madeName(statement: Statement, key: TableName): string | undefined {
  const added = actionOf(statement, 'AT_AddConstraint')
  if (added) return added.table === key ? added.name : undefined
  const [tag, s] = untag(statement.node)
  return tag === 'IndexStmt' && rangeKey(s.relation) === key ? s.idxname : undefined
}

function objectNamed(catalog: Catalog, key: TableName, name: string): string | undefined {
  const table = catalog.tables.get(key)
  const named = [...(table?.constraints ?? []), ...(table?.indexes ?? [])].filter((o) => o.name === name)
  return named.length > 0 ? shape(named.map((o) => ({ ...o, madeAs: undefined }))) : undefined
}

type Over = { readonly columns?: readonly string[]; readonly keys?: readonly { readonly column?: string }[] }

function firstOf({ columns, keys = [] }: Over, migration: Migration, key: TableName): string | undefined {
  const named = columns ?? keys.flatMap((k) => k.column ?? [])
  const renamed = migration.script.statements.flatMap(({ node: { RenameStmt: r } }): string[] =>
    r?.renameType === 'OBJECT_COLUMN' && rangeKey(r.relation) === key ? [r.subname] : [],
  )
  return renamed.find((column) => named.includes(column))
}
