import { type Backfill, type Check, type Ddl, type LockMode, PLAN_VERSION, type Plan, type Step } from '@expand-contract/core'

/** A schema with what makes rows hard to write: foreign keys, checks, enums, unique keys, defaults. */
export const HISTORY = [
  {
    id: '0001_teams',
    text: `CREATE TYPE "Role" AS ENUM ('reader', 'Writer', 'it''s');
CREATE TABLE "teams" ("id" serial PRIMARY KEY, "title" varchar(12) NOT NULL UNIQUE);`,
  },
  {
    id: '0002_users',
    text: `CREATE TABLE "users" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "name" text NOT NULL, "email" varchar(40) NOT NULL UNIQUE, "age" smallint CHECK ("age" > 0),
  "teamId" integer REFERENCES "teams" ("id"), "role" "Role" NOT NULL DEFAULT 'reader', "meta" jsonb, "born" date, "balance" numeric(10, 2),
  "plan" text NOT NULL CHECK ("plan" IN ('free', 'paid')));`,
  },
]

interface Draft {
  readonly id: string
  readonly sql: string
  readonly expand?: readonly Step[]
  readonly contract?: readonly Step[]
  readonly syncs?: Plan['syncs']
  readonly expects?: Plan['expects']
  readonly refusals?: Plan['refusals']
}

export function plan({ id, sql, expand = [], contract = [], syncs = [], expects = [], refusals = [] }: Draft): Plan {
  return {
    version: PLAN_VERSION,
    id,
    source: { id, checksum: '', sql },
    startsFrom: '',
    postgres: 14,
    intents: [],
    hazards: [],
    refusals,
    stages: [
      { name: 'expand', opensWhen: 'now', steps: expand },
      { name: 'contract', opensWhen: 'no old code runs', steps: contract },
    ],
    syncs,
    expects,
    alternatives: [],
    maps: [],
  }
}

/** A DDL step; `locks` as `{ users: 'ACCESS EXCLUSIVE' }`, in the schema public. */
export function ddl(
  id: string,
  sql: readonly string[],
  locks: Record<string, LockMode>,
  more: Partial<Pick<Ddl, 'undo' | 'transaction' | 'invalidatesPlans'>> = {},
): Ddl {
  return {
    kind: 'ddl',
    id,
    title: id,
    why: '',
    undo: { none: 'nothing to undo' },
    transaction: 'atomic',
    sql,
    locks: Object.entries(locks).map(([name, mode]) => ({ table: `"public"."${name}"`, mode })),
    lockTimeout: more.transaction === 'alone' ? 0 : 2_000,
    statementTimeout: more.transaction === 'alone' ? 0 : 10_000,
    ...more,
  }
}

export function backfill(id: string, table: string, key: readonly string[], set: Backfill['set'], where: string): Backfill {
  return { kind: 'backfill', id, title: id, why: '', undo: { none: 'the column goes' }, table, key, set, where }
}

export function check(id: string, sql: string, message: string): Check {
  return { kind: 'check', id, title: id, why: '', undo: { none: 'it only reads' }, sql, message }
}

const SYNC = [
  `CREATE FUNCTION "users_full_name_sync"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN IF NEW."full_name" IS NOT NULL THEN NEW."name" := NEW."full_name"; ELSE NEW."full_name" := NEW."name"; END IF;
  ELSIF row(NEW."full_name")::record *<> row(OLD."full_name")::record THEN NEW."name" := NEW."full_name";
  ELSE NEW."full_name" := NEW."name"; END IF; RETURN NEW; END $$`,
  `CREATE TRIGGER "zzz_users_full_name_sync" BEFORE INSERT OR UPDATE ON "users" FOR EACH ROW
  WHEN (NEW."full_name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "users_full_name_sync"()`,
  'ALTER TABLE "users" ENABLE ALWAYS TRIGGER "zzz_users_full_name_sync"',
]
const NO_SYNC = ['DROP TRIGGER "zzz_users_full_name_sync" ON "users"', 'DROP FUNCTION "users_full_name_sync"()']
const ADD_CHECK = 'ALTER TABLE "users" ADD CONSTRAINT "full_name_set" CHECK ("full_name" IS NOT NULL) NOT VALID'
const VALIDATE = 'ALTER TABLE "users" VALIDATE CONSTRAINT "full_name_set"'
const DROP_CHECK = 'ALTER TABLE "users" DROP CONSTRAINT "full_name_set"'

