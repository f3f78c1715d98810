import { checksum, type Hazard, type Plan, type Refusal } from '@expand-contract/core'

const sql = 'ALTER TABLE "User" DROP COLUMN "name";\n'

export const BREAKS: Hazard = {
  code: 'drop-column-breaks-old-code',
  harm: 'compatibility',
  on: 'User.name',
  lock: 'ACCESS EXCLUSIVE',
  why: 'code that is still running reads and writes the column: each of its queries fails from the moment it is gone.',
  line: 3,
  column: 20,
}

export const LOSES: Hazard = {
  code: 'drop-column-loses-data',
  harm: 'data',
  on: 'User.name',
  why: 'the data is gone.',
  line: 3,
  column: 20,
}

export const ASKED: Refusal = {
  claims: [0],
  hazards: [BREAKS, LOSES],
  reason: 'User.name is dropped while "fullName" is added.',
  fix: 'Say which: --rename "User.name=fullName" or --drop "User.name".',
  question: { kind: 'rename', table: 'User', column: 'name', candidates: ['fullName', 'nick'] },
  line: 3,
}

/** A plan with every kind of step. */
export const PLAN: Plan = {
  version: 1,
  id: '0007_drop_name',
  source: { id: '0007_drop_name', checksum: checksum(sql), sql },
  startsFrom: 'a hash',
  postgres: 14,
  intents: [{ kind: 'fill', table: 'User', column: 'name', with: "''" }],
  hazards: [BREAKS, LOSES],
  refusals: [],
  stages: [
    {
      name: 'expand',
      opensWhen: 'At any time: code that runs today keeps working.',
      steps: [
        {
          kind: 'ddl',
          id: '01-fill-name',
          title: 'Fill name',
          why: 'Nothing is scanned.',
          undo: { sql: ['DROP TRIGGER t ON "User"'] },
          transaction: 'atomic',
          sql: ['CREATE FUNCTION f() …', 'CREATE TRIGGER t …'],
          locks: [{ table: '"public"."User"', mode: 'SHARE ROW EXCLUSIVE' }],
          lockTimeout: 2000,
          statementTimeout: 10_000,
        },
        {
          kind: 'backfill',
          id: '02-backfill',
          title: 'Fill old rows',
          why: 'Short batches.',
          undo: { none: 'The values stay.' },
          table: '"User"',
          key: ['id'],
          set: [{ column: 'name', expression: "''" }],
          where: '"name" IS NULL',
        },
        {
          kind: 'ddl',
          id: '03-index',
          title: 'Build an index',
          why: 'Concurrently.',
          undo: { sql: ['DROP INDEX CONCURRENTLY i'], alone: true },
          transaction: 'alone',
          sql: ['CREATE INDEX CONCURRENTLY i ON "User" ("name")'],
          locks: [{ table: '"auth"."User"', mode: 'SHARE UPDATE EXCLUSIVE' }],
          lockTimeout: 0,
          statementTimeout: 0,
        },
      ],
    },
    {
      name: 'contract',
      opensWhen: 'When no code that uses the old form runs any more.',
      steps: [
        {
          kind: 'check',
          id: '04-look',
          title: 'Look for NULL',
          why: 'Reads only.',
          undo: { none: 'Nothing is changed.' },
          sql: 'SELECT 1',
          message: 'NULL',
        },
      ],
    },
  ],
  syncs: [],
  expects: [],
  alternatives: ['Keep the column and map it: --map User.name=nickname.'],
  maps: [{ table: 'User', column: 'nick', to: 'nickname' }],
}
