import { expect, it } from 'vitest'
import { type Checked, type CheckReport, checkData } from '../src/report/check-report.ts'
import { checkText } from '../src/report/check-text.ts'
import { diffText } from '../src/report/diff-text.ts'
import { explainText, hazardListText } from '../src/report/explain-text.ts'
import { didYouMean, nearest } from '../src/report/nearest.ts'
import { nextText } from '../src/report/next-text.ts'
import { planText } from '../src/report/plan-text.ts'
import type { Problem } from '../src/report/problems.ts'
import { questionsText } from '../src/report/questions-text.ts'
import { style, wrap } from '../src/report/style.ts'
import { holds, verdictText } from '../src/report/verdict-text.ts'
import { ASKED, BREAKS, LOSES, PLAN } from './sample-plan.ts'

const plain = style(false, 80)

function checked(id: string, some: Partial<Checked>): Checked {
  return {
    id,
    file: `prisma/migrations/${id}/migration.sql`,
    plan: PLAN,
    allowed: [],
    problems: [],
    unreadable: undefined,
    next: undefined,
    hidden: 0,
    ...some,
  }
}

const unreadable = { message: 'syntax error at or near "THIS"', line: 7 }
const byHand = { claims: [1], hazards: [BREAKS], reason: `User: ${BREAKS.why}`, fix: 'Do it by hand.', line: 3 }
const cannotRead = { claims: [], hazards: [], reason: 'Line 7 is not SQL.', fix: 'Mend it.', line: 7 }
const LOST: Problem = { code: 'snapshot-ahead-of-sql', line: 3, column: 5, on: 'User.name', what: 'the SQL only renames', fix: 'Add it.' }
const IDLE: Problem = {
  code: 'allow-unused',
  line: 9,
  column: 4,
  on: 'drop-table',
  what: 'nothing is there',
  fix: 'Remove it.',
  notice: true,
}
const ALLOWED = { ...LOSES, reason: 'it is empty', allowedOn: 2 }
const REPORT: CheckReport = {
  checked: [
    checked('1_clean', { plan: { ...PLAN, hazards: [] } }),
    checked('2_rewritten', { next: 'npx expand-contract rewrite 2_rewritten' }),
    checked('3_asked', { plan: { ...PLAN, refusals: [ASKED] }, next: 'npx expand-contract rewrite 3_asked' }),
    checked('4_by_hand', {
      plan: { ...PLAN, hazards: [BREAKS], refusals: [byHand] },
      problems: [LOST, IDLE],
      allowed: [ALLOWED],
      hidden: 2,
    }),
    checked('5_unreadable', { plan: { ...PLAN, hazards: [], refusals: [cannotRead] }, unreadable }),
  ],
  notes: ['a.sql: read as a history of its own.'],
  unknown: [
    { table: null, since: '2_rewritten', file: 'prisma/migrations/2_rewritten/migration.sql', line: 4, reason: 'EXECUTE', restingOnIt: [] },
    { table: 'User', since: '1_clean', file: 'schema.sql', reason: 'a trigger', restingOnIt: ['3_asked'] },
  ],
  postgres: { postgres: 14, postgresBy: 'default' },
  baseline: { file: 'expand-contract.baseline.json', stale: [{ migration: '1_clean', code: 'drop-table', on: 'Old' }] },
}

it('tells hazards by migration, each kind once, and what to do next', () => {
  expect(checkText(REPORT, plain)).toMatchSnapshot()
  expect(checkText(REPORT, plain, true)).toContain('allowed  drop-column-loses-data  User.name\n    line 2: it is empty')
})

it('says in one line that nothing was found', () => {
  expect(checkText({ ...REPORT, checked: REPORT.checked.slice(0, 1), notes: [], unknown: [], baseline: undefined }, plain)).toBe(
    'No hazard in 1 migration.\nJudged for PostgreSQL 14 and newer (the oldest supported; --postgres <major>\nsays otherwise).\n',
  )
})

it('gives the same findings as data', () => {
  const { summary, migrations } = checkData(REPORT)
  expect(summary).toEqual({ migrations: 5, withFindings: 4, hazards: 5, refusals: 2, problems: 1, unreadable: 1, allowed: 1, hidden: 2 })
  expect(migrations.map((m) => m.id)).toEqual(['2_rewritten', '3_asked', '4_by_hand', '5_unreadable'])
  expect(migrations[1]).toMatchObject({
    refusals: [{ codes: ['drop-column-breaks-old-code', 'drop-column-loses-data'], question: ASKED.question }],
  })
  expect(migrations[3]).toMatchObject({ unreadable, refusals: [] })
})

