import { displayTable } from '@expand-contract/core'
import type pg from 'pg'
import { type App, openApp, takesNumber } from '../app.ts'
import { isWritable, type TableCode } from '../code.ts'
import { exercise, type Key } from '../exercise.ts'
import { describe } from '../run-steps.ts'
import { keyCondition, touchSql } from '../statements.ts'
import { deriveBoth } from './derive.ts'
import type { Proof } from './law.ts'
import { loosenedColumns, nullRows, promisedColumns, seenByOther } from './promised.ts'
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
  /** Rows that nobody wrote lately must be readable for new code: no NULL where the plan promises a value. */
  expectFilled(where: string): Promise<void>
  /** From here on what old code can't do is a warning: the migration allows this step to break it. */
  tolerate(step: string): void
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
  const loosened = loosenedColumns(proof)
  const replaced = new Map(proof.plan.intents.flatMap((i) => (i.kind === 'value' ? [[i.value, i.to] as const] : [])))
  const findings: string[] = []
  let [points, numbers, allInStep] = [0, 1000, false]
  const next = () => ++numbers
  const untouched = new Set<TableCode>()
  const mayBreak = proof.plan.allowed?.some((h) => h.harm === 'compatibility' || h.harm === 'data') ?? false
  let tolerated: string | undefined

  /** Writes a row that was there before the plan: a check that it does not meet yet looks at it then. What fails before the first step says nothing. */
  const touch = async (app: App, table: TableCode, report: (failure: string) => void) => {
    const name = table.table.columns.find((c) => isWritable(c) && !table.key.includes(c.name) && !table.changed.includes(c.name))?.name
    if (table.key.length === 0 || name === undefined || untouched.has(table)) return
    const sql = touchSql(table, name)
    try {
      await app.run(sql, [])
    } catch (error) {
      if (app === oldApp && points === 1) untouched.add(table)
      else report(`a row that was there before: ${describe(error)}\n  ${sql}`)
    }
  }

  const run = async (app: App, where: string, syncs: readonly LiveSync[], isShared: boolean) => {
    const reportFor = (suffers: App) => (failure: string) => {
      if (suffers !== oldApp || tolerated === undefined) findings.push(`${app.name} code ${where}: ${failure}`)
      else proof.warn(`Old code fails from ${tolerated} on, which the migration allows: ${failure}`)
    }
    const report = reportFor(app)
    const afterWrite = async (code: TableCode, key: Key | undefined) => {
      for (const sync of syncs.filter((s) => s.key === code.table.key)) {
        for (const failure of await checkSync(observer, app, sync, code, key, allInStep)) report(failure)
      }
      const [other, otherCode] = app === oldApp ? [newApp, newCode] : [oldApp, oldCode]
      if (isShared && key)
        await seenByOther(other, otherCode, code, key, { promised, loosened, warn: proof.warn, report: reportFor(other) })
    }
    const code = app === oldApp ? oldCode : newCode
    for (const table of code) {
      await exercise(app, table, { observer, next, afterWrite, isClean: proof.isTame, replaced, report })
      await touch(app, table, report)
    }
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
    tolerate: (step) => {
      if (mayBreak) tolerated ??= step
    },
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
    expectFilled: async (where) => {
      for (const promise of promised) {
        const rows = await nullRows(observer, proof, promise)
        if (rows > 0)
          findings.push(
            `${where}: ${displayTable(promise.key)}.${promise.column} is NULL in ${rows} rows for the new code, whose schema says NOT NULL`,
          )
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
  return app.name === 'old' || sync.sync.oldTable !== undefined
    ? up
    : [...up, ...(await found(outOfStep(observer, sync, 'down', where, key)))]
}

async function found(result: Promise<string | undefined>): Promise<string[]> {
  const failure = await result
  return failure === undefined ? [] : [failure]
}
