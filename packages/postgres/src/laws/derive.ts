import { displayTable } from '@expand-contract/core'
import type pg from 'pg'
import { type App, openApp } from '../app.ts'
import { deriveCode, type TableCode } from '../code.ts'
import { exercise } from '../exercise.ts'
import { readLiveTables } from '../live-table.ts'
import type { Proof } from './law.ts'

/** Code of both schemas, each tried at home first: what fails there says nothing about the plan. */
export async function deriveBoth(proof: Proof): Promise<{ oldCode: TableCode[]; newCode: TableCode[] }> {
  const [before, after] = [await proof.clone('before'), await proof.clone('after')]
  try {
    const started = await readLiveTables(before.client, proof.touched)
    const fresh = await deriveCode(
      after.client,
      proof.touchedAfter,
      started.map((table) => ({ table })),
    )
    const old = await deriveCode(before.client, proof.touched, fresh.code)
    for (const warning of new Set([...old.warnings, ...fresh.warnings])) proof.warn(warning)
    return {
      oldCode: await working(openApp(await before.connect(), 'old'), before.client, old.code, proof),
      newCode: await working(openApp(await after.connect(), 'new'), after.client, fresh.code, proof),
    }
  } finally {
    await before.close()
    await after.close()
  }
}

async function working(app: App, observer: pg.Client, code: readonly TableCode[], proof: Proof): Promise<TableCode[]> {
  const good: TableCode[] = []
  let number = 500
  for (const table of code) {
    const failures: string[] = []
    await exercise(app, table, { observer, next: () => ++number, isClean: true, report: (f) => failures.push(f) })
    if (failures.length === 0) good.push(table)
    else proof.warn(`No ${app.name} code was run on ${displayTable(table.table.key)}: it fails on its own schema. ${failures[0]}`)
  }
  return good
}
