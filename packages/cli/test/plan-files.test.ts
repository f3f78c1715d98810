import path from 'node:path'
import { canonicalJson, fileChecksum, type History, type SourceMigration } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { EMITTED_FILE, emittedEdit, historyBefore } from '../src/plan/emitted.ts'
import { parsePlan, planIds, readPlan } from '../src/plan/plan-files.ts'
import { PLAN } from './sample-plan.ts'
import { folderWith, put } from './temp-folder.ts'

function historyOf(folder: string, ids: readonly string[], text = ''): History {
  const layout = {
    adapter: 'prisma',
    root: folder,
    migrations: path.join(folder, 'migrations'),
    plans: path.join(folder, 'expand-contract'),
    schema: [],
    format: 'prisma',
  }
  const migrations = ids.map((id): SourceMigration => ({ id, path: path.join(layout.migrations, id, 'migration.sql'), text, intents: [] }))
  return { layout, migrations }
}

describe('plan.json', () => {
  it('is read as it was written', async () => {
    const folder = folderWith({ [`expand-contract/${PLAN.id}/plan.json`]: canonicalJson(PLAN), 'expand-contract/notes/readme.md': '' })
    const { layout } = historyOf(folder, [])
    expect(await planIds(layout)).toEqual([PLAN.id])
    expect(await readPlan(layout, PLAN.id)).toEqual(PLAN)
  })

  it('has no plans where there is no folder', async () => {
    expect(await planIds(historyOf(folderWith({}), []).layout)).toEqual([])
  })

  it.each([
    ['of a newer version', { ...PLAN, version: 2 }, 'newer expand-contract'],
    ['without a version', { ...PLAN, version: undefined }, 'version'],
    [
      'with a step of an unknown kind',
      { ...PLAN, stages: [{ ...PLAN.stages[0], steps: [{ kind: 'magic' }] }, PLAN.stages[1]] },
      'stages.0.steps.0',
    ],
    ['with refusals', { ...PLAN, refusals: [{ claims: [], hazards: [], reason: 'r', fix: 'f', line: 1 }] }, 'refusals'],
    ['with one stage', { ...PLAN, stages: [PLAN.stages[0]] }, 'stages'],
    ['whose SQL was edited', { ...PLAN, source: { ...PLAN.source, sql: 'DROP TABLE x' } }, 'checksum'],
    ['that is null', null, 'not a valid plan'],
  ])('refuses a plan %s', async (_, plan, why) => {
    await expect(parsePlan(JSON.stringify(plan), 'plan.json')).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(why),
    })
  })

  it('refuses what is not JSON', async () => {
    await expect(parsePlan('<<<<<<< HEAD', 'plan.json')).rejects.toThrow('not JSON')
  })
})

describe('the place of a plan in the history', () => {
  const ids = ['0005_a', '0006_b', PLAN.id, '0008_c']
  const names = [`${PLAN.id}_01_add`, `${PLAN.id}_02_fill`]

  function rewritten(folder: string, emitted: readonly string[]) {
    const history = historyOf(folder, ids)
    const file = (id: string): string => path.join(history.layout.migrations, id, 'migration.sql')
    const edit = emittedEdit(PLAN, history, [
      ...emitted.map((id) => ({ path: file(id), content: 'SELECT 1;' })),
      { path: file(PLAN.id), content: null },
      { path: path.join(history.layout.plans, PLAN.id, 'contract/01.sql'), content: 'SELECT 2;' },
    ])
    put(folder, { [path.relative(folder, edit.path)]: edit.content ?? '' })
    return edit
  }

  it('is recorded beside the plan', () => {
    const { path: file, content } = rewritten(folderWith({}), names)
    expect(path.basename(file)).toBe(EMITTED_FILE)
    const checksums = names.map(() => fileChecksum('SELECT 1;'))
    expect(JSON.parse(content ?? '')).toEqual({
      follows: '0006_b/migration.sql',
      migrations: names.map((n) => `${n}/migration.sql`),
      checksums,
    })
  })

  it.each([
    ['before what was written', names, ['0005_a', '0006_b', ...names, '0008_c'], ['0005_a', '0006_b']],
    ['where one of its migrations is gone', names, ['0005_a', '0006_b', names[1] ?? ''], ['0005_a', '0006_b']],
    ['where migrations came in between', names, ['0005_a', '0006_b', '0006_late', ...names], ['0005_a', '0006_b', '0006_late']],
    ['where nothing is left of it', [], ['0005_a', '0006_b', '0008_c'], ['0005_a', '0006_b']],
  ])('is found %s', async (_, emitted, now, before) => {
    const folder = folderWith({})
    rewritten(folder, emitted)
    expect((await historyBefore(PLAN, historyOf(folder, now))).map((m) => m.id)).toEqual(before)
  })

  it('is found by the header of its files where the record is missing', async () => {
    const history = historyOf(folderWith({}), ['0006_b', 'x'], `-- expand-contract ${PLAN.id}, step 01-add\nSELECT 1;`)
    const [first, ...rest] = history.migrations
    const migrations = [...(first ? [{ ...first, text: '' }] : []), ...rest]
    expect((await historyBefore(PLAN, { ...history, migrations })).map((m) => m.id)).toEqual(['0006_b'])
  })

  it('is not guessed', async () => {
    const folder = folderWith({})
    rewritten(folder, names)
    await expect(historyBefore(PLAN, historyOf(folder, ['0001_squashed']))).rejects.toMatchObject({ name: 'UserError' })
    put(folder, { [`expand-contract/${PLAN.id}/${EMITTED_FILE}`]: '{' })
    await expect(historyBefore(PLAN, historyOf(folder, ids))).rejects.toThrow('damaged')
  })
})
