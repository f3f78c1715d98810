import { checksum, type Plan, type Step } from '@expand-contract/core'

const why = 'Written for this test.'
const brief = { kind: 'ddl', transaction: 'atomic', locks: [], lockTimeout: 2000, statementTimeout: 10_000, why } as const

/** A plan with the fields that the adapter reads; hazards and stages as given. */
export function planOf(id: string, sql: string, expand: readonly Step[], contract: readonly Step[] = [], rest: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    id,
    source: { id, checksum: checksum(sql), sql },
    startsFrom: '',
    postgres: 14,
    intents: [],
    hazards: [{ code: 'test', harm: 'lock', on: 'users', why, line: 1, column: 1 }],
    refusals: [],
    stages: [
      { name: 'expand', opensWhen: 'At any time.', steps: expand },
      { name: 'contract', opensWhen: 'Later.', steps: contract },
    ],
    syncs: [],
    expects: [],
    alternatives: [],
    maps: [],
    ...rest,
  }
}

export function ddl(id: string, sql: readonly string[], undo: readonly string[] = []): Step {
  return { ...brief, id, title: `Step ${id}`, sql, undo: undo.length > 0 ? { sql: undo } : { none: why } }
}

export function alone(id: string, sql: string, undo: string): Step {
  return {
    ...brief,
    id,
    title: `Step ${id}`,
    transaction: 'alone',
    lockTimeout: 0,
    statementTimeout: 0,
    sql: [sql],
    undo: { sql: [undo], alone: true },
  }
}

/** `users.name` becomes `full_name`, `country` is required, `email` gets an index: every kind of step, as a planner would order them. */
export function usersPlan(id: string, sql: string): Plan {
  const fill = `CREATE FUNCTION "ec_users"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."full_name" := coalesce(NEW."full_name", NEW."name");
  NEW."country" := coalesce(NEW."country", 'US');
  RETURN NEW;
END
$$`
  return planOf(
    id,
    sql,
    [
      ddl(
        '01-add-columns',
        [
          'ALTER TABLE "users" ADD COLUMN "full_name" text',
          'ALTER TABLE "users" ADD COLUMN "country" text',
          fill,
          'CREATE TRIGGER "zz_ec_users" BEFORE INSERT OR UPDATE ON "users" FOR EACH ROW EXECUTE FUNCTION "ec_users"()',
        ],
        [
          'DROP TRIGGER "zz_ec_users" ON "users"',
          'ALTER TABLE "users" DROP COLUMN "full_name"',
          'ALTER TABLE "users" DROP COLUMN "country"',
        ],
      ),
      {
        kind: 'backfill',
        id: '02-fill-old-rows',
        title: 'Fill the new columns of old rows',
        why,
        undo: { none: 'The columns go with the undo of step 01.' },
        table: '"users"',
        key: ['id'],
        set: [
          { column: 'full_name', expression: '"name"' },
          { column: 'country', expression: "'US'" },
        ],
        where: '"full_name" IS NULL OR "country" IS NULL',
      },
      {
        kind: 'check',
        id: '03-check-filled',
        title: 'Check that nothing is left',
        why,
        undo: { none: 'Reads only.' },
        sql: 'SELECT FROM "users" WHERE "full_name" IS NULL OR "country" IS NULL',
        message: 'Some rows of "users" are not filled.',
      },
      ddl('04-set-not-null', [
        'ALTER TABLE "users" ALTER COLUMN "full_name" SET NOT NULL',
        'ALTER TABLE "users" ALTER COLUMN "country" SET NOT NULL',
      ]),
      alone(
        '05-create-index',
        'CREATE INDEX CONCURRENTLY "users_email_idx" ON "users" ("email")',
        'DROP INDEX CONCURRENTLY "users_email_idx"',
      ),
    ],
    [
      ddl('06-drop-name', [
        'DROP TRIGGER "zz_ec_users" ON "users"',
        'DROP FUNCTION "ec_users"()',
        'ALTER TABLE "users" DROP COLUMN "name"',
      ]),
    ],
  )
}
