import type { DraftDdl, DraftStep, Undo } from '../plan/plan.ts'

type DraftBackfill = Extract<DraftStep, { kind: 'backfill' }>
type DraftCheck = Extract<DraftStep, { kind: 'check' }>

interface DdlInput {
  readonly name: string
  readonly title: string
  readonly why: string
  readonly sql: readonly string[]
  readonly undo: Undo | readonly string[]
  readonly invalidatesPlans?: boolean
}

/** DDL in one transaction, or alone where its one statement is CONCURRENTLY: the planner tells from the SQL. */
export function ddl({ name, title, why, sql, undo, invalidatesPlans }: DdlInput): DraftDdl {
  const back: Undo = isUndo(undo) ? undo : { sql: undo }
  return { kind: 'ddl', name, title, why, sql, undo: back, ...(invalidatesPlans && { invalidatesPlans: true as const }) }
}

/** A batched fill of old rows. It has no undo of its own: the column it fills goes away with the step that added it. */
export function backfill(
  input: Omit<DraftBackfill, 'kind' | 'undo' | 'why' | 'set'> & { readonly undo?: Undo; readonly set?: DraftBackfill['set'] },
): DraftBackfill {
  return {
    kind: 'backfill',
    undo: { none: 'The filled column is removed by undoing the step that added it.' },
    set: [],
    ...input,
    why: 'Short batches, each its own transaction: row locks are held for one batch only, and rows that are right already are skipped.',
  }
}

/** A query that must return no row. */
export function check(input: Pick<DraftCheck, 'name' | 'title' | 'sql' | 'message'>): DraftCheck {
  return { kind: 'check', why: 'Reads only.', undo: { none: 'Nothing was changed.' }, ...input }
}

function isUndo(undo: Undo | readonly string[]): undo is Undo {
  return 'none' in undo || 'sql' in undo || 'irreversible' in undo
}
