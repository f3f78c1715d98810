import type { Plan, Step } from '@expand-contract/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installedVersions } from '../../src/index.ts'
import { type Server, startServer } from '../../src/server.ts'
import { verifyPlan } from '../../src/verify.ts'
import { backfill, CREATE_INDEX, DROP_COLUMN, ddl, HISTORY, plan, RENAME, RENAME_STEPS, renamePlan } from './plans.ts'

const { add, fill, validate, notNull, drop } = RENAME_STEPS

function withSql(step: typeof add, change: (sql: readonly string[]) => string[]): typeof add {
  return { ...step, sql: change(step.sql) }
}

const without = (part: string) => (sql: readonly string[]) => sql.filter((s) => !s.includes(part))

function indexed(step: Step): Plan {
  return { ...CREATE_INDEX, stages: [{ ...CREATE_INDEX.stages[0], steps: [step] }, CREATE_INDEX.stages[1]] }
}

const ONE_WAY = `CREATE FUNCTION "users_full_name_sync"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW."full_name" IS NULL OR NEW."name" IS NOT NULL THEN NEW."full_name" := NEW."name"; END IF; RETURN NEW; END $$`

describe('a planted bug is caught', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ version: Math.max(...installedVersions()) })
  })
  afterAll(() => server.stop())

  /** The laws that a plan breaks, and all that they found. */
  async function broken(spoiled: Plan, replan: () => [] = () => []) {
    const { laws } = await verifyPlan({ plan: spoiled, history: HISTORY, server, replan })
    const bad = laws.filter((l) => l.status === 'broken')
    return { laws: bad.map((l) => l.law), text: bad.flatMap((l) => l.findings).join('\n') }
  }

  test('forgotten backfill', async () => {
    // Without the validation too, for it would stop the plan before anything is lost.
    const { laws, text } = await broken(
      renamePlan({ expand: [withSql(add, without('CHECK'))], contract: [{ ...drop, sql: [...drop.sql] }] }),
    )
    expect(laws).toEqual(expect.arrayContaining([1, 2]))
    expect(text).toMatch(/full_name: expected ".*", found NULL/)
    expect(text).toContain('out of step')
  })

  test('forgotten backfill, stopped by the validation', async () => {
    const { laws, text } = await broken(renamePlan({ expand: [add, validate, notNull], contract: [drop] }))
    expect(laws).toEqual([1, 2, 4, 6])
    expect(text).toContain('is violated by some row (23514)')
  })

  test('forgotten dual-write', async () => {
    const { laws, text } = await broken(
      renamePlan({
        expand: [ddl('01-add', ['ALTER TABLE "users" ADD COLUMN "full_name" text'], { users: 'ACCESS EXCLUSIVE' }), { ...fill }],
        contract: [
          ddl('03-drop', ['ALTER TABLE "users" ALTER COLUMN "full_name" SET NOT NULL', 'ALTER TABLE "users" DROP COLUMN "name"'], {
            users: 'ACCESS EXCLUSIVE',
          }),
        ],
      }),
    )
    expect(laws).toContain(2)
    expect(text).toContain('still need the backfill')
  })

  test('forgotten dual-write that the backfill does not meet', async () => {
    const { laws, text } = await broken(
      renamePlan({
        expand: [
          ddl('01-add', ['ALTER TABLE "users" ADD COLUMN "full_name" text', 'ALTER TABLE "users" ALTER COLUMN "name" DROP NOT NULL'], {
            users: 'ACCESS EXCLUSIVE',
          }),
          ddl('02-fill', ['UPDATE "users" SET "full_name" = "name"'], { users: 'ROW EXCLUSIVE' }),
        ],
        contract: [ddl('03-drop', ['ALTER TABLE "users" DROP COLUMN "name"'], { users: 'ACCESS EXCLUSIVE' })],
      }),
    )
    expect(laws).toContain(2)
    expect(text).toContain('new code at the end of expand')
    expect(text).toContain('out of step')
  })

  test('one-way dual-write', async () => {
    const { laws, text } = await broken(
      renamePlan({
        expand: [
          withSql(add, (sql) => sql.map((s) => (s.includes('FUNCTION "') && s.startsWith('CREATE FUNCTION') ? ONE_WAY : s))),
          fill,
          validate,
          notNull,
        ],
        contract: [drop],
      }),
    )
    expect(laws).toEqual([2])
    expect(text).toMatch(/new code .*(out of step|null value|read back)/)
  })

  test('forgotten NOT NULL', async () => {
    const { laws, text } = await broken(
      renamePlan({ expand: [add, fill, validate, withSql(notNull, without('SET NOT NULL'))], contract: [drop] }),
    )
    expect(laws).toEqual(expect.arrayContaining([1, 6]))
    expect(text).toMatch(/full_name.*not null/i)
  })

  test('missing trigger function', async () => {
    const { laws, text } = await broken(
      renamePlan({ expand: [withSql(add, without('CREATE FUNCTION')), fill, validate, notNull], contract: [drop] }),
    )
    expect(laws).toEqual([1, 2, 4, 6])
    expect(text).toContain('users_full_name_sync() does not exist (42883)')
  })

  test('trigger and function left behind', async () => {
    const { laws, text } = await broken(
      renamePlan({ expand: [add, fill, validate, notNull], contract: [withSql(drop, without('FUNCTION'))] }),
    )
    expect(laws).toEqual([1, 6])
    expect(text).toContain('users_full_name_sync')
  })

  test('declared lock that is too weak', async () => {
    const { laws, text } = await broken(
      renamePlan({
        expand: [{ ...add, locks: [{ table: '"public"."users"', mode: 'SHARE' }] }, fill, validate, notNull],
        contract: [drop],
      }),
    )
    expect(laws).toEqual([4])
    expect(text).toContain('01-add: takes ACCESS EXCLUSIVE on users, more than the SHARE declared')
  })

  test('lock on a table that is not declared: the parent of a foreign key', async () => {
    const { laws, text } = await broken(
      plan({
        id: '0003_parent',
        sql: 'ALTER TABLE "users" DROP CONSTRAINT "users_teamId_fkey";',
        contract: [ddl('01-drop', ['ALTER TABLE "users" DROP CONSTRAINT "users_teamId_fkey"'], { users: 'ACCESS EXCLUSIVE' })],
      }),
    )
    expect(laws).toEqual([4])
    expect(text).toContain('takes ACCESS EXCLUSIVE on teams, which the step does not declare')
  })

  test('plain CREATE INDEX', async () => {
    const { laws, text } = await broken(
      indexed(
        ddl(
          '01-index',
          ['CREATE INDEX "users_born" ON "users" ("born")'],
          { users: 'SHARE' },
          { undo: { sql: ['DROP INDEX "users_born"'] } },
        ),
      ),
    )
    expect(laws).toEqual([4])
    expect(text).toContain('builds an index users while it holds SHARE')
  })

  test('plain CREATE INDEX that calls itself concurrent', async () => {
    const { laws } = await broken(
      indexed(
        ddl(
          '01-index',
          ['CREATE INDEX "users_born" ON "users" ("born")'],
          { users: 'SHARE UPDATE EXCLUSIVE' },
          { transaction: 'alone', undo: { sql: ['DROP INDEX "users_born"'] } },
        ),
      ),
    )
    expect(laws).toEqual([4])
  })

  test('NOT VALID and VALIDATE in one step', async () => {
    const { laws, text } = await broken(
      renamePlan({ expand: [add, fill, withSql(notNull, (sql) => [...validate.sql, ...sql])], contract: [drop] }),
    )
    // Validation under its own lock, then SET NOT NULL: the scan is over before the strong lock comes.
    expect(laws).toEqual([])
    expect(text).toBe('')
    const both = await broken(
      renamePlan({
        expand: [withSql(add, without('CHECK')), fill, withSql(notNull, (sql) => [add.sql.at(-1) ?? '', ...validate.sql, ...sql])],
        contract: [drop],
      }),
    )
    expect(both.laws).toContain(4)
    expect(both.text).toContain('scans the table users while it holds ACCESS EXCLUSIVE')
  })

  test('rewrite', async () => {
    const { laws, text } = await broken(
      plan({
        id: '0003_bigint',
        sql: 'ALTER TABLE "users" ALTER COLUMN "age" TYPE bigint;',
        contract: [ddl('01-type', ['ALTER TABLE "users" ALTER COLUMN "age" TYPE bigint'], { users: 'ACCESS EXCLUSIVE' })],
      }),
    )
    expect(laws).toContain(4)
    expect(text).toContain('rewrites the table users')
  })

  test('lossy contract', async () => {
    const { laws, text } = await broken(
      renamePlan({
        expand: [add, fill, validate, notNull],
        contract: [withSql(drop, (sql) => [...sql.slice(0, 2), `UPDATE "users" SET "full_name" = left("full_name", 3)`, ...sql.slice(2)])],
      }),
    )
    expect(laws).toContain(1)
    expect(text).toMatch(/full_name: expected/)
  })

  test('another column spoiled', async () => {
    const { laws, text } = await broken(
      renamePlan({
        expand: [add, { ...fill, set: [...fill.set, { column: 'balance', expression: '0' }] }, validate, notNull],
        contract: [drop],
      }),
    )
    expect(laws).toContain(1)
    expect(text).toMatch(/balance: expected .*, found "0.00"/)
  })

  test('column that old code still writes is dropped in expand', async () => {
    const { laws, text } = await broken(
      plan({
        id: '0003_early',
        sql: 'ALTER TABLE "users" DROP COLUMN "meta";',
        expand: [ddl('01-drop', ['ALTER TABLE "users" DROP COLUMN "meta"'], { users: 'ACCESS EXCLUSIVE' })],
      }),
    )
    expect(laws).toEqual([2])
    expect(text).toContain('column "meta" of relation "users" does not exist (42703)')
  })

  test('NOT NULL before old code stopped leaving the column empty', async () => {
    const { laws, text } = await broken(
      plan({
        id: '0003_early_not_null',
        sql: `UPDATE "users" SET "born" = '2000-01-01' WHERE "born" IS NULL; ALTER TABLE "users" ALTER COLUMN "born" SET NOT NULL;`,
        expand: [
          ddl('01-check', ['ALTER TABLE "users" ADD CONSTRAINT "c" CHECK ("born" IS NOT NULL) NOT VALID'], { users: 'ACCESS EXCLUSIVE' }),
          backfill('02-fill', '"users"', ['id'], [{ column: 'born', expression: `'2000-01-01'` }], '"born" IS NULL'),
        ],
        contract: [
          ddl('03-not-null', ['ALTER TABLE "users" ALTER COLUMN "born" SET NOT NULL', 'ALTER TABLE "users" DROP CONSTRAINT "c"'], {
            users: 'ACCESS EXCLUSIVE',
          }),
        ],
      }),
    )
    expect(laws).toContain(2)
    expect(text).toContain('old code after 01-check: new row for relation "users" violates check constraint "c"')
  })

  test('new required column that new code finds empty until the contract', async () => {
    const { laws, text } = await broken(
      plan({
        id: '0003_late_fill',
        sql: `ALTER TABLE "users" ADD COLUMN "country" text NOT NULL DEFAULT 'US'; ALTER TABLE "users" ALTER COLUMN "country" DROP DEFAULT;`,
        expand: [
          ddl(
            '01-add',
            [
              'ALTER TABLE "users" ADD COLUMN "country" text',
              `CREATE FUNCTION "fill"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW."country" := 'US'; RETURN NEW; END $$`,
              'CREATE TRIGGER "zzz_fill" BEFORE INSERT OR UPDATE ON "users" FOR EACH ROW WHEN (NEW."country" IS NULL) EXECUTE FUNCTION "fill"()',
            ],
            { users: 'ACCESS EXCLUSIVE' },
            {
              undo: { sql: ['DROP TRIGGER "zzz_fill" ON "users"', 'DROP FUNCTION "fill"()', 'ALTER TABLE "users" DROP COLUMN "country"'] },
            },
          ),
        ],
        contract: [
          backfill('02-fill', '"users"', ['id'], [{ column: 'country', expression: `'US'` }], '"country" IS NULL'),
          ddl('03-check', ['ALTER TABLE "users" ADD CONSTRAINT "c" CHECK ("country" IS NOT NULL) NOT VALID'], {
            users: 'ACCESS EXCLUSIVE',
          }),
          ddl('04-validate', ['ALTER TABLE "users" VALIDATE CONSTRAINT "c"'], { users: 'SHARE UPDATE EXCLUSIVE' }),
          ddl(
            '05-not-null',
            [
              'ALTER TABLE "users" ALTER COLUMN "country" SET NOT NULL',
              'ALTER TABLE "users" DROP CONSTRAINT "c"',
              'DROP TRIGGER "zzz_fill" ON "users"',
              'DROP FUNCTION "fill"()',
            ],
            { users: 'ACCESS EXCLUSIVE' },
          ),
        ],
        expects: [{ table: 'users', column: 'country', from: `'US'` }],
      }),
    )
    expect(laws).toEqual([2])
    expect(text).toMatch(/users\.country is NULL in \d+ rows for the new code/)
  })

  test('required column that new code no longer writes', async () => {
    const { laws, text } = await broken(
      plan({
        id: '0003_required',
        sql: 'ALTER TABLE "users" DROP COLUMN "name";',
        contract: [ddl('01-drop', ['ALTER TABLE "users" DROP COLUMN "name"'], { users: 'ACCESS EXCLUSIVE' })],
      }),
    )
    expect(laws).toEqual([2])
    expect(text).toContain('new code at the end of expand: null value in column "name"')
  })

  test('stale prepared statements, declared and not', async () => {
    const swap = (invalidates: boolean) =>
      plan({
        id: '0003_widen',
        sql: 'ALTER TABLE "users" ALTER COLUMN "email" TYPE text;',
        expand: [
          ddl(
            '01-widen',
            ['ALTER TABLE "users" ALTER COLUMN "email" TYPE text'],
            { users: 'ACCESS EXCLUSIVE' },
            {
              undo: { sql: ['ALTER TABLE "users" ALTER COLUMN "email" TYPE varchar(40)'] },
              ...(invalidates && { invalidatesPlans: true as const }),
            },
          ),
        ],
      })
    const silent = await broken(swap(false))
    expect(silent.laws).toEqual([2])
    expect(silent.text).toContain('cached plan must not change result type (0A000)')
    expect((await broken(swap(true))).laws).toEqual([])
  })

  test('a step that does not commit as a whole', async () => {
    const columns = (name: string) => `ALTER TABLE "teams" ADD COLUMN "${name}" text`
    const step = ddl('01-two', [columns('a'), 'COMMIT', columns('b')], { teams: 'ACCESS EXCLUSIVE' })
    const { laws, text } = await broken(plan({ id: '0003_two', sql: `${columns('a')}; ${columns('b')};`, expand: [step] }))
    expect(laws).toEqual([3])
    expect(text).toContain('column "a" of relation "teams" already exists (42701)')
  })

  test('undo that forgets a part', async () => {
    const { laws, text } = await broken(
      renamePlan({
        expand: [add, fill, validate, { ...notNull, undo: { none: 'forgotten' } }].map((s) =>
          s.id === '01-add' ? { ...s, undo: { sql: add.undo && 'sql' in add.undo ? add.undo.sql.slice(0, 2) : [] } } : s,
        ),
        contract: [drop],
      }),
    )
    expect(laws).toEqual([6])
    expect(text).toContain('after 01-add and back')
  })

  test('own output that is not clean', async () => {
    const verdict = await verifyPlan({
      plan: DROP_COLUMN,
      history: HISTORY,
      server,
      replan: (steps) => steps.flat().map((sql) => ({ code: 'x', harm: 'lock', on: sql, why: 'because', line: 1, column: 1 })),
    })
    expect(verdict.laws.find((l) => l.law === 5)).toMatchObject({
      status: 'broken',
      findings: ['x on ALTER TABLE "users" DROP COLUMN "meta": because'],
    })
  })

  test('a refused plan that has steps', async () => {
    const refusal = { claims: [0], hazards: [], reason: 'no', fix: 'yes', line: 7 }
    const verdict = await verifyPlan({ plan: { ...RENAME, refusals: [refusal] }, history: HISTORY, server })
    expect(verdict.laws.map((l) => [l.law, l.status])).toEqual([
      [1, 'not exercised'],
      [2, 'not exercised'],
      [3, 'not exercised'],
      [4, 'not exercised'],
      [5, 'not exercised'],
      [6, 'not exercised'],
      [7, 'broken'],
    ])
  })
})
