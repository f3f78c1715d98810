import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { FileEdit, Plan, SourceMigration } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { prisma } from '../src/index.ts'
import { ddlStep, renamePlan, withSteps } from './support/plan.ts'
import { apply, exampleProject, historyOf, show } from './support/project.ts'

async function setUp() {
  const root = await exampleProject()
  const history = await historyOf(root)
  const pending = history.migrations.at(-1) as SourceMigration
  return { root, history, pending, plan: renamePlan(pending.id, pending.text) }
}

const short = (edits: readonly FileEdit[], root: string): string[] =>
  edits.map((e) => `${e.content === null ? '- ' : '+ '}${path.relative(root, e.path)}`)

const ID = '20260212093000_rename_name_to_full_name'

describe('emit', () => {
  it('writes one folder a step, and everything that is held under expand-contract/', async () => {
    const { root, history, plan } = await setUp()
    await expect(show(await prisma.emit(plan, history), root)).toMatchFileSnapshot('golden/rename.txt')
  })

  it('gives the same bytes for the same plan, and finds its own output in order', async () => {
    const { root, history, plan } = await setUp()
    const edits = await prisma.emit(plan, history)
    expect(await prisma.emit(structuredClone(plan), history)).toEqual(edits)
    await apply(edits)
    const after = await historyOf(root)
    const steps = edits.filter((e) => e.content !== null && e.path.startsWith(after.layout.migrations))
    expect(after.migrations.map(({ path: at, text }) => ({ path: at, content: text })).slice(1)).toEqual(steps)
  })

  it('emits nothing where nothing was found', async () => {
    const { history, plan } = await setUp()
    expect(await prisma.emit({ ...plan, hazards: [] }, history)).toEqual([])
  })

  it('keeps the folder’s name for a single step, and removes what an earlier plan left', async () => {
    const { root, history, plan } = await setUp()
    await apply(await prisma.emit(plan, history))
    await apply([{ path: history.migrations[1]?.path ?? '', content: history.migrations[1]?.text ?? '' }])
    const edits = await prisma.emit(withSteps(plan, plan.stages[0].steps.slice(0, 1), []), history)
    expect(short(edits, root)).toEqual([
      `+ prisma/migrations/${ID}/migration.sql`,
      `+ prisma/expand-contract/${ID}/plan.json`,
      `+ prisma/expand-contract/${ID}/original.sql`,
      `+ prisma/expand-contract/${ID}/undo/01-add-full-name.sql`,
      `- prisma/expand-contract/${ID}/contract/07-drop-name.sql`,
      `- prisma/expand-contract/${ID}/undo/01-index.sql`,
      `- prisma/expand-contract/${ID}/undo/02-add-full-name.sql`,
    ])
  })

  it('leaves an empty migration in the place of one that is held back in full', async () => {
    const { root, history, plan } = await setUp()
    const [first] = await prisma.emit(withSteps(plan, []), history)
    expect(short([first as FileEdit], root)).toEqual([`+ prisma/migrations/${ID}/migration.sql`])
    expect(first?.content?.split('\n').filter((line) => line !== '' && !line.startsWith('--'))).toEqual([])
  })

  it('maps the field instead, and removes the migration', async () => {
    const { root, history, plan } = await setUp()
    const mapped: Plan = { ...withSteps(plan, [], []), maps: [{ table: 'User', column: 'name', to: 'fullName' }] }
    const edits = await prisma.emit(mapped, history)
    expect(short(edits, root)).toEqual([
      '+ prisma/schema.prisma',
      `- prisma/migrations/${ID}/migration.sql`,
      `+ prisma/expand-contract/${ID}/plan.json`,
      `+ prisma/expand-contract/${ID}/original.sql`,
    ])
    expect(edits[0]?.content).toContain('  fullName  String @map("name") // was')
  })

  it('copies source statements with their own BEGIN and COMMIT as they are', async () => {
    const { history, plan } = await setUp()
    const sql = ['BEGIN', `CREATE TYPE "R" AS ENUM ('a;b') -- c`, 'COMMIT']
    const [edit] = await prisma.emit(withSteps(plan, [ddlStep('01-enum', 'Enum', sql, { verbatim: true })]), history)
    expect(edit?.content?.split('\n').slice(3).join('\n')).toBe(`BEGIN;\nCREATE TYPE "R" AS ENUM ('a;b') -- c\n;\nCOMMIT;\n`)
  })

  it('sets only the timeouts that the step has', async () => {
    const { history, plan } = await setUp()
    const quick = ddlStep('01-a', 'A', ['SELECT 1'], { lockTimeout: 0, statementTimeout: 0 })
    const [edit] = await prisma.emit(withSteps(plan, [quick]), history)
    expect(edit?.content).toMatch(/BEGIN;\nSELECT 1;\nCOMMIT;\n$/)
  })

  it('keeps names of the user out of the comments’ way', async () => {
    const { history, plan } = await setUp()
    const [edit] = await prisma.emit(withSteps(plan, [ddlStep('01-a', 'Add "x;\nDROP TABLE y; --"', ['SELECT 1'])]), history)
    expect(edit?.content?.split('\n')[1]).toBe(`-- Add "x, DROP TABLE y, --"`)
  })

  describe('stops with a sentence', () => {
    const refused = async (change: (plan: Plan) => Plan, message: RegExp) => {
      const { history, plan } = await setUp()
      const failing = prisma.emit(change(plan), history)
      await expect(failing).rejects.toThrow(message)
      await expect(failing).rejects.toMatchObject({ name: 'UserError' })
    }

    it('for a plan with refusals', () =>
      refused(
        (plan) => ({ ...plan, refusals: [{ claims: [0], hazards: [], reason: 'It cannot be known.', fix: 'Say --rename.', line: 10 }] }),
        /can't be rewritten \(line 10\): It cannot be known\. Say --rename\./,
      ))
    it('for a text that has changed', () =>
      refused((plan) => ({ ...plan, source: { ...plan.source, sql: 'x' } }), /has changed since .* npx expand-contract rewrite 2026/))
    it('for a migration that is not there', () => refused((plan) => ({ ...plan, id: '1_x' }), /There is no migration 1_x/))
    it('for a field that is not there', () =>
      refused((plan) => ({ ...plan, maps: [{ table: 'User', column: 'name', to: 'nick' }] }), /no field for User\.nick/))

    it('for a next migration that leaves no room', async () => {
      const { root, history, plan } = await setUp()
      const later = path.join(history.layout.migrations, '20270101_later')
      await mkdir(later)
      await writeFile(path.join(later, 'migration.sql'), '')
      expect(await prisma.emit(plan, await historyOf(root))).not.toEqual([])
      let at = later
      for (const id of [`${ID}_0`, `${ID}_01`, `${ID}_05`]) {
        const next = path.join(history.layout.migrations, id)
        await rename(at, next)
        at = next
        await expect(prisma.emit(plan, await historyOf(root))).rejects.toThrow(/before the next migration, .*_0.* no folder name sorts/)
      }
    })

    it('for a name that Prisma could not keep, and cuts the slug before that', async () => {
      const { root, history, plan } = await setUp()
      for (const [length, ok] of [
        [240, true],
        [252, true],
        [253, false],
      ] as const) {
        const id = ID.padEnd(length, 'x')
        const at = path.join(history.layout.migrations, id)
        await rename(path.join(history.layout.migrations, history.migrations.at(-1)?.id ?? ''), at)
        const emitted = prisma.emit({ ...plan, id }, await historyOf(root))
        if (!ok) await expect(emitted).rejects.toThrow(/longer than the 255 bytes/)
        else expect(path.basename(path.dirname((await emitted)[0]?.path ?? '')).length).toBeLessThanOrEqual(255)
        await rename(at, path.join(history.layout.migrations, history.migrations.at(-1)?.id ?? ''))
      }
    })
  })
})
