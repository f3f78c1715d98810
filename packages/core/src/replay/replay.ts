import type { Catalog } from '../catalog/catalog.ts'
import { untag } from '../sql/parser.ts'
import { rangeKey } from '../sql/relation.ts'
import type { Script, Statement } from '../sql/statement.ts'
import { reordered } from './alter-pass.ts'
import { alterTable } from './alter-table.ts'
import { call, rows } from './calls.ts'
import type { Handler } from './change.ts'
import { isRows } from './changes-schema.ts'
import { createIndex } from './create-index.ts'
import { createSchema } from './create-schema.ts'
import { createTable } from './create-table.ts'
import { doBlock } from './do.ts'
import { alterDomain, createDomain } from './domain.ts'
import { drop } from './drop.ts'
import { mark, markEverything } from './edit.ts'
import { alterEnum, createEnum } from './enum.ts'
import { createExtension } from './extension.ts'
import { alterFunction, createFunction, define } from './function.ts'
import { type Qualified, qualified } from './qualify.ts'
import { createRange } from './range.ts'
import { rename } from './rename.ts'
import { rolledBackTo } from './rollback.ts'
import { createRule } from './rule.ts'
import { withoutPath } from './search-path.ts'
import { alterSequence, createSequence } from './sequence.ts'
import { select, setVariable, transaction } from './session.ts'
import { setSchema } from './set-schema.ts'
import { withoutTemporary } from './temporary.ts'
import { alterPolicy, createEventTrigger, createPolicy, createTrigger } from './trigger.ts'
import { createComposite } from './types.ts'
import { unfollowed, WITHOUT_EFFECT } from './unfollowed.ts'
import { createFromQuery, createView } from './view.ts'

const HANDLERS: Readonly<Record<string, Handler>> = {
  AlterEnumStmt: alterEnum,
  AlterFunctionStmt: alterFunction,
  AlterObjectSchemaStmt: setSchema,
  AlterDomainStmt: alterDomain,
  AlterPolicyStmt: alterPolicy,
  AlterSeqStmt: alterSequence,
  AlterTableStmt: alterTable,
  CallStmt: call,
  CompositeTypeStmt: createComposite,
  CreateDomainStmt: createDomain,
  CreateEnumStmt: createEnum,
  CreateEventTrigStmt: createEventTrigger,
  CreateExtensionStmt: createExtension,
  CreateFunctionStmt: createFunction,
  CreatePolicyStmt: createPolicy,
  CreateRangeStmt: createRange,
  CreateSchemaStmt: (catalog, fields, change) => createSchema(catalog, fields, change, applyStatement),
  CreateSeqStmt: createSequence,
  CreateStmt: createTable,
  CreateTableAsStmt: createFromQuery,
  CreateTrigStmt: createTrigger,
  DefineStmt: define,
  DeleteStmt: rows,
  DiscardStmt: setVariable,
  DoStmt: (catalog, _, change) => doBlock(catalog, change, applyStatement),
  DropStmt: drop,
  IndexStmt: createIndex,
  InsertStmt: rows,
  MergeStmt: rows,
  RenameStmt: rename,
  RuleStmt: createRule,
  SelectStmt: select,
  TransactionStmt: transaction,
  UpdateStmt: rows,
  VariableSetStmt: setVariable,
  ViewStmt: createView,
}

/**
 * The catalog after one statement. Pure: `catalog` is left as it is. `migration` is named where something becomes incomplete: a statement that
 * is not followed, or that does not fit the catalog, marks the tables it names (or all) and never throws.
 */
export function applyStatement(catalog: Catalog, statement: Statement, migration: string): Catalog {
  return applyQualified(catalog, qualified(catalog, statement), migration)
}

function applyQualified(catalog: Catalog, { statement, unknown, homeless }: Qualified, migration: string): Catalog {
  const [tag, fields] = untag(statement.node)
  if (WITHOUT_EFFECT.has(tag)) return catalog
  const change = { statement, migration }
  if (homeless)
    return markEverything(catalog, change, 'it makes something without naming its schema, and no schema of the search_path is there')
  const after = (HANDLERS[tag] ?? unfollowed)(catalog, fields, change)
  const range = fields.relation ?? fields.table
  // What is there already is left as it is, whatever the statement says; rows change no table's form.
  const isIdle = after === catalog && (fields.if_not_exists === true || isRows(statement.node))
  if (unknown.length === 0 || !range?.relname || isIdle) return after
  return mark(after, rangeKey(range), change, `which ${unknown.join(', ')} is meant can't be told under the search_path that is set`)
}

/** What replaying a script gives. */
export interface ReplayedScript {
  /** The catalog before each statement. */
  readonly at: readonly Catalog[]
  /** The catalog after the last. */
  readonly after: Catalog
  /** The script, each name with its schema where it has set another search_path than PostgreSQL's own. */
  readonly script: Script
}

/** Replays a script. An unreadable one makes everything incomplete. */
export function applyScript(catalog: Catalog, script: Script, migration: string): ReplayedScript {
  if (script.unreadable) {
    const { message, line } = script.unreadable
    const nowhere: Statement = {
      index: 0,
      sql: '',
      span: { start: 0, end: 0 },
      node: {},
      split: { of: 1, part: 0 },
      line,
      column: 1,
      base: 0,
    }
    return { at: [], after: markEverything(catalog, { statement: nowhere, migration }, `the file can't be read: ${message}`), script }
  }
  const at: Catalog[] = []
  const statements: Statement[] = []
  let current = catalog
  for (const [i, statement] of script.statements.entries()) {
    at.push(current)
    const back = statement.node.TransactionStmt ? rolledBackTo(script.statements, i) : undefined
    if (back !== undefined) {
      statements.push(statement)
      current = at[back] as Catalog
      continue
    }
    const named = qualified(current, statement)
    statements.push(named.statement)
    current = applyQualified(current, named, migration)
    // Step by step an ALTER TABLE is replayed as it is written; what it leaves is told by the order in which PostgreSQL does it.
    const order = reordered(statements, i)
    if (order)
      current = order.reduce(
        (after, one) => applyQualified(after, { statement: one, unknown: [] }, migration),
        at[i + 1 - order.length] as Catalog,
      )
  }
  const isSame = statements.every((statement, i) => statement === script.statements[i])
  return { at, after: withoutPath(withoutTemporary(current)), script: isSame ? script : { ...script, statements } }
}
