import type { Catalog, Constraint, TableName } from '../catalog/catalog.ts'
import { dependents } from '../dependents.ts'
import type { DraftStep } from '../plan/plan.ts'
import { constraintBody } from '../sql/constraint-sql.ts'
import { indexSql, type Renamed, renameAll } from '../sql/index-sql.ts'
import { quoteName } from '../sql/sql.ts'
import { validateStep } from '../steps/not-null.ts'
import { ddl } from '../steps/steps.ts'
import type { Target } from '../steps/trigger.ts'
import { indexStep, ownNames, schemaPrefix } from './indexes.ts'
import { carryKey, type KeyPlace } from './key.ts'

/** Indexes and constraints of one column, built a second time on the column that takes its place. */
export interface CarryOver {
  /** Builds the copies online, under names of ours. */
  readonly build: readonly DraftStep[]
  /** Those of the CHECKs, where they were asked for apart. */
  readonly checks: readonly DraftStep[]
  /** One object each: how the original gives up its name, how the copy takes it, and how each is undone. */
  readonly objects: readonly Carried[]
}

export interface Carried {
  /** The original's name. */
  readonly name: string
  /** A foreign key locks the other table too when the original is dropped. What makes the original anew on its column, which by then has the copy's name, and what proves it. */
  readonly foreign?: { readonly again: readonly string[]; readonly prove: readonly string[] }
  /** What the original is called when it has given up its name. */
  readonly away: string
  readonly giveUp: string
  readonly take: string
  readonly takeBack: string
  readonly giveBack: string
  /** Drops the original while its column still stands. */
  readonly drop: string
}

/** What stands in the way of carrying a column's dependents over, in words. */
export interface CantCarry {
  readonly reason: string
}

interface Options {
  /** Keys are carried too: the primary key, and other tables' foreign keys to the column, which the caller moves. */
  readonly keys?: true
  /** Other columns of the table that change places at the same time, and the names of the objects that are carried already with them. */
  readonly others?: readonly Renamed[]
  readonly without?: ReadonlySet<string>
  /** CHECKs are told apart from the rest: code that writes the old column must not meet them yet. */
  readonly checksApart?: boolean
  /** What a name of ours says beside the object's own, where several columns of one object are carried one after the other. */
  readonly tag?: string
  /** The columns never change back: the primary key needs no second index. */
  readonly oneWay?: true
  /** The column that a foreign key shall point at instead. */
  readonly end?: (table: TableName, column: string) => string
}

/** Plans the copies of everything that hangs on `from`, for the column `to` of the same table. */
export function carryOver(
  catalog: Catalog,
  key: TableName,
  target: Target,
  from: string,
  to: string,
  { keys, others = [], without, checksApart, tag, oneWay, end = (_, column) => column }: Options = {},
): CarryOver | CantCarry {
  const found = dependents(catalog, key, from)
  const blocked = obstacle(found, from, keys)
  if (blocked) return { reason: blocked }
  const renames = [{ from, to }, ...others]
  const place: KeyPlace = { catalog, key, target, renames, ...(tag !== undefined && { tag }), ...(oneWay && { oneWay }) }
  const build: DraftStep[] = []
  const checks: DraftStep[] = []
  const objects: Carried[] = []
  for (const index of found.indexes) {
    if (without?.has(index.name)) continue
    const { copy, away } = ownNames(index.name, tag)
    const sql = indexSql(index, target.sql, { name: copy, concurrently: true, rename: renames })
    if (!sql) return { reason: `the index "${index.name}" has an expression that can't be rewritten surely` }
    build.push(indexStep(sql, copy, target, index.name))
    objects.push(renamed('INDEX', target, index.name, copy, away))
  }
  for (const constraint of found.constraints) {
    if (without?.has(constraint.name)) continue
    const carried =
      constraint.kind === 'unique' || constraint.kind === 'primary' ? carryKey(constraint, place) : carryConstraint(constraint, place, end)
    if ('reason' in carried) return carried
    if (checksApart && constraint.kind === 'check') checks.push(...carried.build)
    else build.push(...carried.build)
    objects.push(carried.object)
  }
  return { build, checks, objects }
}

