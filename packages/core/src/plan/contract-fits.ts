import type { Catalog, Table } from '../catalog/catalog.ts'
import { shape } from '../sql/parser.ts'
import { displayTable } from '../sql/relation.ts'

/**
 * Why a held contract no longer fits the schema, or undefined where it does. `held` is the schema at the end of the plan's expand stage, `done` the same after the contract, `now`
 * the schema at the end of the history: what the contract drops, changes or renames must be as it was left, and what it makes must not be there.
 */
export function misfitOfContract(held: Catalog, done: Catalog, now: Catalog): string | undefined {
  for (const [key, table] of held.tables) {
    const [after, there] = [done.tables.get(key), now.tables.get(key)]
    if (after && shape(after) === shape(table)) continue
    if (!there) return `the table ${displayTable(key)}, which it is about, is not there any more`
    const moved = after ? movedIn(table, after, there) : undefined
    if (moved) return `${moved} of ${displayTable(key)} is not as the expand stage left it`
  }
  const made = [...done.tables.keys()].find((key) => !held.tables.has(key) && now.tables.has(key))
  if (made) return `the table ${displayTable(made)}, which it makes, is there already`
  for (const [type, labels] of held.enums) {
    if (shape(done.enums.get(type)) !== shape(labels) && shape(now.enums.get(type)) !== shape(labels))
      return `the enum ${type} is not as the expand stage left it`
  }
  return undefined
}

/** The first part of a table that the contract touches and that something else has touched since. */
function movedIn(held: Table, done: Table, now: Table): string | undefined {
  const lists = [
    ['the column', held.columns, done.columns, now.columns],
    ['the constraint', held.constraints, done.constraints, now.constraints],
    ['the index', held.indexes, done.indexes, now.indexes],
    ['the trigger', held.triggers, done.triggers, now.triggers],
  ] as const
  for (const [what, before, after, there] of lists) {
    const names = new Set([...before, ...after].map((part) => part.name))
    const moved = [...names].find((name) => {
      const [was, will, is] = [before, after, there].map((list) =>
        shape((list as readonly { name: string }[]).find((part) => part.name === name) ?? null),
      )
      return was !== will && is !== was
    })
    if (moved !== undefined) return `${what} ${moved}`
  }
  return undefined
}
