import type { Migration } from './migration.ts'
import type { Statement } from './statement.ts'

/** True where the migration itself puts both statements between one BEGIN and its COMMIT: nobody sees a state between them. */
export function inOneTransaction(first: Statement, second: Statement, migration: Migration): boolean {
  let open = false
  for (const statement of migration.script.statements) {
    const kind = statement.node.TransactionStmt?.kind as string | undefined
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') open = true
    else if (kind !== undefined && kind !== 'TRANS_STMT_SAVEPOINT') {
      if (statement.index > first.index && statement.index < second.index) return false
      open = false
    }
    if (statement.index === first.index && !open) return false
  }
  return true
}
