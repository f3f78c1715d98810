import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runStep, StepFailure, undoSteps } from '../../src/run-steps.ts'
import { type Server, startServer } from '../../src/server.ts'
import { backfill, check, ddl } from './plans.ts'

describe('running steps', () => {
  let server: Server
  let client: pg.Client
  beforeAll(async () => {
    server = await startServer()
    client = await server.connect('postgres')
  })
  afterAll(async () => {
    await client.end()
    await server.stop()
  })

  async function left(table: string): Promise<number> {
    const { rows } = await client.query(`SELECT count(*)::int AS n FROM ${table} WHERE b IS NULL`)
    return rows[0].n
  }

  test.each([
    ['one column', 'PRIMARY KEY (k)', ['k']],
    ['two columns', 'PRIMARY KEY (t, k)', ['t', 'k']],
    ['physical position', 'CHECK (true)', []],
  ])('a backfill by %s fills every row in several batches', async (name, key, columns) => {
    const table = `"fill by ${name}"`
    await client.query(`CREATE TABLE ${table} (k int, t text, a int, b int, filler text, ${key})`)
    await client.query(`INSERT INTO ${table} SELECT i, 'x' || i % 3, i, NULL, repeat('y', 900) FROM generate_series(1, 40) i`)
    let batches = 0
    const betweenBatches = async () => {
      batches++
    }
    await runStep(client, backfill('01', table, columns, [{ column: 'b', expression: 'a + 1' }], 'b IS NULL'), { betweenBatches })
    expect(await left(table)).toBe(0)
    expect(batches).toBeGreaterThan(4)
    expect((await client.query(`SELECT FROM ${table} WHERE b <> a + 1`)).rowCount).toBe(0)
  })

  test('a backfill that leaves rows behind is refused', async () => {
    await client.query('CREATE TABLE stuck (k int PRIMARY KEY, b int); INSERT INTO stuck VALUES (1), (2)')
    const step = backfill('01-stuck', 'stuck', ['k'], [{ column: 'b', expression: 'NULL' }], 'b IS NULL')
    await expect(runStep(client, step)).rejects.toThrow(/01-stuck: 2 rows still need the backfill/)
  })

  test('a failing statement takes its whole step back and names itself', async () => {
    const step = ddl('01-two', ['CREATE TABLE half (a int)', 'ALTER TABLE nowhere ADD COLUMN a int'], {})
    const failure = await runStep(client, step).catch((e) => e)
    expect(failure).toBeInstanceOf(StepFailure)
    expect(failure.message).toBe('01-two: relation "nowhere" does not exist (42P01)\n  ALTER TABLE nowhere ADD COLUMN a int')
    expect((await client.query(`SELECT to_regclass('half') AS t`)).rows[0].t).toBeNull()
  })

  test('a check stops where a row comes back', async () => {
    await runStep(client, check('01-fine', 'SELECT 1 WHERE false', 'no'))
    const failure = await runStep(client, check('02-look', 'SELECT 1', 'There is a row.')).catch((e) => e)
    expect(failure).toMatchObject({ isCheck: true, message: '02-look: There is a row.' })
  })

  test('a step alone leaves no timeout behind, and undo runs backwards', async () => {
    await client.query('CREATE TABLE base (a int)')
    const index = ddl(
      '01-index',
      ['CREATE INDEX CONCURRENTLY base_a ON base (a)'],
      {},
      { transaction: 'alone', undo: { sql: ['DROP INDEX CONCURRENTLY base_a'], alone: true } },
    )
    const more = ddl('02-more', ['ALTER INDEX base_a RENAME TO base_b'], {}, { undo: { sql: ['ALTER INDEX base_b RENAME TO base_a'] } })
    await client.query(`SET lock_timeout = '7s'`)
    await runStep(client, { ...index, lockTimeout: 100 })
    await runStep(client, more)
    expect(await undoSteps(client, [index, more])).toBe(2)
    expect((await client.query(`SELECT to_regclass('base_a') AS a, to_regclass('base_b') AS b`)).rows[0]).toEqual({ a: null, b: null })
    expect((await client.query('SHOW lock_timeout')).rows[0].lock_timeout).toBe('0')
  })
})
