import type { Catalog } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import type { Statement } from '../sql/statement.ts'

/** The statement that is replayed, and the migration that it stands in. */
export interface Change {
  readonly statement: Statement
  readonly migration: string
}

/** Applies one kind of statement, given the fields of its node. Pure; what is not understood is marked in the catalog, never thrown. */
export type Handler = (catalog: Catalog, fields: PgNode, change: Change) => Catalog
