import { replayHistory } from '@expand-contract/core'
import type { Client } from 'pg'
import { newColumnRewrites } from '../../../packages/core/src/facts/new-column.ts'
import { actionOf, columnIn } from '../../../packages/core/src/sql/relation.ts'

const SCHEMA = `
CREATE SCHEMA tools;
CREATE EXTENSION citext;
CREATE EXTENSION pgcrypto SCHEMA tools;
CREATE EXTENSION "uuid-ossp";
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN plain AS text;
CREATE DOMAIN valued AS text DEFAULT 'x';
CREATE DOMAIN rolled AS double precision DEFAULT random();
CREATE DOMAIN rerolled AS rolled;
CREATE DOMAIN checked AS text CHECK (VALUE <> '');
CREATE DOMAIN required AS text NOT NULL DEFAULT 'x';
CREATE DOMAIN deeper AS checked;
CREATE FUNCTION careless() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION steady() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION fixed(a int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN a; END';
CREATE FUNCTION inlined() RETURNS text LANGUAGE sql AS $$ SELECT 'x' || lower('Y') $$;
CREATE FUNCTION inlined_returns(a int) RETURNS int RETURN a + 1;
CREATE FUNCTION inlined_deep() RETURNS text LANGUAGE sql AS 'SELECT inlined()';
CREATE FUNCTION inlined_random() RETURNS double precision LANGUAGE sql AS 'SELECT random()';
CREATE FUNCTION queried() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM pg_class LIMIT 1';
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql AS 'SELECT count(*)';
CREATE FUNCTION rowed() RETURNS int LANGUAGE sql AS 'SELECT generate_series(1, 3)';
CREATE FUNCTION strictly(a int) RETURNS int LANGUAGE sql STRICT AS 'SELECT 1';
CREATE FUNCTION secured() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION configured() RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1';
CREATE FUNCTION twice() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2';
CREATE FUNCTION many(a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION many(a int, b int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION tools.careless() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION tools.steady() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
`

