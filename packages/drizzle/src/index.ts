import type { Adapter } from '@expand-contract/core'
import { APPLIED_TABLE, applied, outOfOrder } from './applied.ts'
import { emit } from './emit.ts'
import { find } from './find.ts'
import { release, undo } from './next.ts'
import { read } from './read.ts'
import { records } from './records.ts'
import { stepFile } from './step-text.ts'

export { guardMessage, needsOwnTransactions } from './guard.ts'
export { type SnapshotLoss, snapshotLosses } from './losses.ts'
export { type Snapshot, snapshotsAround } from './snapshots.ts'

/** Drizzle Kit: 0.3x (`meta/_journal.json` and snapshots of version 7) and v1 (a folder for each migration, snapshots of format 8 and 9). */
export const drizzle: Adapter = {
  id: 'drizzle',
  find,
  read,
  emit,
  release,
  undo,
  appliedTable: APPLIED_TABLE,
  applied,
  outOfOrder,
  records,
  stepFile,
}
