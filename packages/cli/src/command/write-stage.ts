import { type Restaged, UserError } from '@expand-contract/core'
import { EXIT } from '../exit.ts'
import { diffText } from '../report/diff-text.ts'
import { shownPath } from '../report/path.ts'
import { unsaidText } from '../report/stage-text.ts'
import { count, wrap } from '../report/style.ts'
import { applyEdits, effective } from '../write/apply-edits.ts'
import type { Context } from './context.ts'
import { changes } from './rewrite-write.ts'

/** What is said before and after a stage is written. */
export interface StageWords {
  /** The question to a person. */
  readonly ask: string
  /** What to say instead where nobody can be asked. */
  readonly demand?: string
  /** What to do then. */
  readonly next: readonly string[]
}

/** Shows the files of a stage, asks where a person is there, and writes all of them or none. Throws {@link UserError} where an answer is needed and nobody gives it. */
export async function writeStage(
  staged: Restaged,
  { io, style }: Context,
  flags: { readonly dryRun?: true; readonly yes?: true },
  words: StageWords,
): Promise<number> {
  const edits = await effective(staged.edits)
  const written = edits.filter((e) => e.content !== null)
  const removed = edits.flatMap((e) => (e.content === null ? [`removed  ${shownPath(e.path, io.cwd)}\n`] : []))
  io.out(`\n${diffText(await changes(written, io.cwd), style)}\n${removed.join('')}\n${unsaidText(staged.unsaid, style)}`)
  if (flags.dryRun) {
    io.out('Dry run: nothing was written.\n')
    return EXIT.ok
  }
  if (!flags.yes && !io.prompts && words.demand !== undefined) throw new UserError(words.demand)
  if (!flags.yes && io.prompts && !(await io.prompts.confirm(words.ask))) {
    io.out('Nothing was written.\n')
    return EXIT.cancelled
  }
  await applyEdits(edits)
  io.out(
    `${style.paint.green(`Wrote ${count(edits.length, 'file')}.`)}\n\n${words.next.map((text) => `${wrap(text, style.width)}\n`).join('')}`,
  )
  return EXIT.ok
}
