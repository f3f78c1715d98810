import type { Catalog } from '../catalog/catalog.ts'
import { untag } from '../parser.ts'
import type { Script, Statement } from '../statement.ts'
import { alterTable } from './alter-table.ts'
import { call, rows } from './calls.ts'
import type { Handler } from './change.ts'
import { createIndex } from './create-index.ts'
import { createSchema } from './create-schema.ts'
import { createTable } from './create-table.ts'
import { doBlock } from './do.ts'
import { drop } from './drop.ts'
import { markEverything } from './edit.ts'
import { alterEnum, createEnum } from './enum.ts'
import { alterFunction, createFunction } from './function.ts'
import { rename } from './rename.ts'
import { select, setVariable, transaction } from './session.ts'
import { setSchema } from './set-schema.ts'
import { withoutTemporary } from './temporary.ts'
import { createExtension } from './extension.ts'
import { alterSequence, createSequence } from './sequence.ts'
import { alterDomain, createComposite, createDomain } from './types.ts'
import { alterPolicy, createPolicy, createTrigger } from './trigger.ts'
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
  CreateExtensionStmt: createExtension,
  CreateFunctionStmt: createFunction,
  CreatePolicyStmt: createPolicy,
  CreateSchemaStmt: createSchema,
  CreateSeqStmt: createSequence,
  CreateStmt: createTable,
  CreateTableAsStmt: createFromQuery,
  CreateTrigStmt: createTrigger,
  DeleteStmt: rows,
  DoStmt: (catalog, _, change) => doBlock(catalog, change, applyStatement),
  DropStmt: drop,
  IndexStmt: createIndex,
  InsertStmt: rows,
  MergeStmt: rows,
  RenameStmt: rename,
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
  const [tag, fields] = untag(statement.node)
  if (WITHOUT_EFFECT.has(tag)) return catalog
  return (HANDLERS[tag] ?? unfollowed)(catalog, fields, { statement, migration })
}

/** The catalog before each statement of a script, and after the last. An unreadable script makes everything incomplete. */
export function applyScript(catalog: Catalog, script: Script, migration: string): { at: readonly Catalog[]; after: Catalog } {
  if (script.unreadable) {
    const { message, line } = script.unreadable
    const nowhere: Statement = { index: 0, sql: '', span: { start: 0, end: 0 }, node: {}, split: { of: 1, part: 0 }, line, column: 1, base: 0 }
    return { at: [], after: markEverything(catalog, { statement: nowhere, migration }, `the file can't be read: ${message}`) }
  }
  const at: Catalog[] = []
  let current = catalog
  for (const statement of script.statements) {
    at.push(current)
    current = applyStatement(current, statement, migration)
  }
  return { at, after: withoutTemporary(current) }
}