function obstacle(found: ReturnType<typeof dependents>, column: string, keys: true | undefined): string | undefined {
  if (found.opaque[0]) return `${found.opaque[0]} may name the column "${column}"`
  if (!keys && found.constraints.some((c) => c.kind === 'primary')) return `"${column}" is part of the primary key`
  const [inbound] = found.inbound
  if (!keys && inbound) return `the foreign key "${inbound.constraint.name}" of ${inbound.table} points at "${column}"`
  const odd = found.constraints.find((c) => c.kind === 'exclude' || c.deferrable)
  return odd && `the constraint "${odd.name}" is ${odd.kind === 'exclude' ? 'an exclusion constraint' : 'deferrable'}`
}

function renamed(kind: 'INDEX' | 'CONSTRAINT', target: Target, name: string, copy: string, old: string): Carried {
  const [n, c, o] = [quoteName(name), quoteName(copy), quoteName(old)]
  const rename = (a: string, b: string): string =>
    kind === 'INDEX' ? `ALTER INDEX ${schemaPrefix(target)}${a} RENAME TO ${b}` : `ALTER TABLE ${target.sql} RENAME CONSTRAINT ${a} TO ${b}`
  const drop = kind === 'INDEX' ? `DROP INDEX ${schemaPrefix(target)}${n}` : `ALTER TABLE ${target.sql} DROP CONSTRAINT ${n}`
  return { name, away: old, giveUp: rename(n, o), take: rename(c, n), takeBack: rename(n, c), giveBack: rename(o, n), drop }
}

function carryConstraint(
  c: Constraint,
  { target, renames, tag }: KeyPlace,
  end: (table: TableName, column: string) => string,
): { build: DraftStep[]; object: Carried } | CantCarry {
  const { copy, away } = ownNames(c.name, tag)
  const alter = `ALTER TABLE ${target.sql}`
  let body: string | undefined
  if (c.kind === 'foreign' && c.references) {
    const { references } = c
    const columns = references.columns.map((name) => end(references.table, name))
    const renamed = (name: string): string => renames.find((r) => r.from === name)?.to ?? name
    body = constraintBody({ ...c, columns: c.columns.map(renamed), references: { ...references, columns } })
    if (body === undefined) return { reason: `what the foreign key "${c.name}" points at is not known` }
  } else {
    const expression = c.expression && renameAll(c.expression, renames)
    if (!expression) return { reason: `the check "${c.name}" has an expression that can't be rewritten surely` }
    body = `CHECK (${expression})`
  }
  return {
    build: [
      ddl({
        name: `add ${c.kind === 'foreign' ? 'foreign key' : 'check'}`,
        title: `Add a copy of ${c.name} NOT VALID`,
        why: 'NOT VALID looks at new rows only: the lock is held for a moment, nothing is scanned.',
        sql: [`${alter} ADD CONSTRAINT ${quoteName(copy)} ${body} NOT VALID`],
        undo: [`${alter} DROP CONSTRAINT ${quoteName(copy)}`],
      }),
      ...(c.validated ? [validateStep(target, `the copy of ${c.name}`, [`${alter} VALIDATE CONSTRAINT ${quoteName(copy)}`])] : []),
    ],
    object: {
      ...renamed('CONSTRAINT', target, c.name, copy, away),
      ...(c.kind === 'foreign' && {
        foreign: {
          again: [`${alter} ADD CONSTRAINT ${quoteName(away)} ${body} NOT VALID`],
          prove: c.validated ? [`${alter} VALIDATE CONSTRAINT ${quoteName(away)}`] : [],
        },
      }),
    },
  }
}
