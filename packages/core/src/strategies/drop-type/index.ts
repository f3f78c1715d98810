import type { TypeName } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { Undo } from '../../plan/plan.ts'
import { untag } from '../../sql/parser.ts'
import { strings } from '../../sql/relation.ts'
import { quoteText } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { elementType, splitType, userType } from '../../sql/type-name.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { actionsOn, typeSql } from '../../target.ts'
import { findingsIn } from '../../unrewritten/find.ts'
import { catalogAt } from '../../unrewritten/finding.ts'
import { KINDS } from '../../unrewritten/kinds.ts'

const BREAKS: HazardKind = {
  code: 'drop-type-breaks-old-code',
  harm: 'compatibility',
  why: 'code that is still running names the type in its queries (Prisma does for every enum): each fails (42704) from the moment it is gone.',
  instead: 'The drop waits in the contract, behind the columns that had the type.',
}

/** DROP TYPE of a type that columns have: held in the contract, where they are gone by then. */
export const strategy: Strategy = {
  id: 'drop-type',
  summary: 'Drops a type when no column has it and no code names it any more.',
  hazards: [BREAKS],
  rewrite(statement, migration) {
    const types = droppedTypes(statement)
    if (!types || !findingsIn(statement, migration).some((f) => f.kind === KINDS.dropType)) return undefined
    const names = types.map((type) => splitType(type)[1]).join(', ')
    // What falls with its columns is told there.
    const hazards = types.every((type) => users(type, migration).every((u) => u.falls)) ? [] : [hazard(BREAKS, names, statement)]
    const shared = { claims: [statement.index], hazards }
    const [left] = types.flatMap((type) => usersAt(type, statement, migration))
    if (left !== undefined) {
      return {
        ...shared,
        hazards: [hazard(BREAKS, names, statement)],
        line: statement.line,
        reason: `${left} still has the type ${names} here: without CASCADE the drop fails (2BP01), with it the column goes too.`,
        fix: `Change or drop ${left} first, in the same migration or an earlier one, then plan again.`,
      }
    }
    return {
      ...shared,
      expand: [],
      contract: [
        ddl({
          name: `drop ${names}`,
          title: `Drop the type ${names}`,
          why: 'No column has it and no code names it any more; only the catalog changes.',
          sql: [statement.sql],
          undo: madeAgain(types, statement, migration),
        }),
      ],
    }
  },
}

function droppedTypes(statement: Statement): TypeName[] | undefined {
  const [tag, s] = untag(statement.node)
  if (tag !== 'DropStmt' || (s.removeType !== 'OBJECT_TYPE' && s.removeType !== 'OBJECT_DOMAIN')) return undefined
  return (s.objects as { TypeName?: { names: [] } }[]).map((o) => userType(strings(o.TypeName?.names)))
}

/** Columns that had the type before the migration; `falls`: the migration drops the column, or its table. */
function users(type: TypeName, migration: Migration): { falls: boolean }[] {
  return [...migration.before.tables].flatMap(([key, table]) =>
    table.columns
      .filter((c) => elementType(c.type) === type)
      .map((c) => ({
        falls: !migration.after.tables.has(key) || actionsOn(migration, 'AT_DropColumn', key).some((d) => d.action.name === c.name),
      })),
  )
}

function usersAt(type: TypeName, statement: Statement, migration: Migration): string[] {
  return [...catalogAt(statement, migration).tables.values()].flatMap((table) =>
    table.columns.filter((c) => elementType(c.type) === type).map((c) => `${table.name}.${c.name}`),
  )
}

/** Enums are known in full. */
function madeAgain(types: readonly TypeName[], statement: Statement, migration: Migration): Undo {
  const { enums, domains, composites } = catalogAt(statement, migration)
  const there = types.filter((type) => enums.has(type) || domains.has(type) || composites.has(type))
  const made = there.map((type) => {
    const labels = enums.get(type)
    return labels && `CREATE TYPE ${typeSql(type)} AS ENUM (${labels.map((label) => quoteText(label)).join(', ')})`
  })
  const sql = made.filter((m) => m !== undefined)
  return sql.length === made.length ? { sql } : { irreversible: 'The text of the type is in the history; make it again by hand.' }
}
