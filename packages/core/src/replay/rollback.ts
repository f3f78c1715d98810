import type { Statement } from '../sql/statement.ts'

/**
 * The statement of a script before which the schema was what a ROLLBACK or ROLLBACK TO brings back: the BEGIN of its transaction, or the savepoint. Undefined
 * where the statement is something else, or the script does not hold what it goes back to.
 */
export function rolledBackTo(statements: readonly Statement[], at: number): number | undefined {
  const back = statements[at]?.node.TransactionStmt
  const isTo = back?.kind === 'TRANS_STMT_ROLLBACK_TO'
  if (!isTo && back?.kind !== 'TRANS_STMT_ROLLBACK') return undefined
  const released = new Set<string>()
  for (let i = at - 1; i >= 0; i--) {
    const { kind, savepoint_name: name, chain } = statements[i]?.node.TransactionStmt ?? {}
    switch (kind) {
      case 'TRANS_STMT_BEGIN':
      case 'TRANS_STMT_START':
        return isTo ? undefined : i
      case 'TRANS_STMT_COMMIT':
      case 'TRANS_STMT_ROLLBACK':
        // AND CHAIN begins the next transaction at once.
        return chain === true && !isTo ? i + 1 : undefined
      case 'TRANS_STMT_RELEASE':
        released.add(name)
        break
      case 'TRANS_STMT_SAVEPOINT':
        if (isTo && name === back.savepoint_name && !released.delete(name)) return i
        break
    }
  }
  return undefined
}
