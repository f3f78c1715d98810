import type { Constraint, TableName } from '../../catalog/catalog.ts'
import type { Migration } from '../../migration.ts'
import { bodyOf, indexBody, isSameColumn, type RecreatedTable, recreatedTable } from '../../recreated-table.ts'
import { remembered } from '../../remembered.ts'
import { ownedSequences } from '../../replay/sequence.ts'
import { scan } from '../../sql/parser.ts'
import { displayTable, rangeKey, splitKey, type TableAction, tableAction } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { targetOfKey } from '../../target.ts'

/** How the old table becomes the new one under its own names, and which statements that stands for. */
export interface Becoming {
  readonly sql: readonly string[]
  readonly back: readonly string[]
  readonly claims: readonly number[]
}

/** The renames that take the place of dropping and creating; or why there are none, in words. */
export function becoming(table: RecreatedTable, migration: Migration): Becoming | string {
  const differs = difference(table)
  if (differs) return differs
  const moved = new Map([[table.from, table.to]])
  const pairs: Pair[] = []
  const inbound: Constraint[] = []
  for (const c of table.old.constraints) {
    const same = table.next.constraints.find(
      (n) => bodyOf(n, table.next, moved) === bodyOf(c, table.old, moved) && bodyOf(n, table.next, moved),
    )
    if (!same) return `its constraint "${c.name}" is not the same in both`
    pairs.push({ kind: 'CONSTRAINT', on: table.to, from: c.name, to: same.name })
  }
  for (const i of table.old.indexes.filter((x) => x.constraint === undefined)) {
    const same = table.next.indexes.find((n) => n.constraint === undefined && indexBody(n) !== undefined && indexBody(n) === indexBody(i))
    if (!same) return `its index "${i.name}" is not the same in both`
    pairs.push({ kind: 'INDEX', on: table.to, from: i.name, to: same.name })
  }
  if (table.next.constraints.length !== table.old.constraints.length) return 'the new one has another number of constraints'
  if (table.next.indexes.length !== table.old.indexes.length) return 'the new one has another number of indexes'
  for (const [key, child] of migration.before.tables) {
    if (key === table.from) continue
    for (const c of child.constraints.filter((k) => k.references?.table === table.from)) {
      const after = migration.after.tables.get(key)
      const same = after?.constraints.find((n) => bodyOf(n, after, moved) === bodyOf(c, child, moved))
      if (!same) return `the foreign key "${c.name}" of ${displayTable(key)} does not come back`
      pairs.push({ kind: 'CONSTRAINT', on: key, from: c.name, to: same.name })
      inbound.push(c, same)
    }
  }
  for (const { name } of table.old.columns) {
    const [a, b] = [ownedSequences(migration.before, table.from, name)[0], ownedSequences(migration.after, table.to, name)[0]]
    if (a && b) pairs.push({ kind: 'SEQUENCE', on: table.to, from: splitKey(a)[1], to: splitKey(b)[1] })
  }
  const claims = claimed(table, inbound, migration)
  const other = migration.script.statements.find((s) => !claims.includes(s.index) && names(s, table))
  if (other) return `line ${other.line} works on it too`
  const steps = [...tableSteps(table), ...pairs.filter((p) => p.from !== p.to).map(renameSteps)]
  return { sql: steps.map((s) => s.there), back: steps.map((s) => s.back).reverse(), claims }
}

function difference({ old, next }: RecreatedTable): string | undefined {
  if (old.kind !== 'table' || next.kind !== 'table') return 'it is partitioned or inherits'
  if (old.triggers.length > 0) return `its trigger "${old.triggers[0]?.name}" would stay, and the new table has none`
  if (old.policies.length > 0 || next.policies.length > 0) return 'it has row security'
  const odd =
    old.columns.find(
      (c) =>
        !isSameColumn(
          c,
          next.columns.find((n) => n.name === c.name),
        ),
    ) ?? next.columns.find((c) => !old.columns.some((o) => o.name === c.name))
  return odd && `its column "${odd.name}" is not the same in both`
}

interface Pair {
  readonly kind: 'CONSTRAINT' | 'INDEX' | 'SEQUENCE'
  /** The table that it hangs on, by its name behind the rename. */
  readonly on: TableName
  readonly from: string
  readonly to: string
}

function renameSteps({ kind, on, from, to }: Pair): { there: string; back: string } {
  const [schema] = splitKey(on)
  const { sql } = targetOfKey(on)
  const rename = (a: string, b: string): string =>
    kind === 'CONSTRAINT'
      ? `ALTER TABLE ${sql} RENAME CONSTRAINT ${quoteName(a)} TO ${quoteName(b)}`
      : `ALTER ${kind} ${schema === 'public' ? '' : `${quoteName(schema)}.`}${quoteName(a)} RENAME TO ${quoteName(b)}`
  return { there: rename(from, to), back: rename(to, from) }
}

function tableSteps({ from, to }: RecreatedTable): { there: string; back: string }[] {
  const [[schema, name], [nextSchema, nextName]] = [splitKey(from), splitKey(to)]
  const between = `${quoteName(nextSchema)}.${quoteName(name)}`
  const moves =
    schema === nextSchema
      ? []
      : [
          {
            there: `ALTER TABLE ${targetOfKey(from).sql} SET SCHEMA ${quoteName(nextSchema)}`,
            back: `ALTER TABLE ${between} SET SCHEMA ${quoteName(schema)}`,
          },
        ]
  if (name === nextName) return moves
  const here = targetOfKey(between).sql
  return [
    ...moves,
    {
      there: `ALTER TABLE ${here} RENAME TO ${quoteName(nextName)}`,
      back: `ALTER TABLE ${targetOfKey(to).sql} RENAME TO ${quoteName(name)}`,
    },
  ]
}

/** Statements that drop the old table or make the new one, with all that hangs on either. */
function claimed({ from, to, drop, create }: RecreatedTable, inbound: readonly Constraint[], migration: Migration): number[] {
  const isOfTable = (s: Statement): boolean => {
    if (s === drop || s === create) return true
    if (s.node.IndexStmt) return rangeKey(s.node.IndexStmt.relation) === to
    const action = tableAction(s)
    if (action?.type === 'AT_DropConstraint') return action.table === from || isInbound(action, inbound)
    return action?.type === 'AT_AddConstraint' && (action.table === to || isInbound(action, inbound))
  }
  return migration.script.statements.filter(isOfTable).map((s) => s.index)
}

function isInbound({ name }: TableAction, inbound: readonly Constraint[]): boolean {
  return inbound.some((c) => c.name === name)
}

function names(statement: Statement, { from, to }: RecreatedTable): boolean {
  const words = [from, to].map((key) => quoteName(splitKey(key)[1]))
  return scan(statement.sql).some((t) => words.includes(t.text) || words.includes(quoteName(t.text)))
}

/** True where the statement is a part of a rename that is written as DROP and CREATE: no other strategy is asked about it. */
export function isOfRecreated(statement: Statement, migration: Migration): boolean {
  return recreatedIn(migration).includes(statement.index)
}

const recreatedIn = remembered((migration: Migration): readonly number[] => {
  if (!migration.intents.some((i) => i.kind === 'rename-table')) return []
  return migration.script.statements.flatMap((s) => {
    const table = recreatedTable(s, migration)
    const become = table && becoming(table, migration)
    return become === undefined ? [] : typeof become === 'string' ? [s.index] : become.claims
  })
})
