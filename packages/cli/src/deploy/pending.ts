import path from 'node:path'
import { type Plan, type PlannedStep, type Records, type SourceMigration, stepOf, UserError } from '@expand-contract/core'
import type { Pending } from '@expand-contract/postgres'
import { emittedBy } from '../plan/emitted.ts'
import { planIds, readPlan } from '../plan/plan-files.ts'
import type { Project } from '../project/project.ts'

type Row = Readonly<Record<string, unknown>>

/** What of a project's migrations a database does not have yet, after the rows of the ORM's own table. */
export interface Outstanding {
  readonly pending: readonly Pending[]
  /** Migrations that the database has and the folder does not: said, not judged, as the ORMs do. */
  readonly ahead: readonly string[]
}

/** The plans of a project, read once: {@link outstanding} needs them for every look at a database. */
export async function readPlans({ layout }: Project): Promise<Plan[]> {
  return Promise.all((await planIds(layout)).map((id) => readPlan(layout, id)))
}

/**
 * Compares a project with a database. Throws {@link UserError} where a migration failed there half way, and where a file is no longer the step that its plan wrote.
 */
export async function outstanding(project: Project, plans: readonly Plan[], rows: readonly Row[]): Promise<Outstanding> {
  const { adapter, history } = project
  const { applied, ahead, failed, passedOver = [] } = await adapter.applied(history, rows)
  if (failed[0] !== undefined) throw halfDone(failed[0])
  if (passedOver[0] !== undefined) throw lostBetween(passedOver[0], await adapter.records(history, undefined))
  const done = new Set(applied)
  const left = history.migrations.filter(({ id }) => !done.has(id))
  const steps = await plannedSteps(project, plans, left)
  return { ahead, pending: left.map((migration, i) => ({ migration, ...(steps[i] && { planned: steps[i] }) })) }
}

async function plannedSteps(
  { adapter, layout }: Project,
  plans: readonly Plan[],
  migrations: readonly SourceMigration[],
): Promise<(PlannedStep | undefined)[]> {
  const emitted = new Map<string, string>()
  const known = new Set<string>()
  for (const { id } of plans) {
    const { migrations: files = [], checksums = [] } = (await emittedBy(layout, id)) ?? {}
    for (const file of files) emitted.set(path.join(layout.migrations, file), id)
    for (const sum of checksums) known.add(sum)
  }
  return migrations.map((migration) => {
    const planned = stepOf(migration, plans, (step, plan) => adapter.stepFile(step, plan, migration.id), known)
    const plan = emitted.get(migration.path)
    // The file of a migration that is held back as a whole says so in its first line.
    if (planned || plan === undefined || migration.text.startsWith('-- expand-contract ')) return planned
    throw new UserError(
      `${migration.path} was written by the plan ${plan}, and its first line no longer says which step it is, so how to run it is not known. Restore it with\n  git checkout -- ${migration.path}`,
    )
  })
}

function lostBetween(id: string, { markApplied }: Records): UserError {
  return new UserError(
    `The migration ${id} has no row in this database although later ones have: the ORM's migrator takes it for applied and passes over it. Where its SQL ran here, put its row in:\n  ${markApplied(id)}\nWhere it did not (two branches, merged), and no other database has it, give its entry in meta/_journal.json a "when" that is later than all others, and run this again; else run its SQL here by hand, and then put the row in.`,
  )
}

function halfDone(id: string): UserError {
  return new UserError(
    `In the database the migration ${id} was begun and did not come to its end, so what it looks like now no file tells. Look at what it did there, and then say which it is:\n  npx prisma migrate resolve --rolled-back ${id}     (nothing of it is left: it runs again)\n  npx prisma migrate resolve --applied ${id}         (all of it is there)`,
  )
}