it('shows a plan with every kind of step', () => {
  expect(planText(PLAN, plain)).toMatchSnapshot()
})

it('asks open questions with their flags', () => {
  const fill = { kind: 'fill', table: 'User', column: 'country', type: 'text', why: 'old rows need a value', suggestion: "''" } as const
  const enumeration = { ...fill, column: 'role', type: 'public."Role"', suggestion: undefined }
  const { suggestion: _, ...open } = enumeration
  expect(questionsText([...(ASKED.question ? [ASKED.question] : []), fill, open], '3_asked', plain)).toMatchSnapshot()
})

it('shows what changes in files, what moves, and only counts generated ones', () => {
  const changes = [
    { path: 'new.sql', before: undefined, after: '-- one\nSELECT 1;\n' },
    { path: 'schema.prisma', before: 'a\nb\nc\nd\ne\nf\n', after: 'a\nb\nc\nd\nE\nf\n' },
    { path: 'old.sql', before: 'DROP TABLE a;\n', after: undefined },
    { path: 'kept/original.sql', before: undefined, after: 'DROP TABLE a;\n' },
    { path: 'gone.sql', before: 'x\n', after: undefined },
    { path: 'plan.json', before: undefined, after: '{\n}\n' },
  ]
  expect(diffText(changes, plain)).toMatchSnapshot()
})

it('tells what to do after a rewrite', () => {
  const written = { files: 9, plans: 'prisma/expand-contract' }
  expect(nextText(PLAN, { ...written, deployment: { migrator: 'npx prisma migrate deploy', runs: true } }, plain)).toMatchSnapshot()
  expect(nextText(PLAN, { ...written, deployment: { migrator: 'npx drizzle-kit migrate', runs: false } }, plain)).toMatch(
    /Instead:\s+npx expand-contract deploy/,
  )
})

it('gives a verdict on each law', () => {
  const law = { name: 'both codes work', status: 'held', exercised: 34, what: '34 statements at 5 points', findings: [] } as const
  const verdict = {
    plan: PLAN.id,
    postgres: 18,
    laws: [
      { ...law, law: 2 },
      { ...law, law: 4, name: 'locks as declared', status: 'broken', findings: ['step 03-index takes SHARE on User'] },
      { ...law, law: 6, name: 'undo', status: 'not exercised', exercised: 0, what: 'nothing' },
    ],
    warnings: ['The history changed.'],
  } as const
  expect(verdictText(verdict, plain)).toMatchSnapshot()
  expect(holds(verdict)).toBe(false)
  const held = { ...verdict, laws: verdict.laws.filter((l) => l.status !== 'broken') }
  expect(holds(held)).toBe(true)
  expect(verdictText(held, plain)).toContain('1 law held')
  expect(verdictText({ ...held, laws: held.laws.slice(1) }, plain)).toContain('nothing is proved')
})

it('explains a hazard', () => {
  const hazard = { ...BREAKS, instead: 'The drop waits.', strategy: 'drop-column' }
  expect(explainText(hazard, plain)).toMatchSnapshot()
  expect(hazardListText([hazard, { code: 'x', harm: 'lock', why: 'y', instead: 'z' }], plain)).toMatchSnapshot()
})

it('colours only where colours are wanted', () => {
  const colour = '\u001b['
  expect(checkText(REPORT, plain)).not.toContain(colour)
  expect(checkText(REPORT, style(true, 80))).toContain(colour)
})

it('wraps at spaces, and neither commands nor long words', () => {
  expect(wrap('one two three', 8, '  ')).toBe('  one\n  two\n  three')
  expect(wrap('run:\n  npx expand-contract verify x\nand more text', 10)).toBe('run:\n  npx expand-contract verify x\nand more\ntext')
  expect(wrap('averyverylongword', 5)).toBe('averyverylongword')
})

it('finds the nearest names', () => {
  expect(nearest('drop-colum', ['drop-column-breaks-old-code', 'create-index', 'drop-columns'])).toEqual([
    'drop-column-breaks-old-code',
    'drop-columns',
  ])
  expect(didYouMean('User.nmae', ['User.name', 'Post.title'])).toBe(' Did you mean "User.name"?')
  expect(didYouMean('xyz', ['completely-different'])).toBe('')
})
