import { addsValueToOld } from '../../fresh.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { transactionsOf } from '../../plan/sending.ts'
import { verbatimSteps } from '../../plan/verbatim.ts'
import { untag } from '../../sql/parser.ts'
import { actionOf, displayTable, strings } from '../../sql/relation.ts'
import type { Statement } from '../../sql/statement.ts'
import type { Strategy } from '../../strategy.ts'
import { isConcurrently } from '../../unrewritten/in-transaction.ts'
import { labelUsedAtOnce } from './enum-value.ts'
import { heldLock, isLongWork } from './under-lock.ts'

const CONCURRENTLY: HazardKind = {
  code: 'concurrently-in-transaction',
  harm: 'data',
  why: 'CONCURRENTLY can’t run inside a transaction, and this migration runs as one: it fails (25001).',
  instead: 'The statement gets a file of its own, which runs outside a transaction.',
}

const VALIDATES: HazardKind = {
  code: 'validate-with-not-valid',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'NOT VALID and VALIDATE in one transaction: the lock of the first is held through the scan of the second.',
  instead: 'VALIDATE CONSTRAINT gets a transaction of its own, in which reads and writes go on.',
}

const UNDER_LOCK: HazardKind = {
  code: 'long-work-under-lock',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'an earlier statement of the same transaction has locked a table that is in use, and the lock is held while this one reads or writes many rows.',
  instead: 'The statement gets a transaction of its own, behind the one that takes the lock.',
}

const ENUM: HazardKind = {
  code: 'enum-value-used-at-once',
  harm: 'data',
  why: 'a value added to an enum can’t be used in the transaction that adds it: the migration fails (55P04).',
  instead: 'The value is added in a transaction of its own, before it is used.',
}

/** Statements that are safe alone, and only alone: each gets a transaction, or a file outside any, of its own. */
export const strategy: Strategy = {
  id: 'stand-alone',
  summary: 'Gives a statement that must not share a transaction one of its own.',
  hazards: [CONCURRENTLY, VALIDATES, UNDER_LOCK, ENUM],
  rewrite(statement, migration) {
    const found = kindOf(statement, migration)
    if (!found) return undefined
    return {
      claims: [statement.index],
      hazards: [hazard(found.kind, found.on, found.at ?? statement)],
      expand: verbatimSteps([statement], migration, new Map()),
      contract: [],
      ...(addsValueToOld(statement, migration) && { first: true as const }),
    }
  },
}

interface Found {
  readonly kind: HazardKind
  readonly on: string
  /** The statement that fails, where it is another one than the one that moves. */
  readonly at?: Statement
}

function kindOf(statement: Statement, migration: Migration): Found | undefined {
  const [tag, s] = untag(statement.node)
  if (isConcurrently(statement.node)) {
    const inBlock = transactionsOf(migration)[statement.index]?.inBlock
    return inBlock ? { kind: CONCURRENTLY, on: nameOf(statement) } : undefined
  }
  if (tag === 'AlterEnumStmt') {
    const use = s.oldVal ? undefined : labelUsedAtOnce(statement, migration)
    return use && { kind: ENUM, on: strings(s.typeName).at(-1) ?? '', at: use }
  }
  if (!isLongWork(statement, migration)) return undefined
  const held = heldLock(statement, migration)
  if (!held) return undefined
  const validates = actionOf(statement, 'AT_ValidateConstraint')
  const isItsOwn = held.statements.some((s) => {
    const added = actionOf(s, 'AT_AddConstraint')
    return validates !== undefined && added?.table === validates.table && added.name === validates.name
  })
  return { kind: isItsOwn ? VALIDATES : UNDER_LOCK, on: isItsOwn && validates ? validates.name : displayTable(held.table) }
}

/** The index or table that the statement names. */
function nameOf({ node, sql }: Statement): string {
  const [, s] = untag(node)
  const dropped = strings(s.objects?.[0]?.List?.items).at(-1)
  return (s.idxname as string | undefined) ?? dropped ?? (s.relation?.relname as string | undefined) ?? sql
}
