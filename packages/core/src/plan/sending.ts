import type { Migration } from '../migration.ts'
import { readBody } from '../plpgsql/plpgsql.ts'
import { remembered } from '../remembered.ts'
import { untag } from '../sql/parser.ts'
import type { Script, Statement } from '../sql/statement.ts'

/**
 * How an ORM sends the file of a migration. `transaction`: between BEGIN and COMMIT (Drizzle). `query`: whole, as one query, which is a transaction where it holds more
 * than one command (Prisma to 7.3). `statements`: one command after the other, each for itself (Prisma from 7.4).
 */
export const SENDINGS = ['transaction', 'query', 'statements'] as const

export type Sending = (typeof SENDINGS)[number]

/** The transaction that a statement runs in. */
export interface Place {
  /** Statements with the same number share one. */
  readonly transaction: number
  /** True where CONCURRENTLY fails (25001): the statement is not alone with the server. */
  readonly inBlock: boolean
}

/** The transaction of each statement of a migration, by position. */
export const transactionsOf = remembered((migration: Migration): readonly Place[] => {
  const { script } = migration
  const sending = isGuarded(script) ? 'statements' : (migration.sending ?? 'query')
  const places: Place[] = []
  const single = commandsIn(script.statements) === 1
  let transaction = 0
  let isOpen = sending === 'transaction'
  for (const [i, statement] of script.statements.entries()) {
    const [tag, s] = untag(statement.node)
    const previous = places.at(-1)
    if (previous && isSameCommand(statement, script.statements[i - 1])) {
      places.push(previous)
      continue
    }
    const begins = tag === 'TransactionStmt' && (s.kind === 'TRANS_STMT_BEGIN' || s.kind === 'TRANS_STMT_START')
    const ends = tag === 'TransactionStmt' && (s.kind === 'TRANS_STMT_COMMIT' || s.kind === 'TRANS_STMT_ROLLBACK')
    const isBlock = isOpen || (sending === 'query' && !single)
    if (!isBlock || (begins && !isOpen && sending === 'statements')) transaction++
    places.push({ transaction, inBlock: isBlock || begins || statement.within !== undefined })
    if (begins) isOpen = true
    if (ends) {
      isOpen = false
      transaction++
    }
  }
  return places
})

/** The file begins with a DO block that raises where it is not alone with the server: whoever gets past it sends one statement after the other. */
export function isGuarded({ statements: [first] }: Script): boolean {
  if (!first?.node.DoStmt) return false
  const body = readBody(first)
  const [check] = 'opaque' in body ? [] : body.items
  if (check?.kind !== 'if') return false
  const [branch] = check.branches
  return branch?.condition === GUARD && branch.items.some((item) => item.kind === 'leave' && item.raises)
}

/** Differs inside BEGIN … COMMIT and in a query of several statements; the two are equal in the first message of a transaction. */
const GUARD = 'transaction_timestamp() <> statement_timestamp()'

/** Statements before this one in its transaction. */
export function earlierInTransaction(statement: Statement, migration: Migration): readonly Statement[] {
  const places = transactionsOf(migration)
  const own = places[statement.index]?.transaction
  return migration.script.statements.slice(0, statement.index).filter((_, i) => places[i]?.transaction === own)
}

function commandsIn(statements: readonly Statement[]): number {
  return statements.filter((s, i) => !isSameCommand(s, statements[i - 1])).length
}

/** Parts of one ALTER TABLE, or statements of one DO block. */
export function isSameCommand(a: Statement, b: Statement | undefined): boolean {
  return b !== undefined && a.span.start === b.span.start
}
