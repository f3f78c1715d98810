import path from 'node:path'
import { checksum, type Hazard, type Refusal, type Script, scan } from '@expand-contract/core'
import type { Planned } from '../project/planning.ts'
import type { Checked } from '../report/check-report.ts'
import type { Problem } from '../report/problems.ts'
import { type Baseline, type BaselineEntry, entryKey } from './baseline-file.ts'

/** Which findings are known, and which entries found nothing. Each entry hides one finding. */
export interface Known {
  /** Leaves out what is known and notes what was found. */
  hide(checked: Checked, planned: Planned, at: Place): Checked
  /** All that was found so far, known or not. */
  found(): readonly BaselineEntry[]
  /** Entries that found something. */
  matched(): readonly BaselineEntry[]
  /** Entries of what was looked at that matched nothing. `ids`: the histories that were looked at as a whole, by folder. */
  stale(ids: ReadonlyMap<string, ReadonlySet<string>>): readonly BaselineEntry[]
}

/** Where a migration lies: the absolute folder of its history, and its name there. */
export interface Place {
  readonly folder: string
  readonly name: string
}

/** `hides` false: everything is only noted, to be written down. */
export function known(baseline: Baseline, hides: boolean): Known {
  const left = new Map<string, BaselineEntry[]>()
  for (const entry of baseline.entries) left.set(entryKey(entry), [...(left.get(entryKey(entry)) ?? []), entry])
  const found: BaselineEntry[] = []
  const matched: BaselineEntry[] = []
  const looked = new Set<string>()
  const take = (entry: BaselineEntry): boolean => {
    found.push(entry)
    const match = left.get(entryKey(entry))?.pop()
    if (match) matched.push(match)
    return match !== undefined && hides
  }
  return {
    hide: (checked, planned, { folder, name }) => {
      const about = { in: relative(path.dirname(baseline.file), folder), migration: name }
      looked.add(JSON.stringify([about.in, about.migration]))
      return withoutKnown(checked, planned.migration.script, (entry) => take({ ...about, ...entry }))
    },
    found: () => found,
    matched: () => matched,
    stale: (ids) => {
      const isLooked = (e: BaselineEntry): boolean => looked.has(JSON.stringify([e.in, e.migration]))
      const isGone = (e: BaselineEntry): boolean =>
        [...ids].some(([folder, names]) => relative(path.dirname(baseline.file), folder) === e.in && !names.has(e.migration))
      return [...left.values()].flat().filter((e) => isLooked(e) || isGone(e))
    },
  }
}

type Found = Pick<BaselineEntry, 'code' | 'on' | 'statement'>

function withoutKnown(checked: Checked, script: Script, take: (entry: Found) => boolean): Checked {
  const { hazards, refusals } = checked.plan
  const hidden = new Set<Hazard | Refusal | Problem>()
  for (const hazard of hazards) {
    if (take({ code: hazard.code, on: hazard.on, statement: statementPrint(script, hazard) })) hidden.add(hazard)
  }
  for (const refusal of refusals) {
    if (refusal.hazards.length > 0) {
      // A refusal speaks of all its hazards: it is hidden with the last of them, and shown with all while one is new.
      if (refusal.hazards.every((h) => hidden.has(h))) hidden.add(refusal)
      else for (const h of refusal.hazards) hidden.delete(h)
    } else if (take({ code: script.unreadable ? 'not-read' : 'not-rewritten', on: '', statement: print(script.text) })) hidden.add(refusal)
  }
  for (const problem of checked.problems) {
    if (!problem.notice && take({ code: problem.code, on: problem.on, statement: statementPrint(script, problem) })) hidden.add(problem)
  }
  if (hidden.size === 0) return checked
  const isNew = (item: Hazard | Refusal | Problem): boolean => !hidden.has(item)
  return {
    ...checked,
    plan: { hazards: hazards.filter(isNew), refusals: refusals.filter(isNew) },
    problems: checked.problems.filter(isNew),
    hidden: [...hidden].filter((item) => !('claims' in item && item.hazards.length > 0)).length,
  }
}

/** The statement that stands at a place, by its tokens. */
function statementPrint({ statements }: Script, { line, column }: { readonly line: number; readonly column: number }): string {
  const at = statements.findLast((s) => s.line < line || (s.line === line && s.column <= column)) ?? statements[0]
  return print((at ? scan(at.sql) : []).flatMap((t) => (t.name === 'SQL_COMMENT' || t.name === 'C_COMMENT' ? [] : [t.text])).join(' '))
}

function print(text: string): string {
  return checksum(text).slice(0, 16)
}

function relative(from: string, to: string): string {
  return path.relative(from, to).split(path.sep).join('/') || '.'
}
