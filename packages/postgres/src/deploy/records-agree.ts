import { quoteText, type Records, type SourceMigration, UserError } from '@expand-contract/core'
import type { StepRecord } from '../ledger/index.ts'

/** Throws {@link UserError}: the ledger has a step that the ORM's table has not. The two commit together, so somebody took one of them away. */
export function refuseTornRecords({ id }: SourceMigration, { plan, step, finishedAt }: StepRecord, { table, markApplied }: Records): never {
  throw new UserError(
    `The ledger says that step ${step} of the plan ${plan} was done here on ${finishedAt?.toISOString()}, but ${table.schema}.${table.name} has no row for its migration ${id}. The two are written together, so one was changed by hand. Where the step was taken back, say so to the ledger:\n  UPDATE expand_contract.step SET undone_at = now() WHERE plan = ${quoteText(plan)} AND undone_at IS NULL;\nWhere it was not, the row of the ORM's table was lost: put it back:\n  ${markApplied(id)}`,
  )
}
