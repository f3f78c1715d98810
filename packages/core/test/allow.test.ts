import { describe, expect, it } from 'vitest'
import { allowancesOf, buildMigration, type Plan, planMigration, readScript, replayHistory } from '../src/index.ts'

const WHY = 'because it is small'

/** Codes of the allowances with the positions that they cover. */
function given(text: string): [string, readonly number[] | 'file'][] {
  return allowancesOf(readScript(text)).given.map((a) => [a.codes.join('+'), a.covers])
}

describe('what an allowance covers', () => {
  it.each<[string, string, [string, readonly number[] | 'file'][]]>([
    ['the next statement', `SELECT 1;\n-- expand-contract: allow a ${WHY}\nSELECT 2;\nSELECT 3;`, [['a', [1]]]],
    [
      'the next statement, comments and blank lines between',
      `-- expand-contract: allow a ${WHY}\n\n-- CreateIndex\nSELECT 1;`,
      [['a', [0]]],
    ],
    ['the statement that ends on its line', `SELECT 1; -- expand-contract: allow a ${WHY}\nSELECT 2;`, [['a', [0]]]],
    ['the last of two on its line', `SELECT 1; SELECT 2; -- expand-contract: allow a ${WHY}`, [['a', [1]]]],
    ['the statement that it stands in', `SELECT 1\n-- expand-contract: allow a ${WHY}\n+ 2;\nSELECT 3;`, [['a', [0]]]],
    ['the statement before a breakpoint', `SELECT 1;--> statement-breakpoint -- expand-contract: allow a ${WHY}\nSELECT 2;`, [['a', [0]]]],
    [
      'the statement behind a breakpoint',
      `SELECT 1;\n--> statement-breakpoint\n-- expand-contract: allow a ${WHY}\nSELECT 2;`,
      [['a', [1]]],
    ],
    ['all actions', `-- expand-contract: allow a ${WHY}\nALTER TABLE t DROP COLUMN a, DROP COLUMN b;\nSELECT 1;`, [['a', [0, 1]]]],
    ['the action on its line', `ALTER TABLE t DROP COLUMN a, -- expand-contract: allow a ${WHY}\nDROP COLUMN b;`, [['a', [0]]]],
    ['the last action', `ALTER TABLE t DROP COLUMN a,\nDROP COLUMN b; -- expand-contract: allow a ${WHY}`, [['a', [1]]]],
    ['the next action', `ALTER TABLE t DROP COLUMN a,\n-- expand-contract: allow a ${WHY}\nDROP COLUMN b, DROP COLUMN c;`, [['a', [1]]]],
    ['the file', `SELECT 1;\n-- expand-contract: allow-file a ${WHY}\n`, [['a', 'file']]],
    ['nothing behind the last statement', `SELECT 1;\n-- expand-contract: allow a ${WHY}\n`, [['a', []]]],
    ['what a block comment names', `/* expand-contract: allow a ${WHY} */ SELECT 1;`, [['a', [0]]]],
    ['several hazards', `-- Expand-Contract: x\n-- expand-contract: allow a-b,  c ${WHY}\nSELECT 1;`, [['a-b+c', [0]]]],
  ])('%s', (_, text, expected) => {
    expect(given(text)).toEqual(expected)
  })

  it('is told by comments alone, with its place', () => {
    const text = `\uFEFFSELECT 'ä -- expand-contract: allow a ${WHY}', $$-- expand-contract: allow b ${WHY}$$;\nSELECT 'ß'; -- expand-contract: allow c ${WHY}`
    expect(allowancesOf(readScript(text)).given).toEqual([{ codes: ['c'], reason: 'it is small', line: 2, column: 16, covers: [1] }])
    expect(allowancesOf(readScript('-- see expand-contract: allow a because b\nSELECT 1'))).toEqual({ given: [], broken: [] })
  })
})

it.each([
  ['allow a', 'no reason'],
  ['allow a because', 'no reason'],
  ['allow a because ...', 'no reason'],
  ['allow a b', 'no reason'],
  ['allow because it is small', 'no hazard'],
  ['allow', 'no hazard'],
  ['alow a because it is small', 'not understood'],
  ['allow a b because it is small', 'not understood'],
  ['', 'not understood'],
])('calls "%s" broken: %s', (text, problem) => {
  const { given, broken } = allowancesOf(readScript(`-- expand-contract: ${text}\nSELECT 1;`))
  expect(given).toEqual([])
  expect(broken).toEqual([{ line: 1, column: 4, problem, text }])
})

describe('what is allowed', () => {
  const HISTORY = 'CREATE TABLE t (id int PRIMARY KEY, a text, b text NOT NULL);\nCREATE TABLE big (id int PRIMARY KEY, t int);'
  const plan = (sql: string): Plan => {
    const replayed = replayHistory([
      { id: 'before', text: HISTORY },
      { id: 'now', text: sql },
    ]).at(-1)
    if (!replayed) throw new Error('nothing was replayed')
    return planMigration(buildMigration(replayed, [], 14))
  }
  const told = (sql: string) => {
    const { hazards, refusals, allowed } = plan(sql)
    return { hazards: hazards.map((h) => h.code), refused: refusals.length, allowed: allowed?.map((h) => `${h.code}: ${h.reason}`) }
  }

  it('is no finding, and a migration of which all is allowed is left alone', () => {
    expect(told(`CREATE INDEX i ON t (a); -- expand-contract: allow create-index-blocks-writes ${WHY}`)).toEqual({
      hazards: [],
      refused: 0,
      allowed: ['create-index-blocks-writes: it is small'],
    })
  })

  it.each([
    ['no reason', 'CREATE INDEX i ON t (a); -- expand-contract: allow create-index-blocks-writes'],
    ['another hazard', `CREATE INDEX i ON t (a); -- expand-contract: allow drop-table-breaks-old-code ${WHY}`],
    ['another statement', `CREATE INDEX i ON t (a);\n-- expand-contract: allow create-index-blocks-writes ${WHY}\nSELECT 1;`],
  ])('is still one with %s', (_, sql) => {
    expect(told(sql)).toEqual({ hazards: ['create-index-blocks-writes'], refused: 0, allowed: undefined })
  })

  it('is all of a statement or nothing', () => {
    const sql = `ALTER TABLE t DROP COLUMN a; -- expand-contract: allow drop-column-loses-data ${WHY}`
    expect(told(sql)).toMatchObject({ hazards: ['drop-column-breaks-old-code', 'drop-column-loses-data'], allowed: undefined })
  })

  it('leaves the other half of what may be a rename to be judged', () => {
    const sql = `ALTER TABLE t DROP COLUMN a, -- expand-contract: allow drop-column-breaks-old-code, drop-column-loses-data ${WHY}\nADD COLUMN c text NOT NULL;`
    const { hazards, allowed, refused } = told(sql)
    expect(allowed).toHaveLength(2)
    expect(hazards).toEqual(['add-required-column-fails'])
    expect(refused).toBe(1)
  })

  it('never is a file that can not be read', () => {
    expect(told(`-- expand-contract: allow-file drop-table-breaks-old-code ${WHY}\nDROP TABLE t;\nTHIS IS NOT SQL;`)).toEqual({
      hazards: [],
      refused: 1,
      allowed: undefined,
    })
  })

  it('may be meant for a whole file', () => {
    const sql = `-- expand-contract: allow-file create-index-blocks-writes because nobody is awake\nCREATE INDEX i ON t (a);\nCREATE INDEX j ON big (t);`
    expect(told(sql)).toMatchObject({ hazards: [], allowed: [expect.any(String), expect.any(String)] })
  })
})
