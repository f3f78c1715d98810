import { displayTable } from '@expand-contract/core'
import type pg from 'pg'
import { type App, openApp } from '../app.ts'
import { deriveCode, type TableCode } from '../code.ts'
import { exercise } from '../exercise.ts'
import { readLiveTables } from '../live-table.ts'
import { count, type Proof } from './law.ts'

/**
 * Code of both schemas, each tried at home first: what fails there says nothing about the plan. The old schema's home is `oldApp`'s own database, before
 * the first step.
 */
export async function deriveBoth(proof: Proof, oldApp: App, observer: pg.Client): Promise<{ oldCode: TableCode[]; newCode: TableCode[] }> {
  const started = await readLiveTables(observer, proof.touched)
  const own = proof.plan.syncs.filter((s) => s.oldTable === undefined)
  const newCode = await proof.withFinal(async (client) => {
    const { code, warnings } = await deriveCode(
      client,
      proof.touchedAfter,
      started.map((table) => ({ table })),
      own.map((s) => [s.old, s.new]),
    )
    for (const warning of warnings) proof.warn(warning)
    return working(openApp(client, 'new'), client, code, proof)
  })
  const { code, warnings } = await deriveCode(
    observer,
    proof.touched,
    newCode,
    own.map((s) => [s.new, s.old]),
  )
  for (const warning of warnings) proof.warn(warning)
  return { oldCode: await working(oldApp, observer, code, proof), newCode }
}

/** The code without what fails at home. */
async function working(app: App, observer: pg.Client, code: readonly TableCode[], proof: Proof): Promise<TableCode[]> {
  const good: TableCode[] = []
  let number = 500
  for (const table of code) {
    const failures: string[] = []
    const skips = new Set<string>()
    const report = (failure: string, about: string) => {
      failures.push(failure)
      skips.add(about)
    }
    await exercise(app, table, { observer, next: () => ++number, isClean: true, report })
    good.push({ ...table, skips })
    if (failures.length > 0) {
      proof.warn(
        `${app.name} code on ${displayTable(table.table.key)}: ${count(failures.length, 'statement')} left out, failing on its own schema: ${failures[0]}`,
      )
    }
  }
  return good
}
