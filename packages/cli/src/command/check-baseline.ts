import { UserError } from '@expand-contract/core'
import type { BaselineEntry } from '../baseline/baseline-file.ts'
import type { Known } from '../baseline/known.ts'
import { EXIT } from '../exit.ts'
import type { UsedBaseline } from '../report/check-report.ts'
import { json } from '../report/json.ts'
import { shownPath } from '../report/path.ts'
import { count } from '../report/style.ts'
import type { CheckFlags } from './check.ts'
import type { CheckSubject } from './check-subjects.ts'
import type { Context } from './context.ts'

/** A baseline in use. */
export interface OpenBaseline {
  readonly known: Known
  /** Call it when all is checked. */
  used(subjects: readonly CheckSubject[]): UsedBaseline
  /** Writes what was found and keeps what was not looked at. Returns the exit code. */
  write(subjects: readonly CheckSubject[], format: CheckFlags['format']): Promise<number>
}

/** The baseline that the flags mean; undefined where none is wanted or there is none. Throws {@link UserError} where the named one is not there. */
export async function openBaseline(flags: CheckFlags, { io, config }: Context): Promise<OpenBaseline | undefined> {
  if (flags.baseline === false) {
    if (flags.writeBaseline) throw new UserError('--write-baseline and --no-baseline contradict each other. Keep one of them.')
    return undefined
  }
  const { baselinePath, baselineText, readBaseline } = await import('../baseline/baseline-file.ts')
  const file = baselinePath(io.cwd, typeof flags.baseline === 'string' ? flags.baseline : undefined, config.file ? config.folder : io.cwd)
  const there = await readBaseline(file)
  const shown = shownPath(file, io.cwd)
  if (!there && !flags.writeBaseline) {
    if (flags.baseline === undefined) return undefined
    throw new UserError(
      `There is no baseline ${shown}. Write one with the findings of today, so that only new ones are reported from then on:\n  npx expand-contract check --write-baseline${typeof flags.baseline === 'string' ? ` --baseline ${flags.baseline}` : ''}`,
    )
  }
  const before = there ?? { file, entries: [] }
  const { known: open } = await import('../baseline/known.ts')
  const known = open(before, !flags.writeBaseline)
  return {
    known,
    used: (subjects) => ({ file: shown, stale: known.stale(wholes(subjects)) }),
    write: async (subjects, format) => {
      const stale = known.stale(wholes(subjects))
      const found = known.found()
      const replaced = new Set<BaselineEntry>([...stale, ...known.matched()])
      const entries = [...before.entries.filter((e) => !replaced.has(e)), ...found]
      const added = found.length - known.matched().length
      const counts = { file: shown, findings: entries.length, added, removed: stale.length }
      if (entries.length > 0 || there) {
        const { applyEdits } = await import('../write/apply-edits.ts')
        await applyEdits([{ path: file, content: baselineText(entries) }])
      }
      io.out(format === 'json' ? json({ version: 1, baseline: counts }) : writtenText(counts, there !== undefined))
      return EXIT.ok
    },
  }
}

function writtenText(
  { file, findings, added, removed }: { file: string; findings: number; added: number; removed: number },
  wasThere: boolean,
): string {
  if (findings === 0 && !wasThere) return 'Nothing is found, so no baseline is needed and none was written.\n'
  const changes = wasThere ? ` (${added} new, ${removed} removed)` : ''
  return `Wrote ${file}: ${count(findings, 'known finding')}${changes}. Commit it: check reports only what is new from now on, and says how much it hides.\n`
}

/** Histories of which everything was looked at, with the names of their migrations. */
function wholes(subjects: readonly CheckSubject[]): ReadonlyMap<string, ReadonlySet<string>> {
  const whole = subjects.filter(({ project, indices, migrations }) => project && indices.length === migrations.length)
  return new Map(whole.map(({ folder, migrations }) => [folder, new Set(migrations.map((m) => m.id))]))
}
