import { bodyStatements, doBody, readScript, type Statement } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { after, constraints, gaps, table } from './after.ts'

const T = `CREATE TYPE e AS ENUM ('a'); CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (a int, b text);`
const block = (body: string): string => `DO $$ ${body} $$;`
const columns = (...scripts: string[]): string =>
  table(after(...scripts), 't')
    .columns.map((c) => c.name)
    .join()
const MAYBE = '"public"."t" since m2: line 1: a DO block changes it only under a condition'

describe('DO blocks', () => {
  it('apply what Drizzle wraps, once', () => {
    const fk = block(`BEGIN
      ALTER TABLE "t" ADD CONSTRAINT "t_a_fk" FOREIGN KEY ("a") REFERENCES "public"."o"("id") ON DELETE cascade ON UPDATE no action;
    EXCEPTION
      WHEN duplicate_object THEN null;
    END`)
    const type = block(`BEGIN CREATE TYPE "public"."e" AS ENUM('b'); EXCEPTION WHEN duplicate_object THEN null; END`)
    const catalog = after(T, fk + type, fk)
    expect(constraints(catalog, 't')).toEqual(['foreign t_a_fk (a) -> "public"."o"(id)'])
    expect(catalog.enums.get('public.e')).toEqual(['a'])
    expect(gaps(catalog)).toEqual([])
  })

  it('undo the block whose error a handler takes, and run the handler', () => {
    const handled = block(`BEGIN
      BEGIN
        ALTER TABLE t ADD x int;
        ALTER TABLE t RENAME COLUMN zz TO z;
      EXCEPTION WHEN undefined_column THEN
        ALTER TABLE t ADD y int;
      END;
      ALTER TABLE t ADD last int;
    END`)
    expect(columns(T, handled)).toBe('a,b,y,last')
  })

  it('ask the catalog where a condition asks for the object', () => {
    const add = block(`BEGIN
      IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c') THEN
        ALTER TABLE t ADD COLUMN c int;
        UPDATE t SET c = 1;
      END IF;
    END`)
    const rename = block(`BEGIN
      IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = '"t"'::regclass AND attname = 'b')
         AND NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'bb') THEN
        ALTER TABLE t RENAME COLUMN b TO bb;
      ELSE
        ALTER TABLE t ADD never int;
      END IF;
    END`)
    expect(columns(T, add, add)).toBe('a,b,c')
    expect(columns(T, rename)).toBe('a,bb')
    const value = `BEGIN IF NOT EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'b' AND enumtypid = (SELECT oid FROM pg_type WHERE typname = 'e')) THEN
      ALTER TYPE e ADD VALUE 'b'; END IF; END`
    expect(after(T, block(value), block(value)).enums.get('public.e')).toEqual(['a', 'b'])
    expect(gaps(after(T, add, add, rename))).toEqual([])
  })

  it('ask the catalog what else a condition asks', () => {
    const another = block(`BEGIN IF EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'o') THEN ALTER TABLE t DROP a; END IF; END`)
    const typed = (type: string): string =>
      block(
        `BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'b' AND data_type = '${type}') THEN ALTER TABLE t DROP b; END IF; END`,
      )
    expect(columns(T, another)).toBe('b')
    expect(columns(T, typed('integer'))).toBe('a,b')
    expect(columns(T, typed('text'))).toBe('a')
    expect(gaps(after(T, another, typed('integer')))).toEqual([])
  })

  it.each([
    ['a condition about rows', 'BEGIN IF (SELECT count(*) FROM o) > 0 THEN ALTER TABLE t DROP a; END IF; END'],
    [
      'the whole text of an index',
      `BEGIN CREATE INDEX i ON t (a); IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = 't' AND indexdef = 'x') THEN ALTER TABLE t DROP a; END IF; END`,
    ],
    [
      'the whole text of an index, the other way round',
      `BEGIN CREATE INDEX i ON t (a); IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = 't' AND 'x' = indexdef) THEN ALTER TABLE t DROP a; END IF; END`,
    ],
    ['a loop', 'BEGIN FOR i IN 1..length(current_user) LOOP ALTER TABLE t ADD IF NOT EXISTS x int; END LOOP; END'],
    ['a CASE', 'DECLARE x int := 1; BEGIN CASE x WHEN 1 THEN ALTER TABLE t DROP a; ELSE NULL; END CASE; END'],
    ['what follows a RETURN that may be reached', 'BEGIN IF now() > current_date THEN RETURN; END IF; ALTER TABLE t ADD x int; END'],
  ])('make the table incomplete that they change under %s', (_, body) => {
    expect(gaps(after(T, block(body)))).toEqual([MAYBE])
  })

  it('do not make a function known that they make or drop only under a condition', () => {
    const make = (name: string) => `CREATE FUNCTION ${name}() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';`
    const maybe = block(`BEGIN IF now() > current_date THEN ${make('g')} DROP FUNCTION f(); END IF; END`)
    expect([...after(make('f') + make('h'), maybe).functions.keys()]).toEqual(['"public"."h"'])
  })

  it('make a table incomplete whose rows may have made the statement fail in silence', () => {
    const notNull = (handler: string) => block(`BEGIN ALTER TABLE t ALTER a SET NOT NULL; EXCEPTION WHEN others THEN ${handler}; END`)
    expect(gaps(after(T, notNull('NULL')))).toEqual([expect.stringContaining('its error may have been taken')])
    expect(gaps(after(T, notNull('RAISE')))).toEqual([])
  })

  it.each([
    ['SQL that is put together', `BEGIN EXECUTE format('ALTER TABLE %I DROP a', current_user); END`],
    ['a variable', `DECLARE x text := current_user; BEGIN EXECUTE x; END`],
    ['a statement that is not SQL', `BEGIN EXECUTE 'ALTER TABLE'; END`],
    [
      'a body that can not be read and names a change',
      'DECLARE v e; x text; BEGIN SELECT e, b INTO v, x FROM t; ALTER TABLE t DROP a; END',
    ],
  ])('make everything incomplete for %s', (_, body) => {
    expect(gaps(after(T, block(body)))).toEqual([expect.stringMatching(/^\* since m2: line 1: a DO block can't be seen through/)])
  })

  it('make everything incomplete in another language', () => {
    expect(gaps(after(T, `DO LANGUAGE plpython3u 'pass'`))).toEqual([
      `* since m2: line 1: a DO block can't be seen through: the language plpython3u can't be read`,
    ])
  })

  it('change nothing with reads and writes of rows, with checks that raise, with a table of a name that is made up', () => {
    const catalog = after(
      T,
      block(`DECLARE n int; BEGIN
        SELECT count(*) INTO n FROM t;
        IF n > 5 THEN RAISE EXCEPTION 'too many'; END IF;
        FOR i IN 1..3 LOOP UPDATE t SET a = i; END LOOP;
        CREATE TEMP TABLE x AS SELECT 1; DROP TABLE x;
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I (a int)', 't_' || n);
        EXECUTE 'ALTER TABLE t ADD c int';
      END`),
    )
    expect(table(catalog, 't').columns.map((c) => c.name)).toEqual(['a', 'b', 'c'])
    expect(gaps(catalog)).toEqual([])
  })

  it('make the table incomplete whose partitions have names that are made up', () => {
    const makes = `BEGIN EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF t FOR VALUES IN (%L)', 't_' || now(), 1); END`
    const gap = '"public"."t" since m2: line 1: code changes it, or makes partitions of it, by SQL that is put together when it runs'
    expect(gaps(after(T, block(makes)))).toEqual([gap])
    const called = `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ ${makes} $$; CREATE FUNCTION g() RETURNS void LANGUAGE sql AS 'SELECT f()'; SELECT g()`
    expect(gaps(after(T, called))).toEqual(['"public"."t" since m2: line 1: it calls "public"."g", which may change this table'])
  })

  it('make the table incomplete that a function changes which a default calls', () => {
    const f = `CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t ADD d int; RETURN 1; END $$; CREATE TABLE u (a int);`
    const gap = '"public"."t" since m3: line 1: it makes a column call "public"."f", which may change this table'
    for (const calls of [
      'CREATE TABLE v (a int DEFAULT f())',
      'ALTER TABLE u ADD b int DEFAULT 1 + f()',
      'ALTER TABLE u ALTER a SET DEFAULT f()',
    ])
      expect(gaps(after(T, f, calls))).toEqual([gap])
    expect(gaps(after(T, f, 'ALTER TABLE u ALTER a SET DEFAULT g()'))).toEqual([])
  })
})

describe('doBody and bodyStatements', () => {
  const first = (sql: string): Statement => readScript(sql).statements[0] as Statement

  it('give the statements inside as if they stood in the file', () => {
    const statement = readScript(
      `SELECT 1;\n\n${block(`BEGIN
      ALTER TABLE t ADD a int, ADD b int;
      IF true THEN EXECUTE 'CREATE INDEX i ON t (a)'; ELSE UPDATE t SET a = 1; END IF;
    EXCEPTION WHEN others THEN DROP TABLE t; END`)}`,
    ).statements[1] as Statement
    expect(doBody(statement)?.map((s) => [s.index, s.line, s.sql])).toEqual([
      [1, 4, 'ALTER TABLE t ADD a int'],
      [1, 4, 'ALTER TABLE t ADD b int'],
      [1, 5, 'CREATE INDEX i ON t (a)'],
      [1, 5, 'UPDATE t SET a = 1'],
      [1, 6, 'DROP TABLE t'],
    ])
  })

  it('are undefined, and say why, where something can not be seen', () => {
    const statement = first(block(`BEGIN ALTER TABLE t ADD a int; EXECUTE 'x' || y; END`.replace('y', 'current_user')))
    expect(doBody(statement)).toBeUndefined()
    expect(bodyStatements(statement)).toEqual({
      statements: [expect.objectContaining({ sql: 'ALTER TABLE t ADD a int' })],
      opaque: ['it runs SQL that is put together when it runs (EXECUTE)'],
      doubts: [],
    })
    expect(doBody(first('SELECT 1'))).toBeUndefined()
  })

  it('read the body of a function, in PL/pgSQL and in SQL', () => {
    const sqlOf = (sql: string) => bodyStatements(first(sql)).statements.map((s) => s.sql)
    expect(sqlOf('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 1; DELETE FROM t; RETURN NEW; END $$')).toEqual(
      ['DELETE FROM t'],
    )
    expect(sqlOf(`CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM t; SELECT 1'`)).toEqual(['DELETE FROM t', 'SELECT 1'])
  })
})
