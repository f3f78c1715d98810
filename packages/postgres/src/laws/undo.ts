import { type Catalog, displayTable, pointOfNoReturn, type Step } from '@expand-contract/core'
import type pg from 'pg'
import { readDefinitions } from '../introspect/definitions.ts'
import { introspect } from '../introspect/introspect.ts'
import { readLiveTables } from '../live-table.ts'
import { columnReadings, compareRows, readRows } from '../rows.ts'
import { runSteps, StepFailure, undoSteps } from '../run-steps.ts'
import { diffLines, diffSchemas } from '../schema-diff.ts'
import { schemaFindings } from './ends.ts'
import { count, type Law, type Proof, verdict } from './law.ts'

/** Law 6: from every point of expand the undos lead back to the schema and the data of before; then up again, and to the end. */
export const undo: Law = {
  law: 6,
  name: 'undo',
  async prove(proof) {
    const [{ steps }, contract] = proof.plan.stages
    if (!steps.some((step) => 'sql' in step.undo)) return verdict(undo, 0, '', [])
    const clone = await proof.clone()
    const findings: string[] = []
    let statements = 0
    let from = 0
    try {
      const kept = await keptColumns(clone.client, steps)
      let base = await picture(clone.client, proof, kept)
      for (let upTo = 1; upTo <= steps.length; upTo++) {
        const done = steps.slice(from, upTo)
        await runSteps(clone.client, done)
        if (pointOfNoReturn(done) === done.length) {
          // This step stays, and says why: from here on the way back leads to here.
          from = upTo
          base = await picture(clone.client, proof, kept)
          continue
        }
        statements += await undoSteps(clone.client, done)
        const found = differences(base, await picture(clone.client, proof, kept))
        findings.push(...found.map((f) => `after ${steps[upTo - 1]?.id} and back: ${f}`))
        // Undone wrongly, the database is no longer what the next round starts from.
        if (found.length > 0) break
      }
      if (findings.length === 0) {
        await runSteps(clone.client, [...steps.slice(from), ...contract.steps])
        findings.push(...(await schemaFindings(clone.client, proof)).map((f) => `up, down and up again: ${f}`))
      }
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error
      findings.push(error.message)
    } finally {
      await clone.close()
    }
    return verdict(undo, statements, `undo from ${count(steps.length, 'point')}, ${count(statements, 'statement')}`, findings)
  },
}

interface Picture {
  readonly schema: Catalog
  readonly definitions: ReadonlyMap<string, string>
  readonly data: ReadonlyMap<string, { readonly names: readonly string[]; readonly rows: (string | null)[][] }>
}

/** Columns, as `table.column`, whose filled values stay, as the plan says. */
async function keptColumns(client: pg.Client, steps: readonly Step[]): Promise<Set<string>> {
  const kept = new Set<string>()
  for (const step of steps) {
    if (step.kind !== 'backfill' || !('irreversible' in step.undo)) continue
    for (const { key, columns } of await readLiveTables(client, [step.table])) {
      for (const column of step.deletes ? columns.map((c) => c.name) : step.set.map((s) => s.column)) kept.add(`${key}.${column}`)
    }
  }
  return kept
}

async function picture(client: pg.Client, proof: Proof, kept: ReadonlySet<string>): Promise<Picture> {
  const data = new Map<string, { names: readonly string[]; rows: (string | null)[][] }>()
  for (const table of await readLiveTables(client, proof.touched)) {
    // Undone columns come back at the end of the row: names in order make the two pictures comparable.
    const names = table.columns
      .map((c) => c.name)
      .filter((name) => !kept.has(`${table.key}.${name}`))
      .sort()
    if (names.length > 0) data.set(table.key, { names, rows: await readRows(client, table.key, columnReadings(names)) })
  }
  return { schema: await introspect(client), definitions: await readDefinitions(client), data }
}

function differences(base: Picture, now: Picture): string[] {
  const rows = [...base.data].flatMap(([key, { names, rows: before }]) => {
    const difference = compareRows(before, now.data.get(key)?.rows ?? [], names)
    return difference ? [`${displayTable(key)}: ${difference}`] : []
  })
  return [...diffSchemas(base.schema, now.schema), ...diffLines(base.definitions, now.definitions), ...rows]
}
