import type { SourceMigration } from '../adapter.ts'
import type { Plan } from './plan.ts'

/** What a migration file says that it is. */
export interface StepHeader {
  /** Id of the plan, as a comment says it. */
  readonly plan: string
  /** Id of its step. */
  readonly step: string
  /** It takes the step back. */
  readonly undo: boolean
}

/** Reads the first lines of a file that a plan wrote; undefined where they say nothing of a plan. */
export function stepHeader(text: string): StepHeader | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const end = lines.findIndex((line, i) => i > 0 && !line.startsWith('--   '))
  const first = lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => line.replace(/^-- */, ''))
    .join(' ')
  const [, plan, undo, step] = /^expand-contract (.+), (undo of )?step (\S+)$/.exec(first) ?? []
  return lines[0]?.startsWith('--') && plan !== undefined && step !== undefined ? { plan, step, undo: undo !== undefined } : undefined
}

/** The migrations of a history that a plan wrote, each with what it says that it is. */
export function migrationsOf(plan: Pick<Plan, 'id'>, migrations: readonly SourceMigration[]) {
  const id = spoken(plan.id)
  return migrations.flatMap((migration, index) => {
    const header = stepHeader(migration.text)
    return header?.plan === id ? [{ migration, index, header }] : []
  })
}

/** A plan's id as comments say it: see {@link comment}. */
export function spoken(id: string): string {
  return id.replaceAll(/\s+/g, ' ').replaceAll(';', ',').trim()
}
