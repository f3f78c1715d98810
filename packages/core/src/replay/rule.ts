import { changerIn, markReach } from './calls.ts'
import type { Handler } from './change.ts'
import { mark } from './edit.ts'
import { relationsNamed } from './tables-named.ts'

/** CREATE RULE. What a rule makes of the statements that it rewrites is not held: the tables that it names are not known any more. */
export const createRule: Handler = (catalog, fields, change) => {
  const tables = relationsNamed(fields, catalog).filter((key) => !catalog.views.has(key))
  const marked = tables.reduce(
    (current, key) => mark(current, key, change, `the rule "${fields.rulename}" names it, and rules are not followed`),
    catalog,
  )
  const changer = changerIn(catalog, fields)
  return changer === undefined ? marked : markReach(marked, changer, change, 'its rule calls')
}
