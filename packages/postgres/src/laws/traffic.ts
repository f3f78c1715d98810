import { displayTable, type Plan } from '@expand-contract/core'
import type pg from 'pg'
import { type App, openApp, takesNumber } from '../app.ts'
import type { TableCode } from '../code.ts'
import { exercise, type Key, readByKey } from '../exercise.ts'
import { readLiveTables } from '../live-table.ts'
import { describe } from '../run-steps.ts'
import { keyCondition } from '../statements.ts'
import { deriveBoth } from './derive.ts'
import type { Proof } from './law.ts'
import { type LiveSync, liveSyncs, outOfStep, triggerNames } from './syncs.ts'

/** Two applications on one database, and what they saw. */
export interface Traffic {
  /** Runs the steps of the plan. */
  readonly client: pg.Client
  readonly oldApp: App
  readonly newApp: App
  readonly findings: string[]
  /** Lets the applications run, one after the other. */
  point(where: string, apps: readonly App[]): Promise<void>
  /** From here on every row must be in step. */
  expectInStep(where: string): Promise<void>
  points(): number
  close(): Promise<void>
}

/** Opens both applications on a fresh copy of the seeded database, with the code that was given or that the schemas tell. */
export async function openTraffic(proof: Proof): Promise<Traffic> {
  const clone = await proof.clone()
  const observer = await clone.connect()
  const [oldApp, newApp] = [openApp(await clone.connect(), 'old'), openApp(await clone.connect(), 'new')]
  const { oldCode, newCode } = proof.code ? { oldCode: [], newCode: [] } : await deriveBoth(proof, oldApp, observer)
  const triggers = await triggerNames(observer)
  const promised = await promisedColumns(observer, proof.plan)
  const findings: string[] = []
  let [points, numbers, allInStep] = [0, 1000, false]
  const next = () => ++numbers

  const run = async (app: App, where: string, syncs: readonly LiveSync[], isShared: boolean) => {
    const report = (failure: string) => findings.push(`${app.name} code ${where}: ${failure}`)
    const afterWrite = async (code: TableCode, key: Key | undefined) => {
      for (const sync of syncs.filter((s) => s.key === code.table.key)) {
        for (const failure of await checkSync(observer, app, sync, code, key, allInStep)) report(failure)
      }
      const [other, otherCode] = app === oldApp ? [newApp, newCode] : [oldApp, oldCode]
      if (isShared && key) await seenByOther(other, otherCode, code, key, promised, report)
    }
    const code = app === oldApp ? oldCode : newCode
    for (const table of code) await exercise(app, table, { observer, next, afterWrite, isClean: proof.isTame, report })
    for (const sql of (app === oldApp ? proof.code?.old : proof.code?.new) ?? []) {
      try {
        await app.run(sql, takesNumber(sql) ? [String(next())] : [])
      } catch (error) {
        report(`${describe(error)}\n  ${sql.trim()}`)
      }
    }
    if (allInStep) for (const sync of syncs) for (const failure of await found(outOfStep(observer, sync, 'up'))) report(failure)
  }

  return {
    client: clone.client,
    oldApp,
    newApp,
    findings,
    points: () => points,
    close: clone.close,
    point: async (where, apps) => {
      points++
      const syncs = await liveSyncs(observer, proof.plan.syncs, triggers)
      const isShared = apps.includes(oldApp) && apps.includes(newApp)
      for (const app of apps) await run(app, where, apps.includes(oldApp) ? syncs : [], isShared)
    },
    expectInStep: async (where) => {
      allInStep = true
      for (const sync of await liveSyncs(observer, proof.plan.syncs, triggers)) {
        for (const failure of await found(outOfStep(observer, sync, 'up'))) findings.push(`${where}: ${failure}`)
      }
    },
  }
}

async function checkSync(
  observer: pg.Client,
  app: App,
  sync: LiveSync,
  code: TableCode,
  key: Key | undefined,
  allInStep: boolean,
): Promise<string[]> {
  const everywhere = allInStep ? await found(outOfStep(observer, sync, 'up')) : []
  if (!key || (!sync.isGuarded && !allInStep)) return everywhere
  const where = keyCondition(code.key, 0)
  const up = allInStep ? everywhere : await found(outOfStep(observer, sync, 'up', where, key))
  return app.name === 'old' ? up : [...up, ...(await found(outOfStep(observer, sync, 'down', where, key)))]
}

/** A row that one application wrote must be readable for the other, with no NULL where its schema promises a value. */
async function seenByOther(
  other: App,
  otherCode: readonly TableCode[],
  code: TableCode,
  key: Key,
  promised: ReadonlySet<string>,
  report: (failure: string) => void,
): Promise<void> {
  const theirs = otherCode.find((c) => c.table.key === code.table.key)
  if (!theirs || theirs.key.join() !== code.key.join()) return
  try {
    const seen = await readByKey(other, theirs, key)
    if (!seen) return report(`a row of ${displayTable(code.table.key)} is not there for the ${other.name} code`)
    for (const { name, notNull } of theirs.table.columns) {
      // What old code may leave NULL until the contract, new code has to bear, unless the plan fills it.
      const counts = notNull && (other.name === 'old' || promised.has(`${theirs.table.key}.${name}`))
      if (counts && seen.get(name) === null)
        report(`${displayTable(code.table.key)}.${name} is NULL for the ${other.name} code, whose schema says NOT NULL`)
    }
  } catch (error) {
    report(`the ${other.name} code can't read the row: ${describe(error)}`)
  }
}

/** Columns that the plan keeps filled for new code, as `table.column`. */
async function promisedColumns(client: pg.Client, { syncs, expects }: Plan): Promise<Set<string>> {
  const promised = new Set<string>()
  for (const { table, column } of [...expects, ...syncs.map((s) => ({ table: s.table, column: s.new }))]) {
    for (const { key } of await readLiveTables(client, [table])) promised.add(`${key}.${column}`)
  }
  return promised
}

async function found(result: Promise<string | undefined>): Promise<string[]> {
  const failure = await result
  return failure === undefined ? [] : [failure]
}
