import type { Migration } from '../../migration.ts'
import { type PgNode, untag } from '../../parser.ts'
import { strings } from '../../relation.ts'
import type { Statement } from '../../statement.ts'
import { elementType, userType } from '../../type-name.ts'

/** DROP TYPE statements of the migration for types that only dropped tables use: they go with the last of those tables. */
export function typesThatFall(drop: Statement, migration: Migration): readonly Statement[] {
  return migration.script.statements.filter((s) => {
    const type = droppedType(s)
    return type !== undefined && s.index > drop.index && lastUser(type, s, migration) === drop.index
  })
}

function droppedType(statement: Statement): string | undefined {
  const [tag, s] = untag(statement.node)
  if (tag !== 'DropStmt' || s.removeType !== 'OBJECT_TYPE' || s.objects.length !== 1) return undefined
  return userType(strings((s.objects[0] as PgNode).TypeName?.names))
}

/** Position of the DROP TABLE behind which no column has the type any more; undefined where something else than a dropped table uses it. */
function lastUser(type: string, until: Statement, migration: Migration): number | undefined {
  const users = [...migration.before.tables].filter(([, t]) => t.columns.some((c) => elementType(c.type) === type)).map(([key]) => key)
  let last: number | undefined
  for (const key of users) {
    const at = migration.script.statements.findIndex((s, i) => {
      const isDrop = untag(s.node)[1].removeType === 'OBJECT_TABLE'
      return (
        isDrop &&
        s.index < until.index &&
        migration.at[i]?.tables.has(key) === true &&
        (migration.at[i + 1] ?? migration.after).tables.get(key) === undefined
      )
    })
    if (at < 0) return undefined
    last = Math.max(last ?? 0, at)
  }
  return last
}
