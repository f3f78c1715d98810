import type { Catalog } from '../catalog/catalog.ts'
import type { Change, Handler } from './change.ts'
import { markEverything } from './edit.ts'

/** CREATE EXTENSION: its name. The types and functions that it brings are PostgreSQL's to know; they are not in the other lists. */
export const createExtension: Handler = (catalog, fields) => ({ ...catalog, extensions: new Set(catalog.extensions).add(fields.extname as string) })

/** DROP EXTENSION. By CASCADE columns, defaults and indexes that use what it brought go too: which, is not known here. */
export function dropExtension(catalog: Catalog, name: string, change: Change, cascade: boolean): Catalog {
  if (!catalog.extensions.has(name)) return catalog
  const extensions = new Set(catalog.extensions)
  extensions.delete(name)
  const dropped: Catalog = { ...catalog, extensions }
  return cascade ? markEverything(dropped, change, `DROP EXTENSION ${name} CASCADE may have taken columns and indexes along`) : dropped
}
