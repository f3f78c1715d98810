import { buildMigration, type EMPTY_CATALOG, replayHistory } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { after, gaps, indexes, table } from './after.ts'

const T = 'CREATE TABLE t (a int, b text, j jsonb); CREATE TABLE u (a int);'

describe('CREATE INDEX', () => {
  it('holds keys, options and predicates as PostgreSQL prints them, and gives the names it gives', () => {
    const catalog = after(
      T,
      `CREATE INDEX ON t (a);
       CREATE UNIQUE INDEX ON t (a DESC, b text_pattern_ops NULLS FIRST) INCLUDE (j) NULLS NOT DISTINCT;
       CREATE INDEX CONCURRENTLY IF NOT EXISTS "x y" ON ONLY "public"."t" USING gin (j jsonb_path_ops, b gin_trgm_ops) WITH (fastupdate = off) WHERE (a > 1) AND b IS NOT NULL;
       CREATE INDEX ON t (lower(b), (a + 1), coalesce(b, ')') COLLATE "C" DESC NULLS LAST, (j ->> 'k, l'));
       CREATE INDEX ON t USING btree (a int4_ops ASC NULLS LAST);
       CREATE INDEX IF NOT EXISTS "x y" ON t (b)`,
    )
    expect(indexes(catalog, 't')).toEqual([
      't_a_idx (a)',
      'unique t_a_b_j_idx (a DESC, b text_pattern_ops NULLS FIRST) include (j) nulls not distinct',
      'x y using gin (j jsonb_path_ops, b public.gin_trgm_ops) where (a > 1) AND b IS NOT NULL',
      `t_lower_expr_coalesce_expr1_idx ((lower(b)), (a + 1), (coalesce(b, ')')) COLLATE "C" DESC NULLS LAST, (j ->> 'k, l'))`,
      't_a_idx1 (a)',
    ])
    expect(gaps(catalog)).toEqual([])
  })
})

describe('views', () => {
  it('read the columns of their query; of a table that is not known any', () => {
    const catalog = after(
      T,
      `CREATE VIEW v AS WITH u AS (SELECT * FROM u), c AS (SELECT 1) SELECT * FROM c JOIN u ON true;
       DROP VIEW v; CREATE MATERIALIZED VIEW m AS SELECT (SELECT max(1)) FROM t LEFT JOIN LATERAL (SELECT 1 FROM pg_class) x ON true;
       CREATE OR REPLACE VIEW s.w AS SELECT * FROM gone;
       ALTER VIEW s.w RENAME TO ww`,
    )
    expect([...catalog.views]).toEqual([
      ['"public"."m"', { materialized: true, reads: [{ table: '"public"."t"', columns: [] }], columns: ['max'], indexes: [] }],
      ['"s"."ww"', { materialized: false, reads: [{ table: '"public"."gone"' }], indexes: [] }],
    ])
    expect(gaps(catalog)).toEqual(['"public"."gone" since m2: line 3: no statement before this one creates the table gone'])
  })
})

describe('functions', () => {
  it('are held with their volatility, of overloads the least predictable', () => {
    const catalog = after(`
      CREATE FUNCTION i(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
      CREATE FUNCTION s.i(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
      CREATE FUNCTION i(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION d() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION d;
      CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'`)
    expect([...catalog.functions]).toEqual([
      ['"public"."i"', 'volatile'],
      ['"s"."i"', 'stable'],
    ])
  })

  const definition = (body: string) => `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ ${body} $$;`
  const why = '* since m2: line 1: it calls "public"."f", which may change any table'

  it.each([
    ['rows only', 'BEGIN UPDATE t SET a = 1; PERFORM now(); END', []],
    ['a table of the session', 'BEGIN CREATE TEMP TABLE x AS SELECT 1; DROP TABLE x; END', []],
    ['a kind of statement that changes no table', `BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET timezone TO 0'; END`, []],
    ['a variable of a type that only the server knows', 'DECLARE v e; x text; BEGIN SELECT e, b INTO v, x FROM t; END', []],
    ['a change of the schema', 'BEGIN ALTER TABLE t DROP a; END', [why.replace('*', '"public"."t"').replace('any', 'this')]],
    ['a change that is not plain', 'BEGIN DROP TABLE t; END', [why]],
    ['SQL put together', `BEGIN EXECUTE 'ALTER TABLE ' || current_user || ' DROP a'; END`, [why]],
    ['a change behind a variable that can not be read', `DECLARE v e; x text; BEGIN SELECT e, b INTO v, x FROM t; EXECUTE x; END`, [why]],
  ])('are called: %s', (_, body, expected) => {
    expect(gaps(after(T + definition(body), 'SELECT f()'))).toEqual(expected)
    expect(gaps(after(T + definition(body), 'DO $$ BEGIN PERFORM f(); END $$'))).toEqual(expected)
    expect(gaps(after(T + definition(body), 'INSERT INTO u SELECT 1 FROM f()'))).toEqual(expected)
  })

  it('of extensions may change the tables that they are given', () => {
    expect(gaps(after(T, `CREATE EXTENSION timescaledb; SELECT create_hypertable('t', 'a'), lower('u')`))).toEqual([
      '"public"."t" since m2: line 1: "public"."create_hypertable", which the history does not make, may change it',
    ])
  })

  it('are called by others, and procedures by CALL', () => {
    const nested = `${definition('BEGIN DROP TABLE t; END')} CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN PERFORM f(); END $$;`
    expect(gaps(after(T + nested, 'CALL p()'))).toEqual([why.replace('"f"', '"p"')])
    expect(gaps(after(T, 'CALL unknown()'))).toEqual([why.replace('"f"', '"unknown"')])
    expect(gaps(after(`${T} CREATE PROCEDURE p() LANGUAGE sql AS 'DELETE FROM t'`, 'CALL p()'))).toEqual([])
  })
})

