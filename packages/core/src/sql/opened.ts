import type { Catalog } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { type BodyItem, type Branch, bodyItems, readBody } from '../plpgsql/plpgsql.ts'
import { isTaken } from '../replay/condition.ts'
import { errorOf } from '../replay/conflict.ts'
import { applyStatement } from '../replay/replay.ts'
import type { Statement } from './statement.ts'

/**
 * The migration with its DO blocks opened: in the place of a block stand the statements that it runs on this schema, so that each is judged as if it stood in the file.
 * What a guard or a handler keeps from running is left out. A block of which not all can be seen keeps its own place before its statements.
 */
export function opened(migration: Migration): Migration {
  if (!migration.script.statements.some((s) => s.node.DoStmt)) return migration
  const statements: Statement[] = []
  const at: Catalog[] = []
  for (const [i, statement] of migration.script.statements.entries()) {
    const before = migration.at[i] ?? migration.before
    const inside = statement.node.DoStmt ? look(statement, before, migration.id) : undefined
    const keepsBlock = !inside || inside.found.length === 0 || inside.opaque
    if (keepsBlock) {
      statements.push({ ...statement, index: statements.length })
      at.push(before)
    }
    const alone = inside?.found.length === 1 && inside.certain && !inside.opaque
    for (const { statement: inner, catalog } of inside?.found ?? []) {
      statements.push({
        ...inner,
        index: statements.length,
        span: statement.span,
        split: { of: 1, part: 0 },
        within: { block: statement, alone },
      })
      at.push(catalog)
    }
  }
  return { ...migration, script: { ...migration.script, statements }, at }
}

/** What the statements of a DO block do can't all be seen: the reasons, in words. */
export function hiddenIn(block: Statement): readonly string[] {
  const body = readBody(block)
  return 'opaque' in body ? [body.opaque] : bodyItems([{ kind: 'block', block: body }]).opaque
}

interface Look {
  readonly found: { statement: Statement; catalog: Catalog }[]
  readonly migration: string
  catalog: Catalog
  /** Each of them runs, and once. */
  certain: boolean
  opaque: boolean
  /** A RETURN has been passed, which may have left the block; every block ends with one. */
  left: boolean
}

function look(block: Statement, catalog: Catalog, migration: string): Look {
  const seen: Look = { found: [], migration, catalog, certain: true, opaque: hiddenIn(block).length > 0, left: false }
  const body = readBody(block)
  if (!('opaque' in body)) walk([{ kind: 'block', block: body }], seen, false)
  return seen
}

function walk(items: readonly BodyItem[], seen: Look, isHandled: boolean): void {
  for (const item of items) {
    if (item.kind === 'statement') run(item.statement, seen, isHandled)
    else if (item.kind === 'block') walk(item.block.items, seen, isHandled || item.block.handlers.length > 0)
    else if (item.kind === 'if') walkBranches(item.branches, seen, isHandled)
    else if (item.kind === 'maybe') {
      seen.certain = false
      walk(item.items, seen, isHandled)
    } else if (item.kind === 'leave' && !item.raises) seen.left = true
  }
}

function run(statement: Statement, seen: Look, isHandled: boolean): void {
  // What is there already, or is not there, makes an error that the handler takes: nothing happens.
  const found = isHandled ? errorOf(seen.catalog, statement) : undefined
  if (found?.error && !found.unsure) return
  if (seen.left) seen.certain = false
  seen.found.push({ statement, catalog: seen.catalog })
  seen.catalog = applyStatement(seen.catalog, statement, seen.migration)
}

function walkBranches(branches: readonly Branch[], seen: Look, isHandled: boolean): void {
  for (const branch of branches) {
    const { items } = branch
    // A branch that raises stops the migration.
    if (items.some((item) => item.kind === 'leave' && item.raises)) continue
    const taken = isTaken(seen.catalog, branch)
    if (taken === false) continue
    if (taken === undefined) seen.certain = false
    walk(items, seen, isHandled)
    if (taken) return
  }
}
