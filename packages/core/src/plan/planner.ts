import { isSilent, type Placed, type Settled, settle } from '../allow/allowed.ts'
import { type Catalog, incompleteness, type TableName } from '../catalog/catalog.ts'
import { finishSteps } from '../finish.ts'
import { addsValueToOld, makesOnlyNew } from '../fresh.ts'
import { lazily } from '../lazily.ts'
import { meantBy } from '../meant.ts'
import type { Migration } from '../migration.ts'
import { typeGroupOf } from '../retype/group.ts'
import { copiesOf, wholeBlocks } from '../sql/blocks.ts'
import { opened } from '../sql/opened.ts'
import { shape, untag } from '../sql/parser.ts'
import { displayTable, rangeKey } from '../sql/relation.ts'
import { checksum } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import { strategies } from '../strategies/index.ts'
import { goesWithRename } from '../strategies/rename-column/rename.ts'
import { isOfRecreated } from '../strategies/rename-table/recreated.ts'
import { isRefusal, type Outcome, type Rewrite, type Strategy } from '../strategy.ts'
import { renamedLater } from '../table-renames.ts'
import { unrewritten } from '../unrewritten/unrewritten.ts'
import { composed } from './compose.ts'
import { type DraftStep, PLAN_VERSION, type Plan, type Refusal, type Stage } from './plan.ts'
import { additiveOnly } from './policy.ts'
import { unknownColumns } from './unknown-columns.ts'
import { isTransactionControl, togetherStep, verbatimSteps } from './verbatim.ts'

/** Plans a migration: every statement is claimed by a strategy, refused, or copied. Pure. A plan with refusals has no steps and is never emitted. */
export function planMigration(given: Migration, using: readonly Strategy[] = strategies): Plan {
  const migration = opened(given)
  const { outcomes, allowed, copies } = settle(migration, (asked) => claimAll(asked, using))
  const rewrites = outcomes.filter((o): o is Placed<Rewrite> => !isRefusal(o.outcome))
  const refusals = [
    ...unreadable(migration),
    ...unknownColumns(migration),
    ...outcomes.flatMap(({ outcome }) => (isRefusal(outcome) ? [outcome] : [])),
  ]
  const hazards = outcomes.flatMap(({ outcome }) => outcome.hazards).sort((a, b) => a.line - b.line || a.column - b.column)
  const all = rewrites.map((r) => r.outcome)
  const waits = all.flatMap((o) => o.newCodeWaits ?? [])
  const text = migration.script.text
  // `check` reads hazards and refusals only: the rest, most of the work, is done for those who read it.
  return lazily<Omit<Plan, LazyPart>, Pick<Plan, LazyPart>>(
    {
      version: PLAN_VERSION,
      id: migration.id,
      postgres: migration.postgres,
      intents: migration.intents,
      hazards,
      refusals: [...refusals].sort((a, b) => a.line - b.line),
      ...(allowed.length > 0 && { allowed }),
      syncs: all.flatMap((o) => o.syncs ?? []),
      expects: all.flatMap((o) => o.expects ?? []),
      alternatives: all.flatMap((o) => o.alternatives ?? []),
      maps: all.flatMap((o) => o.maps ?? []),
      ...(waits.length > 0 && { newCodeWaits: waits }),
    },
    {
      source: () => {
        const meant = meantBy(migration)
        return { id: migration.id, checksum: checksum(text), sql: text, ...(meant !== undefined && { meant }) }
      },
      startsFrom: () => fingerprint(migration),
      stages: () =>
        refusals.length > 0 || rewrites.length === 0 ? [stage('expand', []), stage('contract', [])] : stages(migration, rewrites, copies),
    },
  )
}

type LazyPart = 'source' | 'startsFrom' | 'stages'

/** True where the migration needs nothing: no hazard, no refusal; it stays byte for byte as it is. */
export function isUntouched(plan: Plan): boolean {
  return plan.hazards.length === 0 && plan.refusals.length === 0
}

function claimAll(migration: Migration, using: readonly Strategy[]): readonly Placed[] {
  const claimed = new Map<number, string>()
  const placed: Placed[] = []
  const claim = (id: string, anchor: number, outcome: Outcome): void => {
    for (const index of outcome.claims) {
      const other = claimed.get(index)
      if (other !== undefined) throw new Error(`${other} and ${id} both claim statement ${index} of ${migration.id}`)
      claimed.set(index, id)
    }
    placed.push({
      anchor,
      outcome: additiveOnly(outcome, migration) ?? beforeRename(outcome, migration, anchor) ?? known(outcome, migration, anchor),
    })
  }
  for (const statement of migration.script.statements) {
    if (goesWithRename(statement, migration)) continue
    const isRetyping = typeGroupOf(statement, migration) !== undefined
    const isRecreating = isOfRecreated(statement, migration)
    for (const strategy of using) {
      if ((isRetyping && !strategy.retypes) || (isRecreating && !strategy.recreates)) continue
      const outcome = strategy.rewrite(statement, migration)
      if (outcome) claim(strategy.id, statement.index, outcome)
    }
  }
  for (const statement of migration.script.statements) {
    const outcome = claimed.has(statement.index) || isSilent(statement) ? undefined : unrewritten(statement, migration)
    if (outcome) claim('unrewritten', statement.index, outcome)
  }
  return wholeBlocks(placed, migration)
}

