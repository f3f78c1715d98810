import { type PgNode, parseStatement, scan, untag } from '../sql/parser.ts'
import { quoteName } from '../sql/sql.ts'
import { otherImage } from '../steps/dual-write.ts'
import type { DraftDdl, DraftStep, Undo } from './plan.ts'

type DraftBackfill = Extract<DraftStep, { kind: 'backfill' }>

/** What one rewrite does to a table: a column and its trigger, the fill of old rows, and what rests on it. */
interface Part {
  readonly head: DraftDdl
  readonly fill: DraftBackfill
  readonly rest: readonly DraftStep[]
}

/**
 * Several changes of one table become one: the columns and triggers come in one transaction, one pass fills all of them in old rows, one scan validates them, and one
 * lock makes them NOT NULL. What the changes do behind that follows in their order. Only changes that don't need each other are put together, and between them stands
 * nothing but what adds to the schema.
 */
export function composed(all: readonly (readonly DraftStep[])[]): DraftStep[] {
  const steps: DraftStep[] = []
  let group: (Part | readonly DraftStep[])[] = []
  const close = (): void => {
    steps.push(...together(group))
    group = []
  }
  for (const own of all.filter((steps) => steps.length > 0)) {
    const part = partOf(own)
    if (part ? !group.every((other) => fits(part, other)) : !own.every(mayBePassed)) close()
    group.push(part ?? own)
  }
  close()
  return steps
}

/** A check, an index of its own, or what {@link onlyAdds}: another change may begin before it. */
function mayBePassed(step: DraftStep): boolean {
  if (step.kind !== 'ddl') return step.kind === 'check'
  return step.sql.every((sql) => onlyAdds(sql) || untag(parseStatement(sql))[0] === 'IndexStmt')
}

function partOf([head, fill, ...rest]: readonly DraftStep[]): Part | undefined {
  if (head?.kind !== 'ddl' || fill?.kind !== 'backfill' || !head.sql.every(onlyAdds)) return undefined
  const isPlain =
    fill.alias === undefined &&
    fill.with === undefined &&
    fill.from === undefined &&
    !fill.deletes &&
    fill.into === undefined &&
    fill.list === undefined
  return isPlain ? { head, fill, rest } : undefined
}

/** A column, its default, a trigger, a check that looks at new rows only: nothing that a step of another change could miss. */
function onlyAdds(sql: string): boolean {
  const [tag, s] = untag(parseStatement(sql))
  if (['CreateFunctionStmt', 'CreateTrigStmt', 'CreateSeqStmt'].includes(tag)) return true
  return (
    tag === 'AlterTableStmt' &&
    (s.cmds as PgNode[]).every((c) =>
      ['AT_AddColumn', 'AT_AddConstraint', 'AT_ColumnDefault', 'AT_EnableAlwaysTrig'].includes(c.AlterTableCmd.subtype),
    )
  )
}

/** The part may come before the rest of the other, and its rows be filled in the same statement. */
function fits(part: Part, other: Part | readonly DraftStep[]): boolean {
  const isPart = 'head' in other
  if (isPart && !isSameWalk(part.fill, other.fill)) return false
  const { head, fill } = part
  const changed = isPart ? [...other.fill.set.map((s) => s.column), ...other.rest.flatMap(columnsIn)] : other.flatMap(columnsIn)
  const said = [...head.sql, fill.where, ...fill.set.map((s) => s.expression)].flatMap((sql) => scan(sql).map((t) => t.text))
  return !changed.some((name) => said.some((text) => text.toLowerCase() === name.toLowerCase() || text.includes(quoteName(name))))
}

function isSameWalk(a: DraftBackfill, b: DraftBackfill): boolean {
  return a.table === b.table && a.once === b.once && a.key.join('\0') === b.key.join('\0')
}

/** Names of the columns that a step adds or renames. */
function columnsIn(step: DraftStep): string[] {
  if (step.kind !== 'ddl') return []
  return step.sql.flatMap((sql) => {
    const [tag, s] = untag(parseStatement(sql))
    if (tag === 'RenameStmt' && s.renameType === 'OBJECT_COLUMN') return [s.subname as string, s.newname as string]
    const added =
      tag === 'AlterTableStmt' ? (s.cmds as PgNode[]).map((c) => c.AlterTableCmd.def?.ColumnDef?.colname as string | undefined) : []
    return added.filter((name) => name !== undefined)
  })
}

