import type { Step } from '@expand-contract/core'
import type pg from 'pg'
import { type App, openApp, takesNumber } from '../app.ts'
import { column, convertible, isWritable, type TableCode } from '../code.ts'
import { exercise } from '../exercise.ts'
import { plainValue } from '../row-values.ts'
import { describe, runStep, StepFailure } from '../run-steps.ts'
import { isFree, readKeysSql, updateSql, usesUpParents } from '../statements.ts'
import { deriveBoth } from './derive.ts'
import { count, type Law, verdict } from './law.ts'
import { liveSyncs, outOfStep, triggerNames } from './syncs.ts'

/** How often a step that did not get its lock is tried again. */
const TRIES = 60
/** Rows that all writers change, all the time. */
const SHARED_ROWS = 3
/** Rows of a batch: writers who never rest add more rows meanwhile than a smaller one changes. */
const BATCH_ROWS = 100
/** Rounds that each writer makes when nothing else happens, before the next stage begins. */
const ROUNDS = 2

/** One application among many, on a connection of its own, that goes on until it is told to stop. */
interface Writer {
  readonly app: App
  rounds(): number
  /** Ends with the round that is under way. */
  stop(): Promise<void>
}

/**
 * Law 2 with that many applications at once, named prepared statements included, while the steps run: old code during expand, both between, new code during the
 * contract, or behind it where the plan says that it waits. They write rows of their own, which they read back, and rows that all of them write. No statement fails; at the end of expand every row is in step.
 */
export function crowd(writers: number): Law {
  const about = { law: 2, name: `both codes work, ${writers} writers at once` }
  return {
    ...about,
    async prove(proof) {
      const [expand, contract] = proof.plan.stages
      if (expand.steps.length + contract.steps.length === 0) return verdict(about, 0, '', [])
      const clone = await proof.clone()
      const findings: string[] = []
      const all: Writer[] = []
      try {
        const observer = await clone.connect()
        const triggers = await triggerNames(observer)
        const first = openApp(await clone.connect(), 'old')
        const codes = proof.code ? { oldCode: [], newCode: [] } : await deriveBoth(proof, first, observer)
        const next = numbers()
        const begin = async (name: App['name'], many: number): Promise<Writer[]> => {
          const begun: Writer[] = []
          for (let i = 0; i < many; i++) {
            // Their rows stay: one that can't be converted, or a NULL that nothing fills, would stop the plan, as it should.
            const isFilled = (column: string) => proof.plan.expects.some((e) => e.column === column)
            const code = (name === 'old' ? codes.oldCode : codes.newCode).map((c) =>
              convertible(
                c,
                c.required.filter((column) => !isFilled(column)),
              ),
            )
            begun.push(
              writer(name, await clone.connect(), {
                observer: await clone.connect(),
                code,
                given: proof.code?.[name] ?? [],
                next,
                findings,
              }),
            )
          }
          all.push(...begun)
          return begun
        }
        const old = await begin('old', writers)
        for (const step of expand.steps) await run(clone.client, step, all)
        await rounds(old)
        const waits = proof.plan.newCodeWaits !== undefined
        const half = waits ? 0 : Math.floor(writers / 2)
        await stop(old.slice(writers - half))
        const mixed = [...old.slice(0, writers - half), ...(await begin('new', half))]
        await rounds(mixed)
        await stop(mixed)
        for (const sync of await liveSyncs(observer, proof.plan.syncs, triggers)) {
          const failure = await outOfStep(observer, sync, 'up')
          if (failure !== undefined) findings.push(`at the end of expand: ${failure}`)
        }
        // Code that waits for the contract comes behind its last step.
        const early = waits ? [] : await begin('new', writers)
        for (const step of contract.steps) await run(clone.client, step, all)
        const fresh = waits ? await begin('new', writers) : early
        await rounds(fresh)
        await stop(fresh)
      } catch (error) {
        if (!(error instanceof StepFailure)) throw error
        findings.push(error.message)
      } finally {
        await stop(all)
        await clone.close()
      }
      const executed = all.reduce((sum, { app }) => sum + app.executed(), 0)
      return verdict(about, executed, count(executed, 'statement'), findings)
    },
  }
}

