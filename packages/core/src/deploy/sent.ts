import { isConcurrent } from '../finish.ts'
import type { Sending } from '../plan/sending.ts'
import { untag } from '../sql/parser.ts'
import { readScript } from '../sql/read.ts'
import { sliceBytes } from '../sql/sql.ts'
import type { Script, Statement } from '../sql/statement.ts'

/** Part of a migration that is done whole or not at all. */
export interface Unit {
  /** Texts to send, one after the other. */
  readonly sql: readonly string[]
  /** False where a part of it may stay when it fails: it opens or ends transactions of its own in one text. */
  readonly repeatable: boolean
}

/** How to run a migration that is no step of a plan. */
export type Sent =
  /** In one transaction, into which the ORM's row goes too. */
  | { readonly in: 'transaction'; readonly sql: string }
  /** In several, or in ones of its own: when it is killed, a part of it may stay. */
  | { readonly in: 'units'; readonly units: readonly Unit[] }

/**
 * The same as the ORM does, for the database: the transactions that it makes, explicit or by sending several commands as one query. SQL that can't be read
 * goes as one text, as the ORMs send it too.
 */
export function sentAs(text: string, sending: Sending): Sent {
  const script = readScript(text)
  const control = script.unreadable !== undefined || script.statements.some((s) => controls(s) !== undefined)
  if (sending === 'transaction') return { in: 'transaction', sql: text }
  if (sending === 'query' || script.unreadable) {
    const single = script.statements.length === 1
    // Several commands in one query are one transaction; a single one may be of the kind that must have none.
    if (!control && !single) return { in: 'transaction', sql: text }
    return { in: 'units', units: [{ sql: [text], repeatable: !control }] }
  }
  return { in: 'units', units: unitsOf(script) }
}

/** Statements each for itself; what stands between BEGIN and COMMIT together. */
function unitsOf(script: Script): Unit[] {
  const units: Unit[] = []
  let open: string[] | undefined
  for (const [i, statement] of script.statements.entries()) {
    // The actions of one ALTER TABLE come apart on reading; they are sent as they were written.
    if (i > 0 && statement.span.start === script.statements[i - 1]?.span.start) continue
    const sql = sliceBytes(script.text, statement.span.start, statement.span.end)
    const control = controls(statement)
    if (open) open.push(sql)
    else if (control === 'begins') open = [sql]
    else units.push({ sql: [sql], repeatable: statement.split.of > 1 || !isConcurrent(statement.sql) })
    if (open && control === 'ends') {
      units.push({ sql: open, repeatable: true })
      open = undefined
    }
  }
  if (open) units.push({ sql: open, repeatable: true })
  return units
}

function controls({ node }: Statement): 'begins' | 'ends' | undefined {
  const [tag, { kind }] = untag(node)
  if (tag !== 'TransactionStmt') return undefined
  if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') return 'begins'
  return kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK' ? 'ends' : undefined
}