function together(group: readonly (Part | readonly DraftStep[])[]): DraftStep[] {
  const parts = group.filter((g): g is Part => 'head' in g)
  const behind = group.map((g) => ('head' in g ? g.rest : g))
  if (parts.length < 2) return group.flatMap((g) => ('head' in g ? [g.head, g.fill, ...g.rest] : g))
  const validates = parts.flatMap(({ rest: [step] }) => (step && isValidation(step) ? [step] : []))
  const left = parts.map(({ rest }) => rest.filter((step) => !validates.some((v) => v === step)))
  const notNulls = left.flatMap(([step]) => (step && setsNotNull(step) ? [step] : []))
  const done: readonly DraftStep[] = [...validates, ...notNulls]
  return [
    merged(parts.map((p) => p.head)),
    filled(parts.map((p) => p.fill)),
    ...(validates.length > 0 ? [merged(validates)] : []),
    ...(notNulls.length > 0 ? [merged(notNulls)] : []),
    ...behind.flatMap((steps) => steps.filter((step) => !done.includes(step))),
  ]
}

function isValidation(step: DraftStep): step is DraftDdl {
  return step.kind === 'ddl' && step.sql.every((sql) => actionsIn(sql).join() === 'AT_ValidateConstraint')
}

function setsNotNull(step: DraftStep): step is DraftDdl {
  return step.kind === 'ddl' && step.sql.flatMap(actionsIn).join() === 'AT_SetNotNull,AT_DropConstraint'
}

function actionsIn(sql: string): string[] {
  const [tag, s] = untag(parseStatement(sql))
  return tag === 'AlterTableStmt' ? (s.cmds as PgNode[]).map((c) => c.AlterTableCmd.subtype as string) : ['other']
}

function merged(steps: readonly DraftDdl[]): DraftDdl {
  const [first] = steps as [DraftDdl]
  if (steps.length === 1) return first
  return {
    ...first,
    name: [...new Set(steps.map((s) => s.name))].join(' '),
    title: sentence(steps.map((s) => s.title)),
    sql: steps.flatMap((s) => s.sql),
    undo: undoOf(steps.map((s) => s.undo)),
  }
}

function filled(fills: readonly DraftBackfill[]): DraftBackfill {
  const [first] = fills as [DraftBackfill]
  return {
    ...first,
    title: sentence(fills.map((f) => f.title)),
    set: fills.flatMap((f) => f.set.map(({ column, expression }) => ({ column, expression: whereNeeded(f, column, expression) }))),
    where: fills.map((f) => `(${f.where})`).join(' OR '),
    undo: undoOf(fills.map((f) => f.undo)),
  }
}

/** Rows are visited for the sake of another column too: what stands there already is kept. */
function whereNeeded({ where }: DraftBackfill, column: string, expression: string): string {
  const name = quoteName(column)
  return where === otherImage(name, expression) ? expression : `CASE WHEN ${where} THEN ${expression} ELSE ${name} END`
}

function undoOf(undos: readonly Undo[]): Undo {
  const lost = undos.flatMap((u) => ('irreversible' in u ? [u.irreversible] : []))
  if (lost.length > 0) return { irreversible: [...new Set(lost)].join(' ') }
  const back = [...undos].reverse().flatMap((u) => ('sql' in u ? [u] : []))
  const after = back.flatMap((u) => u.after ?? [])
  if (back.length > 0) return { sql: back.flatMap((u) => u.sql), ...(after.length > 0 && { after }) }
  return { none: [...new Set(undos.flatMap((u) => ('none' in u ? [u.none] : [])))].join(' ') }
}

/** `Add a, filled`, `Add b` -> `Add a, filled; add b` */
function sentence(titles: readonly string[]): string {
  return titles.map((t, i) => (i === 0 ? t : `${t.slice(0, 1).toLowerCase()}${t.slice(1)}`)).join('; ')
}
