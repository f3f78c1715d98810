import { buildMigration, hazardsOfOutput, type Intent, planMigration, replayHistory } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'

const BEFORE = `CREATE TABLE "settings" ("id" serial PRIMARY KEY, "key" text NOT NULL, "old" text);
CREATE TABLE "User" ("id" serial PRIMARY KEY, "name" text, "setting" integer REFERENCES "settings" ("id"));`

function plan(sql: string, ...intents: Intent[]) {
  const [, last] = replayHistory([
    { id: '1', text: BEFORE },
    { id: '2', text: sql },
  ])
  if (!last) throw new Error('no migration')
  const migration = buildMigration(last, intents, 14)
  return { migration, plan: planMigration(migration) }
}

const policy = (table: string, policy: 'additive-only' | 'big-bang'): Intent => ({ kind: 'policy', table, policy })

describe('big-bang', () => {
  it('leaves what hurts the table as it is, says so, and is known by whoever plans the output', () => {
    const found = plan(
      'ALTER TABLE "settings" DROP COLUMN "old";\nCREATE INDEX "User_name_idx" ON "User" ("name");',
      policy('settings', 'big-bang'),
    )
    expect(found.plan.allowed?.map((h) => [h.code, h.on, h.reason])).toEqual([
      ['drop-column-breaks-old-code', 'settings.old', 'the configuration says big-bang for settings'],
      ['drop-column-loses-data', 'settings.old', 'the configuration says big-bang for settings'],
    ])
    expect(found.plan.hazards.map((h) => h.on)).toEqual(['User_name_idx'])
    expect(found.plan.refusals).toEqual([])
    const sql = found.plan.stages[0].steps.flatMap((s) => (s.kind === 'ddl' ? s.sql : []))
    expect(sql.join('\n')).toContain('allow drop-column-breaks-old-code, drop-column-loses-data because the configuration says big-bang')
    expect(hazardsOfOutput(found.plan, found.migration.before)).toEqual([])
  })

  it('speaks for all tables by *, but for those with an entry of their own', () => {
    const sql = 'CREATE INDEX "a" ON "settings" ("key");\nCREATE INDEX "b" ON "User" ("name");'
    const found = plan(sql, policy('*', 'big-bang'), policy('public.User', 'additive-only'))
    expect(found.plan.hazards.map((h) => h.on)).toEqual(['b'])
  })

  it('does not speak for the other table that a statement locks', () => {
    const sql = 'ALTER TABLE "settings" ADD CONSTRAINT "fk" FOREIGN KEY ("id") REFERENCES "User" ("id");'
    expect(plan(sql, policy('settings', 'big-bang')).plan.allowed).toBeUndefined()
    expect(plan(sql, policy('settings', 'big-bang'), policy('User', 'big-bang')).plan.hazards).toEqual([])
  })
})

describe('additive-only', () => {
  it('refuses what takes something away in the end, and lets the rest through', () => {
    const found = plan('ALTER TABLE "User" DROP COLUMN "name";\nCREATE INDEX "a" ON "User" ("setting");', policy('*', 'additive-only'))
    expect(found.plan.refusals.map((r) => r.reason)).toEqual([
      'User is additive-only by the configuration, and this takes something away in the end: Drop name.',
    ])
    expect(plan('CREATE INDEX "a" ON "User" ("setting");', policy('*', 'additive-only')).plan.refusals).toEqual([])
  })
})
