import { type Backfill, type Ddl, type Step, stepsToUndo } from '@expand-contract/core'
import type pg from 'pg'
import { notDone, runBackfill } from './backfill/backfill.ts'
import { inMemory } from './backfill/checkpoint.ts'
import { oneConnection } from './backfill/connections.ts'

/** Where an observer may look while a step runs. */
export interface StepHooks {
  /** Inside the step's transaction, after each of its statements. */
  readonly afterStatement?: (client: pg.Client, sql: string) => Promise<void>
  /** Runs a statement that stands outside any transaction; default: `client.query`. */
  readonly runAlone?: (client: pg.Client, sql: string) => Promise<unknown>
  /** Between two batches of a backfill, no transaction open. */
  readonly betweenBatches?: () => Promise<void>
  /** Rows of a batch; default {@link FEW_ROWS}. */
  readonly batchRows?: number
}

/** A step that the database, or the step's own check, refused. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
  /** True where a check step found what it looks for: the plan stopped itself. */
  readonly isCheck: boolean
  constructor(step: Step, sql: string, reason: string, isCheck = false, cause?: unknown) {
    super(`${step.id}: ${reason}${sql ? `\n  ${sql.trim().replaceAll('\n', '\n  ')}` : ''}`, { cause })
    this.isCheck = isCheck
  }
}

/** Number of statements that a step runs, a backfill counting as one. */
export function countStatements(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'ddl' ? step.sql.length : 1), 0)
}

/** Runs steps in order. Throws {@link StepFailure}; the failed step's own transaction is rolled back, earlier steps stay. */
export async function runSteps(client: pg.Client, steps: readonly Step[], hooks: StepHooks = {}): Promise<void> {
  for (const step of steps) await runStep(client, step, hooks)
}

/** Runs one step as its kind says. Throws {@link StepFailure}. */
export async function runStep(client: pg.Client, step: Step, hooks: StepHooks = {}): Promise<void> {
  if (step.kind === 'ddl') return step.transaction === 'atomic' ? runAtomic(client, step, hooks) : runAlone(client, step, hooks)
  if (step.kind === 'backfill') return runFill(client, step, hooks)
  const { rows } = await attempt(step, step.sql, () => client.query(step.sql))
  if (rows.length > 0) throw new StepFailure(step, '', step.message, true)
}

/** Takes steps back, the last one first, as far as they can be. Throws {@link StepFailure}. Returns how many undo statements ran. */
export async function undoSteps(client: pg.Client, steps: readonly Step[]): Promise<number> {
  let count = 0
  for (const step of stepsToUndo(steps)) {
    if (!('sql' in step.undo)) continue
    const { sql, alone = false, after = [] } = step.undo
    await undoStep(client, step, sql, alone)
    if (after.length > 0) await undoStep(client, step, after, false)
    count += sql.length + after.length
  }
  return count
}

async function undoStep(client: pg.Client, step: Step, sql: readonly string[], alone: boolean): Promise<void> {
  if (!alone) await attempt(step, '', () => client.query('BEGIN'))
  try {
    for (const statement of sql) await attempt(step, statement, () => client.query(statement))
    if (!alone) await attempt(step, 'COMMIT', () => client.query('COMMIT'))
  } catch (error) {
    if (!alone) await client.query('ROLLBACK')
    throw error
  }
}

async function runAtomic(client: pg.Client, step: Ddl, hooks: StepHooks): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(`SET LOCAL lock_timeout = ${step.lockTimeout}`)
    await client.query(`SET LOCAL statement_timeout = ${step.statementTimeout}`)
    for (const sql of step.sql) {
      await attempt(step, sql, () => client.query(sql))
      await hooks.afterStatement?.(client, sql)
    }
    await attempt(step, 'COMMIT', () => client.query('COMMIT'))
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

async function runAlone(client: pg.Client, step: Ddl, hooks: StepHooks): Promise<void> {
  await client.query(`SET lock_timeout = ${step.lockTimeout}`)
  await client.query(`SET statement_timeout = ${step.statementTimeout}`)
  try {
    if (step.sql.length !== 1) throw new StepFailure(step, '', `a step alone has one statement, this one has ${step.sql.length}`)
    for (const sql of step.sql) await attempt(step, sql, () => (hooks.runAlone ? hooks.runAlone(client, sql) : client.query(sql)))
  } finally {
    await client.query('RESET lock_timeout')
    await client.query('RESET statement_timeout')
  }
}

/** Rows of a batch: few, so that a shadow table of some twenty rows is filled in several. */
export const FEW_ROWS = 6

async function runFill(
  client: pg.Client,
  step: Backfill,
  { afterStatement, betweenBatches, batchRows = FEW_ROWS }: StepHooks,
): Promise<void> {
  const result = await attempt(step, '', () =>
    runBackfill(step, {
      connections: oneConnection(client),
      checkpoint: inMemory(),
      rows: batchRows,
      ...(afterStatement && { afterStatement }),
      ...(betweenBatches && { betweenBatches }),
    }),
  )
  const reason = notDone(result)
  if (reason !== undefined) throw new StepFailure(step, '', reason)
}

/** Runs `work`; its error comes as a {@link StepFailure} with the SQL. */
export async function attempt<T>(step: Step, sql: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StepFailure) throw error
    throw new StepFailure(step, sql, describe(error), false, error)
  }
}

/** PostgreSQL's own words with its code, for a finding. */
export function describe(error: unknown): string {
  const { code, message, detail } = error as { code?: string; message?: string; detail?: string }
  return `${message ?? String(error)}${code ? ` (${code})` : ''}${detail ? ` ${detail}` : ''}`
}
