import { type Migration, replayHistory } from '@expand-contract/core'
import type { Client } from 'pg'
import { catalogInCommand } from '../../../packages/core/src/facts/in-command.ts'
import { readForNotNull } from '../../../packages/core/src/facts/not-null-proof.ts'
import { tableAction } from '../../../packages/core/src/sql/relation.ts'

const SCHEMA = `CREATE TYPE pair AS (a int, b int); CREATE DOMAIN words AS text; CREATE DOMAIN couple AS pair;`

/** CHECKs on table t (id int, c text, d int). */
const CHECKS: readonly string[] = [
  'c IS NOT NULL',
  'c IS NOT NULL AND length(c) > 1',
  `d > 0 AND (c <> '' AND c IS NOT NULL)`,
  'NOT (c IS NULL)',
  'NOT (c IS NULL OR d IS NULL)',
  'NOT (c IS NULL AND d IS NULL)',
  'NOT (c IS NULL AND true)',
  'NOT (NOT (c IS NOT NULL))',
  'NOT (c IS NOT NULL)',
  'c IS DISTINCT FROM NULL',
  'c IS NOT DISTINCT FROM NULL',
  'NOT (c IS NOT DISTINCT FROM NULL)',
  '(c IS NOT NULL AND d > 0) OR (c IS NOT NULL AND d < 0)',
  'c IS NOT NULL OR d IS NOT NULL',
  'c IS NOT NULL OR false',
  'c IS NOT NULL OR true',
  'true AND c IS NOT NULL',
  'c IS NOT NULL AND NULL',
  '(c IS NULL) = false',
  '(c IS NULL) = true',
  '(c IS NOT NULL) = true',
  '(c IS NOT NULL) IS TRUE',
  '(c IS NULL) IS FALSE',
  'ROW(c, d) IS NOT NULL',
  'NOT (ROW(c, d) IS NULL)',
  't IS NOT NULL',
  'length(c) > 0',
  `c <> ''`,
  `c = ANY (ARRAY['a', 'b'])`,
  'num_nulls(c) = 0',
  'c::varchar IS NOT NULL',
  'lower(c) IS NOT NULL',
  'coalesce(c IS NOT NULL, false)',
  'CASE WHEN c IS NULL THEN false ELSE true END',
  'd IS NOT NULL',
  't.c IS NOT NULL',
]

interface Case {
  readonly name: string
  /** Makes $t. */
  readonly make: string
  readonly alter: string
  readonly since?: number
}

const SET = 'ALTER TABLE $t ALTER COLUMN c SET NOT NULL'
const TABLE = 'CREATE TABLE $t (id int, c text, d int);'
const CHECK = 'ALTER TABLE $t ADD CONSTRAINT $t_k CHECK (c IS NOT NULL)'

