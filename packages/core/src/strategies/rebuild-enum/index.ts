import { column } from '../../catalog/catalog.ts'
import { dependents } from '../../dependents.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { type RebuiltEnum, rebuiltEnum } from '../../rebuilt-enum.ts'
import { actionOf, displayColumn, displayTable, isNewTable } from '../../sql/relation.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { rebuildSteps } from './steps.ts'

const REBUILDS: HazardKind = {
  code: 'rebuild-enum-rewrites-tables',
  harm: 'rewrite',
  lock: 'ACCESS EXCLUSIVE',
  why: 'every table with a column of the enum is copied under ACCESS EXCLUSIVE, several seconds for each million rows; it fails if a row holds a value that goes (22P02).',
  instead:
    'Each column gets a parallel one of the new type, filled in batches and kept in step by a trigger; in the contract the two change places and the type takes the name.',
}

const BREAKS: HazardKind = {
  code: 'rebuild-enum-breaks-old-code',
  harm: 'compatibility',
  why: 'code that is still running writes and reads values that are gone: each such query fails (22P02).',
  instead: 'Until the contract a trigger turns a value that goes into the one that takes its place, by your answer.',
}

/** An enum rebuilt with labels removed or in another order: parallel columns of a new type, swapped in the contract. */
export const strategy: Strategy = {
  id: 'rebuild-enum',
  summary: 'Removes or reorders the values of an enum without copying a table under a lock.',
  hazards: [REBUILDS, BREAKS],
  rewrite(statement, migration) {
    const rebuilt = rebuiltEnum(statement, migration)
    if (!rebuilt) return undefined
    const removed = rebuilt.before.filter((label) => !rebuilt.after.includes(label))
    const on = displayTable(`"${rebuilt.path.at(-2) ?? 'public'}"."${rebuilt.path.at(-1)}"`)
    // Where the table would be copied, not where the new type is made.
    const retyped = migration.script.statements.filter((s) => rebuilt.claims.includes(s.index) && actionOf(s, 'AT_AlterColumnType'))
    const at = retyped[0] ?? statement
    const hazards = [
      ...(retyped.length > 0 ? retyped : [statement]).map((s) => hazard(REBUILDS, on, s)),
      ...(removed.length > 0 ? [hazard(BREAKS, on, at)] : []),
    ]
    const shared = { claims: rebuilt.claims, hazards }
    const refusal = obstacle(rebuilt, migration) ?? unanswered(rebuilt, removed, on, migration)
    if (refusal) return { ...shared, line: at.line, ...refusal }
    const values = new Map(removed.map((label) => [label, mapped(rebuilt, label, migration) ?? label]))
    const renamed = [...values].filter(([, to]) => !rebuilt.before.includes(to))
    return {
      ...shared,
      ...rebuildSteps(rebuilt, { values, keeps: renamed.length > 0 }, migration),
      ...(renamed.length > 0 && { newCodeWaits: renamed.map(([from, to]) => waitsFor(on, from, to)) }),
    }
  },
}

type Why = Pick<Extract<Outcome, { reason: string }>, 'reason' | 'fix' | 'question'>

/** What the column becomes must be what it was, but for the type behind it. */
function obstacle({ type, path, columns }: RebuiltEnum, migration: Migration): Why | undefined {
  for (const { table, column: name } of columns) {
    const on = displayColumn(table, name)
    const [old, next] = [column(migration.before.tables.get(table), name), column(migration.after.tables.get(table), name)]
    if (!old || next?.type !== old.type || isNewTable(migration, table)) {
      return {
        reason: `${on} has the enum ${type} and changes otherwise in the same migration.`,
        fix: 'Do the other change in a migration of its own, before or after this one.',
      }
    }
    const found = dependents(migration.before, table, name)
    const texts = [
      ...found.constraints.map((c) => c.expression),
      ...found.indexes.flatMap((i) => [i.where, ...i.keys.map((k) => k.expression)]),
    ]
    const blocking =
      found.opaque[0] ??
      (texts.some((text) => text?.includes(path.at(-1) ?? '')) ? `a check or an index that casts to ${type}` : undefined) ??
      (found.constraints.some((c) => c.kind === 'primary' || c.kind === 'foreign') || found.inbound.length > 0
        ? `a key over ${on}`
        : undefined) ??
      (old.generated || old.identity ? `that ${on} is generated` : undefined)
    if (blocking) {
      return {
        reason: `${blocking} stands in the way of a parallel column beside ${on}.`,
        fix: 'Drop it in a migration before this one, and make it again in one after it.',
      }
    }
  }
  return undefined
}

function mapped({ path, after }: RebuiltEnum, label: string, migration: Migration): string | undefined {
  const [schema, name] = [path.at(-2) ?? 'public', path.at(-1)]
  const to = migration.intents.find((i) => i.kind === 'value' && i.value === label && (i.type === name || i.type === `${schema}.${name}`))
  return to?.kind === 'value' && after.includes(to.to) ? to.to : undefined
}

function waitsFor(on: string, from: string, to: string): string {
  return `'${from}' of ${on} becomes '${to}' in the contract: no name suits both codes, so code that reads or writes '${to}' goes out with the contract, when no old code runs any more.`
}

function unanswered(rebuilt: RebuiltEnum, removed: readonly string[], on: string, migration: Migration): Why | undefined {
  const open = removed.find((label) => mapped(rebuilt, label, migration) === undefined)
  if (open === undefined) return undefined
  const kept = rebuilt.after.filter((label) => rebuilt.before.includes(label))
  const added = rebuilt.after.filter((label) => !rebuilt.before.includes(label))
  return {
    reason: `'${open}' is removed from ${on}: rows that hold it, and code that still writes it, need another value.`,
    fix: `Say which value takes its place: --value "${on}.${open}=${kept[0] ?? added[0]}". One that the migration adds is a rename: new code then waits for the contract, unless you keep the old name in the database and map it (@map in schema.prisma).`,
    question: { kind: 'value', type: on, value: open, candidates: [...kept, ...added] },
  }
}
