import type { Migration } from '../migration.ts'
import type { PgNode } from '../sql/parser.ts'
import { displayTable, isNewTable, rangeKey, rangeSql } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { targetOfKey } from '../target.ts'
import { catalogAt, type Finding, plainly } from './finding.ts'
import { KINDS } from './kinds.ts'

/** VACUUM FULL, CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW, and TRUNCATE. */
export function maintained(tag: string, s: PgNode, statement: Statement, migration: Migration): Finding[] {
  const hasOption = (list: readonly PgNode[] | undefined, name: string): boolean => (list ?? []).some((o) => isOn(o.DefElem, name))
  const isNew = (range: PgNode): boolean => isNewTable(migration, rangeKey(range), statement.index)
  const on = (range: PgNode | undefined): string => (range ? displayTable(rangeKey(range)) : 'all tables')
  switch (tag) {
    case 'VacuumStmt': {
      if (!hasOption(s.options, 'full')) return []
      const ranges = ((s.rels ?? []) as PgNode[]).map((r) => r.VacuumRelation.relation as PgNode)
      if (ranges.length === 0) return [plainly(KINDS.rewriteTable, on(undefined))]
      return ranges.filter((r) => !isNew(r)).map((r) => plainly(KINDS.rewriteTable, on(r)))
    }
    case 'ClusterStmt':
    case 'RepackStmt':
      return s.relation && isNew(s.relation) ? [] : [plainly(KINDS.rewriteTable, on(s.relation))]
    case 'ReindexStmt':
      return hasOption(s.params, 'concurrently') || (s.relation && s.kind === 'REINDEX_OBJECT_TABLE' && isNew(s.relation))
        ? []
        : [reindex(s, statement, on(s.relation))]
    case 'RefreshMatViewStmt':
      return s.concurrent || s.skipData || isNew(s.relation) ? [] : [refresh(s, statement, migration, on(s.relation))]
    case 'TruncateStmt': {
      const live = (s.relations as PgNode[]).map((r) => r.RangeVar as PgNode).filter((r) => !isNew(r))
      return live.map((r) => truncate(s, r, statement, migration))
    }
    default:
      return []
  }
}

/** `FULL`, `(FULL)`, `(FULL true)`; not `(FULL false)`. */
function isOn(option: PgNode | undefined, name: string): boolean {
  if (option?.defname !== name) return false
  const value = option.arg?.String?.sval ?? option.arg?.Boolean?.boolval ?? option.arg?.Integer?.ival
  return option.arg === undefined || !['false', 'off', '0', false, 0].includes(value)
}

function reindex(s: PgNode, statement: Statement, on: string): Finding {
  const what = (s.kind as string).replace('REINDEX_OBJECT_', '')
  const name = s.relation ? rangeSql(s.relation) : s.name
  const fix = `Run REINDEX ${what} CONCURRENTLY ${name ?? ''}, alone and outside a transaction.`.replace(' ,', ',')
  return { kind: KINDS.reindex, on: s.relation ? on : (s.name ?? statement.sql), fix }
}

function refresh(s: PgNode, statement: Statement, migration: Migration, on: string): Finding {
  const view = catalogAt(statement, migration).views.get(rangeKey(s.relation))
  const isUnique = view?.indexes.some((i) => i.unique && i.where === undefined && i.keys.every((k) => k.column !== undefined))
  const first = isUnique ? '' : `Build a unique index on columns of ${rangeSql(s.relation)} first. `
  return {
    kind: KINDS.refresh,
    on,
    fix: `${first}Run REFRESH MATERIALIZED VIEW CONCURRENTLY ${rangeSql(s.relation)}: it goes on being read.`,
  }
}

function truncate(s: PgNode, range: PgNode, statement: Statement, migration: Migration): Finding {
  const key = rangeKey(range)
  const { tables } = catalogAt(statement, migration)
  const others =
    s.behavior === 'DROP_CASCADE'
      ? [...tables].flatMap(([k, t]) => (k !== key && t.constraints.some((c) => c.references?.table === key) ? [k] : []))
      : []
  const also = others.length > 0 ? ` CASCADE empties ${others.map(displayTable).join(', ')} too.` : ''
  const first = others.map((k) => `DELETE FROM ${targetOfKey(k).sql}; `).join('')
  const restart = s.restart_seqs ? ' Its sequences then count on: RESTART IDENTITY would give out numbers that old rows had.' : ''
  const fix = `Write ${first}DELETE FROM ${rangeSql(range)}; in its place and plan again: the rows go in batches, while reads and writes go on.${restart}${also}`
  return { kind: KINDS.truncate, on: displayTable(key), fix }
}
