import type { Intent } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { answersOf, expressionProblem, flagOf, mergeIntents } from '../src/flags/answers.ts'

describe('answers by flag', () => {
  it.each<[string, Parameters<typeof answersOf>[0], Intent]>([
    ['a rename', { rename: ['User.name=fullName'] }, { kind: 'rename', table: 'User', column: 'name', to: 'fullName' }],
    ['a schema', { map: ['auth.User.name=full'] }, { kind: 'map', table: 'auth.User', column: 'name', to: 'full' }],
    ['quotes', { rename: ['"User"."first.name"="last=name"'] }, { kind: 'rename', table: 'User', column: 'first.name', to: 'last=name' }],
    ['a quote inside', { drop: ['User."we""ird"'] }, { kind: 'drop', table: 'User', column: 'we"ird' }],
    ['spaces around', { rename: [' User.name = fullName '] }, { kind: 'rename', table: 'User', column: 'name', to: 'fullName' }],
    ['a letter outside ASCII', { drop: ['Größe.länge'] }, { kind: 'drop', table: 'Größe', column: 'länge' }],
    ['a character of two code units', { drop: ['a.😀'] }, { kind: 'drop', table: 'a', column: '😀' }],
    ['a text', { fill: ["User.country='US'"] }, { kind: 'fill', table: 'User', column: 'country', with: "'US'" }],
    ['an equals sign in SQL', { fill: ['User.x=a = b'] }, { kind: 'fill', table: 'User', column: 'x', with: 'a = b' }],
    ['a quote in SQL', { fill: ["User.x='it''s = \"x\"'"] }, { kind: 'fill', table: 'User', column: 'x', with: `'it''s = "x"'` }],
    ['a dot in SQL', { fill: ['User.x=1.5'] }, { kind: 'fill', table: 'User', column: 'x', with: '1.5' }],
    ['SQL with a comment', { fill: ['User.x=now() -- today'] }, { kind: 'fill', table: 'User', column: 'x', with: 'now() -- today' }],
  ])('reads %s', (_, flags, intent) => {
    expect(answersOf(flags)).toEqual([intent])
  })

  it.each<[string, Parameters<typeof answersOf>[0], string]>([
    ['no column', { rename: ['User=fullName'] }, 'expected a table and a column'],
    ['four names', { drop: ['a.b.c.d'] }, 'expected a table and a column'],
    ['an open quote', { drop: ['User."name'] }, 'expected a table and a column'],
    ['an empty name', { drop: ['User.'] }, 'expected a table and a column'],
    ['no new name', { rename: ['User.name'] }, 'its new name'],
    ['a new name with a table', { rename: ['User.name=User.fullName'] }, 'is not a column name'],
    ['a value for a drop', { drop: ['User.name=x'] }, 'expected only a column'],
    ['no value', { fill: ['User.name='] }, 'SQL expression'],
    ['a word that was meant as text', { fill: ['User.name=United States of'] }, "Text goes in single quotes: 'United States of'"],
    ['two statements', { fill: ["User.name=''); DROP TABLE x; SELECT (''"] }, 'is not a SQL expression'],
    ['two values', { fill: ['User.name=1), (2'] }, 'more than one SQL expression'],
    ['two answers', { rename: ['User.name=a'], drop: ['public.User.name'] }, 'answer the same question'],
  ])('refuses %s', (_, flags, message) => {
    expect(() => answersOf(flags)).toThrow(message)
  })

  it('prints an intent as the flag that gives it', () => {
    const intents: Intent[] = [
      { kind: 'rename', table: 'auth.User', column: 'first.name', to: 'a=b' },
      { kind: 'map', table: 'my table', column: 'x', to: 'y' },
      { kind: 'drop', table: 'User', column: 'we"ird' },
      { kind: 'fill', table: 'User', column: 'x', with: `'it''s' || "email"` },
    ]
    const flags = intents.map(flagOf)
    expect(flags).toEqual([
      `--rename 'auth.User."first.name"="a=b"'`,
      `--map '"my table".x=y'`,
      `--drop 'User."we""ird"'`,
      `--fill 'User.x='\\''it'\\'''\\''s'\\'' || "email"'`,
    ])
    expect(flagOf({ kind: 'rename', table: 'User', column: 'name', to: 'fullName' })).toBe('--rename User.name=fullName')
    expect(flagOf({ kind: 'fill', table: 'User', column: 'x', with: "'US'" })).toBe(`--fill "User.x='US'"`)
  })

  it('knows what an expression is', () => {
    expect(expressionProblem('lower(email)')).toBeUndefined()
    expect(expressionProblem('(SELECT max(id) FROM t)')).toBeUndefined()
    expect(expressionProblem(' ')).toContain('is needed')
    expect(expressionProblem('now( ')).toContain('not a SQL expression')
  })
})

describe('merged intents', () => {
  const drop: Intent = { kind: 'drop', table: 'User', column: 'name' }
  const rename: Intent = { kind: 'rename', table: 'public.User', column: 'name', to: 'fullName' }
  const fill: Intent = { kind: 'fill', table: 'User', column: 'name', with: "''" }

  it('lets a person win over the ORM where both speak of one column', () => {
    expect(mergeIntents([drop], [rename])).toEqual([drop])
  })

  it('keeps answers to different questions about one column', () => {
    expect(mergeIntents([drop], [fill])).toEqual([drop, fill])
  })

  it('keeps tables of different schemas apart', () => {
    const other: Intent = { ...drop, table: 'auth.User' }
    expect(mergeIntents([drop], [other])).toEqual([drop, other])
  })
})
