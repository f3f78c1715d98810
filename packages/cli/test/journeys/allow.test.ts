import { describe, expect, it } from 'vitest'
import { run } from '../captured-io.ts'
import { PRISMA_PROJECT } from '../prisma-project.ts'
import { contentOf, folderWith } from '../temp-folder.ts'

const NEWEST = '20260301000000_index'
const FILE = `prisma/migrations/${NEWEST}/migration.sql`

function project(sql: string): string {
  return folderWith({ ...PRISMA_PROJECT, [FILE]: sql })
}

async function checked(sql: string, ...args: readonly string[]) {
  const folder = project(sql)
  const text = await run(folder, ['check', '--newest', ...args])
  const data = await run(folder, ['check', '--newest', '--format', 'json'])
  return { ...text, report: JSON.parse(data.out) }
}

describe('a hazard that is allowed in the migration', () => {
  const SQL = `-- CreateIndex
-- expand-contract: allow create-index-blocks-writes because the table has nine rows
CREATE INDEX "User_fullName_idx" ON "User"("fullName");
`

  it('is no finding, is counted, and is listed where someone asks', async () => {
    const { code, out, report } = await checked(SQL)
    expect(code).toBe(0)
    expect(out).toMatch(/^No hazard in 1 migration\.\n1 allowed with a reason \(--verbose lists them\)\.\n/)
    expect(report.summary).toMatchObject({ hazards: 0, allowed: 1, withFindings: 0 })
    expect(report.migrations).toMatchObject([
      {
        id: NEWEST,
        allowed: [
          {
            code: 'create-index-blocks-writes',
            on: 'User_fullName_idx',
            line: 3,
            column: 1,
            allowedOn: 2,
            reason: 'the table has nine rows',
          },
        ],
      },
    ])
    expect((await checked(SQL, '--verbose')).out).toContain(
      `${FILE}:3:1  allowed  create-index-blocks-writes  User_fullName_idx\n    line 2: the table has nine rows`,
    )
  })

  it('leaves the migration as it is where nothing else is in it', async () => {
    const folder = project(SQL)
    const before = contentOf(folder)
    const { code, out } = await run(folder, ['rewrite', '--yes'])
    expect({ code, after: contentOf(folder) }).toEqual({ code: 0, after: before })
    expect(out).toContain('all its hazards are allowed with a reason')
  })

  it('is copied beside what is rewritten, with its reason, and stays allowed there', async () => {
    const folder = project(`${SQL}\nCREATE INDEX "User_email_idx" ON "User"("email");\n`)
    expect(await run(folder, ['rewrite', '--yes'])).toMatchObject({ code: 0 })
    const after = contentOf(folder)
    const files = Object.entries(after).filter(([name]) => name.includes(`${NEWEST}_`) && name.endsWith('.sql'))
    const copied = files.find(([, text]) => text.includes('User_fullName_idx'))?.[1]
    expect(copied).toContain(
      '-- expand-contract: allow create-index-blocks-writes because the table has nine rows\nCREATE INDEX "User_fullName_idx" ON "User"("fullName");\n',
    )
    expect(JSON.parse(after[`prisma/expand-contract/${NEWEST}/plan.json`] ?? '')).toMatchObject({
      allowed: [{ code: 'create-index-blocks-writes', reason: 'the table has nine rows', allowedOn: 2 }],
      hazards: [{ on: 'User_email_idx' }],
    })
    expect(await run(folder, ['check', '--since', 'main'])).toMatchObject({ code: 2 })
    const again = JSON.parse((await run(folder, ['check', '--format', 'json'])).out)
    expect(again.summary).toMatchObject({ allowed: 1 })
    expect(again.migrations.filter((m: { id: string; hazards: unknown[] }) => m.id.startsWith(NEWEST) && m.hazards.length > 0)).toEqual([])
  })
})

describe('a comment that allows nothing', () => {
  const index = 'CREATE INDEX "User_fullName_idx" ON "User"("fullName");\n'
  it.each([
    ['no reason', `-- expand-contract: allow create-index-blocks-writes\n${index}`, 'allow-without-reason', 'because <reason>', 1],
    [
      'a misspelt hazard',
      `-- expand-contract: allow create-index-block-writes because small\n${index}`,
      'allow-unknown-hazard',
      'Did you mean "create-index-blocks-writes"',
      1,
    ],
    [
      'a misspelt word',
      `-- expand-contract: alow create-index-blocks-writes because small\n${index}`,
      'allow-not-understood',
      'The form is: -- expand-contract: allow',
      1,
    ],
    [
      'half of the hazards',
      'ALTER TABLE "User" DROP COLUMN "email"; -- expand-contract: allow drop-column-loses-data because it is empty\n',
      'allow-in-part',
      'allow drop-column-loses-data, drop-column-breaks-old-code because it is empty',
      2,
    ],
  ])('with %s is a finding, and the hazard stays one', async (_, sql, problem, fix, hazards) => {
    const { code, out, report } = await checked(sql)
    expect(code).toBe(1)
    expect(out.replaceAll(/\s+/g, ' ')).toContain(fix)
    expect(out).toMatch(new RegExp(`${FILE}:1:\\d+  ${problem}`))
    expect(report.summary).toMatchObject({ hazards, problems: 1, allowed: 0 })
    expect(out).toContain('1 other finding')
  })

  it('because nothing is there to allow is only a notice', async () => {
    const { code, out } = await checked('-- expand-contract: allow create-index-blocks-writes because small\nCREATE TABLE t (id int);\n')
    expect(code).toBe(0)
    expect(out).toContain(`${FILE}:1:4  allow-unused  create-index-blocks-writes`)
  })

  it('is said before a rewrite too', async () => {
    const { out } = await run(project(`-- expand-contract: allow create-index-blocks-writes\n${index}`), ['rewrite', '--dry-run'])
    expect(out).toContain('allow-without-reason')
    expect(out).toContain('CONCURRENTLY')
  })
})
