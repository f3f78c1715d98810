import { displayTable } from '@expand-contract/core'
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
    try {
      const data = await readAll(clone.client, proof)
      for (let upTo = 1; upTo <= steps.length; upTo++) {
        await runSteps(clone.client, steps.slice(0, upTo))
        statements += await undoSteps(clone.client, steps.slice(0, upTo))
        const found = [...(await schemaBefore(clone.client, proof)), ...compareAll(data, await readAll(clone.client, proof))]
        findings.push(...found.map((f) => `after ${steps[upTo - 1]?.id} and back: ${f}`))
        // Undone wrongly, the database is no longer what the next round starts from.
        if (found.length > 0) break
      }
      if (findings.length === 0) {
        await runSteps(clone.client, [...steps, ...contract.steps])
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

async function schemaBefore(client: pg.Client, proof: Proof): Promise<string[]> {
  return [...diffSchemas(proof.before, await introspect(client)), ...diffLines(proof.definitionsBefore, await readDefinitions(client))]
}

type Data = ReadonlyMap<string, { names: readonly string[]; rows: (string | null)[][] }>

async function readAll(client: pg.Client, proof: Proof): Promise<Data> {
  const data = new Map<string, { names: readonly string[]; rows: (string | null)[][] }>()
  for (const table of await readLiveTables(client, proof.touched)) {
    // Undone columns come back at the end of the row: names in order make the two pictures comparable.
    const names = table.columns.map((c) => c.name).sort()
    data.set(table.key, { names, rows: await readRows(client, table.key, columnReadings(names)) })
  }
  return data
}

function compareAll(before: Data, now: Data): string[] {
  return [...before].flatMap(([key, { names, rows }]) => {
    const difference = compareRows(rows, now.get(key)?.rows ?? [], names)
    return difference ? [`${displayTable(key)}: ${difference}`] : []
  })
}