/** What waits for the contract finds its table under another name, and a view under the one that it knows. */
function beforeRename(outcome: Outcome, migration: Migration, anchor: number): Refusal | undefined {
  if (isRefusal(outcome) || outcome.contract.length === 0) return undefined
  for (const statement of outcome.claims.map((index) => migration.script.statements[index])) {
    const renamed = statement && renamedLater(statement, migration)
    if (!renamed || outcome.claims.includes(renamed.statement.index)) continue
    return {
      claims: outcome.claims,
      hazards: outcome.hazards,
      line: migration.script.statements[anchor]?.line ?? 1,
      reason: `A part of this waits for the contract, and line ${renamed.statement.line} renames ${displayTable(renamed.key)} before that: the old name is a view then.`,
      fix: `Write line ${statement.line} behind the rename, under the new name of the table, then plan again.`,
    }
  }
  return undefined
}

/** A rewrite that rests on a table whose history is not fully understood becomes a refusal. */
function known(outcome: Outcome, migration: Migration, anchor: number): Outcome {
  if (isRefusal(outcome)) return outcome
  const path = migration.at.find((catalog) => catalog.searchPath !== undefined)?.searchPath
  if (path) {
    return {
      claims: outcome.claims,
      hazards: outcome.hazards,
      line: migration.script.statements[anchor]?.line ?? 1,
      reason: `The migration sets search_path to ${path.join(', ') || 'nothing'}: each step runs in a session of its own, which would not have that setting.`,
      fix: 'Take the setting out and write the schema before each name: auth.users.',
    }
  }
  for (const index of outcome.claims) {
    const table = tableOf(migration.script.statements[index])
    const catalog = migration.at[anchor] ?? migration.before
    const gap = table && incompleteness(catalog, table)
    if (gap) {
      return {
        claims: outcome.claims,
        hazards: outcome.hazards,
        line: migration.script.statements[index]?.line ?? 1,
        reason: `What "${displayTable(table)}" looks like is not known for certain since ${gap.since}: ${gap.reason}.`,
        fix: 'Say what it looks like: --database <url> (its schema before this migration) or --schema-dump <file> (from pg_dump --schema-only). Or write the safe sequence by hand.',
        incomplete: { table: catalog.incomplete.has(table) ? displayTable(table) : null, since: gap.since },
      }
    }
  }
  return outcome
}

function tableOf(statement: Statement | undefined): TableName | undefined {
  const [, s] = untag(statement?.node)
  return s.relation?.relname ? rangeKey(s.relation) : undefined
}

function unreadable(migration: Migration): Refusal[] {
  const found = migration.script.unreadable
  if (!found) return []
  return [
    {
      claims: [],
      hazards: [],
      line: found.line,
      reason: `Line ${found.line} is not SQL that PostgreSQL 18 reads: ${found.message}.`,
      fix: 'Mend the statement, or move it into a migration of its own: nothing in this file can be judged as it is.',
    },
  ]
}

function stages(migration: Migration, rewrites: readonly Placed<Rewrite>[], allowed: Settled['copies']): [Stage, Stage] {
  const claimed = new Set(rewrites.flatMap((r) => r.outcome.claims))
  const copies = copiesOf(migration, claimed).filter((s) => !isTransactionControl(s))
  // What is new goes first and together: apart from its table, an index or a key on it would be one on a live table.
  const fresh = copies.filter((s) => !allowed.has(s.index) && makesOnlyNew(s, migration))
  // Only what a new table may need itself goes before it: new values of an enum.
  const early = copies.filter((s) => addsValueToOld(s, migration))
  const values = [
    ...early.map((s) => ({ at: s.index, steps: verbatimSteps([s], migration, allowed) })),
    ...rewrites.filter((r) => r.outcome.first).map((r) => ({ at: r.anchor, steps: r.outcome.expand })),
  ].sort((a, b) => a.at - b.at)
  const parts: (readonly DraftStep[])[] = [...values.map((v) => v.steps), togetherStep(fresh, migration)]
  let copied: Statement[] = []
  const flush = (): void => {
    parts.push(verbatimSteps(copied, migration, allowed))
    copied = []
  }
  for (const statement of migration.script.statements) {
    const copy = copies.find((s) => s.index === statement.index)
    if (copy && !fresh.includes(copy) && !early.includes(copy)) copied.push(copy)
    const here = rewrites
      .filter((r) => !r.outcome.first && (r.outcome.after ?? r.anchor) === statement.index)
      // What waits for a statement comes after what replaces it.
      .sort((a, b) => Number(a.anchor !== statement.index) - Number(b.anchor !== statement.index))
    if (here.some((r) => r.outcome.expand.length > 0)) flush()
    parts.push(...here.map((r) => r.outcome.expand))
  }
  flush()
  const first = finishSteps(composed(parts), migration.before)
  const contract = rewrites.flatMap((r) => r.outcome.contract)
  return [stage('expand', first.steps), stage('contract', finishSteps(contract, first.after, first.steps.length + 1).steps)]
}

function stage(name: Stage['name'], steps: Stage['steps']): Stage {
  const opensWhen =
    name === 'expand' ? 'At any time: code that runs today keeps working.' : 'When no code that uses the old form runs any more.'
  return { name, opensWhen, steps }
}

/** Hash of what the catalog says about the tables that the migration names: a plan whose start has changed must be made anew. */
function fingerprint(migration: Migration): string {
  const names = new Set(migration.script.statements.map(tableOf).filter((t): t is TableName => t !== undefined))
  const described = [...names].sort().map((name) => [name, tableIn(migration.before, name)])
  return checksum(shape(described))
}

function tableIn(catalog: Catalog, name: TableName): unknown {
  const table = catalog.tables.get(name)
  return table && { ...table, columns: [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1)) }
}
