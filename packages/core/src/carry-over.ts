import type { Catalog, Constraint, TableName } from './catalog/catalog.ts'
import { referencesSql } from './constraint-sql.ts'
import { dependents } from './dependents.ts'
import { renameColumn } from './expression.ts'
import { indexSql } from './index-sql.ts'
import type { DraftStep } from './plan.ts'
import { objectName, quoteName } from './sql.ts'
import { validateStep } from './steps/not-null.ts'
import { ddl } from './steps/steps.ts'
import type { Target } from './steps/trigger.ts'

/** Indexes and constraints of one column, built a second time on the column that takes its place. */
export interface CarryOver {
  /** Builds the copies online, under names of ours. */
  readonly build: readonly DraftStep[]
  /** One object each: how the original gives up its name, how the copy takes it, and how each is undone. */
  readonly objects: readonly Carried[]
}

export interface Carried {
  /** `foreign` ones lock the other table too when the original is dropped. */
  readonly foreign: boolean
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

/** Plans the copies of everything that hangs on `from`, for the column `to` of the same table. */
export function carryOver(catalog: Catalog, key: TableName, target: Target, from: string, to: string): CarryOver | CantCarry {
  const found = dependents(catalog, key, from)
  const blocked = obstacle(found, from)
  if (blocked) return { reason: blocked }
  const build: DraftStep[] = []
  const objects: Carried[] = []
  for (const index of found.indexes) {
    const copy = objectName('ec', index.name, 'new')
    const sql = indexSql(index, target.sql, { name: copy, concurrently: true, rename: { from, to } })
    if (!sql) return { reason: `the index "${index.name}" has an expression that can't be rewritten surely` }
    build.push(indexStep(sql, copy, target, index.name))
    objects.push(renamed('INDEX', target, index.name, copy))
  }
  for (const constraint of found.constraints) {
    const carried = carryConstraint(catalog, key, target, constraint, from, to)
    if ('reason' in carried) return carried
    build.push(...carried.build)
    objects.push(carried.object)
  }
  return { build, objects }
}

function obstacle(found: ReturnType<typeof dependents>, column: string): string | undefined {
  if (found.opaque[0]) return `${found.opaque[0]} may name the column "${column}"`
  if (found.constraints.some((c) => c.kind === 'primary')) return `"${column}" is part of the primary key`
  const [inbound] = found.inbound
  if (inbound) return `the foreign key "${inbound.constraint.name}" of ${inbound.table} points at "${column}"`
  const odd = found.constraints.find((c) => c.kind === 'exclude' || c.deferrable)
  return odd && `the constraint "${odd.name}" is ${odd.kind === 'exclude' ? 'an exclusion constraint' : 'deferrable'}`
}

function indexStep(sql: string, copy: string, target: Target, original: string): DraftStep {
  return ddl({
    name: 'build index',
    title: `Build a copy of ${original} concurrently`,
    why: 'CONCURRENTLY holds SHARE UPDATE EXCLUSIVE: reads and writes go on while the index is built.',
    sql: [sql],
    undo: { sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${schemaPrefix(target)}${quoteName(copy)}`], alone: true },
  })
}

/** `"auth".` where the migration names the schema of the table, nothing elsewhere: an index lives in its table's schema. */
export function schemaPrefix(target: Target): string {
  return target.schema ? `${quoteName(target.schema)}.` : ''
}

function renamed(kind: 'INDEX' | 'CONSTRAINT', target: Target, name: string, copy: string, foreign = false): Carried {
  const away = quoteName(objectName('ec', name, 'old'))
  const [n, c] = [quoteName(name), quoteName(copy)]
  const rename = (a: string, b: string): string =>
    kind === 'INDEX' ? `ALTER INDEX ${schemaPrefix(target)}${a} RENAME TO ${b}` : `ALTER TABLE ${target.sql} RENAME CONSTRAINT ${a} TO ${b}`
  const drop = kind === 'INDEX' ? `DROP INDEX ${schemaPrefix(target)}${n}` : `ALTER TABLE ${target.sql} DROP CONSTRAINT ${n}`
  return { foreign, giveUp: rename(n, away), take: rename(c, n), takeBack: rename(n, c), giveBack: rename(away, n), drop }
}

function carryConstraint(
  catalog: Catalog,
  key: TableName,
  target: Target,
  c: Constraint,
  from: string,
  to: string,
): { build: DraftStep[]; object: Carried } | CantCarry {
  const copy = objectName('ec', c.name, 'new')
  const columns = c.columns.map((name) => quoteName(name === from ? to : name)).join(', ')
  const alter = `ALTER TABLE ${target.sql}`
  if (c.kind === 'unique') return carryUnique(catalog, key, target, c, copy, from, to)
  let body: string
  if (c.kind === 'foreign' && c.references) {
    body = `FOREIGN KEY (${columns}) ${referencesSql(c.references)}`
  } else {
    const expression = c.expression && renameColumn(c.expression, from, to)
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
    object: renamed('CONSTRAINT', target, c.name, copy, c.kind === 'foreign'),
  }
}

function carryUnique(
  catalog: Catalog,
  key: TableName,
  target: Target,
  c: Constraint,
  copy: string,
  from: string,
  to: string,
): { build: DraftStep[]; object: Carried } | CantCarry {
  const index = catalog.tables.get(key)?.indexes.find((i) => i.constraint === c.name)
  const sql = index && indexSql(index, target.sql, { name: copy, concurrently: true, rename: { from, to } })
  if (!sql) return { reason: `the index behind the constraint "${c.name}" is not known` }
  const alter = `ALTER TABLE ${target.sql}`
  const away = quoteName(objectName('ec', c.name, 'old'))
  const name = quoteName(c.name)
  return {
    build: [indexStep(sql, copy, target, c.name)],
    object: {
      foreign: false,
      giveUp: `${alter} RENAME CONSTRAINT ${name} TO ${away}`,
      // Adopting an index that is built already takes the lock for a moment and renames the index to the constraint.
      take: `${alter} ADD CONSTRAINT ${name} UNIQUE USING INDEX ${quoteName(copy)}`,
      // The index goes with its constraint; undoing the step that built it finds nothing left to drop.
      takeBack: `${alter} DROP CONSTRAINT ${name}`,
      giveBack: `${alter} RENAME CONSTRAINT ${away} TO ${name}`,
      drop: `${alter} DROP CONSTRAINT ${name}`,
    },
  }
}
