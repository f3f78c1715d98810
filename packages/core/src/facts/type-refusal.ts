import type { Catalog, Column, TableName, TypeName } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, parseStatement } from '../sql/parser.ts'
import { displayTable } from '../sql/relation.ts'
import { typeOf, UNKNOWN } from './expression-type.ts'
import { mentions, mentionsIn } from './mentions.ts'
import { pathway } from './pathway.ts'

interface Change {
  readonly table: TableName
  readonly to: TypeName
  readonly using?: PgNode
  readonly postgres: number
}

export interface TypeRefusal {
  /** PostgreSQL's five characters. */
  readonly code: string
  readonly reason: string
}

const INTEGERS: readonly TypeName[] = ['smallint', 'integer', 'bigint']

/** Why PostgreSQL refuses another type for a column because of what the column is or what uses it, or undefined. */
export function typeRefusal(catalog: Catalog, change: Change, old: Column): TypeRefusal | undefined {
  const table = catalog.tables.get(change.table)
  const refuse = (code: string, reason: string): TypeRefusal => ({ code, reason })
  if (old.identity && !INTEGERS.includes(change.to)) return refuse('22023', `an identity column can't be ${change.to}`)
  if (old.generated && change.using) return refuse('42611', 'a generated column takes no USING')
  if (old.inherited) return refuse('42P16', 'the column belongs to the table above: its type is changed there')
  if (table?.partitionedBy !== undefined && isPartitionKey(table.partitionedBy, old.name))
    return refuse('42P16', 'the table is partitioned by it')
  if (!takesDefault(old.generated?.expression ?? old.default, old.type, catalog, change))
    return refuse('42804', `its default is not cast to ${change.to} by itself`)
  const generated = table?.columns.find((c) => c.name !== old.name && mentions(c.generated?.expression, old.name))
  if (generated) return refuse(change.postgres < 15 ? '42601' : '0A000', `the generated column "${generated.name}" uses it`)
  const user = userOf(catalog, change.table, old.name)
  return user === undefined ? undefined : refuse('0A000', `${user} uses it`)
}

/** True where PostgreSQL casts the default by itself. The type of a literal is the column's own, `from`. */
export function takesDefault(
  expression: string | undefined,
  from: TypeName,
  catalog: Catalog,
  { to, postgres }: Pick<Change, 'to' | 'postgres'>,
): boolean {
  if (expression === undefined) return true
  const type = typeOf(parseExpression(expression))
  return pathway(type === undefined || type === UNKNOWN ? from : type, to, 'assignment', catalog, postgres) !== undefined
}

function isPartitionKey(partitionedBy: string, name: string): boolean {
  const statement = parseStatement(`CREATE TABLE t () PARTITION BY ${partitionedBy}`)
  const keys = (statement.CreateStmt?.partspec?.partParams ?? []) as PgNode[]
  return keys.some(({ PartitionElem: key }) => key.name === name || mentionsIn(key.expr, name))
}

/** What uses the column in a way that fixes its type, and that it can't be dropped under: PostgreSQL would have to read it anew. */
export function userOf(catalog: Catalog, key: TableName, name: string): string | undefined {
  const table = catalog.tables.get(key)
  const trigger = table?.triggers.find((t) => t.updateOf.includes(name) || mentions(t.when, name))
  if (trigger) return `the trigger "${trigger.name}"`
  const policy = table?.policies.find((p) => mentions(p.using, name) || mentions(p.check, name))
  if (policy) return `the policy "${policy.name}"`
  for (const [view, { reads }] of catalog.views)
    if (reads.some((r) => r.table === key && (r.columns?.includes(name) ?? true))) return `the view ${displayTable(view)}`
  return undefined
}
