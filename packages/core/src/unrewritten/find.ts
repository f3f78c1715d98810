import { LOCK_MODES, lockStrength } from '../lock.ts'
import type { Migration } from '../migration.ts'
import { changerIn } from '../replay/calls.ts'
import { hiddenIn } from '../sql/opened.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { displayTable, isNewTable, rangeKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { changedRows } from './data.ts'
import { alteredDomain } from './domain.ts'
import { dropped } from './drop.ts'
import { catalogAt, type Finding, plainly } from './finding.ts'
import { concurrently, failsInTransaction, isConcurrently } from './in-transaction.ts'
import { KINDS } from './kinds.ts'
import { maintained } from './maintenance.ts'
import { partitionMade } from './partition.ts'
import { movedToSchema, renamed, renamedValue } from './rename.ts'
import { repeatedNumbers } from './setval.ts'
import { actedOn, wordsOf } from './table-action.ts'

/** Commands that change names, comments, rights or add things nobody uses yet: brief locks at most. */
const SAFE: ReadonlySet<string> = new Set(
  `AlterCollationStmt AlterDatabaseSetStmt AlterDefaultPrivilegesStmt AlterExtensionContentsStmt AlterExtensionStmt AlterFdwStmt AlterForeignServerStmt AlterFunctionStmt
  AlterObjectDependsStmt AlterOpFamilyStmt AlterOperatorStmt AlterOwnerStmt AlterPolicyStmt AlterPublicationStmt AlterRoleSetStmt AlterRoleStmt AlterSeqStmt
  AlterStatsStmt AlterTSConfigurationStmt AlterTSDictionaryStmt AlterTypeStmt AlterUserMappingStmt CommentStmt CompositeTypeStmt ConstraintsSetStmt CreateCastStmt
  CreateConversionStmt CreateDomainStmt CreateEnumStmt CreateEventTrigStmt CreateExtensionStmt CreateFdwStmt CreateForeignServerStmt CreateFunctionStmt
  CreateOpClassStmt CreateOpFamilyStmt CreatePLangStmt CreatePolicyStmt CreatePublicationStmt CreateRangeStmt CreateRoleStmt CreateSchemaStmt CreateSeqStmt
  CreateStatsStmt CreateTableAsStmt CreateTransformStmt CreateTrigStmt CreateUserMappingStmt DefineStmt DiscardStmt ExplainStmt GrantRoleStmt GrantStmt
  IndexStmt NotifyStmt RuleStmt SecLabelStmt VariableSetStmt VariableShowStmt ViewStmt`.split(/\s+/),
)

/** What a statement does to a live database that no strategy has claimed. */
export function findingsIn(statement: Statement, migration: Migration): Finding[] {
  const [tag, s] = untag(statement.node)
  if (failsInTransaction(statement, migration)) return [plainly(KINDS.onlyAlone, wordsOf(statement))]
  if (isConcurrently(statement.node)) return concurrently(statement, migration)
  if (s.relation?.relname && tag !== 'RenameStmt' && tag !== 'CreateStmt' && isNewTable(migration, rangeKey(s.relation), statement.index))
    return []
  return tag === 'AlterTableStmt' ? actedOn(statement, migration) : others(tag, statement, migration)
}

function others(tag: string, statement: Statement, migration: Migration): Finding[] {
  const s = statement.node[tag] ?? {}
  if (SAFE.has(tag)) return []
  switch (tag) {
    case '':
      return []
    case 'DoStmt':
      return hiddenIn(statement)
        .slice(0, 1)
        .map((reason) => ({
          kind: KINDS.notUnderstood,
          on: 'DO',
          fix: `A part of the block can't be seen (${reason}): ${lower(KINDS.notUnderstood.instead)}`,
        }))
    case 'LockStmt':
      return locked(s, statement, migration)
    case 'CreateStmt':
      return partitionMade(s, statement, migration)
    case 'TransactionStmt':
      // Each step has a transaction of its own; anything finer than one transaction would be lost.
      return ['TRANS_STMT_BEGIN', 'TRANS_STMT_START', 'TRANS_STMT_COMMIT'].includes(s.kind)
        ? []
        : [plainly(KINDS.notUnderstood, wordsOf(statement))]
    case 'RenameStmt':
      return renamed(s, statement, migration)
    case 'AlterObjectSchemaStmt':
      return movedToSchema(s, statement, migration)
    case 'AlterEnumStmt':
      return s.oldVal ? renamedValue(s, statement, migration) : []
    case 'AlterDomainStmt':
      return alteredDomain(s, statement, migration)
    case 'DropStmt':
      return dropped(s, statement, migration)
    case 'SelectStmt':
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'MergeStmt': {
      const changer = changerIn(catalogAt(statement, migration), statement.node)
      if (changer !== undefined) return [plainly(KINDS.notUnderstood, changer)]
      return [...repeatedNumbers(s), ...changedRows(statement, migration)]
    }
    case 'VacuumStmt':
    case 'ClusterStmt':
    case 'RepackStmt':
    case 'ReindexStmt':
    case 'RefreshMatViewStmt':
    case 'TruncateStmt':
      return maintained(tag, s, statement, migration)
    default:
      return [plainly(KINDS.notUnderstood, wordsOf(statement))]
  }
}

/** LOCK TABLE in a mode that stops writers. */
function locked(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  const mode = LOCK_MODES[s.mode - 1]
  if (!mode || lockStrength(mode) < lockStrength('SHARE')) return []
  const live = (s.relations as PgNode[]).map((r) => rangeKey(r.RangeVar)).filter((key) => !isNewTable(migration, key, statement.index))
  return live.map((key) => plainly({ ...KINDS.lockTable, lock: mode }, displayTable(key)))
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