const CASES: readonly Case[] = [
  ...CHECKS.map((check) => ({
    name: check,
    make: `CREATE TABLE $t (id int, c text, d int, CHECK (${check.replace(/\bt(?= |\.)/g, '$t')}));`,
    alter: SET,
  })),
  { name: 'no check', make: TABLE, alter: SET },
  { name: 'NOT NULL already', make: 'CREATE TABLE $t (c text NOT NULL);', alter: SET },
  { name: 'primary key', make: 'CREATE TABLE $t (c text PRIMARY KEY);', alter: SET },
  { name: 'check NOT VALID', make: `${TABLE} ${CHECK} NOT VALID;`, alter: SET },
  { name: 'check validated later', make: `${TABLE} ${CHECK} NOT VALID; ALTER TABLE $t VALIDATE CONSTRAINT $t_k;`, alter: SET },
  { name: 'check NOT ENFORCED', make: `${TABLE} ${CHECK} NOT ENFORCED;`, alter: SET, since: 18 },
  { name: 'check dropped before', make: `${TABLE} ${CHECK}; ALTER TABLE $t DROP CONSTRAINT $t_k;`, alter: SET },
  { name: 'check dropped by the same command, behind', make: `${TABLE} ${CHECK};`, alter: `${SET}, DROP CONSTRAINT $t_k` },
  {
    name: 'check dropped by the same command, before',
    make: `${TABLE} ${CHECK};`,
    alter: SET.replace('ALTER COLUMN', 'DROP CONSTRAINT $t_k, ALTER COLUMN'),
  },
  {
    name: 'check added by the same command, before',
    make: TABLE,
    alter: SET.replace('ALTER COLUMN', `${CHECK.replace('ALTER TABLE $t ', '')}, ALTER COLUMN`),
  },
  {
    name: 'one of two checks dropped',
    make: `${TABLE} ${CHECK}; ALTER TABLE $t ADD CHECK (c IS NOT NULL);`,
    alter: `${SET}, DROP CONSTRAINT $t_k`,
  },
  { name: 'two checks, one with NULL', make: `${TABLE} ALTER TABLE $t ADD CHECK (d > 0), ADD CHECK (c IS NOT NULL);`, alter: SET },
  { name: 'domain', make: 'CREATE TABLE $t (c words CHECK (c IS NOT NULL));', alter: SET },
  { name: 'row', make: 'CREATE TABLE $t (c pair CHECK (c IS NOT NULL));', alter: SET },
  { name: 'domain over a row', make: 'CREATE TABLE $t (c couple CHECK (c IS NOT NULL));', alter: SET },
  { name: 'range', make: 'CREATE TABLE $t (c int4range CHECK (c IS NOT NULL));', alter: SET },
  { name: 'array', make: 'CREATE TABLE $t (c int[] CHECK (c IS NOT NULL));', alter: SET },
  {
    name: 'column with a name to quote',
    make: 'CREATE TABLE $t ("the Column" text CHECK ("the Column" IS NOT NULL));',
    alter: 'ALTER TABLE $t ALTER COLUMN "the Column" SET NOT NULL',
  },
  { name: 'NOT NULL NOT VALID', make: `${TABLE} ALTER TABLE $t ADD CONSTRAINT $t_n NOT NULL c NOT VALID;`, alter: SET, since: 18 },
  {
    name: 'NOT NULL NOT VALID, with a check',
    make: `${TABLE} ${CHECK}; ALTER TABLE $t ADD CONSTRAINT $t_n NOT NULL c NOT VALID;`,
    alter: SET,
    since: 18,
  },
  {
    name: 'NOT NULL validated later',
    make: `${TABLE} ALTER TABLE $t ADD CONSTRAINT $t_n NOT NULL c NOT VALID; ALTER TABLE $t VALIDATE CONSTRAINT $t_n;`,
    alter: SET,
    since: 18,
  },
  {
    name: 'partitioned',
    make: 'CREATE TABLE $t (id int, c text) PARTITION BY LIST (id); CREATE TABLE $t_1 PARTITION OF $t FOR VALUES IN (1);',
    alter: SET,
  },
  {
    name: 'partitioned, check above',
    make: 'CREATE TABLE $t (id int, c text CHECK (c IS NOT NULL)) PARTITION BY LIST (id); CREATE TABLE $t_1 PARTITION OF $t FOR VALUES IN (1);',
    alter: SET,
  },
  {
    name: 'partitioned, check on one partition',
    make: `CREATE TABLE $t (id int, c text) PARTITION BY LIST (id); CREATE TABLE $t_1 PARTITION OF $t FOR VALUES IN (1); CREATE TABLE $t_2 PARTITION OF $t FOR VALUES IN (2);
      ALTER TABLE $t_1 ADD CHECK (c IS NOT NULL);`,
    alter: SET,
  },
  { name: 'inherited by another', make: `${TABLE} CREATE TABLE $t_c () INHERITS ($t);`, alter: SET },
  { name: 'inherited by another, check', make: `${TABLE} CREATE TABLE $t_c () INHERITS ($t); ${CHECK};`, alter: SET },
  { name: 'inherited by another, check of its own', make: `${TABLE} CREATE TABLE $t_c () INHERITS ($t); ${CHECK} NO INHERIT;`, alter: SET },
  {
    name: 'key from an index',
    make: `${TABLE} CREATE UNIQUE INDEX $t_i ON $t (c);`,
    alter: 'ALTER TABLE $t ADD PRIMARY KEY USING INDEX $t_i',
  },
  {
    name: 'key from an index, check',
    make: `${TABLE} ${CHECK}; CREATE UNIQUE INDEX $t_i ON $t (c);`,
    alter: 'ALTER TABLE $t ADD PRIMARY KEY USING INDEX $t_i',
  },
  { name: 'key', make: `${TABLE} ${CHECK};`, alter: 'ALTER TABLE $t ADD PRIMARY KEY (c)' },
  { name: 'key without a check', make: TABLE, alter: 'ALTER TABLE $t ADD PRIMARY KEY (c)' },
]

/** Runs each command and compares the tables that PostgreSQL says it verified with those that core names. */
export async function judgeNotNull(client: Client, version: number) {
  const cases = CASES.filter((c) => (c.since ?? 0) <= version).map((c, i) => {
    const table = `t${i}`
    return { name: c.name, make: c.make.replaceAll('$t', table), alter: c.alter.replaceAll('$t', table) }
  })
  const makes = SCHEMA + cases.map((c) => c.make).join('\n')
  const [, ...replayed] = replayHistory([{ id: 'schema', text: makes }, ...cases.map((c) => ({ id: c.name, text: c.alter }))])
  await client.query(makes)
  const wrong: string[] = []
  let read = 0
  for (const [i, { name, alter }] of cases.entries()) {
    const said = saidOf(replayed[i] as Migration)
    const observed = await verified(client, alter)
    if (observed.length > 0) read++
    if (observed.join() !== said.join())
      wrong.push(`${name}: PostgreSQL read ${observed.join() || 'nothing'}, core says ${said.join() || 'nothing'}`)
  }
  return { wrong, read, free: cases.length - read }
}

function saidOf(migration: Migration): string[] {
  const tables = migration.script.statements.flatMap((statement) => {
    const action = tableAction(statement)
    const column = action?.type === 'AT_SetNotNull' ? action.name : action?.type === 'AT_AddConstraint' ? 'c' : undefined
    return action && column ? readForNotNull(catalogInCommand(statement, migration), action.table, column) : []
  })
  return tables.map((t) => t.split('.')[1]?.replaceAll('"', '') ?? '').sort()
}

/** Tables that PostgreSQL reads to look for NULL. */
async function verified(client: Client, alter: string): Promise<string[]> {
  const found: string[] = []
  const listen = ({ message }: { message: string | undefined }): void => {
    const table = /^verifying table "(.*)"/.exec(message ?? '')?.[1]
    if (table !== undefined) found.push(table)
  }
  client.on('notice', listen)
  await client.query('SET client_min_messages = debug1')
  await client.query(alter)
  await client.query('RESET client_min_messages')
  client.off('notice', listen)
  return found.sort()
}
