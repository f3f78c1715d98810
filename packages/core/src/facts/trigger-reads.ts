import type { Catalog, Trigger } from '../catalog/catalog.ts'
import { mayName } from '../sql/expression.ts'
import { type PgNode, scan, untag } from '../sql/parser.ts'

/**
 * False where nothing of a trigger names the column: neither what it fires on nor any word of its function. A function that is not known, builds its queries as text or is
 * not written in SQL or PL/pgSQL may name anything. What takes the row whole (`to_jsonb(NEW)`) takes it with or without the column.
 */
export function mayUse(trigger: Trigger, catalog: Catalog, column: string): boolean {
  if (trigger.updateOf.includes(column) || (trigger.when !== undefined && mayName(trigger.when, column))) return true
  const routines = catalog.routines?.get(trigger.function)
  return routines === undefined || routines.some(({ made }) => made === undefined || mayNameIn(made.node, column))
}

function mayNameIn(node: PgNode, column: string): boolean {
  const options = ((untag(node)[1].options ?? []) as PgNode[]).map((o) => o.DefElem as PgNode)
  const language = options.find((o) => o.defname === 'language')?.arg?.String?.sval as string | undefined
  const body = options.find((o) => o.defname === 'as')?.arg?.List?.items?.[0]?.String?.sval as string | undefined
  if (body === undefined || !['plpgsql', 'sql'].includes(language?.toLowerCase() ?? '')) return true
  const words = wordsOf(body)
  return words === undefined || words.has('execute') || words.has(column)
}

/** Names as PostgreSQL folds them, and the words of its texts; undefined where its scanner does not read the body. */
function wordsOf(body: string): Set<string> | undefined {
  try {
    return new Set(scan(body).flatMap(({ text, name }) => (name.endsWith('COMMENT') ? [] : [folded(text)])))
  } catch {
    return undefined
  }
}

function folded(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase()
}
