import type { Column } from '../../catalog/catalog.ts'
import { newColumnRewrites } from '../../facts/new-column.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep } from '../../plan/plan.ts'
import type { PgNode } from '../../sql/parser.ts'
import { actionOf, columnIn, displayColumn, isNewTable, type TableAction } from '../../sql/relation.ts'
import { objectName, quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { isSerial } from '../../sql/type-name.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import type { Target } from '../../steps/trigger.ts'
import type { Strategy } from '../../strategy.ts'
import { targetOf, typeSql, walkingKey } from '../../target.ts'
import { catalogAt } from '../../unrewritten/finding.ts'

const REWRITES: HazardKind = {
  code: 'add-column-rewrites-table',
  harm: 'rewrite',
  lock: 'ACCESS EXCLUSIVE',
  why: 'a volatile default, serial or identity column gives every row its own value: the whole table and its indexes are written anew under ACCESS EXCLUSIVE, several seconds for each million rows.',
  instead:
    'The column comes without a default, which is set in a statement of its own and so is for new rows only; old rows are filled in batches; then it becomes NOT NULL without a scan.',
}

/** ADD COLUMN with a volatile default, serial or identity: bare, then the default, then a backfill. */
export const strategy: Strategy = {
  id: 'add-filled-column',
  summary: 'Adds a column whose default gives each row its own value, without rewriting the table.',
  hazards: [REWRITES],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_AddColumn')
    if (!action || isNewTable(migration, action.table, statement.index)) return undefined
    const column = columnIn(migration.at[statement.index + 1] ?? migration.after, action.table, action.name)
    const reason = column && newColumnRewrites(column, catalogAt(statement, migration), migration.postgres)
    if (!reason || reason === 'generated' || reason === 'domain') return undefined
    const fill = fillOf(action, column)
    if (!fill) return undefined
    const on = displayColumn(action.table, action.name)
    const shared = { claims: [statement.index], hazards: [hazard(REWRITES, on, statement)] }
    const odd = oddConstraint(action)
    if (odd) {
      return {
        ...shared,
        line: statement.line,
        reason: `${on} comes with ${odd} in the same command.`,
        fix: 'Write the constraint as an ALTER TABLE of its own (ADD CONSTRAINT …), then plan again.',
      }
    }
    const target = targetOf(action.range, action.sql)
    return {
      ...shared,
      ...steps(statement, action, column, fill, migration),
      contract: [],
      // Which old row gets which number is nobody's promise.
      ...(fill.kind !== 'default' && { expects: [{ table: target.sql, column: column.name }] }),
    }
  },
}

type Fill = { readonly kind: 'default'; readonly expression: string } | { readonly kind: 'serial' | 'identity'; readonly sequence: string }

function fillOf(action: TableAction, column: Column): Fill | undefined {
  if (column.identity) return { kind: 'identity', sequence: objectName('ec', action.range.relname as string, column.name, 'seq') }
  if (isSerial(action.def.typeName)) return { kind: 'serial', sequence: objectName(action.range.relname as string, column.name, 'seq') }
  return column.default === undefined ? undefined : { kind: 'default', expression: column.default }
}

/** What stands beside the column in the same command and needs a step of its own. */
function oddConstraint(action: TableAction): string | undefined {
  const kinds = ((action.def.constraints ?? []) as PgNode[]).map((c) => c.Constraint?.contype as string)
  const names: Readonly<Record<string, string>> = {
    CONSTR_PRIMARY: 'a primary key',
    CONSTR_UNIQUE: 'a unique constraint',
    CONSTR_CHECK: 'a check',
    CONSTR_FOREIGN: 'a foreign key',
  }
  return kinds.map((kind) => names[kind]).find((name) => name !== undefined)
}

