import path from 'node:path'
import {
  type Catalog,
  type FileEdit,
  type History,
  migrationsOf,
  type Plan,
  type SourceMigration,
  schemaAfter,
  spentFiles,
  UserError,
  undoSteps,
} from '@expand-contract/core'
import type { Emitted } from './emit.ts'
import { folderEdits } from './emit-folders.ts'
import { appendedToJournal, journalEdits } from './emit-journal.ts'
import { needsOwnTransactions } from './guard.ts'
import { nextName, stepName } from './names.ts'
import { contractText, undoText } from './step-text.ts'

/** The contract as the next migrations. The schema is final since the expand stage, so the snapshot does not change. */
export async function release(plan: Plan, history: History): Promise<readonly FileEdit[]> {
  const { layout, migrations } = history
  const { steps } = plan.stages[1]
  const last = migrations.at(-1)?.id ?? plan.id
  const guarded = needsOwnTransactions(steps)
  const emitted = steps.map((step, i): Emitted => {
    const slug = `contract_${steps.length > 1 ? step.id : step.id.replace(/^\d+-/, '')}`
    const name = nextName(last, i + 1, plan.id, slug)
    return { name, text: contractText(step, plan, name, guarded) }
  })
  const files =
    layout.format === 'drizzle-v1'
      ? emitted.map(({ name, text }): FileEdit => ({ path: path.join(layout.migrations, name, 'migration.sql'), content: text }))
      : await appendedToJournal(plan, layout.migrations, emitted)
  return [...files, ...spent(plan, history)]
}

/**
 * The undo in the place of the migration that the kit writes once schema.ts is as it was: only the kit can write the snapshot of that. Throws {@link UserError}, with the way to
 * it, where that migration is not the newest.
 */
export async function undo(plan: Plan, history: History): Promise<readonly FileEdit[]> {
  const generated = reversal(plan, history)
  const steps = undoSteps(plan)
  const guarded = needsOwnTransactions(steps.map((b) => b.step))
  const emitted = steps.map((back, i): Emitted => {
    const name = steps.length === 1 ? generated.id : stepName(generated.id, i, `undo-${back.step.id}`)
    return { name, text: undoText(back, plan, name, guarded) }
  })
  const replaced = { ...plan, id: generated.id, source: { ...plan.source, id: generated.id } }
  const { edits } = await (history.layout.format === 'drizzle-v1' ? folderEdits : journalEdits)(replaced, history, emitted)
  const kept = emitted.some((e) => e.name === generated.id)
  return [...edits, ...(kept ? [] : [{ path: generated.path, content: null }]), ...spent(plan, history)]
}

function spent(plan: Plan, { layout }: History): FileEdit[] {
  return spentFiles(plan).map((file): FileEdit => ({ path: path.join(layout.plans, plan.id, file), content: null }))
}

/** The newest migration, where all that it does is to take the plan's migration back. */
function reversal(plan: Plan, { migrations }: History): SourceMigration {
  const own = migrationsOf(plan, migrations)
  const first = own[0]?.index ?? migrations.findIndex((m) => m.id === plan.id)
  const newest = migrations.at(-1)
  const before = migrations.slice(0, Math.max(0, first))
  const isOwn = own.some(({ migration }) => migration === newest)
  const original = { id: plan.id, text: plan.source.sql }
  if (newest && !isOwn && newest.id !== plan.id && shape(schemaAfter([...before, original, newest])) === shape(schemaAfter(before)))
    return newest
  throw new UserError(
    [
      `Only Drizzle Kit can write the snapshot of the schema before ${plan.id}. Let it do so, and run this command again: it replaces what the kit writes by the undo, which keeps the data.`,
      '  take the schema file back to what it was before the change (git show <commit>:path/to/schema.ts)',
      '  npx drizzle-kit generate --name undo',
      `  npx expand-contract undo ${plan.id}`,
    ].join('\n'),
  )
}

/** Tables, columns and enums, whatever their order. */
function shape({ tables, enums }: Catalog): string {
  const columns = [...tables].flatMap(([key, table]) => table.columns.map((c) => [key, c.name, c.type, c.notNull]))
  return JSON.stringify([
    columns.map((c) => JSON.stringify(c)).sort(),
    [...tables.keys()].sort(),
    [...enums].map((e) => JSON.stringify(e)).sort(),
  ])
}
