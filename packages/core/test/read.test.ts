import { readScript } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'

const sqlOf = (text: string): string[] => readScript(text).statements.map((s) => s.sql)

/** The bytes of the file that a statement says it came from. */
const spansOf = (text: string): string[] =>
  readScript(text).statements.map(({ span }) => Buffer.from(text).subarray(span.start, span.end).toString())

describe('readScript', () => {
  it('reads an empty file, and one of comments only, as no statements', () => {
    for (const text of [
      '',
      '\n \r\n',
      '-- This is an empty migration.',
      '/* a /* nested */ comment */\n--> statement-breakpoint\n',
      '\uFEFF',
      ';;',
    ]) {
      expect(readScript(text)).toEqual({ text, statements: [] })
    }
  })

  it('leaves comments around a command out, and keeps those inside', () => {
    const text =
      '-- AlterTable\nALTER TABLE "a" -- why\n  DROP COLUMN "b" /* gone */ ; -- behind\n/* last */ DROP TABLE "c" -- no semicolon\n'
    expect(sqlOf(text)).toEqual(['ALTER TABLE "a" -- why\n  DROP COLUMN "b"', 'DROP TABLE "c"'])
    expect(readScript(text).statements.map((s) => s.line)).toEqual([2, 4])
  })

  it('takes a breakpoint of Drizzle for the end of a statement that has no semicolon', () => {
    const text =
      'DELETE FROM "é" -- all\n--> statement-breakpoint\n-- then\nDROP TABLE "b"--> statement-breakpoint\nDROP TABLE "c";--> statement-breakpoint\n'
    expect(sqlOf(text)).toEqual(['DELETE FROM "é"', 'DROP TABLE "b"', 'DROP TABLE "c"'])
    expect(readScript(text).statements.map((s) => s.line)).toEqual([1, 4, 5])
    expect(spansOf(text)).toEqual(['DELETE FROM "é"', 'DROP TABLE "b"', 'DROP TABLE "c"'])
    expect(readScript(text).text).toBe(text)
  })

  it('reads a breakpoint of Drizzle on its own line, at the end of a line, and left out', () => {
    const one =
      'DROP TABLE "a";--> statement-breakpoint\nDROP TABLE "b";\n--> statement-breakpoint\nDROP TABLE "c";\nDROP TABLE "d"--> statement-breakpoint'
    expect(sqlOf(one)).toEqual(['DROP TABLE "a"', 'DROP TABLE "b"', 'DROP TABLE "c"', 'DROP TABLE "d"'])
  })

  it("reads Prisma's warnings, with backticks, quotes and characters of more than one byte", () => {
    const text = [
      '/*',
      '  Warnings:',
      '',
      "  - You are about to drop the column `näme` on the `Üser` table. It's 🙈 `DROP TABLE x;`",
      '*/',
      '-- AlterTable',
      'ALTER TABLE "Üser" DROP COLUMN "näme🙈",',
      'ADD COLUMN     "b" TEXT;',
    ].join('\n')
    const [drop, add] = readScript(text).statements
    expect(drop?.sql).toBe('ALTER TABLE "Üser" DROP COLUMN "näme🙈"')
    expect(add?.sql).toBe('ALTER TABLE "Üser" ADD COLUMN     "b" TEXT')
    expect([drop?.line, add?.line]).toEqual([7, 8])
    expect(spansOf(text)[0]).toBe('ALTER TABLE "Üser" DROP COLUMN "näme🙈",\nADD COLUMN     "b" TEXT')
  })

  it('keeps the positions of a file with a BOM and Windows line ends', () => {
    const text = '\uFEFF-- CreateTable\r\nCREATE TABLE "a" (\r\n  "id" int\r\n);\r\n\r\nDROP TABLE "b";\r\n'
    expect(sqlOf(text)).toEqual(['CREATE TABLE "a" (\r\n  "id" int\r\n)', 'DROP TABLE "b"'])
    expect(spansOf(text)).toEqual(sqlOf(text))
    expect(readScript(text).statements.map((s) => s.line)).toEqual([2, 6])
  })

  it('does not take a comment sign in a text, a name or a body for a comment', () => {
    const text = `INSERT INTO "a--b" VALUES ('-- x; /* y', $$ -- z; $$);\nSELECT 1 -- '\n;`
    expect(sqlOf(text)).toEqual([`INSERT INTO "a--b" VALUES ('-- x; /* y', $$ -- z; $$)`, 'SELECT 1'])
  })

  it('takes an ALTER TABLE of several actions apart, at the commas between actions only', () => {
    const text = `ALTER TABLE IF EXISTS ONLY "s"."t" ADD COLUMN a numeric(10, 2) DEFAULT round(1.5, 1), -- first
  ADD COLUMN b int[] DEFAULT ARRAY[1, 2], ADD COLUMN c text DEFAULT 'x, y', ADD CONSTRAINT k UNIQUE (a, b), ALTER COLUMN d SET NOT NULL;`
    const statements = readScript(text).statements
    expect(statements.map((s) => s.sql.replace('ALTER TABLE IF EXISTS ONLY "s"."t" ', ''))).toEqual([
      'ADD COLUMN a numeric(10, 2) DEFAULT round(1.5, 1)',
      'ADD COLUMN b int[] DEFAULT ARRAY[1, 2]',
      `ADD COLUMN c text DEFAULT 'x, y'`,
      'ADD CONSTRAINT k UNIQUE (a, b)',
      'ALTER COLUMN d SET NOT NULL',
    ])
    expect(statements.map((s) => [s.index, s.split.of, s.split.part, s.line])).toEqual([
      [0, 5, 0, 1],
      [1, 5, 1, 2],
      [2, 5, 2, 2],
      [3, 5, 3, 2],
      [4, 5, 4, 2],
    ])
    expect(new Set(spansOf(text))).toEqual(new Set([text.slice(0, -1)]))
  })

  it('says where a file is not SQL, and reads nothing of it', () => {
    const { statements, unreadable } = readScript('DROP TABLE "é";\nALTER TABLE x ADD COLUMN;\nDROP TABLE b;')
    expect(statements).toEqual([])
    expect(unreadable).toEqual({ message: 'syntax error at or near ";"', line: 2 })
  })
})
