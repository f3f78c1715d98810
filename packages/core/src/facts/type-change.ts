import { type Catalog, type Column, column as columnOf, type TableName, type TypeName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { valueCost } from './coercion.ts'
import { withDescendants } from './family.ts'
import { mentions } from './mentions.ts'
import { rebuiltIndexes } from './rebuilt-indexes.ts'
import { foreignKeysOn, keyChange } from './type-keys.ts'
import { typeRefusal } from './type-refusal.ts'

export interface TypeChangeRequest {
  readonly table: TableName
  readonly column: string
  readonly to: TypeName
  /** The COLLATE of the statement; absent, the new type's own. */
  readonly collation?: string
  /** The USING expression. */
  readonly using?: PgNode
  /** The session's time zone: `UTC` only where that is sure, for every session that will run the statement. */
  readonly timeZone: 'UTC' | 'any'
  readonly postgres: number
}

/** What a change of type does to one table, under ACCESS EXCLUSIVE. */
export interface TypeChange {
  /** The worst of it: every row is copied, an index is built anew, old rows are read, only the catalog changes; nothing: it has that type. */
  readonly effect: 'nothing' | 'catalog' | 'scan' | 'index rebuilt' | 'rewrite' | 'refused'
  /** Why PostgreSQL refuses, with its code. */
  readonly refused?: { readonly code: string; readonly reason: string }
  /** Indexes that are built anew, where the table is not copied as a whole. */
  readonly rebuilds: readonly { readonly table: TableName; readonly index: string }[]
  /** Constraints that are proved again on old rows. */
  readonly scans: readonly { readonly table: TableName; readonly constraint: string; readonly kind: 'check' | 'foreign' }[]
  /** Other tables that are locked too, ACCESS EXCLUSIVE, to the end of the transaction: children and partitions, and the other ends of foreign keys. */
  readonly locks: readonly { readonly table: TableName; readonly as: 'child' | 'other end' }[]
}

/**
 * What ALTER COLUMN … TYPE does, by what hangs on the column in the catalog just before it; undefined where the catalog does not know the column. Errors that
 * only the rows show, and those of a CHECK or an index that does not fit the new type, are not told.
 */
export function typeChange(catalog: Catalog, request: TypeChangeRequest): TypeChange | undefined {
  const old = columnOf(catalog.tables.get(request.table), request.column)
  if (!old) return undefined
  const cost = old.generated && !old.generated.stored ? 'none' : valueCost({ ...request, from: old.type, types: catalog })
  const refused = typeof cost === 'object' ? cost : typeRefusal(catalog, request, old)
  const nothing = { rebuilds: [], scans: [], locks: [] }
  if (refused) return { effect: 'refused', refused, ...nothing }
  const isCopied = cost === 'rewrite' || (cost === 'none in UTC' && request.timeZone !== 'UTC')
  const family = withDescendants(catalog, request.table)
  const keys = foreignKeysOn(catalog, family, request.column)
  const changes = keys.map((key) => ({ key, change: keyChange(key, old.type, request.to, isCopied, catalog, request.postgres) }))
  const unmatched = changes.map((c) => c.change).find((c) => typeof c === 'object')
  if (unmatched) return { effect: 'refused', refused: unmatched, ...nothing }
  const rebuilds = isCopied ? [] : family.flatMap((table) => rebuiltIndexes(catalog, table, old, request))
  const checks = isCopied ? [] : family.flatMap((table) => provedChecks(catalog, table, request.column))
  const foreign = changes
    .filter(({ key: { constraint: c }, change }) => (isCopied || change === 'other comparison') && c.validated && !c.notEnforced)
    .map(({ key }) => ({ table: key.table, constraint: key.constraint.name, kind: 'foreign' as const }))
  const scans = [...checks, ...foreign]
  const ends = keys.flatMap((k) => [k.table, k.constraint.references?.table ?? k.table])
  return {
    effect: isCopied
      ? 'rewrite'
      : rebuilds.length > 0
        ? 'index rebuilt'
        : scans.length > 0
          ? 'scan'
          : isUnchanged(old, request)
            ? 'nothing'
            : 'catalog',
    rebuilds,
    scans,
    locks: [
      ...family.slice(1).map((table) => ({ table, as: 'child' as const })),
      ...[...new Set(ends)].filter((table) => !family.includes(table)).map((table) => ({ table, as: 'other end' as const })),
    ],
  }
}

function isUnchanged(old: Column, { to, collation }: TypeChangeRequest): boolean {
  return old.type === to && old.collation === collation
}

/** CHECKs that are added again as they were, and so read every row. */
function provedChecks(catalog: Catalog, table: TableName, name: string): TypeChange['scans'] {
  const { constraints = [], partitionedBy } = catalog.tables.get(table) ?? {}
  // A partitioned table has no rows of its own.
  if (partitionedBy !== undefined) return []
  return constraints
    .filter((c) => c.kind === 'check' && c.validated && !c.notEnforced && mentions(c.expression, name))
    .map((c) => ({ table, constraint: c.name, kind: 'check' }))
}
