import { type PgNode, parseStatement, SqlSyntaxError, shape, untag } from './sql/parser.ts'
import { quoteName, sliceBytes } from './sql/sql.ts'
import { tokensOf } from './sql/tokens.ts'
import { isSerial } from './sql/type-name.ts'

/** A command that was cut out of an ADD COLUMN: its text, its tree, and where it began in the text. */
export interface Part {
  readonly sql: string
  readonly node: PgNode
  /** Byte offset in the text of the ADD COLUMN. */
  readonly at: number
}

/**
 * Takes `ADD COLUMN c type UNIQUE CHECK (…)` apart: the bare column, then each constraint that PostgreSQL would prove or build an index for, as an ADD CONSTRAINT of its own
 * under the name that it would have had. Undefined where there is none, or where that can't be told for sure.
 */
export function withoutInline(sql: string, node: PgNode): Part[] | undefined {
  if (inlineIn(node).length === 0) return undefined
  try {
    // Locations in this tree are those of this text.
    return taken(sql, parseStatement(sql))
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

/** The column that a statement adds, where it does nothing else and surely does that. */
function addedIn(node: PgNode): PgNode | undefined {
  const [tag, alter] = untag(node)
  const command = alter.cmds?.[0]?.AlterTableCmd as PgNode | undefined
  const isOne = tag === 'AlterTableStmt' && alter.cmds.length === 1 && command?.subtype === 'AT_AddColumn'
  return isOne && !command?.missing_ok ? command?.def.ColumnDef : undefined
}

function constraintsOf(column: PgNode | undefined): PgNode[] {
  return ((column?.constraints ?? []) as PgNode[]).map((c) => c.Constraint as PgNode)
}

function inlineIn(node: PgNode): PgNode[] {
  const all = constraintsOf(addedIn(node))
  return all.filter((c) => standsApart(c, all))
}

function taken(sql: string, node: PgNode): Part[] | undefined {
  const column = addedIn(node) ?? {}
  const all = constraintsOf(column)
  const ends = [...all.filter((c) => !isAttribute(c)).map((c) => c.location as number), Buffer.byteLength(sql)].sort((a, b) => a - b)
  const pieces = inlineIn(node).map((c) => ({ c, start: c.location as number, end: ends.find((e) => e > c.location) ?? 0 }))
  const isRequired = pieces.some((p) => p.c.contype === 'CONSTR_PRIMARY') && !isSerial(column.typeName) && !all.some(isNotNull)
  const bare = `${outside(sql, pieces)}${isRequired ? ' NOT NULL' : ''}`
  const parts: Part[] = [{ sql: bare, node: parseStatement(bare), at: 0 }]
  const head = headOf(sql, node.AlterTableStmt.relation)
  for (const { c, start, end } of pieces) {
    const text = `${head} ADD ${tableForm(sliceBytes(sql, start, end).trim(), c, column.colname)}`
    const added = parseStatement(text)
    if (!saysTheSame(added, c, column.colname)) return undefined
    parts.push({ sql: text, node: added, at: start })
  }
  return addedIn(parts[0]?.node ?? {})?.colname === column.colname && inlineIn(parts[0]?.node ?? {}).length === 0 ? parts : undefined
}

/** A foreign key on a column without a default is NULL in every row: PostgreSQL looks nothing up. */
function standsApart(c: PgNode, all: readonly PgNode[]): boolean {
  switch (c.contype) {
    case 'CONSTR_UNIQUE':
    case 'CONSTR_PRIMARY':
      return true
    case 'CONSTR_CHECK':
      return c.is_enforced !== false
    case 'CONSTR_FOREIGN':
      return all.some((o) => o.contype === 'CONSTR_DEFAULT')
    default:
      return false
  }
}

function isAttribute(c: PgNode): boolean {
  return (c.contype as string).startsWith('CONSTR_ATTR_')
}

function isNotNull(c: PgNode): boolean {
  return c.contype === 'CONSTR_NOTNULL' || c.contype === 'CONSTR_IDENTITY'
}

/** `ALTER TABLE [IF EXISTS] [ONLY] name`, which ends before ADD. */
function headOf(sql: string, relation: PgNode): string {
  const tokens = tokensOf(sql)
  let i = tokens.findIndex((t) => t.start === relation.location) + 1
  while (tokens[i]?.text === '.') i += 2
  return sliceBytes(sql, 0, tokens[i - 1]?.end ?? 0)
}

function outside(sql: string, pieces: readonly { readonly start: number; readonly end: number }[]): string {
  let text = ''
  let from = 0
  for (const { start, end } of pieces.toSorted((a, b) => a.start - b.start)) {
    text += sliceBytes(sql, from, start)
    from = end
  }
  return `${text}${sliceBytes(sql, from)}`.trim()
}

/** The constraint as ADD CONSTRAINT has it: the column that it stood beside is named. */
function tableForm(text: string, c: PgNode, column: string): string {
  const own = ` (${quoteName(column)})`
  const tokens = tokensOf(text)
  const word = (name: string): number => tokens.findIndex((t) => t.text.toUpperCase() === name)
  const behind = (i: number): string => `${sliceBytes(text, 0, tokens[i]?.end)}${own}${sliceBytes(text, tokens[i]?.end ?? 0)}`
  switch (c.contype) {
    case 'CONSTR_UNIQUE': {
      const unique = word('UNIQUE')
      return behind(tokens[unique + 1]?.text.toUpperCase() === 'NULLS' ? word('DISTINCT') : unique)
    }
    case 'CONSTR_PRIMARY':
      return behind(word('KEY'))
    case 'CONSTR_FOREIGN': {
      const at = tokens[word('REFERENCES')]?.start ?? 0
      return `${sliceBytes(text, 0, at)}FOREIGN KEY${own} ${sliceBytes(text, at)}`
    }
    default:
      return text
  }
}

function saysTheSame(added: PgNode, c: PgNode, column: string): boolean {
  const made = added.AlterTableStmt?.cmds?.[0]?.AlterTableCmd?.def?.Constraint as PgNode | undefined
  const columns = [...(made?.keys ?? []), ...(made?.fk_attrs ?? [])].map((k: PgNode) => k.String?.sval)
  const isNamed = c.contype === 'CONSTR_CHECK' ? columns.length === 0 : columns.length === 1 && columns[0] === column
  return (
    made !== undefined && isNamed && made.contype === c.contype && made.conname === c.conname && shape(bodyOf(made)) === shape(bodyOf(c))
  )
}

function bodyOf(c: PgNode): PgNode {
  return { check: c.raw_expr, table: c.pktable, columns: c.pk_attrs, nulls: c.nulls_not_distinct, options: c.options }
}
