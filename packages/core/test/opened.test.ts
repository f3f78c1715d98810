import { buildMigration, planMigration, replayHistory } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'

const TABLES = `
CREATE TABLE "p" ("id" int PRIMARY KEY);
CREATE TABLE "t" ("id" int PRIMARY KEY, "p_id" int, "s" text);
`

/** Hazards of a migration with their places, as an editor shows them. */
function hazards(text: string, before = ''): string[] {
  const last = replayHistory([
    { id: '1', text: TABLES + before },
    { id: '2', text },
  ]).at(-1)
  if (!last) throw new Error('no migration')
  return planMigration(buildMigration(last, [], 14)).hazards.map((h) => `${h.line}:${h.column} ${h.code}`)
}

describe('hazards inside DO blocks', () => {
  it('stand where the statement stands in the file', () => {
    expect(hazards('SELECT 1;\nDO $$\nBEGIN\n  SELECT 1; CREATE INDEX "i" ON "t" ("s");\nEND $$;')).toEqual([
      '4:13 create-index-blocks-writes',
    ])
  })

  it('count characters as editors do, behind a byte order mark and with Windows line ends', () => {
    expect(hazards('\uFEFFDO $é$ BEGIN PERFORM \'🙈\'; CREATE INDEX "i" ON "t" ("s"); END $é$;')).toEqual([
      '1:28 create-index-blocks-writes',
    ])
    expect(hazards('DO $$\r\nBEGIN\r\n  CREATE INDEX "i" ON "t" ("s");\r\nEND $$;')).toEqual(['3:3 create-index-blocks-writes'])
  })

  it('tell equal statements apart by their lines', () => {
    const twice = 'DO $$ BEGIN\n  UPDATE t SET s = 1;\n  UPDATE t SET s = 1;\nEND $$'
    expect(hazards(twice)).toEqual(['2:3 data-change-in-migration', '3:3 data-change-in-migration'])
  })

  it('of one ALTER TABLE stand at its actions', () => {
    const text = "DO $$ BEGIN\n  ALTER TABLE t\n    ADD CHECK (s <> ''),\n    ADD UNIQUE (s);\nEND $$"
    expect(hazards(text)).toEqual(['3:5 add-check-scans-table', '3:5 add-check-breaks-old-writers', '4:5 add-unique-builds-index'])
  })

  it('are found in a body between single quotes, at the start of the line where the place is not told', () => {
    expect(hazards(`DO 'BEGIN CREATE INDEX i ON t (s); END'`)).toEqual(['1:11 create-index-blocks-writes'])
    expect(hazards(`DO 'BEGIN ALTER TABLE t ADD CHECK (s <> ''''); END'`)).toEqual([
      '1:5 add-check-scans-table',
      '1:5 add-check-breaks-old-writers',
    ])
  })

  it('are found under loops and conditions that can not be told', () => {
    const text = `DO $$ BEGIN\n  IF (SELECT count(*) FROM p) > 3 THEN\n    CREATE INDEX i ON t (s);\n  END IF;\nEND $$`
    expect(hazards(text)).toEqual(['3:5 create-index-blocks-writes'])
  })

  it('are not those of statements that a guard or a handler keeps from running', () => {
    const index = 'CREATE INDEX "i" ON "t" ("s");'
    expect(hazards(`DO $$ BEGIN ${index} EXCEPTION WHEN duplicate_table THEN NULL; END $$`, index)).toEqual([])
    const guard = `IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'i') THEN ${index} END IF;`
    expect(hazards(`DO $$ BEGIN ${guard} END $$`, index)).toEqual([])
    expect(hazards(`DO $$ BEGIN ${guard} END $$`)).toHaveLength(1)
  })

  it('count a table that the block makes as new', () => {
    expect(hazards('DO $$ BEGIN CREATE TABLE n (id int); CREATE INDEX i ON n (id); END $$')).toEqual([])
  })

  it('stand at the EXECUTE that puts a statement together from what is known', () => {
    const loop = "FOR i IN 1..1 LOOP\n    EXECUTE format('CREATE INDEX %I ON t (s)', 'i' || i);\n  END LOOP;"
    expect(hazards(`DO $$ BEGIN\n  ${loop}\nEND $$`)).toEqual(['3:5 create-index-blocks-writes'])
  })

  it('come with a warning where a part can not be seen', () => {
    const text = "DO $$ BEGIN\n  EXECUTE format('ALTER TABLE %I ADD CHECK (s IS NULL)', current_user);\n  CREATE INDEX i ON t (s);\nEND $$"
    expect(hazards(text)).toEqual(['1:1 not-understood', '3:3 create-index-blocks-writes'])
  })

  it('leave a block without hazards as it is', () => {
    expect(hazards("DO $$ BEGIN RAISE NOTICE 'x'; END $$")).toEqual([])
    expect(hazards('DO $$ BEGIN ALTER TABLE t ADD COLUMN c int; END $$')).toEqual([])
  })
})
