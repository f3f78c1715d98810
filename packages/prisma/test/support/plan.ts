import { checksum, type Ddl, type Plan, type Step } from '@expand-contract/core'

const ddl = (id: string, title: string, sql: readonly string[], more: Partial<Ddl> = {}): Ddl => ({
  kind: 'ddl',
  id,
  title,
  why: 'Catalog changes only; the lock is held for a moment.',
  undo: { none: 'Goes with step 01.' },
  transaction: 'atomic',
  sql,
  locks: [{ table: '"public"."User"', mode: 'ACCESS EXCLUSIVE' }],
  lockTimeout: 2_000,
  statementTimeout: 10_000,
  ...more,
})

const OUT_OF_STEP = `row("fullName")::record *<> row("name")::record`

/** Expand steps for the example's rename, one of each form: a group, a backfill, a validation, CONCURRENTLY, a check. */
const EXPAND: readonly Step[] = [
  ddl(
    '01-add-full-name',
    'Add "fullName"; keep it in step with "name"',
    [
      'ALTER TABLE "User" ADD COLUMN "fullName" TEXT',
      `CREATE FUNCTION "ec_User_fullName_sync"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW."fullName" IS NOT NULL THEN NEW."name" := NEW."fullName"; ELSE NEW."fullName" := NEW."name"; END IF;
  ELSIF row(NEW."fullName")::record *<> row(OLD."fullName")::record THEN
    NEW."name" := NEW."fullName";
  ELSE
    NEW."fullName" := NEW."name";
  END IF;
  RETURN NEW;
END
$$`,
      `CREATE TRIGGER "zzz_ec_User_fullName_sync" BEFORE INSERT OR UPDATE ON "User" FOR EACH ROW WHEN (row(NEW."fullName")::record *<> row(NEW."name")::record) EXECUTE FUNCTION "ec_User_fullName_sync"()`,
      'ALTER TABLE "User" ENABLE ALWAYS TRIGGER "zzz_ec_User_fullName_sync"',
      'ALTER TABLE "User" ADD CONSTRAINT "ec_User_fullName_not_null" CHECK ("fullName" IS NOT NULL) NOT VALID',
    ],
    {
      undo: {
        sql: [
          'DROP TRIGGER "zzz_ec_User_fullName_sync" ON "User"',
          'DROP FUNCTION "ec_User_fullName_sync"()',
          'ALTER TABLE "User" DROP COLUMN "fullName"',
        ],
      },
    },
  ),
  {
    kind: 'backfill',
    id: '02-fill-full-name',
    title: 'Fill "fullName" of old rows from "name"',
    why: 'Short batches, each its own transaction.',
    undo: { none: 'Goes with step 01.' },
    table: '"User"',
    key: ['id'],
    set: [{ column: 'fullName', expression: '"name"' }],
    where: OUT_OF_STEP,
  },
  ddl('03-validate', 'Validate that "fullName" is set', ['ALTER TABLE "User" VALIDATE CONSTRAINT "ec_User_fullName_not_null"'], {
    locks: [{ table: '"public"."User"', mode: 'SHARE UPDATE EXCLUSIVE' }],
    statementTimeout: 0,
  }),
  ddl('04-index', 'Index "fullName" without case', ['CREATE INDEX CONCURRENTLY "User_fullName_lower" ON "User" (lower("fullName"))'], {
    transaction: 'alone',
    lockTimeout: 0,
    statementTimeout: 0,
    locks: [],
    undo: { sql: ['DROP INDEX CONCURRENTLY IF EXISTS "User_fullName_lower"'], alone: true },
  }),
  ddl('05-not-null', 'Make "fullName" NOT NULL', [
    'ALTER TABLE "User" ALTER COLUMN "fullName" SET NOT NULL',
    'ALTER TABLE "User" DROP CONSTRAINT "ec_User_fullName_not_null"',
  ]),
  {
    kind: 'check',
    id: '06-check',
    title: 'Check that both columns agree',
    why: 'Reads only.',
    undo: { none: 'Nothing was changed.' },
    sql: `SELECT FROM "User" WHERE ${OUT_OF_STEP}`,
    message: '"name" and "fullName" differ in some row.',
  },
]

const CONTRACT: readonly Step[] = [
  ddl('07-drop-name', 'Drop "name" and what kept it in step', [
    'DROP TRIGGER "zzz_ec_User_fullName_sync" ON "User"',
    'DROP FUNCTION "ec_User_fullName_sync"()',
    'ALTER TABLE "User" DROP COLUMN "name"',
  ]),
]

/** A plan for the example's pending migration, made by hand. */
export function renamePlan(id: string, sql: string, more: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    id,
    source: { id, checksum: checksum(sql), sql },
    startsFrom: checksum('before'),
    postgres: 14,
    intents: [{ kind: 'rename', table: 'User', column: 'name', to: 'fullName' }],
    hazards: [
      {
        code: 'rename-column',
        harm: 'compatibility',
        on: 'User.name',
        why: 'Running code still selects "name" and fails at once.',
        line: 9,
        column: 20,
      },
    ],
    refusals: [],
    stages: [
      { name: 'expand', opensWhen: 'Any time, before the new code.', steps: EXPAND },
      { name: 'contract', opensWhen: 'When no running code uses "name".', steps: CONTRACT },
    ],
    syncs: [{ table: '"User"', old: 'name', new: 'fullName', up: '"name"', down: '"fullName"' }],
    expects: [{ table: '"User"', column: 'fullName', from: '"name"' }],
    alternatives: [],
    maps: [],
    ...more,
  }
}

/** The plan with other steps. */
export function withSteps(plan: Plan, expand: readonly Step[], contract: readonly Step[] = plan.stages[1].steps): Plan {
  return {
    ...plan,
    stages: [
      { ...plan.stages[0], steps: expand },
      { ...plan.stages[1], steps: contract },
    ],
  }
}

export { ddl as ddlStep }