describe('what replay does not follow', () => {
  it.each([
    [`CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING`, '"public"."t"', 'the rule "r" names it, and rules are not followed'],
    ['CREATE FOREIGN TABLE ft (a int) SERVER s', '"public"."ft"', 'CreateForeignTable is not followed'],
    ['DROP OWNED BY me', '*', 'DropOwned is not followed'],
    ['ROLLBACK', '*', 'ROLLBACK undoes statements before it'],
    [`SELECT set_config('search_path', $1, false)`, '*', 'it may set search_path to what is put together when it runs'],
    [
      'SET search_path = app; CREATE TABLE x (a int)',
      '*',
      'it makes something without naming its schema, and no schema of the search_path is there',
    ],
    ['ALTER SCHEMA nothing RENAME TO p', '*', 'the schema "nothing" is not known'],
    ['not SQL', '*', `the file can't be read: syntax error at or near "not"`],
  ])('%s', (sql, key, reason) => {
    expect(gaps(after(T, sql))).toEqual([`${key} since m2: line 1: ${reason}`])
  })

  it('leaves the catalog alone where nothing that it holds is changed', () => {
    const sql = `BEGIN; SET LOCAL lock_timeout = '2s'; SET search_path TO public, "$user"; SELECT pg_catalog.set_config('search_path', '', false); RESET search_path;
      INSERT INTO t VALUES (1); UPDATE t SET a = 2; DELETE FROM u; TRUNCATE t; COMMENT ON TABLE t IS 'x'; GRANT SELECT ON t TO me; CREATE EXTENSION x;
      CREATE SEQUENCE q; ALTER SEQUENCE q OWNED BY t.a; CREATE SCHEMA s; CREATE DOMAIN d AS int; CREATE TYPE c AS (a int); VACUUM t; COMMIT;`
    const known = after(T)
    const { tables, enums, views, incomplete } = after(T, sql)
    expect([tables, enums, views, incomplete].map((map) => [...map])).toEqual(
      [known.tables, known.enums, known.views, known.incomplete].map((map) => [...map]),
    )
  })
})

describe('replayHistory', () => {
  const sources = [
    { id: '1_init', text: 'CREATE TABLE t (a int);\nALTER TABLE t ADD b int, ADD c int;' },
    { id: '2_broken', text: 'ALTER TABLE t\nDROP;' },
    { id: '3_last', text: 'ALTER TABLE t DROP c' },
  ]

  it('gives the schema before each migration, before each statement and after', () => {
    const [first, second, third] = replayHistory(sources)
    const columns = (catalog: typeof EMPTY_CATALOG | undefined) =>
      catalog && [...catalog.tables.values()].map((t) => t.columns.map((c) => c.name).join())
    expect(first?.at.map(columns)).toEqual([[], ['a'], ['a,b']])
    expect(columns(first?.after)).toEqual(['a,b,c'])
    expect(second?.before).toBe(first?.after)
    expect(second?.after && gaps(second.after)).toEqual([`* since 2_broken: line 2: the file can't be read: syntax error at or near ";"`])
    expect(columns(third?.after)).toEqual(['a,b'])
    expect(third && buildMigration(third, [], 14)).toEqual({ ...third, intents: [], postgres: 14 })
  })

  it('stops before a position', () => {
    expect(replayHistory(sources, 1).map((r) => r.id)).toEqual(['1_init'])
  })
})

describe('triggers and policies', () => {
  it('are held by name', () => {
    const trigger = (name: string, or = '') => `CREATE ${or} TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();`
    const catalog = after(
      T,
      `${trigger('one')} ${trigger('one', 'OR REPLACE')} CREATE POLICY p ON t`,
      'ALTER TRIGGER one ON t RENAME TO two; ALTER POLICY p ON t RENAME TO q',
    )
    expect(table(catalog, 't')).toMatchObject({ triggers: [{ name: 'two' }], policies: [{ name: 'q' }] })
    expect(gaps(catalog)).toEqual([])
  })
})
