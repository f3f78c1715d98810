import { readScript } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'

/** Line and column of each command, as an editor shows them. */
const places = (text: string): string[] => readScript(text).statements.map((s) => `${s.line}:${s.column}`)

describe('the place of a command', () => {
  it('counts from 1, in the line where the command itself starts', () => {
    expect(places('DROP TABLE a; DROP TABLE b;\n  DROP TABLE c')).toEqual(['1:1', '1:15', '2:3'])
    expect(places('/* two\nlines */ DROP TABLE a')).toEqual(['2:10'])
  })

  it('of each part of an ALTER TABLE is its own action', () => {
    const text = 'ALTER TABLE "a" DROP COLUMN "b",\n  ADD COLUMN "c" int, -- why\n  ADD CHECK ("c" IN (1, 2));'
    expect(places(text)).toEqual(['1:17', '2:3', '3:3'])
  })

  it('of an ALTER TABLE with one action is its first word', () => {
    expect(places('\n ALTER TABLE "a"\n   DROP COLUMN "b";')).toEqual(['2:2'])
  })

  it('counts characters as editors do: a letter is one however many bytes it has, an emoji two', () => {
    expect(places(`SELECT 'é'; DROP TABLE a`)).toEqual(['1:1', '1:13'])
    expect(places(`SELECT '🙈'; DROP TABLE a`)).toEqual(['1:1', '1:14'])
    expect(places('ALTER TABLE "Ü🙈" DROP COLUMN "ß", DROP COLUMN "c"')).toEqual(['1:19', '1:36'])
  })

  it('does not count a byte order mark', () => {
    expect(places('\uFEFFDROP TABLE a;\n DROP TABLE b')).toEqual(['1:1', '2:2'])
    expect(places('\uFEFF  DROP TABLE a')).toEqual(['1:3'])
  })

  it('is the same with Windows line ends', () => {
    expect(places('DROP TABLE a;\r\n  DROP TABLE b; DROP TABLE c\r\n')).toEqual(['1:1', '2:3', '2:17'])
  })
})
