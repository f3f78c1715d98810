import { hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { Undo } from '../../plan/plan.ts'
import { isOfRebuiltEnum } from '../../rebuilt-enum.ts'
import { type PgNode, scan, untag } from '../../sql/parser.ts'
import { strings } from '../../sql/relation.ts'
import { quoteName, quoteText } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { userType } from '../../sql/type-name.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { findingsIn } from '../../unrewritten/find.ts'
import { KINDS } from '../../unrewritten/kinds.ts'

/** ALTER TYPE … RENAME TO, or RENAME VALUE: no name suits both codes, so it waits for the contract, and so does new code. */
export const strategy: Strategy = {
  id: 'rename-type',
  summary: 'Renames a type, or a value of an enum, when no code uses the old name any more.',
  hazards: [],
  rewrite(statement, migration) {
    const renamed = renameOf(statement)
    if (!renamed || isOfRebuiltEnum(statement, migration)) return undefined
    if (!findingsIn(statement, migration).some((f) => f.kind === KINDS.enumChange)) return undefined
    // A new type under the old name is a type rebuilt in a way that is not known here.
    if (renamed.kind === 'type' && isNamedAgain(renamed.type, migration)) return undefined
    const { from, to, on, back } = renamed
    const shared = { claims: [statement.index], hazards: [hazard(KINDS.enumChange, on, statement)] }
    const user = userOf(renamed, statement, migration)
    if (user) {
      return {
        ...shared,
        line: statement.line,
        reason: `${on}: the new name ${to} is used in line ${user.line} already, and code that is still running needs ${from}.`,
        fix: `Put that into a migration behind this one; or keep ${from} in the database and map it in the ORM (@map and @@map, pgEnum('old_name', …)).`,
      }
    }
    return {
      ...shared,
      expand: [],
      contract: [
        ddl({
          name: `rename ${from}`,
          title: `Rename ${from} to ${to}`,
          why: 'Only the catalog changes, and no code uses the old name any more.',
          sql: [statement.sql],
          undo: back,
        }),
      ],
      newCodeWaits: [
        `${from} is called ${to} from the contract on: no name suits both codes, so new code goes out with the contract, when no old code runs any more. With the old name mapped in the ORM nothing has to wait, and nothing runs on the database.`,
      ],
    }
  },
}

interface Renamed {
  readonly kind: 'type' | 'value'
  readonly type: string
  /** The type as a person writes it. */
  readonly on: string
  /** The names as SQL. */
  readonly from: string
  readonly to: string
  readonly back: Undo
}

function renameOf(statement: Statement): Renamed | undefined {
  const [tag, s] = untag(statement.node)
  if (tag === 'RenameStmt' && (s.renameType === 'OBJECT_TYPE' || s.renameType === 'OBJECT_DOMAIN')) {
    const path = strings(s.object?.List?.items)
    const named = [...path.slice(0, -1), s.newname as string].map(quoteName).join('.')
    const [from, to] = [quoteName(path.at(-1) ?? ''), quoteName(s.newname)]
    const word = s.renameType === 'OBJECT_TYPE' ? 'TYPE' : 'DOMAIN'
    return {
      kind: 'type',
      type: userType(path),
      on: path.at(-1) ?? '',
      from,
      to,
      back: { sql: [`ALTER ${word} ${named} RENAME TO ${from}`] },
    }
  }
  return tag === 'AlterEnumStmt' && s.oldVal !== undefined ? renamedValue(s) : undefined
}

function renamedValue(s: PgNode): Renamed {
  const path = strings(s.typeName)
  const [from, to] = [quoteText(s.oldVal), quoteText(s.newVal)]
  const back = `ALTER TYPE ${path.map(quoteName).join('.')} RENAME VALUE ${to} TO ${from}`
  return { kind: 'value', type: userType(path), on: path.at(-1) ?? '', from, to, back: { sql: [back] } }
}

function isNamedAgain(type: string, { after }: Migration): boolean {
  return after.enums.has(type) || after.domains.has(type) || after.composites.has(type)
}

/** A later statement that needs the new name: it would run before it is there. */
function userOf({ to, on }: Renamed, statement: Statement, migration: Migration): Statement | undefined {
  return migration.script.statements.find((s) => {
    if (s.index <= statement.index) return false
    const other = renameOf(s)
    if (other) return other.on === on || quoteName(other.on) === to
    return scan(s.sql).some((t) => t.text === to || quoteName(t.text) === to || t.text.endsWith(`.${to}`))
  })
}
