import type { Catalog } from '@expand-contract/core'
import type { Client } from 'pg'

export type Way = 'there' | 'back'

/** A project on disk in an ORM's hands, and its database. */
export interface Orm {
  readonly folder: string
  readonly client: Client
  /** The schema that the ORM's own migrations make of an empty database, as they stand in the folder now. */
  wanted(): Promise<Catalog>
  /** The user edits the schema to what it is after the change, or before it. */
  edit(way: Way): Promise<void>
  /** The schema as the user wrote it, and as it stands there. */
  schema(way: Way): Promise<{ readonly wrote: string; readonly is: string }>
  /** The ORM writes its next migration. */
  generate(name: string, way: Way): Promise<void>
  /** What is in the folder is applied. */
  deploy(): Promise<void>
  /** What the ORM would write now; undefined where it finds nothing to do. */
  next(): Promise<string | undefined>
}
