import { type PgNode, parseStatement, untag } from '../sql/parser.ts'
import { quoteName } from '../sql/sql.ts'

/** What a statement that runs outside any transaction does: no ledger row can commit with it, so whether it was done the database must tell. Names are SQL. */
export type AloneWork =
  /** `index` is its bare name, not quoted; undefined: PostgreSQL makes one up. */
  | { readonly kind: 'create index'; readonly index: string | undefined; readonly table: string }
  | { readonly kind: 'drop index'; readonly index: string }
  | { readonly kind: 'detach'; readonly table: string; readonly partition: string }
  /** It can be run again as often as one likes. */
  | { readonly kind: 'repeatable' }

/** Reads the statement of a step with `transaction: 'alone'`. Throws where it is another one: the planner gives no such step. */
export function aloneWork(sql: string): AloneWork {
  const [tag, s] = untag(parseStatement(sql))
  if (tag === 'IndexStmt') return { kind: 'create index', index: s.idxname as string | undefined, table: nameOf(s.relation) }
  if (tag === 'DropStmt' && s.removeType === 'OBJECT_INDEX') return { kind: 'drop index', index: dropped(s) }
  if (tag === 'AlterTableStmt') {
    const partition = s.cmds?.[0]?.AlterTableCmd?.def?.PartitionCmd?.name
    if (partition) return { kind: 'detach', table: nameOf(s.relation), partition: nameOf(partition) }
  }
  if (tag === 'ReindexStmt') return { kind: 'repeatable' }
  throw new Error(`not a statement that is known to run outside a transaction: ${sql}`)
}

function nameOf({ schemaname, relname }: PgNode): string {
  return [schemaname, relname]
    .filter((part) => part !== undefined)
    .map((part) => quoteName(part as string))
    .join('.')
}

function dropped({ objects }: PgNode): string {
  const items = (objects?.[0]?.List?.items ?? []) as PgNode[]
  return items.map((item) => quoteName(item.String?.sval as string)).join('.')
}