/** The steps of the rename, by name, so that a test can spoil one of them. */
export const RENAME_STEPS = {
  add: ddl(
    '01-add',
    ['ALTER TABLE "users" ADD COLUMN "full_name" text', ...SYNC, ADD_CHECK],
    { users: 'ACCESS EXCLUSIVE' },
    { undo: { sql: [...NO_SYNC, 'ALTER TABLE "users" DROP COLUMN "full_name"'] } },
  ),
  fill: backfill('02-fill', '"users"', ['id'], [{ column: 'full_name', expression: '"name"' }], '"full_name" IS DISTINCT FROM "name"'),
  validate: ddl('03-validate', [VALIDATE], { users: 'SHARE UPDATE EXCLUSIVE' }),
  notNull: ddl(
    '04-not-null',
    ['ALTER TABLE "users" ALTER COLUMN "full_name" SET NOT NULL', DROP_CHECK],
    { users: 'ACCESS EXCLUSIVE' },
    { undo: { sql: [ADD_CHECK, 'ALTER TABLE "users" ALTER COLUMN "full_name" DROP NOT NULL'] } },
  ),
  drop: ddl('05-drop', [...NO_SYNC, 'ALTER TABLE "users" DROP COLUMN "name"'], { users: 'ACCESS EXCLUSIVE' }),
}

export function renamePlan(steps: { expand: readonly Step[]; contract: readonly Step[] }): Plan {
  return plan({
    id: '0003_rename',
    sql: 'ALTER TABLE "users" DROP COLUMN "name", ADD COLUMN "full_name" text NOT NULL;',
    ...steps,
    syncs: [{ table: '"users"', old: 'name', new: 'full_name', up: '"name"', down: '"full_name"' }],
    expects: [{ table: '"users"', column: 'full_name', from: '"name"' }],
  })
}

const { add, fill, validate, notNull, drop } = RENAME_STEPS

export const RENAME = renamePlan({ expand: [add, fill, validate, notNull], contract: [drop] })

export const CREATE_INDEX = plan({
  id: '0003_index',
  sql: 'CREATE INDEX "users_born" ON "users" ("born");',
  expand: [
    ddl(
      '01-index',
      ['CREATE INDEX CONCURRENTLY "users_born" ON "users" ("born")'],
      { users: 'SHARE UPDATE EXCLUSIVE' },
      { transaction: 'alone', undo: { sql: ['DROP INDEX CONCURRENTLY "users_born"'], alone: true } },
    ),
  ],
})

export const DROP_COLUMN = plan({
  id: '0003_drop',
  sql: 'ALTER TABLE "users" DROP COLUMN "meta";',
  contract: [ddl('01-drop', ['ALTER TABLE "users" DROP COLUMN "meta"'], { users: 'ACCESS EXCLUSIVE' })],
})

/** Seeded rows repeat ages: the check stops the plan on them, and the laws need rows without repetition. */
export const UNIQUE_INDEX = plan({
  id: '0003_unique',
  sql: 'CREATE UNIQUE INDEX "users_age" ON "users" ("age");',
  expand: [
    check('01-check', 'SELECT "age" FROM "users" WHERE "age" IS NOT NULL GROUP BY "age" HAVING count(*) > 1 LIMIT 1', 'Some ages repeat.'),
    ddl(
      '02-unique',
      ['CREATE UNIQUE INDEX CONCURRENTLY "users_age" ON "users" ("age")'],
      { users: 'SHARE UPDATE EXCLUSIVE' },
      { transaction: 'alone', undo: { sql: ['DROP INDEX CONCURRENTLY "users_age"'], alone: true } },
    ),
  ],
})
