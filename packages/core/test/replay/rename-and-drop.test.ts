import { describe, expect, it } from 'vitest'
import { after, constraints, gaps, indexes, table } from './after.ts'

const T = `
  CREATE TYPE role AS ENUM ('admin', 'user');
  CREATE TABLE o (id serial PRIMARY KEY);
  CREATE TABLE t (id int PRIMARY KEY, a int, r role DEFAULT 'user'::role, g int GENERATED ALWAYS AS (a + 1) STORED, o int REFERENCES o, CHECK (a > 0));
  CREATE INDEX ON t ((a * 2), id) WHERE a IS NOT NULL;
  CREATE VIEW v AS SELECT a FROM t;`

describe('RENAME', () => {
  it('carries a column into constraints, indexes, generated columns and foreign keys', () => {
    const catalog = after(T, 'ALTER TABLE t RENAME a TO "b c"; ALTER TABLE o RENAME COLUMN id TO key')
    const [check, ...others] = constraints(catalog, 't')
    expect(check).toMatch(/^check t_a_check \(b c\) check \(?"b c" > \(?0\)?\)?$/)
    expect(others).toEqual(['primary t_pkey (id)', 'foreign t_o_fkey (o) -> "public"."o"(key)'])
    expect(indexes(catalog, 't')[1]).toMatch(/^t_expr_id_idx \(\(*"b c" \* \(?2\)*, id\) where \(?"b c" IS NOT NULL\)?$/)
    expect(table(catalog, 't').columns[3]?.generated?.expression).toMatch(/^\(?"b c" \+ \(?1\)*$/)
    expect(gaps(catalog)).toEqual([])
  })

  it('carries a table into foreign keys and views, its own indexes keep their names', () => {
    const catalog = after(T, 'ALTER TABLE o RENAME TO "O"; ALTER TABLE t SET SCHEMA s; ALTER INDEX o_pkey RENAME TO "O_pkey"')
    expect([...catalog.tables.keys()]).toEqual(['"public"."O"', '"s"."t"'])
    expect(catalog.tables.get('"s"."t"')).toMatchObject({ schema: 's', name: 't' })
    expect(catalog.tables.get('"s"."t"')?.constraints.at(-1)?.references?.table).toBe('"public"."O"')
    expect(catalog.views.get('"public"."v"')?.reads).toEqual([{ table: '"s"."t"', columns: ['a'] }])
    expect(constraints(catalog, 'O')).toEqual(['primary O_pkey (id)'])
    expect(indexes(catalog, 'O')).toEqual(['unique O_pkey (id) of O_pkey'])
  })

  it('renames a constraint with its index', () => {
    const catalog = after(T, 'ALTER TABLE t RENAME CONSTRAINT t_pkey TO pk; ALTER TABLE t RENAME CONSTRAINT t_o_fkey TO fk')
    expect(constraints(catalog, 't').slice(1)).toEqual(['primary pk (id)', 'foreign fk (o) -> "public"."o"(id)'])
    expect(indexes(catalog, 't')[0]).toBe('unique pk (id) of pk')
  })

  it('carries a type and a sequence into columns and defaults', () => {
    const catalog = after(T, 'ALTER TYPE role RENAME TO "Role"; ALTER SEQUENCE o_id_seq RENAME TO s1', 'ALTER TABLE s1 RENAME TO "S2"')
    expect(table(catalog, 't').columns[2]).toEqual({ name: 'r', type: 'public."Role"', notNull: false, default: `'user'::"Role"` })
    expect(new Map(catalog.enums)).toEqual(new Map([['public."Role"', ['admin', 'user']]]))
    expect(table(catalog, 'o').columns[0]?.default).toBe(`nextval('public."S2"'::regclass)`)
    expect(gaps(catalog)).toEqual([])
  })

  it("follows Prisma's change of an enum", () => {
    const catalog = after(
      T,
      `BEGIN;
       CREATE TYPE "role_new" AS ENUM ('user');
       ALTER TABLE "t" ALTER COLUMN "r" DROP DEFAULT;
       ALTER TABLE "t" ALTER COLUMN "r" TYPE "role_new" USING ("r"::text::"role_new");
       ALTER TYPE "role" RENAME TO "role_old";
       ALTER TYPE "role_new" RENAME TO "role";
       DROP TYPE "public"."role_old";
       ALTER TABLE "t" ALTER COLUMN "r" SET DEFAULT 'user';
       COMMIT;`,
    )
    expect(table(catalog, 't').columns[2]).toEqual({ name: 'r', type: 'public.role', notNull: false, default: `'user'` })
    expect(new Map(catalog.enums)).toEqual(new Map([['public.role', ['user']]]))
    expect(gaps(catalog)).toEqual([])
  })
})

describe('enums', () => {
  it('adds values where they are asked to stand', () => {
    const catalog = after(
      `CREATE TYPE "s"."E" AS ENUM ('b')`,
      `ALTER TYPE s."E" ADD VALUE 'd'; ALTER TYPE s."E" ADD VALUE 'a' BEFORE 'b'; ALTER TYPE s."E" ADD VALUE 'c' AFTER 'b';
       ALTER TYPE s."E" ADD VALUE IF NOT EXISTS 'a'`,
    )
    expect(new Map(catalog.enums)).toEqual(new Map([['s."E"', ['a', 'b', 'c', 'd']]]))
  })

  it('carries a renamed value into defaults and conditions, and marks a table where a text may be it or something else', () => {
    const rename = `ALTER TYPE role RENAME VALUE 'user' TO 'mem''ber'`
    const catalog = after(T, rename)
    expect(catalog.enums.get('public.role')).toEqual(['admin', "mem'ber"])
    expect(table(catalog, 't').columns[2]?.default).toBe(`'mem''ber'::role`)
    expect(gaps(catalog)).toEqual([])
    const inIndex = after(T, `CREATE INDEX ON t (id) WHERE r = 'user'`, rename)
    expect(indexes(inIndex, 't').at(-1)).toContain(`where r = 'mem''ber'`)
    expect(gaps(inIndex)).toEqual([])
    expect(gaps(after(T, `CREATE INDEX ON t (id) WHERE f(r, 'user')`, rename))).toEqual([
      `"public"."t" since m3: line 1: an expression of it may name the renamed value 'user'`,
    ])
  })

  it('marks the tables that use an enum which is not known', () => {
    expect(gaps(after(`CREATE TABLE t (e "E"); ALTER TYPE "E" ADD VALUE 'x'`))).toEqual([
      '"public"."t" since m1: line 1: no statement before this one creates the enum public."E"',
    ])
  })
})

describe('DROP', () => {
  it('drops a table with what points at it by CASCADE', () => {
    const catalog = after(T, 'DROP TABLE o CASCADE')
    expect([...catalog.tables.keys()]).toEqual(['"public"."t"'])
    expect(constraints(catalog, 't')).toEqual(['check t_a_check (a) check a > 0', 'primary t_pkey (id)'])
    expect(after(T, 'DROP TABLE t, o CASCADE').views.size).toBe(0)
    expect(gaps(after(T, 'DROP TABLE t CASCADE; DROP TABLE o; DROP TABLE IF EXISTS z; DROP TABLE z2'))).toEqual([
      '"public"."z2" since m2: line 1: no statement before this one creates the table z2',
    ])
  })

  it('drops an index, a trigger, a policy, a type with its columns', () => {
    const catalog = after(
      T,
      `CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER t2 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
       CREATE POLICY p ON t USING (true); CREATE POLICY p2 ON t USING (true);`,
      `DROP INDEX t_expr_id_idx; DROP TRIGGER tr ON t; DROP POLICY p ON t; DROP TYPE role CASCADE; DROP TRIGGER IF EXISTS x ON t`,
    )
    expect(indexes(catalog, 't')).toEqual(['unique t_pkey (id) of t_pkey'])
    expect(table(catalog, 't')).toMatchObject({ triggers: [{ name: 't2' }], policies: [{ name: 'p2' }] })
    expect(table(catalog, 't').columns.map((c) => c.name)).toEqual(['id', 'a', 'g', 'o'])
  })

  it('marks everything where CASCADE reaches what the catalog does not hold', () => {
    expect(gaps(after(T, 'CREATE EXTENSION x', 'DROP EXTENSION x CASCADE'))).toEqual([
      '* since m3: line 1: DROP EXTENSION x CASCADE may have taken columns and indexes along',
    ])
    expect(gaps(after('CREATE TABLE s.t (a int)', 'DROP SCHEMA s CASCADE'))).toEqual(['* since m2: line 1: the schema "s" is not known'])
    expect(gaps(after(T, 'CREATE SCHEMA s; CREATE TABLE s.t (a int)', 'DROP SCHEMA s CASCADE'))).toEqual([])
    expect(gaps(after('CREATE SCHEMA s', 'DROP SCHEMA s'))).toEqual([])
  })
})
