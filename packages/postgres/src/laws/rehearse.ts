import { type Backfill, type Ddl, displayTable, type LockMode, type Plan, strongest, type TableLock } from '@expand-contract/core'
import type pg from 'pg'
import { isStronger, listen, type Relation, readLocks, readRelations, rewritten, type Scan, scansIn } from '../observe.ts'
import { runStep, StepFailure } from '../run-steps.ts'
import type { Clone } from '../shadow.ts'
import { runGated } from './gate.ts'

/** The whole plan, run once on a copy of the seeded database while its locks, scans and rewrites were watched. */
export interface Rehearsal {
  /** The copy: where nothing failed, the database as the plan leaves it. */
  readonly clone: Clone
  /** Locks that are too strong, scans and rewrites under them. */
  readonly findings: readonly string[]
  readonly steps: number
  readonly statements: number
  /** The step that the database refused; those after it did not run. */
  readonly failure?: StepFailure
}

interface Watch {
  readonly touched: readonly string[]
  readonly warn: (message: string) => void
  readonly seen: { findings: string[]; statements: number; steps: number }
}

/** Runs expand and contract. A step that fails is part of the result. */
export async function rehearse(clone: Clone, plan: Plan, touched: readonly string[], warn: (message: string) => void): Promise<Rehearsal> {
  const seen = { findings: [] as string[], statements: 0, steps: 0 }
  try {
    for (const stage of plan.stages) {
      // A table that an earlier stage made is in use by now; one that this stage makes is nobody's yet.
      const known = await readRelations(clone.client)
      for (const step of stage.steps) {
        if (step.kind === 'check') await runStep(clone.client, step)
        else {
          seen.steps++
          await observe(clone, step, known, { touched, warn, seen })
        }
      }
    }
    return { clone, ...seen }
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error
    return { clone, ...seen, failure: error }
  }
}

async function observe(clone: Clone, step: Ddl | Backfill, live: Map<string, Relation>, { touched, warn, seen }: Watch): Promise<void> {
  const files = await readRelations(clone.client)
  // By the names that they have now: a step before may have renamed one.
  const known = new Map([...files].filter(([oid]) => live.has(oid)))
  const messages = await listen(clone.client)
  const look = async (client: pg.Client, sql: string, held: readonly TableLock[]) => {
    seen.statements++
    const work = [...(await scans(client, scansIn(messages.take()), held, known)), ...(await rewrites(client, files, known))]
    const isAllowed = step.kind === 'ddl' && step.allowed === true
    const found = [...tooStrong(step, held), ...(isAllowed ? [] : work)]
    seen.findings.push(...found.map((f) => `${step.id}: ${f}\n  ${sql.trim().replaceAll('\n', '\n  ')}`))
    if (isAllowed) for (const what of work) warn(`${step.id}, which the migration allows: ${what}.`)
  }
  try {
    await runStep(clone.client, step, {
      afterStatement: async (client, sql) => look(client, sql, strongest(await readLocks(client, known))),
      runAlone: async (client, sql) => {
        const held = await runGated(clone, client, sql, gated(step, touched), (observer, pid) => readLocks(observer, known, pid))
        if (!held && isDeclared(step)) warn(`${step.id} did not wait for a writer, so its locks were not observed.`)
        await look(client, sql, strongest(held ?? []))
      },
    })
  } finally {
    await messages.stop()
  }
}

function isDeclared(step: Ddl | Backfill): boolean {
  return step.kind === 'ddl' && step.locks.length > 0
}

/** Tables on which an open writer makes a CONCURRENTLY statement wait, so that its locks can be read. */
export function gated(step: Ddl | Backfill, touched: readonly string[]): string[] {
  const declared = step.kind === 'ddl' ? step.locks.map((l) => l.table) : []
  return [...new Set([...declared, ...touched])]
}

function tooStrong(step: Ddl | Backfill, held: readonly TableLock[]): string[] {
  return held.flatMap(({ table, mode }) => {
    const limit: LockMode = step.kind === 'backfill' ? 'ROW EXCLUSIVE' : (step.locks.find((l) => l.table === table)?.mode ?? 'ACCESS SHARE')
    if (!isStronger(mode, limit)) return []
    return [
      `takes ${mode} on ${displayTable(table)}, ${limit === 'ACCESS SHARE' ? 'which the step does not declare' : `more than the ${limit} declared`}`,
    ]
  })
}

async function scans(
  client: pg.Client,
  found: readonly Scan[],
  held: readonly TableLock[],
  known: Map<string, Relation>,
): Promise<string[]> {
  const findings: string[] = []
  for (const scan of found) {
    const tables =
      scan.table === undefined
        ? await tablesOf(client, scan.constraint ?? '', known)
        : [...known.values()].filter((r) => r.name === scan.table)
    const keys = tables.filter((r) => r.isTable).map((r) => r.key)
    const blocking = held.find((l) => keys.includes(l.table) && isStronger(l.mode, 'SHARE UPDATE EXCLUSIVE'))
    if (blocking) findings.push(`${scan.what} ${displayTable(blocking.table)} while it holds ${blocking.mode}: writers wait for all of it`)
  }
  return findings
}

/** Both tables of a foreign key; none where the referencing table is new, for then there is no row to look up. */
async function tablesOf(client: pg.Client, constraint: string, known: Map<string, Relation>): Promise<Relation[]> {
  const { rows } = await client.query(
    `SELECT conrelid::text AS child, confrelid::text AS parent FROM pg_constraint WHERE contype = 'f' AND conname = $1`,
    [constraint],
  )
  return rows.flatMap(({ child, parent }) => (known.has(child) ? [known.get(child), known.get(parent)] : [])).filter((r) => r !== undefined)
}

async function rewrites(client: pg.Client, files: Map<string, Relation>, known: Map<string, Relation>): Promise<string[]> {
  const changed = (await rewritten(client, files)).filter((r) => known.has(r.oid))
  return changed.map((r) => `rewrites ${r.isTable ? 'the table' : 'the index'} ${displayTable(r.key)}`)
}