interface WriterOptions {
  readonly observer: pg.Client
  readonly code: readonly TableCode[]
  /** Statements that were given for this code. */
  readonly given: readonly string[]
  readonly next: () => number
  readonly findings: string[]
}

function writer(name: App['name'], client: pg.Client, { observer, code, given, next, findings }: WriterOptions): Writer {
  const app = openApp(client, name)
  let [isOn, done] = [true, 0]
  const report = (failure: string): void => void findings.push(`${app.name} code beside others: ${failure}`)
  // Rows that hang on the only parent left would take it from each other.
  const own = code.filter((c) => !usesUpParents(c) && c.key.length > 0)
  const round = async (): Promise<void> => {
    for (const table of own) await exercise(app, table, { observer, next, isClean: false, keepsAll: true, report })
    for (const table of code) await changeShared(app, table, next, report)
    for (const sql of given) await tried(app, sql, takesNumber(sql) ? [String(next())] : [], report)
  }
  const going = (async () => {
    try {
      for (; isOn; done++) await round()
    } catch (error) {
      report(describe(error))
      done = Number.POSITIVE_INFINITY
    }
    await Promise.all([client.end(), observer.end()])
  })()
  return {
    app,
    rounds: () => done,
    stop: () => {
      isOn = false
      return going
    },
  }
}

/** Changes, in rows that were there before the plan and that all writers change, what the migration changes, and one column that it does not. */
async function changeShared(app: App, code: TableCode, next: () => number, report: (failure: string) => void): Promise<void> {
  if (code.key.length === 0) return
  const found = await tried(app, readKeysSql(code, SHARED_ROWS), [], report)
  for (const key of found?.rows ?? []) {
    const other = code.table.columns.find(
      (c) => isWritable(c) && !code.key.includes(c.name) && !code.changed.includes(c.name) && isFree(code, c.name),
    )
    for (const name of [...code.changed, ...(other ? [other.name] : [])]) {
      const type = column(code.table, name)?.value
      const value = type && isFree(code, name) ? plainValue(type, next()) : undefined
      const sql = updateSql(code, [name])
      if (value !== undefined && !code.skips.has(sql) && !code.skips.has(name)) await tried(app, sql, [value, ...key], report)
    }
  }
}

async function tried(app: App, sql: string, values: readonly (string | null)[], report: (failure: string) => void) {
  try {
    return await app.run(sql, values)
  } catch (error) {
    report(`${describe(error)}\n  ${sql.trim()}`)
    return undefined
  }
}

/** Runs a step as a runner does: what does not get its lock in time is tried again. */
async function run(client: pg.Client, step: Step, writers: readonly Writer[]): Promise<void> {
  const invalidates = step.kind === 'ddl' && step.invalidatesPlans === true
  const ends = invalidates ? writers.map(({ app }) => app.forgivePlans()) : []
  for (let left = TRIES; ; left--) {
    try {
      await runStep(client, step, { batchRows: BATCH_ROWS })
      break
    } catch (error) {
      if (!(error instanceof StepFailure) || left === 0 || !/\((55P03|40P01)\)/.test(error.message)) throw error
    }
  }
  for (const end of ends) end()
}

async function rounds(writers: readonly Writer[]): Promise<void> {
  const goals = writers.map((w) => w.rounds() + ROUNDS)
  while (writers.some((w, i) => w.rounds() < (goals[i] ?? 0))) await new Promise((resolve) => setTimeout(resolve, 5))
}

async function stop(writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((w) => w.stop()))
}

function numbers(): () => number {
  let n = 1000
  return () => ++n
}
