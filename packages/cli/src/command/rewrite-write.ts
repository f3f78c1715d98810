import type { FileEdit, GivenSchema, Plan } from '@expand-contract/core'
import { EXIT } from '../exit.ts'
import { emittedEdit } from '../plan/emitted.ts'
import { stagedByRewrite } from '../plan/stage.ts'
import type { Picked } from '../project/pick.ts'
import { deploymentOf } from '../project/project.ts'
import { readIfThere } from '../read-if-there.ts'
import { diffText, type FileChange } from '../report/diff-text.ts'
import { nextText } from '../report/next-text.ts'
import { shownPath } from '../report/path.ts'
import { unsaidText } from '../report/stage-text.ts'
import { count } from '../report/style.ts'
import { applyEdits, effective } from '../write/apply-edits.ts'
import type { Context } from './context.ts'

/** Shows what the plan changes in the project, asks where a person is there, and writes all of it or nothing. */
export async function write(
  plan: Plan,
  { project, index }: Picked,
  flags: { readonly dryRun?: true; readonly yes?: true },
  { io, style, given }: Context & { readonly given: GivenSchema | undefined },
): Promise<number> {
  const { adapter, history, layout } = project
  const emitted = await adapter.emit(plan, history)
  const staged = await stagedByRewrite(project, plan, emitted, given)
  const edits = await effective([...staged.edits, emittedEdit(plan, history, emitted)])
  io.out(`\n${diffText(await changes(edits, io.cwd), style)}\n\n`)
  io.out(unsaidText(staged.unsaid, style))
  const later = history.migrations.length - 1 - index
  if (later > 0) {
    io.out(
      `${style.paint.yellow('Note')}  ${count(later, 'migration comes', 'migrations come')} after this one. Rewrite only what no database has applied yet: an ORM refuses or repeats a migration whose files have changed.\n\n`,
    )
  }
  if (flags.dryRun) {
    io.out('Dry run: nothing was written.\n')
    return EXIT.ok
  }
  if (io.prompts && !flags.yes && !(await io.prompts.confirm(`Write ${count(edits.length, 'file')}?`))) {
    io.out('Nothing was written.\n')
    return EXIT.cancelled
  }
  await applyEdits(edits)
  const deployment = await deploymentOf(plan.stages[0].steps, project)
  io.out(nextText(plan, { files: edits.length, plans: shownPath(layout.plans, io.cwd), deployment }, style))
  return EXIT.ok
}

export async function changes(edits: readonly FileEdit[], cwd: string): Promise<FileChange[]> {
  return Promise.all(
    edits.map(async ({ path, content }) => {
      const before = await readIfThere(path)
      return { path: shownPath(path, cwd), before: before?.toString('utf8'), after: content ?? undefined }
    }),
  )
}