/** What stands behind ADD COLUMN c, and since which version PostgreSQL knows it. */
const COLUMNS: readonly (string | readonly [column: string, since: number])[] = [
  'int',
  `text DEFAULT 'x'`,
  'int NOT NULL DEFAULT -1',
  'bigint NOT NULL DEFAULT 0',
  'numeric(10,2) DEFAULT 1.5',
  'boolean DEFAULT true',
  `mood DEFAULT 'ok'`,
  `mood[] DEFAULT ARRAY['ok','sad']::mood[]`,
  `text[] NOT NULL DEFAULT '{}'`,
  `text[] DEFAULT ARRAY[]::text[]`,
  `jsonb NOT NULL DEFAULT '{"a": 1}'`,
  `pair DEFAULT ROW(1, 'x')`,
  'timestamptz NOT NULL DEFAULT now()',
  'timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP',
  'date DEFAULT CURRENT_DATE',
  'timetz DEFAULT CURRENT_TIME(3)',
  'time DEFAULT LOCALTIME',
  'text DEFAULT CURRENT_USER',
  'text DEFAULT current_schema',
  `timestamptz DEFAULT now() + interval '1 day'`,
  `timestamptz DEFAULT now() - '7 days'::interval`,
  `timestamp DEFAULT (now() AT TIME ZONE 'UTC')`,
  `timestamp DEFAULT timezone('utc', now())`,
  `timestamp DEFAULT (date_trunc('day', now()) AT TIME ZONE 'UTC')`,
  `timetz DEFAULT (CURRENT_TIME AT TIME ZONE 'UTC')`,
  `timetz DEFAULT ('12:00+00'::timetz AT TIME ZONE 'UTC')`,
  `text DEFAULT to_char(now(), 'YYYY')`,
  'bigint DEFAULT extract(epoch FROM now())',
  'bigint DEFAULT (extract(epoch FROM now()) * 1000)::bigint',
  `timestamp DEFAULT 'now'::timestamp`,
  `timestamp DEFAULT 'now'::text::timestamp`,
  'bigint DEFAULT txid_current()',
  `text DEFAULT current_setting('app.tenant', true)`,
  `text DEFAULT lower('X') || upper('y')`,
  `text DEFAULT 'x' COLLATE "C"`,
  `text DEFAULT CASE WHEN now() > '2020-01-01' THEN 'a' ELSE 'b' END`,
  `text DEFAULT coalesce(current_setting('app.tenant', true), 'none')`,
  `text DEFAULT coalesce('x', random()::text)`,
  `int DEFAULT greatest(1, 2)`,
  'int DEFAULT (3 = ANY (ARRAY[1, 2]))::int',
  `text DEFAULT md5('x')`,
  `bytea DEFAULT '\\x00'`,
  `int4range DEFAULT int4range(1, 10)`,
  `regclass DEFAULT 'numbers'::regclass`,
  `tsvector DEFAULT to_tsvector('english', 'x')`,
  `citext DEFAULT 'x'`,
  `text DEFAULT encode(tools.digest('x', 'sha256'), 'hex')`,
  'uuid DEFAULT uuid_nil()',
  `uuid DEFAULT uuid_generate_v5(uuid_ns_url(), 'x')`,
  'int DEFAULT steady()',
  'int DEFAULT tools.steady()',
  'int DEFAULT public.fixed(1)',
  'text DEFAULT inlined()',
  'int DEFAULT inlined_returns(1)',
  'text DEFAULT inlined_deep()',
  'int DEFAULT many(1, 2)',
  'plain',
  `plain DEFAULT 'x'`,
  'valued',
  'checked[]',
  `text DEFAULT 'x'::checked`,
  `xml DEFAULT '<a/>'`,
  "text DEFAULT substring('abc' FROM 1 FOR 2)",
  ['text DEFAULT SYSTEM_USER', 16],
  [`timestamptz DEFAULT date_add(now(), '1 day')`, 16],
  ['int GENERATED ALWAYS AS (id + 1) VIRTUAL', 18],
  // From here on: rewritten.
  'uuid DEFAULT gen_random_uuid()',
  'uuid NOT NULL DEFAULT gen_random_uuid()',
  'text DEFAULT gen_random_uuid()::text',
  ['uuid DEFAULT uuidv7()', 18],
  ['uuid DEFAULT uuidv4()', 18],
  ['int DEFAULT random(1, 10)', 17],
  'uuid DEFAULT uuid_generate_v4()',
  'uuid DEFAULT uuid_generate_v1()',
  `text DEFAULT encode(tools.gen_random_bytes(8), 'hex')`,
  'double precision DEFAULT random()',
  'int DEFAULT (random() * 100)::int',
  'int DEFAULT -(random() * 100)::int',
  'text DEFAULT md5(random()::text)',
  `text DEFAULT 'a' || random()`,
  'timestamptz DEFAULT clock_timestamp()',
  `timestamp DEFAULT (clock_timestamp() AT TIME ZONE 'UTC')`,
  'text DEFAULT timeofday()',
  `bigint DEFAULT nextval('numbers')`,
  'double precision[] DEFAULT ARRAY[random()]',
  'text DEFAULT CASE WHEN random() > 0.5 THEN 1 ELSE 2 END',
  `text DEFAULT coalesce(NULL, random()::text)`,
  `text DEFAULT coalesce(current_setting('app.tenant', true), random()::text)`,
  'boolean DEFAULT (random() > 0.5 OR random() > 0.7)',
  'double precision DEFAULT greatest(random(), 0.5)',
  "jsonb DEFAULT jsonb_build_object('a', random())",
  'int DEFAULT careless()',
  'double precision DEFAULT inlined_random()',
  'int DEFAULT inlined_returns(careless())',
  'int DEFAULT queried()',
  'bigint DEFAULT counted()',
  'int DEFAULT rowed()',
  'int DEFAULT strictly(1)',
  'int DEFAULT secured()',
  'int DEFAULT configured()',
  'int DEFAULT twice()',
  'int DEFAULT many(1)',
  'int DEFAULT tools.careless()',
  'int DEFAULT fixed(careless())',
  'serial',
  'bigserial',
  'int GENERATED ALWAYS AS IDENTITY',
  'bigint GENERATED BY DEFAULT AS IDENTITY',
  'int GENERATED ALWAYS AS (id + 1) STORED',
  'checked',
  `checked DEFAULT 'x'`,
  'required',
  'deeper',
  'rolled',
  'rerolled',
]

/** Adds each column to a table with a row and compares whether PostgreSQL rewrote it with what core says. */
export async function judgeNewColumns(client: Client, version: number) {
  const columns = COLUMNS.map((c) => (typeof c === 'string' ? ([c, 0] as const) : c)).filter(([, since]) => since <= version)
  const tables = columns.map((_, i) => `CREATE TABLE t${i} (id int);`).join('\n')
  const changes = columns.map(([column], i) => ({ id: `${i}`, text: `ALTER TABLE t${i} ADD COLUMN c ${column};` }))
  const [, ...replayed] = replayHistory([{ id: 'schema', text: SCHEMA + tables }, ...changes])
  await client.query(SCHEMA + tables + columns.map((_, i) => `INSERT INTO t${i} VALUES (1);`).join('\n'))
  const wrong: string[] = []
  let rewritten = 0
  for (const [i, migration] of replayed.entries()) {
    const [statement] = migration.script.statements
    const action = statement && actionOf(statement, 'AT_AddColumn')
    const column = action && columnIn(migration.after, action.table, 'c')
    const said = column ? newColumnRewrites(column, migration.before, version) : 'not replayed'
    const before = await fileOf(client, `t${i}`)
    await client.query(migration.script.text)
    const isRewritten = (await fileOf(client, `t${i}`)) !== before
    if (isRewritten) rewritten++
    if (isRewritten !== (said !== undefined) || !column)
      wrong.push(`${columns[i]?.[0]}: ${isRewritten ? 'rewritten' : 'kept'}, said ${said}`)
  }
  return { wrong, rewritten, kept: columns.length - rewritten }
}

async function fileOf(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ file: number }>('SELECT pg_relation_filenode($1::regclass)::int AS file', [table])
  return rows[0]?.file ?? 0
}
