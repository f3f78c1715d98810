import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLiveTables } from '../../src/live-table.ts'
import { hardValues, plainValue } from '../../src/row-values.ts'
import { seed } from '../../src/seed.ts'
import { type Server, shadowName, startServer } from '../../src/server.ts'
import { replay } from '../../src/shadow.ts'
import { HISTORY } from './plans.ts'

const TYPES = `CREATE TYPE mood AS ENUM ('a', 'B c'); CREATE DOMAIN code AS varchar(5) CHECK (VALUE <> '');
CREATE TABLE kinds (b boolean, i2 smallint, i4 int, i8 bigint, f4 real, f8 float8, n numeric, n10 numeric(10, 2), m money, t text, v varchar(7), c char(3),
  d date, ts timestamp, ts3 timestamp(3), tz timestamptz, ti time, tt timetz, iv interval, j json, jb jsonb, u uuid, by bytea, ip inet, ci cidr, mac macaddr,
  bi bit(4), vb varbit(6), x xml, tv tsvector, tq tsquery, p point, ir int4range, dr daterange, e mood, es mood[], tx text[], ns numeric(4, 1)[], dom code)`

describe('rows that hurt', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  async function database(work: (client: pg.Client) => Promise<void>): Promise<void> {
    const name = shadowName()
    await server.create(name)
    const client = await server.connect(name)
    try {
      await work(client)
    } finally {
      await client.end()
      await server.drop(name)
    }
  }

  test('every value that is made for a type is a value of that type', async () => {
    await database(async (client) => {
      await client.query(TYPES)
      const [kinds] = await readLiveTables(client, ['kinds'])
      const made = (kinds?.columns ?? []).map((c) => ({
        ...c,
        values: [...hardValues(c.value), plainValue(c.value, 1), plainValue(c.value, 2_000)],
      }))
      expect(made).toHaveLength(39)
      const wrong: string[] = []
      for (const { name, values, value } of made) {
        for (const text of values) {
          // The domain's own check is for the seeding to meet.
          if (name === 'dom' && text === '') continue
          await client
            .query(`INSERT INTO kinds (${name}) VALUES ($1)`, [text])
            .catch((e) => wrong.push(`${name} ${value.base} ${text}: ${e.message}`))
        }
      }
      expect(wrong).toEqual([])
      expect(made.filter((m) => m.values.includes(undefined)).map((m) => m.name)).toEqual([])
    })
  })

  test('a schema of foreign keys, checks, enums and unique keys is filled with extremes, repetitions and gaps', async () => {
    await database(async (client) => {
      await replay(client, HISTORY)
      expect(await seed(client, ['users'])).toEqual([])
      const { rows } =
        await client.query(`SELECT count(*)::int AS n, count(DISTINCT "age")::int AS ages, count("age")::int AS aged, max("age")::int AS oldest,
        bool_or("name" = '') AS empty, bool_or("meta"::text = 'null') AS "jsonNull", bool_or("born" = 'infinity') AS forever, bool_or("balance" = 'NaN') AS nan,
        bool_or("balance" = 99999999.99) AS most, max(length("email"))::int AS longest, count("teamId")::int AS members, count(DISTINCT "role")::int AS roles,
        count(DISTINCT "plan")::int AS plans FROM users`)
      const [found] = rows
      expect(found.n).toBeGreaterThanOrEqual(16)
      expect(found).toMatchObject({
        empty: true,
        jsonNull: true,
        forever: true,
        nan: true,
        most: true,
        oldest: 32767,
        longest: 40,
        roles: 3,
        plans: 2,
      })
      expect(found.aged).toBeLessThan(found.n)
      expect(found.ages).toBeLessThan(found.aged)
      expect(found.members).toBeGreaterThan(0)
    })
  })

  test('references in a circle and to the own table', async () => {
    await database(async (client) => {
      await client.query(`CREATE TABLE a (id int PRIMARY KEY, b int UNIQUE, parent int NOT NULL REFERENCES a);
        CREATE TABLE b (id serial PRIMARY KEY, a int NOT NULL REFERENCES a, UNIQUE (a)); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b`)
      expect(await seed(client, ['b', 'a'])).toEqual([])
      const { rows } = await client.query('SELECT (SELECT count(*)::int FROM a) AS a, (SELECT count(*)::int FROM b) AS b')
      expect(rows[0].a).toBeGreaterThan(10)
      expect(rows[0].b).toBeGreaterThan(5)
    })
  })

  test('a table that takes no row is named', async () => {
    await database(async (client) => {
      await client.query(`CREATE TABLE never (id int CHECK (id > 0 AND id < 0 OR id IS NULL AND false) NOT NULL)`)
      expect(await seed(client, ['never'])).toEqual(['No row could be made for never: what happens to its data is not proved.'])
    })
  })
})
