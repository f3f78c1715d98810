import { describe, expect, it } from 'vitest'
import { snapshotLosses } from '../src/index.ts'

const RENAME = 'ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";'
const state = (name: string, column: Readonly<Record<string, unknown>>) => ({
  tables: { 'public.users': { columns: { [name]: { name, primaryKey: false, notNull: false, ...column } } } },
})
const before = state('name', { type: 'varchar(100)' })
const after = state('full_name', { type: 'text', notNull: true, default: "'anon'" })

describe('what 0.3x leaves out where a column is renamed and changed at once', () => {
  it('is each part of the change that the SQL does not carry out', () => {
    const found = snapshotLosses(before, after, RENAME)
    expect(found.map((f) => `${f.on}: ${f.what.slice(0, f.what.indexOf(', but'))}`)).toEqual([
      'users.full_name: the snapshot says that its type changed from varchar(100) to text',
      'users.full_name: the snapshot says that its NOT NULL changed from false to true',
      "users.full_name: the snapshot says that its default changed from none to 'anon'",
    ])
  })

  it('is less where the SQL was completed, before or after the rename, in one statement or several', () => {
    const sql = `ALTER TABLE "users" ALTER COLUMN "name" SET DATA TYPE text;--> statement-breakpoint
${RENAME}--> statement-breakpoint
ALTER TABLE "public"."users" ALTER COLUMN "full_name" SET NOT NULL, ALTER COLUMN "full_name" SET DEFAULT 'anon';`
    expect(snapshotLosses(before, after, sql)).toEqual([])
    expect(snapshotLosses(before, after, sql.replace('SET NOT NULL', 'SET STATISTICS 10'))).toHaveLength(1)
  })

  it('is nothing for a rename alone, for other statements, and for text that is no SQL', () => {
    expect(snapshotLosses(before, state('full_name', { type: 'varchar(100)' }), RENAME)).toEqual([])
    expect(snapshotLosses(before, after, 'ALTER TABLE "users" ADD COLUMN "full_name" text;')).toEqual([])
    expect(snapshotLosses(before, after, 'RENAME everything')).toEqual([])
  })
})