function steps(statement: Statement, action: TableAction, column: Column, fill: Fill, migration: Migration): { expand: DraftStep[] } {
  const target = targetOf(statement.node.AlterTableStmt.relation, action.sql)
  const alter = `ALTER TABLE ${target.sql}`
  const name = quoteName(column.name)
  const nn = notNull(target, column.name)
  const inSchema = (s: string): string => `${target.schema ? `${quoteName(target.schema)}.` : ''}${quoteName(s)}`
  const value = fill.kind === 'default' ? fill.expression : `nextval('${inSchema(fill.sequence).replaceAll("'", "''")}'::regclass)`
  const collation = column.collation === undefined ? '' : ` COLLATE ${column.collation}`
  return {
    expand: [
      ddl({
        name: `add ${column.name}`,
        title: `Add ${column.name}, with its default for new rows only`,
        why: 'A column without a default, and a default set behind it, change the catalog only. All in one transaction: no write finds the column without its default.',
        sql: [
          `${alter} ADD COLUMN ${name} ${typeSql(column.type)}${collation}`,
          ...(fill.kind === 'default'
            ? []
            : [`CREATE SEQUENCE ${inSchema(fill.sequence)} AS ${column.type} OWNED BY ${target.sql}.${name}`]),
          `${alter} ALTER COLUMN ${name} SET DEFAULT ${value}`,
        ],
        undo: [`${alter} DROP COLUMN ${name}`],
      }),
      backfill({
        name: 'backfill',
        title: `Fill ${column.name} of old rows`,
        table: target.sql,
        key: walkingKey(migration.before.tables.get(action.table)),
        set: [{ column: column.name, expression: value }],
        where: `${name} IS NULL`,
        // A row may hold NULL on purpose where the column is optional.
        ...(!column.notNull && { once: true as const }),
      }),
      ...(column.notNull
        ? [
            checkStep(target, column.name),
            validateStep(target, `that ${column.name} is never NULL`, [nn.validate]),
            setNotNullStep(target, column.name),
          ]
        : []),
      ...(fill.kind === 'identity' ? [identityStep(action, column, target.sql, inSchema(fill.sequence))] : []),
    ],
  }
}

/** Not before the backfill: even NOT VALID it would refuse every UPDATE of a row that has no value yet. */
function checkStep(target: Target, column: string): DraftStep {
  const nn = notNull(target, column)
  return ddl({
    name: `check ${column}`,
    title: `Refuse a row without ${column} from now on`,
    why: 'All old rows are filled and new ones have the default. NOT VALID reads no row, so the lock is held for a change in the catalog only.',
    sql: [nn.add],
    undo: [nn.dropCheck],
  })
}

/** The column becomes an identity, and its sequence goes on where ours has stopped. */
function identityStep(action: TableAction, column: Column, table: string, sequence: string): DraftStep {
  const alter = `ALTER TABLE ${table} ALTER COLUMN ${quoteName(column.name)}`
  const text = (s: string): string => `'${s.replaceAll("'", "''")}'`
  return ddl({
    name: `${column.name} identity`,
    title: `Make ${column.name} an identity column`,
    why: 'The column is NOT NULL, so nothing is read: the lock is held for a change in the catalog. No write gets in between, so no number is given twice.',
    sql: [
      `${alter} DROP DEFAULT`,
      `${alter} ADD GENERATED ${column.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY${identityOptions(action)}`,
      `SELECT setval(pg_get_serial_sequence(${text(table)}, ${text(column.name)}), (SELECT last_value FROM ${sequence}), (SELECT is_called FROM ${sequence}))`,
      `DROP SEQUENCE ${sequence}`,
    ],
    undo: { irreversible: 'The column works as it is; undoing the steps before drops it.' },
  })
}

/** The options in parentheses behind AS IDENTITY, built from their parts. */
function identityOptions(action: TableAction): string {
  const identity = ((action.def.constraints ?? []) as PgNode[]).find((c) => c.Constraint?.contype === 'CONSTR_IDENTITY')?.Constraint
  const parts = ((identity?.options ?? []) as PgNode[]).flatMap(({ DefElem: o }) => {
    const value = o.arg?.Integer?.ival ?? o.arg?.Float?.fval ?? (o.arg?.Integer ? 0 : undefined)
    switch (o.defname) {
      case 'sequence_name':
        return [`SEQUENCE NAME ${((o.arg.List.items ?? []) as PgNode[]).map((i) => quoteName(i.String.sval)).join('.')}`]
      case 'increment':
        return [`INCREMENT BY ${value}`]
      case 'minvalue':
        return [value === undefined ? 'NO MINVALUE' : `MINVALUE ${value}`]
      case 'maxvalue':
        return [value === undefined ? 'NO MAXVALUE' : `MAXVALUE ${value}`]
      case 'start':
        return [`START WITH ${value}`]
      case 'cache':
        return [`CACHE ${value}`]
      case 'cycle':
        return o.arg?.Boolean?.boolval ? ['CYCLE'] : []
      default:
        return []
    }
  })
  return parts.length > 0 ? ` (${parts.join(' ')})` : ''
}
